import { type CatalogContext, findIn, missingModel } from './catalog-context.js';
import { type Digest, isDigest, parseDigest } from './core/digest.js';
import { type FleetCollectionName, records, type Versioned } from './core/generation.js';
import type { Holding } from './core/holding.js';
import { compareUtf8 } from './core/ids.js';
import type { ModelEntry } from './core/records.js';
import { FleetView } from './fleet-view.js';
import { heldContents } from './held-content.js';
import type { FleetCopy } from './stores/fleet-copy/fleet-copy.js';
import { isFleetStore } from './stores/fleet-store.js';

/** A node that holds the content of a model. */
export interface HoldingNode {
  node: string;
  /** There, and absolute. */
  path: string;
  bytes?: number;
  /** What the node calls it. */
  model?: string;
  /** By the clock of the node; absent where it never looked. */
  verified_at?: string;
  /** Whether it is this machine, of which is told what is so now. */
  self: boolean;
}

/** Which machines of the fleet hold a model, as of which revision. */
export interface WhereReport {
  /** Of the model, where that was not asked for by its digest. */
  id?: string;
  /** Absent where nobody knows it yet. */
  digest?: Digest;
  nodes: HoldingNode[];
  /** What the fleet was when it was copied; absent on a machine that follows none. */
  as_of?: { from: string; revisions: Record<FleetCollectionName, number> };
}

/** CAT-FLT-7010: which nodes hold a model, from the last copy, or from the fleet where that itself was opened; see `Catalog.where`. */
export async function whereIs(context: CatalogContext, asked: string): Promise<WhereReport> {
  const { fleet } = context;
  const entry = (await findIn(context.store.models, asked)) ?? (await fleetModel(fleet, asked));
  const digest = entry === undefined ? digestIn(asked) : entry.digest;
  if (entry === undefined && digest === undefined) throw missingModel(asked);
  const nodes = digest === undefined ? [] : await nodesWith(context, digest);
  if (entry === undefined && nodes.length === 0 && !(await isOfFleet(fleet, digest))) throw missingModel(asked);
  const as_of = await asOf(context);
  return { ...(entry && { id: entry.id }), ...(digest && { digest }), nodes, ...(as_of && { as_of }) };
}

/** What the fleet has under an id, or made from a reference. */
export function fleetModel(fleet: FleetCopy | undefined, idOrRef: string): Promise<ModelEntry | undefined> {
  return fleet === undefined ? Promise.resolve(undefined) : findIn(new FleetView(fleet).models, idOrRef);
}

/** Others by what they announced, this machine by what is there now. */
async function nodesWith(context: CatalogContext, digest: Digest): Promise<HoldingNode[]> {
  const origin = await context.fleet?.origin();
  const others = (await holdingsIn(context)).map(({ record }) => record).filter((one) => one.digest === digest);
  const own = (await heldContents(context, digest)).map(({ digest: _, ...content }): HoldingNode => {
    return { node: origin?.node ?? context.host.identity.host, ...content, self: true };
  });
  const nodes = [...others.filter(({ instance }) => instance !== origin?.instance).map(nodeOf), ...own];
  return nodes.sort((one, other) => compareUtf8(one.node, other.node));
}

function nodeOf({ node, path, bytes, model, verified_at }: Holding): HoldingNode {
  return {
    node,
    path,
    ...(bytes !== undefined && { bytes }),
    ...(model !== undefined && { model }),
    ...(verified_at !== undefined && { verified_at }),
    self: false,
  };
}

/** As they are in the fleet, where that itself was opened; else as they were copied. */
async function holdingsIn({ store, fleet }: CatalogContext): Promise<readonly Versioned<Holding>[]> {
  if (isFleetStore(store)) return store.holdings.list();
  const copied = await fleet?.part('holdings');
  return copied === undefined ? [] : records(copied);
}

async function isOfFleet(fleet: FleetCopy | undefined, digest: Digest | undefined): Promise<boolean> {
  const models = await fleet?.part('models');
  return models !== undefined && records(models).some(({ record }) => record.digest === digest);
}

function digestIn(asked: string): Digest | undefined {
  if (isDigest(asked)) return asked;
  return /^[0-9a-f]{64}$/i.test(asked) ? parseDigest(asked) : undefined;
}

async function asOf({ store, fleet }: CatalogContext): Promise<WhereReport['as_of']> {
  if (isFleetStore(store)) {
    const { models, engines, holdings } = await store.revisions();
    return { from: store.name, revisions: { models, engines, holdings } };
  }
  const origin = await fleet?.origin();
  const [models, engines, holdings] = [await fleet?.part('models'), await fleet?.part('engines'), await fleet?.part('holdings')];
  if (origin === undefined || models === undefined || engines === undefined || holdings === undefined) return undefined;
  return {
    from: origin.from,
    revisions: { models: models.revision, engines: engines.revision, holdings: holdings.revision },
  };
}
