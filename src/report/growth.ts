import type { ModelEntry, TrustState } from '../core/records.js';
import type { HistoryEntry } from '../stores/history.js';

/** What there was at a time, and until the next point. */
export interface GrowthPoint {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly models: number;
  /** The sizes of the models, each counted whole. */
  readonly bytes: number;
  /** How many models were of each trust; only a history tells. */
  readonly trust?: Readonly<Record<TrustState, number>>;
}

/** CAT-CLI-6205: how the catalog came to what it is. */
export interface Growth {
  /** `registered_at` where the store keeps no history: then it counts the models of today, and knows nothing of those that were removed. */
  readonly from: 'journal' | 'registered_at';
  readonly points: readonly GrowthPoint[];
}

export type PastChange = Pick<HistoryEntry, 'at' | 'collection' | 'id' | 'change' | 'members'>;

const mostPoints = 240;

interface Known {
  readonly bytes: number;
  readonly trust: TrustState;
}

/** What each change of a history left, thinned as it goes: a history may be longer than what fits into memory. */
export async function grownThrough(changes: AsyncIterable<PastChange>): Promise<readonly GrowthPoint[]> {
  const known = new Map<string, Known>();
  let [points, bytes, at]: [GrowthPoint[], number, string] = [[], 0, ''];
  const trust: Record<TrustState, number> = { unverified: 0, warned: 0, verified: 0 };
  const count = (model: Known | undefined, sign: 1 | -1) => {
    if (model === undefined) return;
    bytes += sign * model.bytes;
    trust[model.trust] += sign;
  };
  for await (const change of changes) {
    if (change.collection !== 'models') continue;
    const before = known.get(change.id);
    const after = afterChange(before, change);
    count(before, -1);
    count(after, 1);
    if (after === undefined) known.delete(change.id);
    else known.set(change.id, after);
    // A clock that was set back stands still here.
    if (change.at > at) at = change.at;
    points.push({ at, models: known.size, bytes, trust: { ...trust } });
    if (points.length > 8 * mostPoints) points = thinned(points, mostPoints);
  }
  return thinned(points, mostPoints);
}

/** The models of today, by when they were registered. */
export function grownByRegistration(models: readonly ModelEntry[]): readonly GrowthPoint[] {
  const inOrder = [...models].sort((a, b) => Date.parse(a.registered_at) - Date.parse(b.registered_at));
  let bytes = 0;
  const points = inOrder.map((model, place) => {
    bytes += model.bytes ?? 0;
    return { at: new Date(model.registered_at).toISOString(), models: place + 1, bytes };
  });
  return thinned(points, mostPoints);
}

/** About so many of the points: the first, and the last of each of as many equal stretches of time. */
export function thinned(points: readonly GrowthPoint[], most: number): GrowthPoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length <= most) return [...points];
  const start = Date.parse(first.at);
  const width = (Date.parse(last.at) - start) / (most - 1) || 1;
  const stretchOf = ({ at }: GrowthPoint) => Math.floor((Date.parse(at) - start) / width);
  const lasts = points.filter((point, place) => {
    const next = points[place + 1];
    return next === undefined || stretchOf(next) !== stretchOf(point);
  });
  return lasts[0] === first ? lasts : [first, ...lasts];
}

function afterChange(before: Known | undefined, { change, members }: PastChange): Known | undefined {
  if (change === 'removed') return undefined;
  const changed = new Map(members.map(({ member, after }) => [member, after]));
  const bytes = changed.has('bytes') ? changed.get('bytes') : before?.bytes;
  const trust = changed.has('trust_state') ? changed.get('trust_state') : before?.trust;
  return { bytes: typeof bytes === 'number' ? bytes : 0, trust: trust === 'verified' || trust === 'warned' ? trust : 'unverified' };
}
