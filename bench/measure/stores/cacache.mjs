import { join } from 'node:path';
import cacache from 'cacache';

export const name = 'cacache';
export const settings = 'sha256';

export function open(folder) {
  const cache = join(folder, 'cacache');
  const put = (record) => cacache.put(cache, record.id, JSON.stringify(record), { algorithms: ['sha256'] });
  return {
    put,
    async putAll(records) {
      for (const record of records) await put(record);
    },
    putBytes: (key, bytes) => cacache.put(cache, key, bytes, { algorithms: ['sha256'] }),
    stream: (key) => cacache.put.stream(cache, key, { algorithms: ['sha256'] }),
    verify: () => cacache.verify(cache),
    remove: () => cacache.rm.all(cache),
    close() {},
  };
}
