import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';

export const name = 'lmdb';
export const settings = 'overlappingSync: false';
export const steadyAfter = 200;

export function open(folder) {
  const root = openLmdb({ path: join(folder, 'lmdb'), overlappingSync: false, encoding: 'json', maxDbs: 4 });
  const events = root.openDB({ name: 'events', encoding: 'json', keyEncoding: 'uint32' });
  const records = root.openDB({ name: 'records', encoding: 'json' });
  let next = (events.getKeys({ reverse: true, limit: 1 }).asArray[0] ?? 0) + 1;
  return {
    put: (record) => records.putSync(record.id, record),
    putSoon: (record) => records.put(record.id, record),
    putAll: (all) =>
      records.transactionSync(() => {
        for (const record of all) records.put(record.id, record);
      }),
    get: (id) => records.get(id),
    list: () => records.getRange({}).map(({ value }) => value).asArray,
    append: (payload) => events.putSync(next++, payload),
    appendAll: (payloads) =>
      events.transactionSync(() => {
        for (const payload of payloads) events.put(next++, payload);
      }),
    *events() {
      yield* events.getRange({});
    },
    eventAt: (sequence) => events.get(sequence),
    close: () => root.close(),
  };
}
