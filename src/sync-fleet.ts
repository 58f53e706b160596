import { type Announced, announceHoldings } from './announce-holdings.js';
import type { CatalogContext } from './catalog-context.js';
import { canonicalJson } from './core/canonical-json.js';
import type { FollowedCounts } from './core/following.js';
import { type FleetCollectionName, records } from './core/generation.js';
import { openSession, type SyncOptions, type SyncSession } from './fleet-session.js';
import { checkGoesOn, type FollowedPart, followPart } from './follow-part.js';
import { makeCopyFolder, persistOrigin, sweepCopies } from './stores/fleet-copy/write.js';

/** What one round of following has changed. */
export interface SyncReport {
  /** The URL of the fleet, without a password. */
  from: string;
  lineage: string;
  node: string;
  /** How far the copy of each collection has come. */
  revisions: Record<FleetCollectionName, number>;
  /** Which collections were taken as a whole: there was no copy that could be trusted, or the fleet keeps the changes since no more. */
  anew: FleetCollectionName[];
  models: FollowedCounts;
  engines: FollowedCounts;
  holdings: FollowedCounts;
  /** Not where nothing was to be announced. */
  announced?: Announced;
}

type Parts = { [C in FleetCollectionName]: FollowedPart<C> };

/** CAT-FLT-7010: one round; see `Catalog.sync`. */
export async function syncFleet(context: CatalogContext, options: SyncOptions): Promise<SyncReport> {
  const session = await openSession(context, options);
  try {
    return await syncRound(session);
  } finally {
    await session.close();
  }
}

/** Follows each collection to where the fleet is now, announces, and follows what that has changed. */
export async function syncRound(session: SyncSession): Promise<SyncReport> {
  const { context, fleet, origin, options } = session;
  checkGoesOn(options.signal);
  const parts = await followAll(session);
  if (options.announce === false) return reportOf(session, parts);
  const announcer = { node: origin.node, instance: origin.instance, takeOver: options.takeOver };
  const announced = await announceHoldings(context, fleet, announcer, records(parts.holdings.generation));
  if (announced.put + announced.deleted === 0) return { ...reportOf(session, parts), announced };
  // What came of models and engines meanwhile is for the next round.
  const holdings = await followPart(session, 'holdings', await fleet.revisions());
  const both = { ...holdings, counts: sumOf(parts.holdings.counts, holdings.counts), isAnew: parts.holdings.isAnew || holdings.isAnew };
  return { ...reportOf(session, { ...parts, holdings: both }), announced };
}

/** The origin is written when all parts are there: until then the copy before is the one that counts. */
async function followAll(session: SyncSession): Promise<Parts> {
  const { context, fleet, origin } = session;
  const { artifacts, host } = context;
  if (session.isNew) await artifacts.run(makeCopyFolder(artifacts.root, origin.copy));
  const at = await fleet.revisions();
  const parts: Parts = {
    models: await followPart(session, 'models', at),
    engines: await followPart(session, 'engines', at),
    holdings: await followPart(session, 'holdings', at),
  };
  if (session.known === undefined || canonicalJson({ ...session.known }) !== canonicalJson({ ...origin })) {
    await artifacts.run(persistOrigin(artifacts.root, origin, host));
    await artifacts.run(sweepCopies(artifacts.root, origin.copy));
  }
  Object.assign(session, { known: origin, isNew: false, reached: at.newest });
  return parts;
}

function reportOf({ origin }: SyncSession, { models, engines, holdings }: Parts): SyncReport {
  const { from, lineage, node } = origin;
  const parts = { models, engines, holdings };
  return {
    from,
    lineage,
    node,
    revisions: { models: models.generation.revision, engines: engines.generation.revision, holdings: holdings.generation.revision },
    anew: (Object.keys(parts) as FleetCollectionName[]).filter((name) => parts[name].isAnew),
    models: models.counts,
    engines: engines.counts,
    holdings: holdings.counts,
  };
}

function sumOf(one: FollowedCounts, other: FollowedCounts): FollowedCounts {
  return { added: one.added + other.added, changed: one.changed + other.changed, removed: one.removed + other.removed };
}
