import { join, resolve } from 'node:path';
import { addSource } from './add-model.js';
import { type FileReading, hashFile, identityOf, type LongWork } from './artifacts/hash-file.js';
import { statusIfSeen } from './artifacts/survey.js';
import { type CatalogContext, changeModel, missingModel, now, stored } from './catalog-context.js';
import { canonicalJson } from './core/canonical-json.js';
import { algorithmOf, type Digest, manifestDigest, parseDigest } from './core/digest.js';
import { isCatalogError, refusal } from './core/errors.js';
import { afterVerification, expectedDigest, type VerifiedContent } from './core/lifecycle.js';
import { filePlaces, isManaged } from './core/model-layout.js';
import type { ArtifactFile, ModelEntry } from './core/records.js';
import { type FailureReason, judge, type Reading, type VerificationOutcome } from './core/verification.js';
import { type Disk, run } from './disk/program.js';
import { defaultDisk } from './disk/real-disk.js';

/** What is verified against what; by default the files of the entry against what was declared of them. */
export interface VerifyOptions extends LongWork {
  /** Where the content is, for an entry that has no files yet (it is added) or to verify that file instead. */
  path?: string | undefined;
  /** What the content must be; by default what was declared, else what it was when it was added. */
  expected?: string | undefined;
  /** Take a file whose identity has not changed since it was verified for unchanged; the outcome says `method: 'quick'`. */
  quick?: boolean | undefined;
}

/**
 * CAT-DIG-1402: verifies one file on its own, whatever its state; nothing is recorded. Throws for arguments and `Aborted` only.
 */
export async function verifyDigest(
  path: string,
  expected?: Digest | string,
  options: { bytes?: number; disk?: Disk } & LongWork = {},
): Promise<VerificationOutcome> {
  const digest = expected === undefined ? undefined : parseDigest(expected);
  const started = performance.now();
  const also = otherAlgorithm(digest);
  const { onProgress, signal, disk = defaultDisk } = options;
  const reading = await run(hashFile(resolve(path), { also, onProgress, signal }), disk);
  return judge(readingOf(reading, also), { digest, bytes: options.bytes }, { duration_ms: elapsed(started), method: 'full' });
}

/** CAT-DIG-1404: verifies an entry and records the outcome, unless the catalog was opened to read alone; see `Catalog.verify`. */
export async function verifyModel(context: CatalogContext, id: string, options: VerifyOptions): Promise<VerificationOutcome> {
  const outcome = await verified(context, id, options);
  tellOutcome(context, id, outcome);
  return outcome;
}

/** CAT-OBS-6101: what became of one verification, alone or as one of many. */
export function tellOutcome({ telling, note }: CatalogContext, id: string, outcome: VerificationOutcome): void {
  telling.verified(id, outcome, () => note?.operation_id ?? '');
}

async function verified(context: CatalogContext, id: string, options: VerifyOptions): Promise<VerificationOutcome> {
  const given = options.expected === undefined ? undefined : parseDigest(options.expected);
  const { record: entry } = await stored(context, id);
  if (entry.files === undefined && options.path !== undefined) return verifyArrival(context, entry, options.path, given, options);
  for (let examined = entry; ; examined = (await stored(context, id)).record) {
    const { outcome, content } = await examine(context, examined, given, options);
    if (await recordOutcome(context, examined, outcome, { given, content })) return outcome;
  }
}

/** Whether the outcome could be recorded: not when the entry got other content while we read. */
async function recordOutcome(
  context: CatalogContext,
  examined: ModelEntry,
  outcome: VerificationOutcome,
  found: { readonly given: Digest | undefined; readonly content: VerifiedContent | undefined },
): Promise<boolean> {
  const { given, content } = found;
  if (context.readOnly) return true;
  let isSame = true;
  await changeModel(context, examined.id, (entry) => {
    if (entry === undefined) throw missingModel(examined.id);
    isSame = entry === examined || contentKey(entry) === contentKey(examined);
    if (!isSame) return entry;
    return afterVerification(entry, outcome, { ...(given && { given }), ...(content && { content }), now: now(context) });
  });
  return isSame;
}

function contentKey(entry: ModelEntry): string {
  const files = (entry.files ?? []).map(({ path, digest, bytes }) => ({ path, digest, bytes }));
  return canonicalJson([entry.digest ?? null, entry.local_path ?? null, files]);
}

/** An entry that has no bytes yet: they are added, and the verification is that of their arrival. */
async function verifyArrival(
  context: CatalogContext,
  entry: ModelEntry,
  path: string,
  given: Digest | undefined,
  work: LongWork,
): Promise<VerificationOutcome> {
  const started = performance.now();
  const expected = given ?? expectedDigest(entry);
  const rest = () => ({ duration_ms: elapsed(started), method: 'full' as const });
  const recordFailure = async (outcome: VerificationOutcome): Promise<VerificationOutcome> => {
    await recordOutcome(context, entry, outcome, { given, content: undefined });
    return outcome;
  };
  try {
    const source = await context.artifacts.find(resolve(path));
    const { entry: added } = await addSource(context, source, { id: entry.id, source: entry.source, digest: given }, work);
    const bytes = added.bytes ?? 0;
    const reading = { digest: digestOfAlgorithm(added, expected), bytes };
    return judge(reading, { digest: expected }, rest());
  } catch (error) {
    if (isCatalogError(error, 'DigestMismatch')) {
      const { actual, bytes } = error.details as { actual: Digest; bytes: number };
      return recordFailure(judge({ digest: actual, bytes }, { digest: expected }, rest()));
    }
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    return recordFailure(judge({ trouble, bytes: 0 }, { digest: expected }, rest()));
  }
}

/** What kept bytes from arriving, where that says something of the file and not of the catalog. */
function troubleOf(error: unknown): FailureReason | undefined {
  if (isCatalogError(error, 'NotFound')) return 'missing';
  if (isCatalogError(error, 'InvalidArgument')) return 'unreadable';
  const reason = isCatalogError(error) ? error.details.reason : undefined;
  return reason === 'unreadable' || reason === 'changed-during-verification' ? reason : undefined;
}

function digestOfAlgorithm(entry: ModelEntry, expected: Digest | undefined): Digest {
  const found = expected !== undefined && algorithmOf(expected) !== 'sha256' ? entry.declared : entry.digest;
  if (found === undefined) throw new Error(`${entry.id} was added without a digest`);
  return found;
}

interface Examined {
  readonly outcome: VerificationOutcome;
  readonly content: VerifiedContent | undefined;
}

async function examine(context: CatalogContext, entry: ModelEntry, given: Digest | undefined, options: VerifyOptions): Promise<Examined> {
  const started = performance.now();
  const expected = given ?? expectedDigest(entry) ?? entry.digest;
  const places = placesToLook(context, entry, options.path);
  const also = otherAlgorithm(expected);
  if (also !== undefined && places.length > 1) {
    throw refusal('InvalidDigest', 'a model of many files has the sha256 of its manifest as its digest');
  }
  const quick = options.quick ? await unchanged(context, places, { entry, also }) : undefined;
  const method = quick === undefined ? 'full' : 'quick';
  const read = quick ?? (await readAll(context, places, also, options));
  const digests = { digest: expected, bytes: entry.bytes };
  const judged = judge(read.reading, digests, { duration_ms: elapsed(started), method });
  // Whatever the caller expects: a blob, or a copy elsewhere, that is not what was recorded is not this model.
  const isOther =
    (isManaged(entry) || options.path !== undefined) && read.content !== undefined && read.content.digest !== recordedDigest(entry);
  const outcome = isOther && judged.kind !== 'fail' ? { ...judged, kind: 'fail' as const, reason: 'mismatch' as const } : judged;
  return { outcome, content: outcome.kind === 'fail' ? undefined : contentToRecord(entry, read, options) };
}

/** What the content was when it came in: the digest of the entry, else that of the files by which it is kept. */
function recordedDigest(entry: ModelEntry): Digest | undefined {
  return entry.digest ?? (entry.files && digestOf(entry.files));
}

/** A copy elsewhere says that the content is right, not which file is the catalog's. */
function contentToRecord(entry: ModelEntry, read: Read, options: VerifyOptions): VerifiedContent | undefined {
  return options.path === undefined ? read.content : read.content && { ...read.content, files: entry.files ?? [] };
}

interface Place {
  readonly file: ArtifactFile;
  readonly path: string;
}

function placesToLook(context: CatalogContext, entry: ModelEntry, path: string | undefined): readonly Place[] {
  const places = filePlaces(entry).map(({ file, path: place }) => ({ file, path: resolve(context.artifacts.root, place) }));
  if (path === undefined) return places;
  const [only] = places;
  if (places.length === 1 && only !== undefined) return [{ ...only, path: resolve(path) }];
  return places.map(({ file }) => ({ file, path: join(resolve(path), file.path) }));
}

type Read = { readonly reading: Reading; readonly content: VerifiedContent | undefined };

/**
 * Every file as it was when it was last verified, by its identity; `undefined` when one is not. The digest of another algorithm
 * is known without reading only where it was verified before.
 */
async function unchanged(
  context: CatalogContext,
  places: readonly Place[],
  wanted: { readonly entry: ModelEntry; readonly also: Digest | undefined },
): Promise<Read | undefined> {
  const { entry, also } = wanted;
  const isKnown = also === undefined || (also === entry.declared && entry.trust_state === 'verified');
  if (places.length === 0 || !isKnown) return undefined;
  for (const { file, path } of places) {
    const found = await context.artifacts.run(statusIfSeen(path, { follow: true }));
    if (found === undefined || file.identity !== identityOf(found)) return undefined;
  }
  const files = places.map(({ file }) => file);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { reading: { digest: also ?? digestOf(files), bytes }, content: { digest: digestOf(files), files } };
}

async function readAll(context: CatalogContext, places: readonly Place[], also: Digest | undefined, work: LongWork): Promise<Read> {
  if (places.length === 0) return { reading: { trouble: 'missing', bytes: 0 }, content: undefined };
  const files: ArtifactFile[] = [];
  let bytes = 0;
  let other: Digest | undefined;
  for (const { file, path } of places) {
    const found = await context.hashing.read(path, { also, onProgress: work.onProgress, signal: work.signal });
    bytes += found.bytes;
    if (found.kind === 'trouble') return { reading: { trouble: found.reason, bytes }, content: undefined };
    if (places.length > 1 && found.bytes < file.bytes) return { reading: { trouble: 'truncated', bytes }, content: undefined };
    other = found.other;
    files.push({ ...file, digest: found.digest, bytes: found.bytes, identity: identityOf(found.status) });
  }
  const digest = digestOf(files);
  return { reading: { digest: also === undefined ? digest : (other ?? digest), bytes }, content: { digest, files } };
}

function digestOf(files: readonly ArtifactFile[]): Digest {
  const [only] = files;
  return files.length === 1 && only !== undefined ? only.digest : manifestDigest(files);
}

function readingOf(found: FileReading, also: Digest | undefined): Reading {
  if (found.kind === 'trouble') return { trouble: found.reason, bytes: found.bytes };
  return { digest: also === undefined ? found.digest : (found.other ?? found.digest), bytes: found.bytes };
}

function otherAlgorithm(digest: Digest | undefined): Digest | undefined {
  return digest === undefined || algorithmOf(digest) === 'sha256' ? undefined : digest;
}

function elapsed(started: number): number {
  return Math.round(performance.now() - started);
}
