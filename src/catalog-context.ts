import type { ArtifactStore } from './artifacts/artifact-store.js';
import type { Hashing } from './artifacts/hashing.js';
import { type CatalogError, isCatalogError, refusal } from './core/errors.js';
import type { Versioned } from './core/generation.js';
import { meantBy } from './core/meant.js';
import { formatModelRef, type ModelRef, parseModelRef } from './core/model-ref.js';
import type { ModelEntry } from './core/records.js';
import { redactText } from './core/redact.js';
import type { Host } from './disk/host.js';
import type { Fetcher } from './fetch/fetcher.js';
import { refuseFleets } from './fleet-view.js';
import type { Telling } from './observe/telling.js';
import type { CatalogStore, ChangeNote, Collection } from './stores/catalog-store.js';
import type { FleetCopy } from './stores/fleet-copy/fleet-copy.js';

/** What the operations of a catalog share. */
export interface CatalogContext {
  readonly store: CatalogStore;
  readonly artifacts: ArtifactStore;
  readonly hashing: Hashing;
  readonly host: Host;
  readonly fetcher: Fetcher;
  /** Whether it was opened to read alone. */
  readonly readOnly?: boolean;
  /** Makes the root, where there is none, before bytes may be put there (CAT-IDX-1118). */
  readonly prepare: () => Promise<void>;
  /** Of a store that keeps a reserve for full disks (CAT-IDX-1116). */
  readonly reserve?: { readonly release: () => Promise<boolean>; readonly keep: () => Promise<void> };
  /** The node's last copy of its fleet (CAT-FLT-7010); not where the store is a fleet's own. */
  readonly fleet?: FleetCopy;
  /** Tells whoever listens of what is done. */
  readonly telling: Telling;
  /** What the changes are made for that are made now. */
  readonly note?: ChangeNote;
}

export const now = (context: CatalogContext): Date => new Date(context.host.clock());

export async function stored(context: CatalogContext, id: string): Promise<Versioned<ModelEntry>> {
  const found = await context.store.models.get(id);
  if (found === undefined) throw await notOwn(context, id);
  return found;
}

/** Why a model cannot be changed that the machine has no record of: it is the fleet's (CAT-FLT-7010), or nobody's. */
export async function notOwn(context: CatalogContext, id: string): Promise<CatalogError> {
  await refuseFleets(context.fleet, 'models', id);
  return missingModel(id);
}

/** With a scheme, and with what may come before or behind a secret. */
const likeUrl = /^[^/]*:.*(?:[@?#]|%40|%3f|%23)|\/\//is;
/** Lines, as nobody has them in an id, or a header of HTTP with a token. */
const likeHeader = /[\p{Cc}\p{Zl}\p{Zp}]|\b(?:bearer|authorization:)\s/iu;

/** What was asked for, as it may be said again: what is no id, or looks like a URL or a header, may have a secret in it (CAT-SEC-6004). */
export function shownId(asked: string): string {
  return asked.length > 512 || likeUrl.test(asked) || likeHeader.test(asked) ? redactText(asked) : asked;
}

export function missingModel(asked: string): CatalogError {
  const id = shownId(asked);
  return refusal('NotFound', `there is no model ${JSON.stringify(id)}`, { id });
}

/** Whether an error says that the machine has no record of a model, be it the fleet's or nobody's. */
export function isNotOwn(error: unknown): boolean {
  return isCatalogError(error, 'NotFound') || (isCatalogError(error, 'Unsupported') && error.details.needs === 'fleet');
}

/**
 * Changes one entry by a pure decision, again from the start when somebody else changed it meanwhile. A decision that gives the
 * stored entry itself writes nothing.
 */
export async function changeModel(
  context: CatalogContext,
  id: string,
  decide: (entry: ModelEntry | undefined) => ModelEntry | Promise<ModelEntry>,
): Promise<ModelEntry> {
  for (;;) {
    const found = await context.store.models.get(id);
    const next = await decide(found?.record);
    if (next === found?.record) return next;
    try {
      return (await context.store.models.put(next, { ifRevision: found?.revision ?? 'absent', note: context.note })).record;
    } catch (error) {
      if (!isCatalogError(error, 'RevisionConflict')) throw error;
    }
  }
}

/** As `changeModel`, for an entry that is there; `NotFound` where it is not. */
export function changeStored(context: CatalogContext, id: string, decide: (entry: ModelEntry) => ModelEntry): Promise<ModelEntry> {
  return changeModel(context, id, async (entry) => {
    if (entry === undefined) throw await notOwn(context, id);
    return decide(entry);
  });
}

/** The entry that an id or a reference names: by its id first, then by what it was made from (CAT-REF-1306). */
export function findModel(context: CatalogContext, idOrRef: string): Promise<ModelEntry | undefined> {
  return findIn(context.store.models, idOrRef);
}

/** As `findModel`, in a collection. */
export async function findIn(models: Pick<Collection<ModelEntry>, 'get' | 'list'>, idOrRef: string): Promise<ModelEntry | undefined> {
  const byId = await models.get(idOrRef);
  if (byId !== undefined) return byId.record;
  const ref = referenceIn(idOrRef);
  if (ref === undefined) return undefined;
  const all = await models.list();
  const entries = all.map(({ record }) => record);
  return entries.find((entry) => entry.ref === ref || entry.source === ref) ?? meantBy(parseModelRef(ref), entries);
}

/** A reference in its normal form, as it is stored; `undefined` for text that is none. */
export function referenceIn(text: string): string | undefined {
  try {
    return formatModelRef(parseModelRef(text, { cwd: process.cwd() }));
  } catch (error) {
    if (isCatalogError(error)) return undefined;
    throw error;
  }
}

export function parseReference(text: string): ModelRef {
  return parseModelRef(text, { cwd: process.cwd() });
}
