import { readdirSync, readFileSync } from 'node:fs';
import inspector, { type Profiler } from 'node:inspector/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { answer, answerOf } from './asked.js';
import { attempted } from './attempt.js';
import { inputOf } from './inputs.js';
import { targets } from './targets.js';

/** A place in the sources where bytes or a text are taken apart. */
export interface ParsingPlace {
  /** The source, from the project's root. */
  readonly path: string;
  /** The line, as it was built. */
  readonly code: string;
}

/** What takes apart what somebody else may have written. */
const parsing =
  /JSON\.parse\(|\bjsonIn\(|\.read(?:Big)?U?Int\w*\(|readUInt64\(|new TextDecoder|decodeURIComponent\(|new URL\(|URL\.canParse\(|new RegExp\(|parseInt\(|satisfies\(/g;
/** What was built of the sources, where this was built too. */
const built = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['src', 'packages/provisioner/src'];
const inputsOfEach = 150;

/** The places that no input of any reader comes to. Measured in a process of its own, by the coverage of V8. */
export const unreachedPlaces = (): Promise<readonly ParsingPlace[]> => answerOf('support/fuzz/reach.ts', 'reach');

async function measured(): Promise<readonly ParsingPlace[]> {
  const session = new inspector.Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  Error.stackTraceLimit = 0;
  for (const target of targets) {
    await target.prepare?.();
    const inputs = Math.ceil(inputsOfEach * Math.min(1, target.weight ?? 1));
    for (let number = 0; number < inputs; number++) await attempted(target, inputOf(target, 'reach', number));
  }
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const covered = new Map(result.map((script) => [script.url, script]));
  return folders
    .flatMap((folder) => sourcesIn(join(built, folder)))
    .flatMap((path) => unreachedIn(path, covered.get(pathToFileURL(path).href)));
}

function sourcesIn(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.js')).map((name) => join(folder, name));
}

function unreachedIn(path: string, script: Profiler.ScriptCoverage | undefined): readonly ParsingPlace[] {
  const text = readFileSync(path, 'utf8');
  const source = relative(built, path).replace(/\.js$/, '.ts');
  return [...text.matchAll(parsing)].flatMap(({ index }) => {
    const code = lineAt(text, index);
    return isComment(code) || isReached(script, index) ? [] : [{ path: source, code }];
  });
}

/** By the smallest piece of code around it. */
function isReached(script: Profiler.ScriptCoverage | undefined, place: number): boolean {
  const around = (script?.functions ?? [])
    .flatMap(({ ranges }) => ranges)
    .filter(({ startOffset, endOffset }) => startOffset <= place && place < endOffset);
  const [smallest] = around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
  return smallest !== undefined && smallest.count > 0;
}

function lineAt(text: string, place: number): string {
  return text.slice(text.lastIndexOf('\n', place) + 1, text.indexOf('\n', place)).trim();
}

const isComment = (code: string): boolean => /^(\/\/|\/?\*)/.test(code);

await answer('reach', measured);
