import type { Catalog } from '../catalog.js';
import { missingModel, shownId } from '../catalog-context.js';
import type { CatalogError } from '../core/errors.js';
import type { Versioned } from '../core/generation.js';
import type { EngineEntry, ModelEntry } from '../core/records.js';
import { CliRefusal } from './hints.js';
import type { Result } from './output.js';
import { engineDetails, modelLine } from './render.js';

/** The entry as it is stored now, with its revision. */
export async function storedModel(catalog: Catalog, id: string): Promise<Versioned<ModelEntry>> {
  const found = await catalog.store.models.get(id);
  if (found === undefined) throw missingModel(id);
  return found;
}

export async function storedEngine(catalog: Catalog, id: string): Promise<Versioned<EngineEntry>> {
  const found = await catalog.engines.get(id);
  if (found === undefined) throw missingEngine(id);
  return found;
}

export function missingEngine(asked: string): CatalogError {
  const id = shownId(asked);
  const hint = 'check the spelling; `catalog engine ls` lists the engines that are there';
  return new CliRefusal('NotFound', `there is no engine ${JSON.stringify(id)}`, hint, { id });
}

interface More {
  /** Members of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly note?: string | undefined;
}

/** What `add`, `register` and `state` answer. */
export async function modelResult(catalog: Catalog, id: string, { members = {}, note }: More = {}): Promise<Result> {
  const { record, revision } = await storedModel(catalog, id);
  return { document: { model: record, revision, ...members }, ids: [id], lines: (screen) => [modelLine(record, screen)], note };
}

/** What `pin` and `unpin` answer. */
export async function pinResult(catalog: Catalog, id: string): Promise<Result> {
  const { record, revision } = await storedModel(catalog, id);
  const reasons = (record.pins ?? []).map(({ reason }) => reason);
  const pins = reasons.length > 0 ? `pinned: ${reasons.join(', ')}` : 'no pins';
  return { document: { model: record, revision }, ids: [id], lines: (screen) => [modelLine(record, screen, pins)] };
}

/** What `engine add` and `engine show` answer. */
export function engineResult({ record, revision }: Versioned<EngineEntry>): Result {
  return { document: { engine: record, revision }, ids: [record.id], lines: (screen) => engineDetails(record, revision, screen) };
}
