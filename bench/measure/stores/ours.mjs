import { join } from 'node:path';
import { FsCatalog, JournalCatalog } from '../../../dist/index.js';
import { Journal, kind } from '../../../dist/journal/index.js';

const coordinate = (entity) => ({ entity: `model:${entity}`, scope: 'bench' });
export const benchKind = kind(0x1, 0x001);

export const journalCatalog = {
  name: 'JournalCatalog',
  settings: 'as it comes',
  open: (folder) => ofStore(() => JournalCatalog.open({ root: join(folder, 'journal-root') })),
};

export const fsCatalog = {
  name: 'FsCatalog',
  settings: 'as it comes',
  open: (folder) => ofStore(() => FsCatalog.open({ root: join(folder, 'fs-root') })),
};

async function ofStore(openStore) {
  const store = await openStore();
  return {
    store,
    put: (record) => store.models.put(record),
    putAll: (records) => Promise.all(records.map((record) => store.models.put(record))),
    get: (id) => store.models.get(id),
    list: () => store.models.list(),
    close: () => store.close(),
  };
}

export const journal = {
  name: 'Journal',
  settings: 'as it comes',
  open(folder) {
    const opened = Journal.open({ directory: join(folder, 'journal') });
    return {
      journal: opened,
      put: (record) => opened.append(coordinate(record.id), benchKind, record),
      putAll: (records) => opened.appendBatch(records.map((record) => ({ coordinate: coordinate(record.id), kind: benchKind, payload: record }))),
      append: (payload) => opened.append(coordinate(payload.id), benchKind, payload),
      appendAll: (payloads) => opened.appendBatch(payloads.map((payload) => ({ coordinate: coordinate(payload.id), kind: benchKind, payload }))),
      close: () => opened.close(),
    };
  },
};
