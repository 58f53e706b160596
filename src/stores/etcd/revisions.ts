import { type FleetRevisions, fleetCollections } from '../fleet-store.js';
import type { EtcdServer } from './etcd-server.js';
import { extentIn } from './event-log.js';
import type { KeyRange } from './keys.js';
import type { Range } from './wire.js';

/** How far the fleet has come, in one transaction, and so at one moment: what was put last in each collection, and what was removed last. */
export async function revisionsOf(server: EtcdServer): Promise<FleetRevisions> {
  const { keys } = server;
  const last = ({ key, end }: KeyRange): Range => ({ type: 'range', key, end, limit: 1, keysOnly: true, newestFirst: true });
  const places = fleetCollections.flatMap((name) => [last(keys.records(name)), last(keys.allGone(name))]);
  const found = await server.look(places);
  const { newest } = extentIn(found, keys);
  const [models, engines, holdings] = fleetCollections.map((_, nth) => {
    const ends = found.ranges.slice(2 * nth, 2 * nth + 2).flatMap((range) => range.found.map(({ modRevision }) => modRevision));
    return Math.max(0, ...ends);
  }) as [number, number, number];
  return { newest, models, engines, holdings };
}
