import { createRequire } from 'node:module';
import fs from 'node:fs';
import { join } from 'node:path';
import { loadStore } from './stores/loading.mjs';
import { entry, idOf } from './values.mjs';

// One of several processes that write to one store: it does what it is told, and says how long it took.

const [kind, folder, mine] = process.argv.slice(2);
const counter = idOf(0);

const kinds = {
  async JournalCatalog() {
    const { store, put, close } = await (await loadStore('JournalCatalog')).open(folder);
    const increment = async () => {
      for (;;) {
        const { record, revision } = await store.models.get(counter);
        try {
          return await store.models.put({ ...record, bytes: record.bytes + 1 }, { ifRevision: revision });
        } catch (error) {
          if (error.code !== 'RevisionConflict') throw error;
        }
      }
    };
    return { put, increment, close };
  },
  async sqlite() {
    const store = (await loadStore('sqlite')).open(folder);
    return { put: store.put, increment: () => store.change(counter, (record) => ({ ...record, bytes: record.bytes + 1 })), close: store.close };
  },
  lmdb: async () => (await loadStore('lmdb')).open(folder),
  'locked JSON': async () => jsonFile(await flock()),
  'JSON without a lock': async () => jsonFile((work) => work()),
};

/** All records in one file that is replaced: under the kernel's lock, or without one. */
function jsonFile(locked) {
  const path = join(folder, 'records.json');
  const change = (changed) => {
    const records = JSON.parse(fs.readFileSync(path, 'utf8'));
    changed(records);
    const temp = `${path}.${process.pid}`;
    const handle = fs.openSync(temp, 'w');
    fs.writeSync(handle, JSON.stringify(records));
    fs.fsyncSync(handle);
    fs.closeSync(handle);
    fs.renameSync(temp, path);
    const directory = fs.openSync(folder, 'r');
    fs.fsyncSync(directory);
    fs.closeSync(directory);
  };
  return {
    put: (record) => locked(() => change((records) => Object.assign(records, { [record.id]: record }))),
    increment: () => locked(() => change((records) => Object.assign(records[counter], { bytes: records[counter].bytes + 1 }))),
    close() {},
  };
}

async function flock() {
  const { waitForLockSync, unlock } = createRequire(import.meta.url)('fs-native-extensions');
  const handle = fs.openSync(join(folder, 'records.lock'), 'a+');
  return (work) => {
    waitForLockSync(handle);
    try {
      return work();
    } finally {
      unlock(handle);
    }
  };
}

const store = await kinds[kind]();
const operations = {
  put: (number) => store.put(entry(1 + Number(mine), number)),
  increment: () => store.increment(),
};

process.on('message', async ({ operation, from, count }) => {
  if (operation === 'end') {
    await store.close();
    process.disconnect();
    return;
  }
  const began = performance.now();
  let worst = 0;
  for (let number = from; number < from + count; number++) {
    const start = performance.now();
    const given = operations[operation](number);
    if (given instanceof Promise) await given;
    worst = Math.max(worst, performance.now() - start);
  }
  process.send({ took: performance.now() - began, worst });
});
process.send({ ready: true });
