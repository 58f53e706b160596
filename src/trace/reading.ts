import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { refusal } from '../core/errors.js';
import { type DiskProgram, openFile, read } from '../disk/program.js';
import { closing, manyBytes, readFileIfThere } from '../disk/whole-file.js';
import { citationsIn } from './citations.js';
import { configIn, type TraceConfig, usualLock, usualResults } from './config.js';
import { type Coverage, coverageIn } from './coverage.js';
import { linesOf, scenariosIn } from './features.js';
import { filesNamed, isGlob } from './globs.js';
import type { Inputs } from './inputs.js';
import { type Lock, lockIn } from './lock.js';
import { MessageReader, type ReadRun } from './messages.js';
import { mentionsIn, requirementsIn } from './requirements.js';
import { runIds } from './run-ids.js';
import { saboteursIn } from './saboteurs.js';
import { type Source, sha256, withoutMark } from './words.js';

const chunkBytes = 1024 * 1024;

/**
 * A project as its configuration shows it, read from the disk: the one place of the tracer that touches files. A file that is named must
 * be there; `mayLackLock` is for who is about to write the lock.
 */
export function* readProject(
  folder: string,
  configPath: string,
  today: string,
  { mayLackLock = false }: { readonly mayLackLock?: boolean } = {},
): DiskProgram<{ config: TraceConfig; inputs: Inputs }> {
  const written = yield* readText(folder, configPath);
  if (written === undefined) throw refusal('InvalidArgument', `there is no ${configPath} in ${folder}`);
  const config = configIn(written.text, configPath);
  const specifications = yield* readAll(folder, config.specifications, 'specifications');
  const features = yield* readAll(folder, config.features, 'features');
  const code = yield* readAll(folder, config.citations, 'citations');
  const { runs, files, missed } = yield* readRuns(folder, config);
  const saboteurs = yield* readNamed(folder, config.saboteurs, 'saboteurs');
  const coverage = yield* readNamed(folder, config.coverage, 'coverage');
  const lock = yield* mayLackLock || config.lock === undefined
    ? readText(folder, config.lock ?? usualLock)
    : readNamed(folder, config.lock, 'lock');
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
    resultsMissed: missed,
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

/** What the configuration names by its path is there, or it is a slip of the finger. */
function* readNamed(folder: string, path: string | undefined, name: string): DiskProgram<Source | undefined> {
  if (path === undefined) return undefined;
  const source = yield* readText(folder, path);
  if (source === undefined) throw refusal('InvalidArgument', `${name}: there is no ${path}`);
  return source;
}

function* readText(folder: string, path: string): DiskProgram<Source | undefined> {
  const bytes = yield* readFileIfThere(`${folder}/${path}`, manyBytes);
  return bytes && { path, text: withoutMark(bytes.toString('utf8')) };
}

/** Several files merged; the results of a project that did not run yet are none, and a named pattern that finds none is told. */
function* readRuns(
  folder: string,
  { plans, results = usualResults }: TraceConfig,
): DiskProgram<{ runs: ReadRun[]; files: Inputs['files']; missed: string[] }> {
  const asked = [...plans.map((path) => ({ path, store: undefined, isPlan: true })), ...results.map((one) => ({ ...one, isPlan: false }))];
  const found = new Map<string, { store: string | undefined; isPlan: boolean }>();
  const missed: string[] = [];
  for (const { path: pattern, store, isPlan } of asked) {
    const paths = yield* filesNamed(folder, pattern);
    if (paths.length === 0 && !isPlan && results !== usualResults) missed.push(pattern);
    for (const path of paths) if (!found.has(path)) found.set(path, { store, isPlan });
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const ids = runIds(sorted.map(([path]) => path));
  const runs: ReadRun[] = [];
  const files: Inputs['files'][number][] = [];
  for (const [path, { store, isPlan }] of sorted) {
    const reader = new MessageReader({ id: ids.get(path) ?? path, store, path }, linesOf);
    files.push({ path, sha256: yield* eachLine(folder, path, reader) });
    runs.push({ ...reader.read(), isPlan });
  }
  return { runs, files, missed };
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
    // That trims a byte order mark too.
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
