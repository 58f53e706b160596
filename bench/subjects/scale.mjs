import fs from 'node:fs';
import { join } from 'node:path';
import { catalogIn, change, drained, makeFile, mebibyte } from '../measure/artifacts.mjs';
import { stores } from '../measure/stores/index.mjs';
import { grouped } from '../measure/stores/sqlite.mjs';
import { idOf } from '../measure/values.mjs';
import { startWriters } from '../measure/writers.mjs';
import { calling, closing, putting, settle } from '../measure/writing.mjs';

// The exponent of a curve is fitted in each block; a power of 0.02 is a quarter more from 10 records to 1,000,000.

const upTo = (most, all) => all.filter((n) => n <= most);
const recordsOf = (context) => upTo(context.isQuick ? 10_000 : 1_000_000, [10, 100, 1000, 10_000, 100_000, 1_000_000]);
const generationsOf = (context) => upTo(context.isQuick ? 1000 : 100_000, [10, 100, 1000, 10_000, 100_000]);
const mebibytesOf = (context) => upTo(context.isQuick ? 64 : 1024, [1, 4, 16, 64, 256, 1024]);
const processesOf = (context) => upTo(context.isQuick ? 4 : 16, [1, 2, 4, 8, 16]);
const callersOf = [1, 8, 64, 512];

const line = ({ chart, x, name, sizes, operations = () => 1, ...rest }) => ({
  ...{ id: `${chart}/${name}/${sizes.at(-1)}`, chart, x, name, ...rest },
  points: sizes.map((n) => ({ n, side: `${name} at ${n}`, operations: operations(n) })),
});

/** A store that was filled, closed and opened again: with what such a process has in memory. */
async function reopened(context, name, count) {
  const { folder, close } = await context.filled(name, count);
  await close();
  return { ...(await stores[name].open(folder)), folder };
}

const put = {
  id: 'scale/put',
  title: 'A put by the number of records',
  how: 'One durable put into stores of each size, in turns. A put in JournalCatalog must not grow; a step in it is a larger catalog in the caches of the processor.',
  plan: { blocks: 30, passes: 2, operations: 10, warmUp: 3 },
  quick: { blocks: 10, operations: 8 },
  async open(context) {
    const [opened, sides] = [[], []];
    for (const name of ['JournalCatalog', 'sqlite']) {
      for (const count of recordsOf(context)) {
        const store = await reopened(context, name, count);
        if (name === 'sqlite') await settle(store, { records: count, puts: context.isQuick ? 300 : stores.sqlite.steadyAfter });
        opened.push(store);
        sides.push(putting(`${name} at ${count}`, store, count));
      }
    }
    return { sides, close: closing(context, opened) };
  },
  growths: (context) => [
    line({
      ...{ chart: 'scale/put', x: 'records', name: 'JournalCatalog', sizes: recordsOf(context), requirement: 'CAT-PRF-6402', target: { most: 0.03 } },
      says: `the power with which a put in JournalCatalog grows up to ${recordsOf(context).at(-1)} records`,
    }),
    line({ chart: 'scale/put', x: 'records', name: 'sqlite', sizes: recordsOf(context), isOnlyDrawn: true }),
  ],
};

const generations = {
  id: 'scale/fs-put',
  title: 'A put in FsCatalog by the number of records',
  how: 'Every put writes the whole index: its cost may grow with its bytes, and no faster.',
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
  quick: { blocks: 10, operations: 3 },
  async open(context) {
    const [opened, sides] = [[], []];
    for (const count of generationsOf(context)) {
      const store = await context.filled('FsCatalog', count);
      opened.push(store);
      sides.push(putting(`FsCatalog at ${count}`, store, count));
    }
    return { sides, close: closing(context, opened) };
  },
  growths: (context) => [
    line({
      ...{ chart: 'scale/fs-put', x: 'records', name: 'FsCatalog', sizes: generationsOf(context), requirement: 'CAT-PRF-6405', target: { most: 1 } },
      says: `the power with which a put in FsCatalog grows up to ${generationsOf(context).at(-1)} records, whose bytes grow with 1`,
    }),
  ],
};

const get = {
  id: 'scale/get',
  title: 'A get by the number of records',
  how: 'Of drawn ids, current with other processes.',
  plan: { blocks: 30, passes: 2, operations: 100, warmUp: 5 },
  quick: { blocks: 10 },
  async open(context) {
    const [opened, sides] = [[], []];
    for (const name of ['JournalCatalog', 'FsCatalog']) {
      for (const count of generationsOf(context)) {
        const store = await context.filled(name, count);
        opened.push(store);
        sides.push({
          name: `${name} at ${count}`,
          async operate({ from, count: times }) {
            for (let number = from; number < from + times; number++) await store.get(idOf((number * 7919) % count));
          },
        });
      }
    }
    return { sides, close: closing(context, opened) };
  },
  growths: (context) =>
    ['JournalCatalog', 'FsCatalog'].map((name) =>
      line({
        ...{ chart: 'scale/get', x: 'records', name, sizes: generationsOf(context), requirement: 'CAT-PRF-6406', target: { most: 0.1 } },
        says: `the power with which a get of ${name} grows up to ${generationsOf(context).at(-1)} records`,
      }),
    ),
};

const add = {
  id: 'scale/add',
  title: 'An add by the size of the file',
  how: 'A copy with its digest and record, durable; the first bytes change before each, and what was written before is on the disk.',
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
  quick: { blocks: 2 },
  async open(context) {
    const folder = context.folder();
    const catalog = await catalogIn(folder);
    const sides = mebibytesOf(context).map((mebibytes) => {
      const source = join(folder, `${mebibytes}.bin`);
      makeFile(source, mebibytes * mebibyte, mebibytes);
      return {
        name: `add at ${mebibytes}`,
        before({ from }) {
          change(source, from);
          drained(folder);
        },
        operate: ({ from }) => catalog.add(source, { id: `model-${from}`, mode: 'copy' }),
        after: ({ from }) => catalog.evict(`model-${from}`, { force: true }),
      };
    });
    const close = async () => {
      await catalog.close();
      context.remove(folder);
    };
    return { sides, close };
  },
  growths: (context) => [
    line({
      ...{ chart: 'scale/add', x: 'MiB', name: 'add', sizes: mebibytesOf(context), requirement: 'CAT-PRF-6408', target: { most: 1.05 } },
      says: `the power with which an add grows with its bytes, up to ${mebibytesOf(context).at(-1)} MiB`,
    }),
  ],
};

const sparse = {
  id: 'scale/sparse',
  title: 'A file of 100 GiB',
  how: 'With holes for bytes, added by reference: its digest is computed over all of it. Once, without a peer.',
  leftOutOfQuick: '100 GiB take a minute to hash',
  async measure(context) {
    const folder = context.folder();
    const source = join(folder, 'model.bin');
    fs.writeFileSync(source, 'GGUF');
    fs.truncateSync(source, 100 * 1024 * mebibyte);
    const catalog = await catalogIn(folder);
    const [before, began] = [process.memoryUsage.rss(), performance.now()];
    const { bytes } = await catalog.add(source, { id: 'large', mode: 'reference' });
    const seconds = (performance.now() - began) / 1000;
    const grown = (process.memoryUsage.rss() - before) / mebibyte;
    await catalog.close();
    context.remove(folder);
    const requirement = 'CAT-PRF-6408';
    return {
      figures: [
        { id: 'scale/sparse/rate', requirement, says: 'bytes a second of an add of 100 GiB by reference', unit: 'MB/s', values: [bytes / seconds / 1e6] },
        { id: 'scale/sparse/memory', requirement, says: 'memory that an add of 100 GiB takes', unit: 'MiB', values: [grown] },
      ],
    };
  },
};

const callers = {
  id: 'scale/callers',
  title: 'Callers at once',
  how: 'Of one handle; the time of all is divided by their puts. SQLite with a grouping as an application would write it.',
  plan: { blocks: 30, passes: 2, operations: 4, warmUp: 2 },
  quick: { blocks: 3 },
  async open(context) {
    const records = 1000;
    const [ours, sqlite] = [await context.filled('JournalCatalog', records), await context.filled('sqlite', records)];
    await settle(sqlite, { records, puts: stores.sqlite.steadyAfter });
    const puts = { JournalCatalog: ours.put, sqlite: grouped(sqlite) };
    const sides = Object.entries(puts).flatMap(([name, one]) => callersOf.map((count) => calling(`${name} at ${count}`, one, { records, callers: count })));
    return { sides, close: closing(context, [ours, sqlite]) };
  },
  growths: ['JournalCatalog', 'sqlite'].map((name) =>
    line({ chart: 'scale/callers', x: 'callers', name, sizes: callersOf, operations: (n) => n, isOnlyDrawn: true }),
  ),
};

const processes = {
  id: 'scale/processes',
  title: 'Processes at once',
  how: 'Each puts records of its own, durable one by one; the time of all is divided by their puts.',
  plan: { blocks: 30, passes: 2, operations: 12, warmUp: 1 },
  quick: { blocks: 4, operations: 8 },
  async open(context) {
    const [all, sides] = [[], []];
    for (const name of ['JournalCatalog', 'sqlite']) {
      for (const count of processesOf(context)) {
        const writers = await startWriters(context, name, { processes: count, records: 1000 });
        all.push(writers);
        sides.push({ name: `${name} at ${count}`, operate: (numbers) => writers.all('put', numbers) });
      }
    }
    const close = async () => {
      for (const writers of all) {
        await writers.end();
        writers.remove();
      }
    };
    return { sides, close };
  },
  growths: (context) =>
    ['JournalCatalog', 'sqlite'].map((name) =>
      line({ chart: 'scale/processes', x: 'processes', name, sizes: processesOf(context), operations: (n) => n, isOnlyDrawn: true }),
    ),
};

export const experiments = [put, generations, get, add, sparse, callers, processes];
