import type { FleetCollectionName } from '../../core/generation.js';
import type { FleetRevisions } from '../fleet-store.js';
import type { EtcdServer } from './etcd-server.js';
import { extentIn } from './event-log.js';
import type { KeyRange } from './keys.js';
import type { Range } from './wire.js';

const collections: readonly FleetCollectionName[] = ['models', 'engines', 'holdings'];

/** How far the fleet has come, in one transaction: of each collection the record, or what is left of one, that was changed last. */
export async function revisionsOf(server: EtcdServer): Promise<FleetRevisions> {
  const { keys } = server;
  const last = collections.flatMap((name) => [lastOf(keys.records(name)), lastOf(keys.allGone(name))]);
  const found = await server.look([{ type: 'range', key: keys.floor }, ...last]);
  const { newest, floor } = extentIn(found, keys);
  const told = found.ranges.slice(1).map((range) => range.found[0]?.modRevision ?? 0);
  const of = (place: number) => Math.max(floor, told[2 * place] ?? 0, told[2 * place + 1] ?? 0);
  return { newest, models: of(0), engines: of(1), holdings: of(2) };
}

function lastOf({ key, end }: KeyRange): Range {
  return { type: 'range', key, end, limit: 1, keysOnly: true, newestFirst: true };
}
