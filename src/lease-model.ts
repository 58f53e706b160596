import { newLease, removeLease, writeLease } from './artifacts/leases.js';
import { type CatalogContext, missingModel, notOwn, now } from './catalog-context.js';
import { isCatalogError, refusal } from './core/errors.js';
import { blobsOfModel } from './core/keepers.js';
import { isManaged } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { quietly } from './disk/whole-file.js';

/** CAT-GC-2304: a model is in use, until then or until it is released. */
export interface Lease {
  readonly id: string;
  readonly holder: string;
  /** Greater than that of every earlier lease of the model: who is told a greater one by another need not listen to this one. */
  readonly epoch: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly expires_at: string;
  /** So long from now; `Fenced` where it was over, `NotFound` where the model was removed by force. */
  renew(ttlMs: number): Promise<void>;
  /** Ends it; once is enough. */
  release(): Promise<void>;
}

const longestHolder = 1024;
const longestMs = 366 * 24 * 60 * 60 * 1000;

/**
 * Takes a lease. Its file is durable first; then the record is changed: whoever removes the model at this moment has seen the lease, or
 * finds that the record is another one by now.
 */
export async function leaseModel(
  context: CatalogContext,
  id: string,
  options: { readonly holder: string; readonly ttlMs: number },
): Promise<Lease> {
  const { holder } = options;
  if (typeof holder !== 'string' || holder === '' || holder.length > longestHolder)
    throw refusal('InvalidArgument', `holder is a text of 1 to ${longestHolder} characters`, { argument: 'holder' });
  const found = await context.store.models.get(id);
  if (found === undefined) throw await notOwn(context, id);
  const { artifacts, host } = context;
  const digests = isManaged(found.record) ? blobsOfModel(found.record) : [];
  let file = newLease({ id, holder, digests, expiresMs: endOf(context, options.ttlMs) }, host);
  let [isOver, isReleased] = [false, false];
  /** A renewal that is on its way when the lease is released would write it again. */
  let renewing: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    isReleased = true;
    await renewing;
    await artifacts.run(removeLease(file.path, artifacts.root));
  };
  const announced = async (isKept: (error: unknown) => boolean): Promise<number> => {
    await artifacts.run(writeLease(file, { root: artifacts.root, host }));
    try {
      return await touched(context, id, digests);
    } catch (error) {
      if (isKept(error)) throw error;
      isOver = true;
      // Where it cannot be removed it ends by itself.
      await artifacts.run(quietly(removeLease(file.path, artifacts.root)));
      throw error;
    }
  };
  const renew = async (ttlMs: number, wasReleased: boolean): Promise<void> => {
    const expiresMs = endOf(context, ttlMs);
    if (isOver || wasReleased || file.expiresMs <= host.clock())
      throw refusal('Fenced', `the lease of ${id} is over`, { id, holder, epoch });
    file = { ...file, expiresMs };
    // Whoever could not be told now may be told later: the lease is as it was, or longer.
    await announced((error) => !isCatalogError(error, 'NotFound') && !isCatalogError(error, 'Fenced'));
  };
  const epoch = await announced(() => false);
  return {
    id,
    holder,
    epoch,
    get expires_at() {
      return new Date(file.expiresMs).toISOString();
    },
    renew: (ttlMs) => {
      const wasReleased = isReleased;
      const renewed = renewing.then(() => renew(ttlMs, wasReleased));
      renewing = renewed.catch(() => undefined);
      return renewed;
    },
    release: end,
  };
}

/** Changes the record, which has the content that was leased still; the revision of that change. */
async function touched(context: CatalogContext, id: string, digests: readonly string[]): Promise<number> {
  for (;;) {
    const found = await context.store.models.get(id);
    if (found === undefined) throw missingModel(id);
    checkSame(found.record, digests);
    const next = { ...found.record, last_used_ms: now(context).getTime() };
    try {
      return (await context.store.models.put(next, { ifRevision: found.revision, note: context.note })).revision;
    } catch (error) {
      if (!isCatalogError(error, 'RevisionConflict')) throw error;
    }
  }
}

function checkSame(entry: ModelEntry, digests: readonly string[]): void {
  const stored = isManaged(entry) ? blobsOfModel(entry) : [];
  if (stored.length === digests.length && stored.every((digest) => digests.includes(digest))) return;
  throw refusal('Fenced', `${entry.id} has other content than when it was leased`, { id: entry.id });
}

function endOf({ host }: CatalogContext, ttlMs: number): number {
  if (Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= longestMs) return host.clock() + ttlMs;
  throw refusal('InvalidArgument', 'ttlMs is a number of milliseconds, above 0 and up to a year', { argument: 'ttlMs' });
}
