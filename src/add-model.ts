import { join, resolve } from 'node:path';
import { type Arrival, blobsOf, checkArrival, type KnownBlobs, type Placed } from './artifacts/artifact-store.js';
import type { LongWork } from './artifacts/hash-file.js';
import type { ArrivalMode, WantedMode } from './artifacts/ingest.js';
import type { Source } from './artifacts/source.js';
import { recordIdentity } from './blob-identities.js';
import { type CatalogContext, changeModel, findModel, now, parseReference } from './catalog-context.js';
import { claiming } from './claiming.js';
import { type AddRequest, decideAdd, entryAfterAdd, expectedOfArrival } from './core/adding.js';
import { algorithmOf, type Digest, parseDigest, sameDigest } from './core/digest.js';
import { type CatalogError, isCatalogError, refusal } from './core/errors.js';
import { find } from './core/generation.js';
import { checkId } from './core/ids.js';
import { blobsOfModel } from './core/keepers.js';
import { afterVerification } from './core/lifecycle.js';
import { blobPath, defaultModelId, isManaged } from './core/model-layout.js';
import { formatModelRef, type ModelRef } from './core/model-ref.js';
import type { ModelEntry, ModelMetadata } from './core/records.js';
import { stat } from './disk/program.js';
import { checkUnused, removeUnreached } from './evict-model.js';
import { type Fetched, type Fetcher, FileFetcher } from './fetch/fetcher.js';
import { inSingleFlight } from './fetch/single-flight.js';
import { placed } from './locate-model.js';
import { indexPlace } from './stores/fs/place.js';

/** How a model goes in; by default under the id that its file suggests, copied as cheaply as the disk can. */
export interface AddOptions extends LongWork {
  /** By default the file's name without `.gguf`, `.safetensors` and the number of its shard, or the directory's name. */
  id?: string | undefined;
  name?: string | undefined;
  /** What the content must be; content that is not is `DigestMismatch`. */
  digest?: string | undefined;
  labels?: Record<string, string> | undefined;
  /** `auto` (the default): share the blocks where the file system can, else copy. */
  mode?: WantedMode | undefined;
  /** Put the content in place of other content under the same id. */
  replace?: boolean | undefined;
  /** Who brings what is not on this machine, in the place of the catalog's own. */
  fetcher?: Fetcher | undefined;
}

/** What an add did, beside the entry. */
export interface Added {
  readonly entry: ModelEntry;
  readonly mode: ModelEntry['mode'];
  readonly bytesWritten: number;
}

const marginBytes = 64 * 1024;

/** Adds the content behind a path or a reference; see `Catalog.add`. */
export async function addModel(context: CatalogContext, pathOrRef: string, options: AddOptions): Promise<Added> {
  const ref = parseReference(pathOrRef);
  if (ref.kind === 'file') return addFound(context, { path: ref.path }, ref, options);
  const { fetcher = context.fetcher } = options;
  // What nobody can fetch is refused before anything is made for it.
  if (fetcher instanceof FileFetcher) await fetcher.fetch(ref);
  const text = formatModelRef(ref);
  const work = async ({ hasWaited }: { readonly hasWaited: boolean }) =>
    (hasWaited ? await broughtMeanwhile(context, text, options) : undefined) ?? addFetched(context, ref, { ...options, fetcher });
  return inSingleFlight(context, `model ${text}`, work, options);
}

/** CAT-PRV-2501: what somebody else has fetched and added while this call waited for that, where it is what is asked for. */
async function broughtMeanwhile(context: CatalogContext, ref: string, { id, digest }: AddOptions): Promise<Added | undefined> {
  const entry = await findModel(context, id ?? ref);
  if (entry?.ref !== ref || entry.state === 'Failed' || (await placed(context, entry)) === undefined) return undefined;
  if (digest !== undefined && (entry.digest === undefined || !sameDigest(entry.digest, parseDigest(digest)))) return undefined;
  return { entry, mode: 'present', bytesWritten: 0 };
}

function addFetched(context: CatalogContext, ref: ModelRef, options: AddOptions & { readonly fetcher: Fetcher }): Promise<Added> {
  const { fetcher, onProgress, signal } = options;
  return context.artifacts.inOwnFolder(context.prepare, async (folder) => {
    const fetched = await fetcher.fetch(ref, folder, { onProgress, signal });
    if (options.mode === 'reference' && resolve(fetched.path).startsWith(folder)) {
      throw refusal('InvalidArgument', `${formatModelRef(ref)} was fetched for the catalog alone; it cannot be referenced in place`);
    }
    const { release } = fetched;
    try {
      const added = await addFound(context, fetched, ref, options);
      return release === undefined ? added : await released(context, added, release);
    } catch (error) {
      // Else it would be given, and refused, again and again.
      if (isCatalogError(error, 'DigestMismatch')) await release?.().catch(() => undefined);
      throw error;
    }
  });
}

/** The catalog has what it took: its other names go, which changes the identity of blobs, and nothing else of them. */
async function released(context: CatalogContext, added: Added, release: () => Promise<void>): Promise<Added> {
  const { artifacts, store } = context;
  const places = isManaged(added.entry) ? blobsOfModel(added.entry) : [];
  const look = () => Promise.all(places.map((digest) => artifacts.run(stat(join(artifacts.root, blobPath(digest))))));
  const before = await look();
  await release().catch(() => undefined);
  const after = await look();
  for (const [place, digest] of places.entries()) {
    const [was, is] = [before[place], after[place]];
    if (was !== undefined && is !== undefined) await recordIdentity(context, digest, { before: was, after: is });
  }
  return { ...added, entry: (await store.models.get(added.entry.id))?.record ?? added.entry };
}

async function addFound(context: CatalogContext, fetched: Fetched, ref: ModelRef, options: AddOptions): Promise<Added> {
  const source = await context.artifacts.find(fetched.path);
  const { mode = 'auto' } = options;
  const said = fetched.digest === undefined ? undefined : parseDigest(fetched.digest);
  const isGiven = mode === 'auto' && fetched.release !== undefined;
  return addSource(context, source, requestFor(source, ref, options), { ...options, mode: isGiven ? 'take' : mode, said });
}

interface SourceOptions extends LongWork {
  readonly mode?: ArrivalMode | undefined;
  /** What the origin says that the content is: it counts where nobody else says anything. */
  readonly said?: Digest | undefined;
}

/** Adds a source that was found under an id that was chosen. */
export async function addSource(context: CatalogContext, source: Source, wanted: AddRequest, options: SourceOptions): Promise<Added> {
  const before = (await context.store.models.get(wanted.id))?.record;
  const asked = before === undefined ? await asInFleet(context, wanted) : wanted;
  const request = { ...asked, digest: expectedOfArrival(before, asked) === undefined ? options.said : asked.digest };
  const expected = expectedOfArrival(before, request);
  await context.prepare();
  const arrival = await context.artifacts.receive(source, {
    mode: options.mode ?? 'auto',
    also: expected !== undefined && algorithmOf(expected) !== 'sha256' ? expected : undefined,
    known: await knownBlobs(context),
    beside: await bytesBeside(context),
    onProgress: options.onProgress,
    signal: options.signal,
  });
  try {
    await checkExpected(context, arrival, expected, request.id);
    const metadata = await context.artifacts.describe(arrival);
    const entry = await recordArrival(context, request, arrival, metadata);
    return { entry, mode: arrival.mode, bytesWritten: arrival.bytesWritten };
  } finally {
    await context.artifacts.drop(arrival);
  }
}

function requestFor(source: Source, ref: ModelRef, options: AddOptions): AddRequest {
  const id = checkId(options.id ?? defaultModelId(source.name, source.type));
  const text = formatModelRef(ref);
  const { name, labels, replace } = options;
  const digest = options.digest === undefined ? undefined : parseDigest(options.digest);
  return { id, name, source: text, ref: ref.kind === 'file' ? undefined : text, labels, digest, replace };
}

/** CAT-FLT-7010: what comes to hold a model of the fleet has the content that the fleet says. */
async function asInFleet({ fleet }: CatalogContext, request: AddRequest): Promise<AddRequest> {
  const models = await fleet?.part('models');
  const expected = models && find(models, request.id)?.record.digest;
  if (expected === undefined) return request;
  const { digest: actual = expected, id } = request;
  if (algorithmOf(actual) === algorithmOf(expected) && actual !== expected)
    throw refusal('DigestMismatch', `${id} of the fleet is ${expected}, not ${actual}`, { expected, actual, id, needs: 'fleet' });
  return { ...request, digest: expected };
}

/** CAT-BLB-2103: a mismatch is told and shows nothing; a registered entry that was to be filled has failed. */
async function checkExpected(context: CatalogContext, arrival: Arrival, expected: Digest | undefined, id: string): Promise<void> {
  try {
    checkArrival(arrival, expected);
  } catch (error) {
    if (isCatalogError(error, 'DigestMismatch')) await recordMismatch(context, error, id);
    throw error;
  }
}

async function recordMismatch(context: CatalogContext, mismatch: CatalogError, id: string): Promise<void> {
  const found = await context.store.models.get(id);
  if (found?.record.state !== 'Pending' || found.record.files !== undefined) return;
  const outcome = { kind: 'fail', reason: 'mismatch', bytes: Number(mismatch.details.bytes), duration_ms: 0, method: 'full' } as const;
  await changeModel(context, id, (entry) => afterVerification(entry ?? found.record, outcome, { now: now(context) }));
}

/** CAT-BLB-2102, CAT-GC-2305: under a claim places the bytes, then writes the record, then looks again that the bytes are there. */
async function recordArrival(
  context: CatalogContext,
  request: AddRequest,
  arrival: Arrival,
  metadata: ModelMetadata | undefined,
): Promise<ModelEntry> {
  let before: ModelEntry | undefined;
  const claimed = { of: { id: request.id }, digests: blobsOf(arrival) };
  const { result: entry } = await claiming(context, claimed, async () => {
    const recorded = await changeModel(context, request.id, async (stored) => {
      before = stored;
      const decision = decideAdd(stored, request, arrival.digest);
      if (decision === 'replace' && stored !== undefined) await checkUnused(context, stored);
      const placed = await place(context, arrival, decision === 'known' ? stored : undefined, request.id);
      return entryAfterAdd(stored, request, { digest: arrival.digest, mode: arrival.mode, metadata, ...placed }, now(context));
    });
    if (isManaged(recorded)) await context.artifacts.confirm(arrival);
    return recorded;
  });
  if (before) await removeUnreached(context, before, entry);
  return entry;
}

/** Known content stays where its entry shows it, unless that entry has failed. */
function place(context: CatalogContext, arrival: Arrival, known: ModelEntry | undefined, id: string): Promise<Placed> | Placed {
  if (known === undefined || known.state === 'Failed') return context.artifacts.place(id, arrival);
  return isManaged(known) ? context.artifacts.place(id, arrival, known.files) : whereItLies(known);
}

function whereItLies(stored: ModelEntry): Placed {
  return { files: stored.files ?? [], local_path: stored.local_path ?? '' };
}

/** What an add writes beside the content: the index anew, its claim and its links. */
async function bytesBeside({ artifacts }: CatalogContext): Promise<number> {
  const index = await artifacts.run(stat(indexPlace(artifacts.root, 'models').index));
  return (index?.size ?? 0) + marginBytes;
}

async function knownBlobs(context: CatalogContext): Promise<KnownBlobs> {
  const files = (await context.store.models.list()).flatMap(({ record }) => record.files ?? []);
  let verified: Set<string> | undefined;
  const sizes = new Set(files.map(({ bytes }) => bytes));
  return {
    hasSize: (bytes) => sizes.has(bytes),
    isVerified(digest, identity) {
      verified ??= new Set(files.map((file) => `${file.digest} ${file.identity}`));
      return verified.has(`${digest} ${identity}`);
    },
  };
}
