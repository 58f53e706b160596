import { resolve } from 'node:path';
import type { LongWork, Progress } from './artifacts/hash-file.js';
import { type CatalogContext, isNotOwn, now } from './catalog-context.js';
import { isCatalogError, refusal } from './core/errors.js';
import { filePlaces } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import type { VerificationOutcome } from './core/verification.js';
import { inParallel } from './in-parallel.js';
import { tellOutcome, verifyModel } from './verify-model.js';

/** Whether files that have not changed are read again, where a run goes on, and who is told of each outcome. */
export interface VerifyAllOptions extends LongWork {
  /** Take files whose identity has not changed since they were verified for unchanged, without reading them. */
  quick?: boolean | undefined;
  /** Leave out what was verified, and found good, since this moment (ISO 8601): what the report of a run that was aborted says. */
  resume?: string | undefined;
  /** Told of each entry as soon as its outcome is known, in the order in which they come. */
  onOutcome?: ((id: string, outcome: VerificationOutcome) => void) | undefined;
}

/** What became of each verification; where it is not `complete`, `resume` says how to go on. */
export interface VerifyReport {
  /** Entries whose bytes were read: those that passed, were warned of and failed. */
  checked: number;
  passed: number;
  warned: number;
  failed: number;
  /** Entries that were not read: without files yet, unchanged (`quick`), or verified before (`resume`). */
  skipped: number;
  /** That were read. */
  bytes: number;
  duration_ms: number;
  /** False when it was aborted. What was verified until then is recorded. */
  complete: boolean;
  /** What became of each entry that was looked at, by id; one that is unchanged has an outcome with the method `quick`. */
  entries: { id: string; outcome: VerificationOutcome }[];
  /** Of an incomplete run that recorded what it found: since when it, and those that it resumed, verified entries. */
  resume?: string;
}

/**
 * CAT-DIG-1406: verifies every entry that has files, several at a time, and records each outcome when it is known; see
 * `Catalog.verifyAll`. Those come first that were verified longest ago, so that runs that never come to their end leave none out.
 */
export async function verifyAll(context: CatalogContext, options: VerifyAllOptions): Promise<VerifyReport> {
  const started = performance.now();
  const began = options.resume === undefined ? now(context) : momentOf(options.resume);
  const all = (await context.store.models.list()).map(({ record }) => record);
  const since = options.resume === undefined ? Number.POSITIVE_INFINITY : began.getTime();
  const meant = all.filter((entry) => entry.files !== undefined && !isGoodSince(entry, since)).sort(longestAgoFirst);
  const whole = new Whole(meant, context.artifacts.root, options.onProgress);
  const outcomes = new Map<string, VerificationOutcome>();
  let complete = true;
  await inParallel(meant, context.hashing.most, async ({ id }) => {
    const outcome = await outcomeOf(context, id, { ...options, onProgress: whole.partOf(id) });
    if (outcome === 'aborted') complete = false;
    else if (outcome !== 'removed') {
      outcomes.set(id, outcome);
      options.onOutcome?.(id, outcome);
    }
    whole.ended(id, outcomes.get(id));
  });
  const leftOut = all.length - meant.length;
  const report = reportOf(outcomes, { leftOut, complete, duration_ms: Math.round(performance.now() - started) });
  return complete || context.readOnly ? report : { ...report, resume: began.toISOString() };
}

/** An entry may be removed before its turn comes. */
async function outcomeOf(
  context: CatalogContext,
  id: string,
  options: Pick<VerifyAllOptions, 'quick' | 'onProgress' | 'signal'>,
): Promise<VerificationOutcome | 'removed' | 'aborted'> {
  const { quick, onProgress, signal } = options;
  if (signal?.aborted) return 'aborted';
  try {
    return await verifyModel(context, id, { quick, onProgress, signal });
  } catch (error) {
    if (isNotOwn(error)) return 'removed';
    if (isCatalogError(error, 'Aborted')) return 'aborted';
    if (!isOfEntry(error)) throw error;
    const outcome = { kind: 'fail', reason: 'unreadable', bytes: 0, duration_ms: 0, method: 'full' } as const;
    tellOutcome(context, id, outcome);
    return outcome;
  }
}

/** What keeps one entry from being verified here, and says nothing of the catalog: a digest that cannot be computed, a thread that died. */
function isOfEntry(error: unknown): boolean {
  if (isCatalogError(error, 'IoError')) return typeof error.details.path === 'string';
  return isCatalogError(error, 'Unsupported') || isCatalogError(error, 'InvalidDigest');
}

function momentOf(text: string): Date {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw refusal('InvalidArgument', `${JSON.stringify(text)} is not a moment`, { argument: 'resume' });
  return moment;
}

/** What has failed is looked at again: a run is good only when everything is. */
function isGoodSince(entry: ModelEntry, sinceMs: number): boolean {
  return (entry.last_verified_ms ?? Number.NEGATIVE_INFINITY) >= sinceMs && entry.trust_state !== 'unverified';
}

function longestAgoFirst(a: ModelEntry, b: ModelEntry): number {
  return (a.last_verified_ms ?? 0) - (b.last_verified_ms ?? 0);
}

function reportOf(
  outcomes: ReadonlyMap<string, VerificationOutcome>,
  rest: Pick<VerifyReport, 'duration_ms' | 'complete'> & { readonly leftOut: number },
): VerifyReport {
  const { leftOut, duration_ms, complete } = rest;
  const entries = [...outcomes]
    .map(([id, outcome]) => ({ id, outcome }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
  const checked = entries.filter(({ outcome }) => !isSkipped(outcome)).map(({ outcome }) => outcome);
  const count = (kind: VerificationOutcome['kind']) => checked.filter((outcome) => outcome.kind === kind).length;
  const counts = { checked: checked.length, passed: count('pass'), warned: count('warn'), failed: count('fail') };
  const bytes = entries.reduce((sum, { outcome }) => sum + bytesRead(outcome), 0);
  return { ...counts, skipped: leftOut + entries.length - checked.length, bytes, duration_ms, complete, entries };
}

/** Unchanged since it was verified; but content that is the recorded one and not what is expected has failed unread. */
function isSkipped({ method, kind }: VerificationOutcome): boolean {
  return method === 'quick' && kind !== 'fail';
}

function bytesRead({ method, bytes }: VerificationOutcome): number {
  return method === 'full' ? bytes : 0;
}

/** How the whole work stands, as its parts tell of theirs. */
class Whole {
  readonly #sizes: ReadonlyMap<string, number>;
  /** The file of each entry that was told of last, or its first. */
  readonly #paths: Map<string, string>;
  readonly #onProgress: LongWork['onProgress'];
  /** Of the entries that are being read: the bytes of each of their files. */
  readonly #reading = new Map<string, Map<string, number>>();
  #total: number;
  #bytes = 0;
  #ended = 0;

  constructor(entries: readonly ModelEntry[], root: string, onProgress: LongWork['onProgress']) {
    this.#sizes = new Map(entries.map((entry) => [entry.id, sizeOf(entry)]));
    this.#paths = new Map(entries.map((entry) => [entry.id, resolve(root, filePlaces(entry)[0]?.path ?? '')]));
    this.#total = [...this.#sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#onProgress = onProgress;
  }

  partOf(id: string): (progress: Progress) => void {
    const files = new Map<string, number>();
    this.#reading.set(id, files);
    return ({ path, bytes }) => {
      files.set(path, bytes);
      this.#paths.set(id, path);
      this.#tell(id);
    };
  }

  /** What was not read, because it is unchanged or cannot be, is no part of the work any more. */
  ended(id: string, outcome: VerificationOutcome | undefined): void {
    this.#reading.delete(id);
    this.#ended++;
    const read = outcome === undefined ? 0 : bytesRead(outcome);
    this.#bytes += read;
    this.#total += read - (this.#sizes.get(id) ?? 0);
    this.#tell(id);
  }

  #tell(id: string): void {
    const path = this.#paths.get(id) ?? id;
    let bytes = this.#bytes;
    for (const files of this.#reading.values()) for (const read of files.values()) bytes += read;
    this.#onProgress?.({ path, bytes, total_bytes: this.#total, entries_done: this.#ended, entries_total: this.#sizes.size });
  }
}

function sizeOf({ files = [] }: ModelEntry): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
