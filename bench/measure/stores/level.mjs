import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

export const name = 'classic-level';
export const settings = 'sync: true';
export const steadyAfter = 200;

export async function open(folder) {
  const database = new ClassicLevel(join(folder, 'level'), { valueEncoding: 'json' });
  await database.open();
  return {
    put: (record) => database.put(record.id, record, { sync: true }),
    putAll: (records) => database.batch(records.map((value) => ({ type: 'put', key: value.id, value })), { sync: true }),
    get: (id) => database.get(id),
    close: () => database.close(),
  };
}
