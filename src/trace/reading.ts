import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { refusal } from '../core/errors.js';
import { type DiskProgram, openFile, read } from '../disk/program.js';
import { closing, manyBytes, readFileIfThere } from '../disk/whole-file.js';
import { citationsIn } from './citations.js';
import { configIn, type TraceConfig } from './config.js';
import { type Coverage, coverageIn } from './coverage.js';
import { linesOf, scenariosIn } from './features.js';
import { filesNamed, isGlob } from './globs.js';
import type { Inputs } from './inputs.js';
import { type Lock, lockIn } from './lock.js';
import { MessageReader, type ReadRun } from './messages.js';
import { mentionsIn, requirementsIn } from './requirements.js';
import { saboteursIn } from './saboteurs.js';
import { type Source, sha256 } from './words.js';

const chunkBytes = 1024 * 1024;

/** A project as its configuration shows it, read from the disk: the one place of the tracer that touches files. */
export function* readProject(folder: string, configPath: string, today: string): DiskProgram<{ config: TraceConfig; inputs: Inputs }> {
  const written = yield* readText(folder, configPath);
  if (written === undefined) throw refusal('InvalidArgument', `there is no ${configPath} in ${folder}`);
  const config = configIn(written.text, configPath);
  const specifications = yield* readAll(folder, config.specifications, 'specifications');
  const features = yield* readAll(folder, config.features, 'features');
  const code = yield* readAll(folder, config.citations, 'citations');
  const { runs, files } = yield* readRuns(folder, config);
  const saboteurs = config.saboteurs === undefined ? undefined : yield* readText(folder, config.saboteurs);
  const coverage = config.coverage === undefined ? undefined : yield* readText(folder, config.coverage);
  const lock = yield* readText(folder, config.lock);
  const others = [saboteurs, coverage, lock].filter((source) => source !== undefined);
  const texts = [written, ...specifications, ...features, ...code, ...others];
  const inputs: Inputs = {
    title: config.title,
    files: filesOf(texts, files),
    id: config.id,
    requirements: requirementsOf(specifications, config),
    mentions: specifications.flatMap((source) => mentionsIn(source, config.mentions ?? config.id)),
    citations: code.flatMap((source) => citationsIn(source, config.mentions ?? config.id)),
    features: features.map(scenariosIn),
    runs,
    saboteurs: saboteurs === undefined ? [] : saboteursOf(saboteurs),
    coverage: coverage && coverageOf(coverage),
    lock: lock && lockOf(lock),
    policy: config,
    today,
  };
  return { config, inputs };
}

/** A pattern that finds no file is a slip of the finger, and not an empty project. */
function* readAll(folder: string, patterns: readonly string[], name: string): DiskProgram<Source[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const found = yield* filesNamed(folder, pattern);
    if (found.length === 0) throw refusal('InvalidArgument', `${name}: no file is named by ${pattern}`);
    for (const path of found) paths.add(path);
  }
  const sources: Source[] = [];
  for (const path of [...paths].sort()) {
    const source = yield* readText(folder, path);
    if (source !== undefined) sources.push(source);
  }
  return sources;
}

function* readText(folder: string, path: string): DiskProgram<Source | undefined> {
  const bytes = yield* readFileIfThere(`${folder}/${path}`, manyBytes);
  return bytes && { path, text: bytes.toString('utf8') };
}

/** Several files merged; the results of a project that did not run yet are none. */
function* readRuns(folder: string, { plans, results }: TraceConfig): DiskProgram<{ runs: ReadRun[]; files: Inputs['files'] }> {
  const runs: ReadRun[] = [];
  const files = new Map<string, string>();
  const asked = [...plans.map((path) => ({ path, store: undefined, isPlan: true })), ...results.map((one) => ({ ...one, isPlan: false }))];
  for (const { path: pattern, store, isPlan } of asked) {
    for (const path of yield* filesNamed(folder, pattern)) {
      if (files.has(path)) continue;
      const reader = new MessageReader({ id: path.replace(/^.*\//, '').replace(/\.ndjson$/, ''), store, path }, linesOf);
      files.set(path, yield* eachLine(folder, path, reader));
      runs.push({ ...reader.read(), isPlan });
    }
  }
  const sorted = runs.sort((a, b) => (a.run.path < b.run.path ? -1 : 1));
  return { runs: sorted, files: [...files].map(([path, hash]) => ({ path, sha256: hash })) };
}

/** Gives the lines of a file to the reader as they come; gives the file's hash. */
function* eachLine(folder: string, path: string, reader: MessageReader): DiskProgram<string> {
  const handle = yield* openFile(`${folder}/${path}`);
  return yield* closing(handle, streamed(handle, path, reader));
}

function* streamed(handle: number, path: string, reader: MessageReader): DiskProgram<string> {
  const hash = createHash('sha256');
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(chunkBytes);
  let [rest, line, position] = ['', 0, 0];
  for (let count = yield* read(handle, chunk, 0); count > 0; count = yield* read(handle, chunk, position)) {
    position += count;
    hash.update(chunk.subarray(0, count));
    const lines = (rest + decoder.write(chunk.subarray(0, count))).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) takeLine(reader, text, { path, line: ++line });
  }
  takeLine(reader, rest, { path, line: line + 1 });
  return hash.digest('hex');
}

function takeLine(reader: MessageReader, text: string, { path, line }: { readonly path: string; readonly line: number }): void {
  try {
    reader.take(text.trim());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal('InvalidArgument', `${path}:${line} is not a Cucumber message: ${error.message}`);
  }
}

/** Each pattern that was named has requirements, but for those of many files. */
function requirementsOf(specifications: readonly Source[], config: TraceConfig): Inputs['requirements'] {
  const found = specifications.map((source) => ({ path: source.path, requirements: requirementsIn(source, config) }));
  const empty = found.find(({ path, requirements }) => requirements.length === 0 && config.specifications.includes(path));
  const all = found.flatMap(({ requirements }) => requirements);
  if (empty || all.length === 0) {
    const where = empty?.path ?? config.specifications.filter(isGlob).join(', ');
    throw refusal('InvalidArgument', `${where} has no requirement whose id is like ${config.id}`);
  }
  return all;
}

function saboteursOf({ path, text }: Source): Inputs['saboteurs'] {
  const found = saboteursIn(text);
  if (found === undefined) throw refusal('InvalidArgument', `${path} does not tell of saboteurs`);
  return found;
}

function coverageOf({ path, text }: Source): Coverage {
  const found = coverageIn(text);
  if (found === undefined) throw refusal('InvalidArgument', `${path} does not tell which lines of which files each scenario ran`);
  return found;
}

function lockOf({ path, text }: Source): Lock {
  const found = lockIn(text);
  if (typeof found === 'number') throw refusal('InvalidArgument', `${path}:${found} is no line of a lock file`);
  return found;
}

function filesOf(texts: readonly Source[], more: Inputs['files']): Inputs['files'] {
  const all = new Map([
    ...texts.map(({ path, text }) => [path, sha256(text)] as const),
    ...more.map((file) => [file.path, file.sha256] as const),
  ]);
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, hash]) => ({ path, sha256: hash }));
}
