import { stores } from '../measure/stores/index.mjs';
import { closing, puttingAll, settle } from '../measure/writing.mjs';

const requirement = 'CAT-PRF-6403';
const [records, batch] = [10_000, 1000];
const sides = ['JournalCatalog', 'Journal', 'sqlite', 'lmdb', 'level', 'floor'];
const mosts = { sqlite: 0.3, lmdb: 0.35, level: undefined, floor: undefined };
const words = { sqlite: 'a transaction of SQLite', lmdb: 'a transaction of lmdb', level: 'a batch of classic-level', floor: 'JSON.stringify and one bare write and fdatasync' };

const comparisons = ['JournalCatalog', 'Journal'].flatMap((of) =>
  Object.entries(mosts).map(([against, most]) => ({
    ...{ id: `batch/${of}/${against}`, requirement, of, against },
    says: `${batch} records durable at once in ${of}, against ${words[against]}`,
    ...(most !== undefined && { target: { most } }),
  })),
);

export const experiments = [
  {
    id: 'batch',
    title: '1,000 records at once',
    how: `${batch} of ${records} records, durable together, in no order of their ids: puts that are asked for in one turn of the event loop, one \`appendBatch\`, and a transaction of each peer.`,
    floor: 'floor',
    plan: { blocks: 30, passes: 2, operations: 1, warmUp: 2 },
    quick: { blocks: 6, warmUp: 1 },
    async open(context) {
      const opened = [];
      for (const name of sides) {
        const store = await context.filled(name, records);
        if (name === 'sqlite') await settle(store, { records, puts: stores.sqlite.steadyAfter });
        opened.push(store);
      }
      return { sides: opened.map((store, place) => puttingAll(sides[place], store, { records, batch })), close: closing(context, opened) };
    },
    comparisons,
  },
];
