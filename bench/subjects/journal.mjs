import fs from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../../dist/journal/index.js';
import { benchKind } from '../measure/stores/ours.mjs';
import { stores } from '../measure/stores/index.mjs';
import { event, idOf } from '../measure/values.mjs';
import { preparing } from '../measure/writing.mjs';

const requirement = 'CAT-PRF-6407';
const batch = 1000;
const entities = 1000;

/** The events of one batch; their numbers make them others than those before. */
const eventsFrom = (number, count = batch) => Array.from({ length: count }, (_, place) => ({ ...event(number * batch + place), id: idOf(place % entities) }));

async function filledWithEvents(context, name, count) {
  const folder = context.folder();
  const opened = await stores[name].open(folder);
  for (let done = 0; done < count; done += batch) await opened.appendAll(eventsFrom(done / batch));
  return { ...opened, folder };
}

function appending(name, store) {
  return preparing(name, {
    valueOf: (number) => eventsFrom(number),
    async write(batches) {
      for (const events of batches) {
        const given = store.appendAll(events);
        if (given instanceof Promise) await given;
      }
    },
  });
}

/** Events of our own kind: the journal has others of its own, which tell that it was opened. */
function counted(events, expected, of) {
  let [count, sum] = [0, 0];
  for (const one of events) {
    count++;
    sum += of(one);
  }
  if (count !== expected || Number.isNaN(sum)) throw new Error(`${count} events of ${expected} were read`);
}

function closingAll(context, opened) {
  return async () => {
    for (const { store, folder } of opened) {
      await store.close();
      context.remove(folder);
    }
  };
}

const append = {
  id: 'journal/append',
  title: '1,000 events a sync',
  how: `Batches of ${batch} events of about 200 bytes, durable together, on journals that go on growing.`,
  plan: { blocks: 30, passes: 2, operations: 2, warmUp: 2 },
  quick: { blocks: 8, operations: 1 },
  async open(context) {
    const names = ['Journal', 'sqlite', 'lmdb', 'hypercore'];
    const opened = [];
    for (const name of names) {
      const store = await filledWithEvents(context, name, 5000);
      opened.push({ store, folder: store.folder });
    }
    return { sides: opened.map(({ store }, place) => appending(names[place], store)), close: closingAll(context, opened) };
  },
  comparisons: [
    ...[{ against: 'sqlite', least: 1.6, word: 'SQLite' }, { against: 'lmdb', least: 1.15, word: 'lmdb' }, { against: 'hypercore', word: 'hypercore, which syncs nothing' }].map(
      ({ against, least, word }) => ({
        ...{ id: `journal/append-1000/${against}`, requirement, measure: 'rate', of: 'Journal', against },
        says: `events a second, 1,000 a sync, against ${word}`,
        ...(least !== undefined && { target: { least } }),
      }),
    ),
  ],
};

function reading(count) {
  const ratio = (what, of, against, least, says) => ({
    ...{ id: `journal/${what}/${count}/${against}`, requirement, measure: 'rate', of, against, says },
    ...(least !== undefined && { target: { least } }),
  });
  return {
    id: `journal/read/${count}`,
    title: `Reading ${count} events`,
    how: 'A scan reads every event by `read`, which judges the checksum of each; the chain of frames was judged when the journal was opened, and by `verify`, which also computes the hash of every event. A replay looks into each payload. SQLite and lmdb verify nothing; both give the payload as a text or an object.',
    plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
    async open(context) {
      const [ours, sqlite, lmdb] = [await filledWithEvents(context, 'Journal', count), await filledWithEvents(context, 'sqlite', count), await filledWithEvents(context, 'lmdb', count)];
      const { journal } = ours;
      const ids = Array.from(journal.read({ kind: benchKind }), ({ event_id }) => event_id);
      const points = 500;
      const each = (from, work) => {
        for (let place = 0; place < points; place++) work((from * 7919 + place * 104_729) % count);
      };
      const sides = [
        { name: 'scan', operate: () => counted(journal.read({ kind: benchKind }), count, ({ sequence }) => sequence) },
        { name: 'sqlite scan', operate: () => counted(sqlite.events(), count, ({ payload }) => payload.length) },
        { name: 'verify', operate: () => judged(journal.verify()) },
        { name: 'replay', operate: () => counted(journal.read({ kind: benchKind }), count, ({ payload }) => payload.bytes) },
        { name: 'sqlite replay', operate: () => counted(sqlite.events(), count, ({ payload }) => JSON.parse(payload).bytes) },
        { name: 'lmdb replay', operate: () => counted(lmdb.events(), count, ({ value }) => value.bytes) },
        { name: 'get', operate: ({ from }) => each(from, (place) => journal.get(ids[place]).payload.bytes) },
        { name: 'sqlite get', operate: ({ from }) => each(from, (place) => sqlite.eventAt(place + 1).bytes) },
      ];
      const opened = [ours, sqlite, lmdb].map((store) => ({ store, folder: store.folder }));
      return { sides, close: closingAll(context, opened) };
    },
    comparisons: [
      ratio('scan', 'scan', 'sqlite scan', 2.3, `events a second of a scan of ${count} with checksums, against a scan of SQLite`),
      ratio('verify', 'verify', 'sqlite scan', 0.6, `events a second of verify() of ${count} with all hashes, against a scan of SQLite`),
      ratio('replay', 'replay', 'sqlite replay', 1.7, `events a second of a replay of ${count} with payloads, against SQLite`),
      ratio('replay', 'replay', 'lmdb replay', undefined, `events a second of a replay of ${count} with payloads, against lmdb`),
      {
        ...{ id: `journal/get/${count}/sqlite`, requirement, of: 'get', against: 'sqlite get', target: { most: 0.6 } },
        says: `a read of one event of ${count} by its id, against SQLite by its primary key`,
      },
    ],
  };
}

function judged({ ok, problems = [] }) {
  if (ok === false || problems.length > 0) throw new Error('the journal is damaged');
}

const bytes = {
  id: 'journal/bytes',
  title: 'Bytes of an event',
  how: 'How much the files of a journal grow by a batch of 1,000 events, without the zeros written ahead, less the payloads and what the headers say: id, coordinate, kind, version, time and version of the payload.',
  async measure(context) {
    const folder = context.folder();
    const journal = Journal.open({ directory: join(folder, 'journal') });
    const written = () => fs.readFileSync(join(folder, 'journal', '000001.seg')).findLastIndex((byte) => byte !== 0) + 1;
    const events = eventsFrom(1).map((payload) => ({ coordinate: { entity: `model:${payload.id}`, scope: 'bench' }, kind: benchKind, payload }));
    const before = written();
    journal.appendBatch(events);
    const grown = written() - before;
    journal.close();
    context.remove(folder);
    const headerBytes = 16 + 2 + 4 + 6 + 2;
    const told = events.reduce((sum, { coordinate, payload }) => sum + headerBytes + coordinate.entity.length + coordinate.scope.length + JSON.stringify(payload).length, 0);
    const says = 'bytes of an event over its payload and its header fields, 1,000 in a batch';
    return { figures: [{ id: 'journal/bytes', requirement, says, unit: 'bytes', values: [(grown - told) / events.length], target: { most: 16 } }] };
  },
};

const openings = {
  id: 'journal/open',
  title: 'Open at 1,000,000 events',
  how: 'After a clean close, to read and to write, where 10,000 events are and where 1,000,000 are.',
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
  leftOutOfQuick: 'a journal of 1,000,000 events is made for it',
  async open(context) {
    const folders = [];
    for (const count of [10_000, 1_000_000]) {
      const { folder, close } = await filledWithEvents(context, 'Journal', count);
      await close();
      folders.push(folder);
    }
    const opening = (name, folder) => {
      let journal;
      return { name, operate: () => void (journal = Journal.open({ directory: join(folder, 'journal') })), after: () => journal.close() };
    };
    return { sides: [opening('of 10,000', folders[0]), opening('of 1,000,000', folders[1])], close: () => folders.forEach((folder) => void context.remove(folder)) };
  },
  comparisons: [
    {
      ...{ id: 'journal/open/1000000-to-10000', requirement, of: 'of 1,000,000', against: 'of 10,000', target: { most: 2 } },
      says: 'opening a journal of 1,000,000 events, against one of 10,000',
    },
  ],
};

export const experiments = [append, { ...reading(10_000), quick: { blocks: 5 } }, { ...reading(100_000), leftOutOfQuick: 'reading 10,000 events is in it' }, bytes, openings];
