import { startWriters } from '../measure/writers.mjs';

const requirement = 'CAT-PRF-6412';
const records = 1000;
const leasts = { sqlite: 1.5, lmdb: 2, 'locked JSON': 10 };
const words = { sqlite: 'SQLite (WAL, FULL, busy timeout)', lmdb: 'lmdb', 'locked JSON': 'a JSON file under a lock of the kernel' };

const stalls = new Map();

function writing(processes) {
  const kinds = ['JournalCatalog', ...Object.keys(leasts)];
  const key = `processes/${processes}`;
  return {
    id: key,
    title: `${processes} processes that write`,
    how: `Each puts a record of its own among ${records}, durable before its next one; all of them at once. The store with which ${processes} processes are at work changes with every turn.`,
    plan: { blocks: 30, passes: 2, operations: 25, warmUp: 1 },
    quick: { blocks: 5, operations: 12 },
    async open(context) {
      const writers = new Map();
      for (const kind of kinds) writers.set(kind, await startWriters(context, kind, { processes, records }));
      // A JSON file takes so much longer for each put that fewer are enough.
      const counted = (kind, numbers) => (kind === 'locked JSON' ? { ...numbers, count: Math.ceil(numbers.count / 5) } : numbers);
      const sides = kinds.map((kind) => ({
        name: kind,
        async operate(numbers) {
          const { count } = counted(kind, numbers);
          await writers.get(kind).all('put', { ...numbers, count });
        },
      }));
      stalls.set(key, writers);
      return {
        sides,
        async close() {
          for (const one of writers.values()) {
            await one.end();
            one.remove();
          }
        },
      };
    },
    comparisons: Object.entries(leasts).map(([against, least]) => ({
      ...{ id: `${key}/${against}`, requirement, measure: 'rate', of: 'JournalCatalog', against, target: { least } },
      // A turn of the JSON file has a fifth of the puts of a turn of ours.
      ...(against === 'locked JSON' && { scale: 5 }),
      says: `puts a second of ${processes} processes, against ${words[against]}`,
    })),
  };
}

function stall(processes) {
  return {
    id: `processes/${processes}/stall`,
    title: `The longest wait among ${processes} processes`,
    how: 'The longest that any put took in a turn, of the runs before: the middle one of all turns, and of the one the worst against the worst of the other.',
    cannot: () => (stalls.has(`processes/${processes}`) ? undefined : 'its puts were not measured'),
    measure() {
      const writers = stalls.get(`processes/${processes}`);
      const [ours, sqlite] = ['JournalCatalog', 'sqlite'].map((kind) => writers.get(kind).worst);
      const told = { requirement, measure: 'time', target: { most: 0.3 } };
      return {
        figures: [
          { ...told, id: `processes/${processes}/worst-stall/sqlite`, says: `the worst wait of any put of ${processes} processes, against SQLite's`, values: [Math.max(...ours) / Math.max(...sqlite)] },
          { ...told, target: undefined, id: `processes/${processes}/stall/sqlite`, says: `the worst wait of a turn of ${processes} processes, against SQLite's in that turn`, values: ours.map((one, place) => one / sqlite[place]) },
        ],
      };
    },
  };
}

const lost = {
  id: 'processes/lost',
  title: 'Lost updates',
  how: '4 processes increment one counter, by compare-and-set with ours; the same without a lock shows that losses are seen.',
  async measure(context) {
    const [processes, count] = [4, context.isQuick ? 25 : 200];
    const parts = {};
    for (const kind of ['JournalCatalog', 'sqlite', 'JSON without a lock']) {
      const writers = await startWriters(context, kind, { processes, records: 10 });
      await writers.all('increment', { from: 1, count });
      await writers.end();
      parts[kind] = 1 - (await writers.counted()) / (processes * count);
      writers.remove();
    }
    const told = { requirement, unit: 'of all updates' };
    return {
      figures: [
        { ...told, id: 'processes/lost/JournalCatalog', says: 'lost updates of 4 processes', values: [parts.JournalCatalog], target: { exactly: 0 } },
        { ...told, id: 'processes/lost/control', says: 'lost updates of the control, which has no lock', values: [parts['JSON without a lock']], target: { least: 0.5 } },
        { ...told, id: 'processes/lost/sqlite', says: 'lost updates of SQLite', values: [parts.sqlite] },
      ],
    };
  },
};

const left8 = { leftOutOfQuick: '4 processes are in it' };

export const experiments = [writing(4), stall(4), { ...writing(8), ...left8 }, { ...stall(8), ...left8 }, lost];
