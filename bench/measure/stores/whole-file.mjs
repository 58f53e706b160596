import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { JSONFileSync } from 'lowdb/node';
import { LowSync } from 'lowdb';
import writeFileAtomic from 'write-file-atomic';

// Packages that write all records anew for each that changes.

export const writeFileAtomicPeer = {
  name: 'write-file-atomic',
  settings: 'all records as one JSON, fsync: true (its default)',
  open(folder) {
    const path = join(folder, 'records.json');
    const records = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
    const save = () => writeFileAtomic.sync(path, JSON.stringify(records), { mode: 0o600 });
    return {
      put(record) {
        records[record.id] = record;
        save();
      },
      putAll(all) {
        for (const record of all) records[record.id] = record;
        save();
      },
      close() {},
    };
  },
};

export const confPeer = {
  name: 'conf',
  settings: 'as it comes',
  open(folder) {
    const conf = new Conf({ cwd: folder, configName: 'conf', accessPropertiesByDotNotation: false });
    return {
      put: (record) => conf.set(record.id, record),
      putAll: (all) => conf.set(Object.fromEntries(all.map((record) => [record.id, record]))),
      close() {},
    };
  },
};

export const lowdbPeer = {
  name: 'lowdb',
  settings: 'JSONFileSync',
  open(folder) {
    const database = new LowSync(new JSONFileSync(join(folder, 'lowdb.json')), {});
    database.read();
    return {
      put(record) {
        database.data[record.id] = record;
        database.write();
      },
      putAll(all) {
        for (const record of all) database.data[record.id] = record;
        database.write();
      },
      close() {},
    };
  },
};
