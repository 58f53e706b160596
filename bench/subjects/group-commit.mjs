import { stores } from '../measure/stores/index.mjs';
import { grouped } from '../measure/stores/sqlite.mjs';
import { calling, closing, putting, settle } from '../measure/writing.mjs';

const requirement = 'CAT-PRF-6404';
const records = 1000;
const leasts = { 8: 1.1, 64: 1.35, 512: 1.5 };

function together(callers) {
  return {
    id: `group-commit/${callers}`,
    title: `${callers} callers at once`,
    how: `${callers} callers of one handle, each of which waits until its put is durable before its next one. SQLite is given a grouping as an application would write it: all who wait when the event loop turns share a transaction.`,
    plan: { blocks: 30, passes: 2, operations: Math.max(4, Math.ceil(400 / callers)), warmUp: 2 },
    quick: { blocks: 10 },
    async open(context) {
      const [ours, sqlite, lmdb] = [await context.filled('JournalCatalog', records), await context.filled('sqlite', records), await context.filled('lmdb', records)];
      await settle(sqlite, { records, puts: stores.sqlite.steadyAfter });
      const sides = [
        calling('JournalCatalog', ours.put, { records, callers }),
        calling('sqlite', grouped(sqlite), { records, callers }),
        calling('lmdb', lmdb.putSoon, { records, callers }),
      ];
      return { sides, close: closing(context, [ours, sqlite, lmdb]) };
    },
    comparisons: [
      {
        ...{ id: `group-commit/JournalCatalog/${callers}/sqlite`, requirement, measure: 'rate', of: 'JournalCatalog', against: 'sqlite' },
        ...{ says: `puts a second of ${callers} callers, against SQLite with its own grouping`, target: { least: leasts[callers] } },
      },
      {
        ...{ id: `group-commit/JournalCatalog/${callers}/lmdb`, requirement, measure: 'rate', of: 'JournalCatalog', against: 'lmdb' },
        says: `puts a second of ${callers} callers, against lmdb, which groups by itself`,
      },
    ],
  };
}

const callersOfFs = 64;

export const experiments = [
  ...Object.keys(leasts).map((callers) => together(Number(callers))),
  {
    id: 'group-commit/fs',
    title: `${callersOfFs} callers of FsCatalog`,
    how: `As before, of FsCatalog with ${records} records, against write-file-atomic, which has no way to group: one after the other.`,
    plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
    quick: { blocks: 8 },
    async open(context) {
      const [ours, peer] = [await context.filled('FsCatalog', records), await context.filled('write-file-atomic', records)];
      const one = putting('write-file-atomic', peer, records);
      const sides = [
        calling('FsCatalog', ours.put, { records, callers: callersOfFs }),
        { ...one, before: ({ from, count }) => one.before({ from: from * callersOfFs, count: count * callersOfFs }) },
      ];
      return { sides, close: closing(context, [ours, peer]) };
    },
    comparisons: [
      {
        ...{ id: `group-commit/FsCatalog/${callersOfFs}/write-file-atomic`, requirement, measure: 'rate', of: 'FsCatalog', against: 'write-file-atomic' },
        ...{ says: `puts a second of ${callersOfFs} callers of FsCatalog, against write-file-atomic one by one`, target: { least: 20 } },
      },
    ],
  },
];
