import fs from 'node:fs';
import { join } from 'node:path';
import { stores } from '../measure/stores/index.mjs';
import { idOf } from '../measure/values.mjs';
import { closing } from '../measure/writing.mjs';

const requirement = 'CAT-PRF-6406';
const records = 10_000;
const readers = ['JournalCatalog', 'FsCatalog'];

/** One `get` after the other, of ids that are drawn. */
function getting(name, get) {
  return {
    name,
    async operate({ from, count }) {
      for (let number = from; number < from + count; number++) {
        const given = get(idOf((number * 7919) % records));
        const found = given instanceof Promise ? await given : given;
        if (found === undefined) throw new Error(`${name} does not have what was put`);
      }
    },
  };
}

function listing(name, list, count) {
  return {
    name,
    async operate({ count: times }) {
      for (let time = 0; time < times; time++) {
        const given = list();
        const { length } = given instanceof Promise ? await given : given;
        if (length !== count) throw new Error(`${name} lists ${length} of ${count}`);
      }
    },
  };
}

/** Opens a store that was closed; what is done with it is timed with the opening, closing it is not. */
function opening(name, { store, folder, first }) {
  let opened;
  return {
    name,
    async operate(numbers) {
      opened = await stores[store].open(folder);
      await first(opened, numbers.from);
    },
    after: () => opened.close(),
  };
}

const firstGet =
  (count) =>
  async (store, number) => {
    if ((await store.get(idOf((number * 7919) % count))) === undefined) throw new Error('a record that was put is not there');
  };

const get = {
  id: 'reading/get',
  title: 'A get',
  how: `Of one of ${records} records, which another process could have changed since: each get sees that. A snapshot does not; the caller has made a Map of it.`,
  plan: { blocks: 30, passes: 2, operations: 500, warmUp: 20 },
  quick: { blocks: 12, operations: 200 },
  async open(context) {
    const opened = [];
    for (const name of [...readers, 'sqlite', 'lmdb']) opened.push(await context.filled(name, records));
    const [journal, files, sqlite, lmdb] = opened;
    const snapshot = await journal.store.snapshot();
    const byId = new Map(snapshot.models.map((one) => [one.record.id, one]));
    const sides = [
      ...[getting('JournalCatalog', journal.get), getting('FsCatalog', files.get), getting('snapshot', (id) => byId.get(id))],
      ...[getting('sqlite', sqlite.get), getting('lmdb', lmdb.get)],
    ];
    return { sides, close: closing(context, opened) };
  },
  comparisons: [
    ...readers.map((of) => ({
      ...{ id: `reading/get/${of}/sqlite`, requirement, of, against: 'sqlite', target: { most: 0.5 } },
      says: `a get of ${of}, which sees what others wrote, against SQLite's`,
    })),
    {
      ...{ id: 'reading/get/snapshot/sqlite', requirement, of: 'snapshot', against: 'sqlite', target: { most: 0.25 } },
      says: "a get from a snapshot, against SQLite's",
    },
    ...readers.map((of) => ({ id: `reading/get/${of}/lmdb`, requirement, of, against: 'lmdb', says: `a get of ${of}, against lmdb's` })),
  ],
};

const list = {
  id: 'reading/list',
  title: 'A list of 10,000',
  how: 'Of a handle that has listed before, and of one that is opened for it; SQLite selects all rows in order and parses them.',
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 2 },
  quick: { blocks: 6, warmUp: 1 },
  async open(context) {
    const opened = [];
    for (const name of [...readers, 'sqlite']) opened.push(await context.filled(name, records));
    const [journal, files, sqlite] = opened;
    const cold = [];
    for (const name of [...readers, 'sqlite']) {
      const one = await context.filled(name, records);
      await one.close();
      cold.push({ name, folder: one.folder });
    }
    const sides = [
      listing('JournalCatalog', journal.list, records),
      listing('FsCatalog', files.list, records),
      listing('sqlite', sqlite.list, records),
      ...cold.map(({ name, folder }) => opening(`cold ${name}`, { store: name, folder, first: async (store) => (await store.list()).length })),
    ];
    return {
      sides,
      async close() {
        await closing(context, opened)();
        for (const { folder } of cold) context.remove(folder);
      },
    };
  },
  comparisons: readers.flatMap((of) => [
    {
      ...{ id: `reading/list/${of}/sqlite`, requirement, of, against: 'sqlite', target: { most: 1 / 50 } },
      says: `a list of ${of} that was listed before, against SQLite's`,
    },
    {
      ...{ id: `reading/cold-list/${of}/sqlite`, requirement, of: `cold ${of}`, against: 'cold sqlite', target: { most: 0.95 } },
      says: `open and list of ${of}, against SQLite's`,
    },
  ]),
};

function openAt(count) {
  return {
    id: `reading/open/${count}`,
    title: `Open and first get at ${count} records`,
    how: 'After a clean close, in this process. SQLite opens, prepares its statements and reads one row; the file of FsCatalog is read and parsed whole once, for comparison.',
    plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
    quick: { blocks: 8 },
    ...(count >= 100_000 && { leftOutOfQuick: 'stores of 100,000 records are made for it' }),
    async open(context) {
      const folders = {};
      for (const name of [...readers, 'sqlite']) {
        const one = await context.filled(name, count);
        await one.close();
        folders[name] = one.folder;
      }
      const file = join(folders.FsCatalog, 'fs-root', 'catalog.json');
      const sides = [
        ...Object.entries(folders).map(([name, folder]) => opening(name, { store: name, folder, first: firstGet(count) })),
        { name: 'JSON.parse', operate: () => JSON.parse(fs.readFileSync(file, 'utf8')) && undefined },
      ];
      return { sides, close: () => Object.values(folders).forEach((folder) => void context.remove(folder)) };
    },
    comparisons: [
      {
        ...{ id: `reading/open/JournalCatalog/${count}/sqlite`, requirement, of: 'JournalCatalog', against: 'sqlite', target: { most: 0.5 } },
        says: `open and first get of JournalCatalog with ${count} records, against SQLite's`,
      },
      {
        ...{ id: `reading/open/FsCatalog/${count}/JSON.parse`, requirement, of: 'FsCatalog', against: 'JSON.parse', target: { most: 1 } },
        says: `open and first get of FsCatalog with ${count} records, against reading and JSON.parse of its file`,
      },
    ],
  };
}

export const experiments = [get, list, ...[1000, 10_000, 100_000].map(openAt)];
