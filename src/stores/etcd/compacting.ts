import { refusal } from '../../core/errors.js';
import type { EtcdServer } from './etcd-server.js';
import type { EventLog } from './event-log.js';
import type { StoredEvent } from './events.js';
import type { Operation } from './wire.js';

/** What was removed of a history. */
export interface CompactReport {
  /** Up to this revision what happened is kept no more. */
  readonly floor: number;
  readonly removed: number;
}

/** As many as etcd takes in one transaction by default, with room for others. */
const operationsAtOnce = 100;

/**
 * Keeps the newest so many changes, and of each record that is older the last: what it was before a later change is told by that. The
 * floor is raised first, so that nobody takes what is half removed for all there was.
 */
export async function compactHistory(server: EtcdServer, log: EventLog, keep: number): Promise<CompactReport> {
  if (!Number.isSafeInteger(keep) || keep < 0)
    throw refusal('InvalidArgument', `keep is a number of changes, not ${String(keep)}`, { argument: 'keep' });
  const floor = await raisedFloor(server, log, keep);
  const removed = await superseded(log, floor);
  const { keys } = server;
  const operations = removed.flatMap(({ reference, eventId, is_long }): Operation[] => [
    { type: 'delete', key: keys.event(reference) },
    ...(is_long ? [{ type: 'delete', key: keys.text(eventId) } as const] : []),
  ]);
  for (let place = 0; place < operations.length; place += operationsAtOnce) {
    await changed(server, operations.slice(place, place + operationsAtOnce), { target: 'VERSION', result: 'GREATER', value: -1 });
  }
  return { floor, removed: removed.length };
}

async function raisedFloor(server: EtcdServer, log: EventLog, keep: number): Promise<number> {
  for (;;) {
    const extent = await log.extent();
    const floor = await newestNotKept(log, extent, keep);
    if (floor <= extent.floor) return extent.floor;
    const put: Operation = { type: 'put', key: server.keys.floor, value: String(floor) };
    const before =
      extent.floor === 0 ? ({ target: 'CREATE', value: 0 } as const) : ({ target: 'VALUE', value: String(extent.floor) } as const);
    if (await changed(server, [put], before)) return floor;
  }
}

async function newestNotKept(log: EventLog, extent: Parameters<EventLog['before']>[0], keep: number): Promise<number> {
  let left = keep;
  for await (const events of log.before(extent)) {
    const event = events[left];
    if (event !== undefined) return event.revision;
    left -= events.length;
  }
  return 0;
}

/** What happened up to the floor to a record to which more happened up to there, and removals. */
async function superseded(log: EventLog, floor: number): Promise<readonly StoredEvent[]> {
  const removed: StoredEvent[] = [];
  const known = new Set<string>();
  const extent = await log.extent();
  for await (const events of log.before(extent)) {
    for (const event of events) {
      const key = `${event.collection}/${event.id}`;
      if (event.revision > floor) continue;
      if (known.has(key) || event.change === 'removed') removed.push({ ...event, text: undefined });
      known.add(key);
    }
  }
  return removed;
}

/** Done only while the floor is as it was told; whether it was. Done twice it is as done once. */
async function changed(
  server: EtcdServer,
  success: readonly Operation[],
  floor: { readonly target: 'CREATE' | 'VALUE' | 'VERSION'; readonly result?: 'GREATER'; readonly value: number | string },
): Promise<boolean> {
  const { keys, lineageText } = server;
  const compare = [{ key: keys.lineage, target: 'VALUE', value: lineageText } as const, { key: keys.floor, ...floor }];
  const failure = [keys.lineage, keys.head].map((key) => ({ type: 'range', key }) as const);
  return (await server.outlasting(() => server.commitOnce({ compare, success, failure }))).succeeded;
}
