import { join } from 'node:path';
import Database from 'better-sqlite3';

export const name = 'better-sqlite3';
export const settings = 'WAL, synchronous=FULL';

/** Its checkpoints begin after a thousand pages: before that its log still grows, and each sync costs twice as much. */
export const steadyAfter = 1500;

export function open(folder, { readOnly = false } = {}) {
  const database = new Database(join(folder, 'records.db'), { readonly: readOnly, timeout: 60_000 });
  if (!readOnly) {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID');
    database.exec('CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY, payload TEXT NOT NULL)');
  }
  const set = readOnly ? undefined : database.prepare('INSERT INTO records VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record');
  const one = database.prepare('SELECT record FROM records WHERE id = ?').pluck();
  const all = database.prepare('SELECT record FROM records ORDER BY id').pluck();
  const append = readOnly ? undefined : database.prepare('INSERT INTO events (payload) VALUES (?)');
  const events = database.prepare('SELECT sequence, payload FROM events ORDER BY sequence');
  const event = database.prepare('SELECT payload FROM events WHERE sequence = ?').pluck();
  const putAll = database.transaction((records) => {
    for (const record of records) set.run(record.id, JSON.stringify(record));
  });
  const appendAll = database.transaction((payloads) => {
    for (const payload of payloads) append.run(JSON.stringify(payload));
  });
  const change = database.transaction((id, changed) => {
    const record = changed(JSON.parse(one.get(id)));
    set.run(id, JSON.stringify(record));
  });
  return {
    put: (record) => set.run(record.id, JSON.stringify(record)),
    putAll: (records) => putAll(records),
    get: (id) => {
      const text = one.get(id);
      return text === undefined ? undefined : JSON.parse(text);
    },
    list: () => all.all().map((text) => JSON.parse(text)),
    change: (id, changed) => change.immediate(id, changed),
    append: (payload) => append.run(JSON.stringify(payload)),
    appendAll: (payloads) => appendAll(payloads),
    *events() {
      yield* events.iterate();
    },
    eventAt: (sequence) => JSON.parse(event.get(sequence)),
    close: () => database.close(),
  };
}

/** As an application would: all who wait when the event loop turns share one transaction. */
export function grouped(store) {
  let waiting = [];
  const commit = () => {
    const group = waiting;
    waiting = [];
    store.putAll(group.map(({ record }) => record));
    for (const { resolve } of group) resolve();
  };
  return (record) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(commit);
      waiting.push({ record, resolve });
    });
}
