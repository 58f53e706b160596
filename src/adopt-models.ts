import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { bytesOf, duplicateBytes } from './adopt/counting.js';
import { type AdoptedTool, adoptedTools, type Candidate, Findings } from './adopt/found.js';
import { type KnownContent, knownContent, type LookedFile, lookAt } from './adopt/looking.js';
import { findPlace } from './adopt/places.js';
import { readers } from './adopt/readers.js';
import { flawOf } from './adopt/reading.js';
import { type Adopted, adoptOne, type Looked, wouldAdopt } from './adopt-model.js';
import { checkNotAborted, type FileReading, type LongWork } from './artifacts/hash-file.js';
import type { CatalogContext } from './catalog-context.js';
import { type ErrorCode, isCatalogError, refusal } from './core/errors.js';
import type { Problem } from './core/problem.js';
import { realPath } from './disk/program.js';
import { isDiskError } from './disk/steps.js';
import { inParallel } from './in-parallel.js';

/** Where a tool keeps its models, by default where it does on this machine, and whether anything is recorded. */
export interface AdoptOptions extends LongWork {
  /** Where the tool keeps its models; by default where it does so on this machine. */
  path?: string | undefined;
  /** Tell what would be adopted, by names and sizes; nothing is hashed, nothing is written. */
  dryRun?: boolean | undefined;
}

/** CAT-ADO-2201, 2202: each thing that was met is adopted, known, or a problem. */
export interface AdoptReport {
  tool: AdoptedTool;
  /** The place that was read. */
  source: string;
  dry_run: boolean;
  /** How many things were met: models, and what is no whole one. */
  scanned: number;
  /** Ids. */
  adopted: string[];
  /** Ids of those that are in the catalog with this content. */
  known: string[];
  problems: Problem[];
  /** Of the files of what was adopted, each file once. */
  bytes: number;
  /**
   * CAT-ADO-2204: of files there whose content lies on this machine once more: there, or where the catalog knows of it. Content is the
   * same where its digest is; of a dry run, the digest that the tool tells, so that files of which it tells none do not count.
   */
  duplicate_bytes: number;
  duration_ms: number;
}

/** What became of the candidates so far. */
interface Tally {
  readonly adopted: string[];
  readonly known: string[];
  readonly problems: Problem[];
  readonly adoptedFiles: LookedFile[];
  readonly knownFiles: LookedFile[];
}

/** What says no to one model, and nothing of the others. */
const ofOne: readonly ErrorCode[] = ['AlreadyExists', 'DigestMismatch', 'InvalidId', 'InvalidRecord', 'EntryTooLarge', 'GateDenied'];

/** Adopts what lies in another tool's store; see `Catalog.adopt`. */
export async function adoptModels(context: CatalogContext, tool: AdoptedTool, options: AdoptOptions): Promise<AdoptReport> {
  if (!adoptedTools.includes(tool)) {
    throw refusal('InvalidArgument', `${JSON.stringify(tool)} is not a tool whose models can be adopted: ${adoptedTools.join(', ')}`);
  }
  const { host, artifacts, store } = context;
  const { path, dryRun = false, signal } = options;
  const began = host.monotonicMs();
  const surroundings = { env: process.env, home: homedir(), platform: host.system.platform };
  const place = await artifacts.run(findPlace(tool, path === undefined ? undefined : resolve(path), surroundings));
  checkNotAborted(signal);
  const own = await artifacts.run(realPath(artifacts.root));
  const findings = new Findings(place, own);
  if (findings.isOwn(place)) {
    throw refusal('InvalidArgument', `${place} is the catalog's own, in its root ${own}: what lies there is in the catalog`, {
      path: place,
    });
  }
  await artifacts.run(readers[tool](findings));
  const { found } = findings;
  const tally: Tally = { adopted: [], known: [], problems: [...found.problems], adoptedFiles: [], knownFiles: [] };
  const stored = new Map((await store.models.list()).map(({ record }) => [record.id, record]));
  const known = knownContent([...stored.values()]);
  const looked = await lookAtAll(context, { candidates: found.candidates, from: { tool, path: place }, known }, tally);
  if (dryRun) for (const one of looked) await settled(one, tally, () => wouldAdopt(stored.get(one.request.id), one));
  else await readAndAdopt(context, looked, tally, { ...options, place });
  return {
    ...{ tool, source: place, dry_run: dryRun, scanned: found.scanned },
    ...{ adopted: tally.adopted.sort(), known: tally.known.sort(), problems: tally.problems },
    bytes: bytesOf(tally.adoptedFiles),
    duplicate_bytes: duplicateBytes([...tally.adoptedFiles, ...tally.knownFiles], known),
    duration_ms: Math.round(host.monotonicMs() - began),
  };
}

/** The candidates whose files are there, each id once. */
async function lookAtAll(
  context: CatalogContext,
  all: { readonly candidates: readonly Candidate[]; readonly from: { tool: string; path: string }; readonly known: KnownContent },
  tally: Tally,
): Promise<Looked[]> {
  const looked = new Map<string, Looked>();
  for (const candidate of all.candidates) {
    const { id, source, ref } = candidate;
    try {
      if (looked.has(id)) throw refusal('AlreadyExists', `${id} is the name of another model there`);
      const files = await context.artifacts.run(lookAt(candidate, all.known));
      looked.set(id, { candidate, files, request: { id, source, ...(ref !== undefined && { ref }), from: all.from } });
    } catch (error) {
      note(tally, candidate, error);
    }
  }
  return [...looked.values()];
}

/**
 * Hashes every file that is not known, each once, so many at a time as it pays, and adopts a model as soon as all its files are read:
 * whoever is stopped half-way has adopted what was read, and nothing else.
 */
async function readAndAdopt(
  context: CatalogContext,
  looked: readonly Looked[],
  tally: Tally,
  work: LongWork & { readonly place: string },
): Promise<void> {
  const { hashing } = context;
  const { most } = hashing;
  const { unread, left } = unreadFiles(looked);
  const readings = new Map<string, FileReading>();
  const adopt = (one: Looked) => settled(one, tally, () => adoptOne(context, one, readings));
  await inParallel(
    looked.filter((one) => !left.has(one)),
    most,
    adopt,
  );
  const onProgress = overall(work, [...unread.values()]);
  await inParallel([...unread.values()], most, async ({ file, waiting }) => {
    checkNotAborted(work.signal);
    readings.set(file.identity, await hashing.read(file.path, { signal: work.signal, onProgress }));
    for (const one of waiting) {
      const files = (left.get(one) ?? 0) - 1;
      left.set(one, files);
      if (files === 0) await adopt(one);
    }
  });
}

interface Unread {
  readonly file: LookedFile;
  readonly waiting: Looked[];
}

/** What has to be read, by what it is, and how much of it each model waits for. */
function unreadFiles(looked: readonly Looked[]): { readonly unread: Map<string, Unread>; readonly left: Map<Looked, number> } {
  const unread = new Map<string, Unread>();
  const left = new Map<Looked, number>();
  for (const one of looked) {
    for (const file of one.files) {
      if (file.digest !== undefined) continue;
      const seen = unread.get(file.identity) ?? { file, waiting: [] };
      unread.set(file.identity, seen);
      if (seen.waiting.at(-1) === one) continue;
      seen.waiting.push(one);
      left.set(one, (left.get(one) ?? 0) + 1);
    }
  }
  return { unread, left };
}

/** CAT-DIG-1407: the progress of all files together, whichever is read. */
function overall({ onProgress, place }: LongWork & { readonly place: string }, unread: readonly Unread[]): LongWork['onProgress'] {
  if (onProgress === undefined) return undefined;
  const total_bytes = unread.reduce((sum, { file }) => sum + file.bytes, 0);
  const done = new Map<string, number>();
  let [bytes, told] = [0, 0];
  return (progress) => {
    bytes += progress.bytes - (done.get(progress.path) ?? 0);
    done.set(progress.path, progress.bytes);
    // A file that is read once more does not turn the whole back.
    told = Math.min(total_bytes, Math.max(told, bytes));
    onProgress({ path: place, bytes: told, total_bytes });
  };
}

/** Notes what became of a candidate: adopted, known, or what says no to it alone. */
async function settled(one: Looked, tally: Tally, work: () => Adopted | Promise<Adopted>): Promise<void> {
  try {
    const { became, files } = await work();
    tally[became].push(one.candidate.id);
    tally[`${became}Files`].push(...files);
  } catch (error) {
    note(tally, one.candidate, error);
  }
}

/** CAT-ADO-2202: what is wrong with one model never stops the rest; what is wrong with the catalog does. */
function note(tally: Tally, { id, files, folder }: Candidate, error: unknown): void {
  const place = files.length === 1 ? (files[0]?.path ?? folder) : folder;
  const isOfSource = isDiskError(error) || (isCatalogError(error) && typeof error.details.path === 'string');
  if (!isOfSource && !(isCatalogError(error) && ofOne.includes(error.code))) throw error;
  const { code, message, details } = flawOf(error, place);
  tally.problems.push({ id, path: typeof details.path === 'string' ? details.path : place, code, message });
}
