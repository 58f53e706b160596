import { stores } from '../measure/stores/index.mjs';
import { closing, putting, settle } from '../measure/writing.mjs';

const requirement = 'CAT-PRF-6402';
const records = 1000;
const sides = ['floor', 'JournalCatalog', 'Journal', 'sqlite', 'lmdb', 'level', 'hypercore'];

/** What a durable put may cost, as often as that of each. */
const mosts = { floor: 1.25, sqlite: 1, lmdb: 0.55, level: 0.7, hypercore: undefined };
const words = { floor: 'a bare overwrite and fdatasync', sqlite: 'better-sqlite3 (WAL, FULL)', lmdb: 'lmdb', level: 'classic-level (sync)', hypercore: 'hypercore' };

function comparisons(of, what) {
  return Object.entries(mosts).map(([against, most]) => ({
    ...{ id: `put/${of}/${against}`, requirement, of, against },
    says: `${what}, against ${words[against]}`,
    ...(most !== undefined && { target: { most } }),
  }));
}

export const experiments = [
  {
    id: 'put',
    title: 'One durable put or append',
    how: `One record of about 330 bytes among ${records}, durable before the next one begins. SQLite is in its steady state: its log is as long as it becomes.`,
    floor: 'floor',
    plan: { blocks: 60, passes: 10, operations: 5, warmUp: 20 },
    quick: { blocks: 15 },
    async open(context) {
      const opened = [];
      for (const name of sides) {
        const store = await context.filled(name, records);
        await settle(store, { records, puts: context.isQuick && name === 'hypercore' ? 20 : (stores[name].steadyAfter ?? 1000) });
        opened.push(store);
      }
      return { sides: opened.map((store, place) => putting(sides[place], store, records)), close: closing(context, opened) };
    },
    comparisons: [...comparisons('JournalCatalog', 'a put in JournalCatalog'), ...comparisons('Journal', 'an append to Journal')],
  },
  {
    id: 'put/growth',
    title: 'A put among 100,000 records',
    how: 'The same put where 10 records are, and where 100,000 are.',
    plan: { blocks: 60, passes: 10, operations: 5, warmUp: 20 },
    leftOutOfQuick: 'a catalog of 100,000 records is made for it; the curves have sizes up to 10,000',
    async open(context) {
      const [few, many] = [await context.filled('JournalCatalog', 10), await context.filled('JournalCatalog', 100_000)];
      return { sides: [putting('among 10', few, 10), putting('among 100,000', many, 100_000)], close: closing(context, [few, many]) };
    },
    comparisons: [
      {
        ...{ id: 'put/JournalCatalog/100000-to-10', requirement, of: 'among 100,000', against: 'among 10' },
        ...{ says: 'a put in JournalCatalog among 100,000 records, against one among 10', target: { most: 1.25 } },
      },
    ],
  },
];
