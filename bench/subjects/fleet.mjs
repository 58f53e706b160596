import { fork } from 'node:child_process';
import { once } from 'node:events';
import { EtcdServer } from '../../build/support/servers/etcd.js';
import { PostgresServer } from '../../build/support/servers/postgres.js';
import { NoServer } from '../../build/support/servers/server.js';
import { EtcdCatalog } from '../../dist/stores/etcd/index.js';
import { PostgresCatalog } from '../../dist/stores/postgres/index.js';
import { clockMs } from '../measure/clock.mjs';
import { entry } from '../measure/values.mjs';

const requirement = 'CAT-FLT-7012';
const engines = {
  PostgreSQL: { begin: () => PostgresServer.begin({ max_connections: '400' }), open: (url) => PostgresCatalog.open({ url }), bareCommit: bareCommitOfPostgres },
  etcd: { begin: () => EtcdServer.begin(), open: (url) => EtcdCatalog.open({ url }), bareCommit: bareCommitOfEtcd },
};
const [manyPuts, lists, together] = [200, 9, 500];

/** What CAT-FLT-7012 promises, and of how many. */
export const promised = { entries: 100_000, watchers: 100, listSeconds: 2, putMilliseconds: 10, watchSeconds: 1 };

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function fill(store, count) {
  for (let from = 0; from < count; from += together) {
    const numbers = Array.from({ length: Math.min(together, count - from) }, (_, nth) => from + nth);
    await Promise.all(numbers.map((number) => store.models.put(entry(number))));
  }
}

/** What the server's own commit of one small row takes, through the same client. */
async function bareCommitOfPostgres(server, puts) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('CREATE TABLE bare (n integer)');
  const times = [];
  for (let n = 0; n < puts; n++) times.push(await timed(() => client.query('INSERT INTO bare VALUES ($1)', [n])));
  await client.end();
  return median(times);
}

async function bareCommitOfEtcd(server, puts) {
  const times = [];
  const inBase64 = (text) => Buffer.from(text).toString('base64');
  for (let n = 0; n < puts; n++) times.push(await timed(() => server.ask('/v3/kv/put', { key: inBase64('bare'), value: inBase64(String(n)) })));
  return median(times);
}

/** Watchers in a process of their own, each with a handle of its own: when the last of them was told of a revision. */
async function watching(name, url, watchers) {
  const child = fork(new URL('../measure/fleet-watchers.mjs', import.meta.url), [name, url, String(watchers)]);
  await once(child, 'message');
  return {
    async toldOf(revision) {
      child.send({ revision });
      const [{ at }] = await once(child, 'message');
      return at;
    },
    async end() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The figures of one kind of server with so many entries and watchers. */
export async function figuresOf(name, { entries: count, watchers, puts = manyPuts } = promised) {
  const { begin, open, bareCommit } = engines[name];
  const server = await begin();
  const store = await open(server.url);
  try {
    await fill(store, count);
    const listed = [];
    for (let time = 0; time < lists; time++) {
      const fresh = await open(server.url);
      listed.push((await timed(async () => fresh.models.list())) / 1000);
      await fresh.close();
    }
    const bare = await bareCommit(server, puts);
    const watched = await watching(name, server.url, watchers);
    const [taken, delays] = [[], []];
    for (let n = 0; n < puts; n++) {
      const began = performance.now();
      const { revision } = await store.models.put(entry((n * 7919) % count, count + n));
      taken.push(performance.now() - began);
      const acknowledged = clockMs();
      delays.push(Math.max(0, ((await watched.toldOf(revision)) - acknowledged) / 1000));
    }
    await watched.end();
    const id = (what) => `fleet/${what}/${name}/${count}`;
    return [
      { id: id('list'), requirement, measure: 'time', says: `seconds that a list of ${count} models takes on ${name}, in a handle that has read nothing yet`, unit: 's', values: listed, target: { most: promised.listSeconds } },
      {
        ...{ id: id('put'), requirement, measure: 'time', unit: 'ms', values: [median(taken) - bare], target: { most: promised.putMilliseconds } },
        says: `milliseconds of a put on ${name} with ${count} models and ${watchers} watchers, at the median, beyond the server's own commit of ${bare.toFixed(2)} ms`,
      },
      { id: id('watch'), requirement, measure: 'time', says: `seconds from the acknowledgement of a put on ${name} until the last of ${watchers} watchers in another process is told`, unit: 's', values: delays, target: { most: promised.watchSeconds } },
    ];
  } finally {
    await store.close();
    await server.stop();
  }
}

/** Times, and no ratios: the requirement says them so. The server is on this machine. */
const fleet = {
  id: 'fleet',
  title: 'The catalog of a fleet',
  how: `On a server of its own on this machine, with ${promised.watchers} watchers in a process of their own. Times and no ratios, as the requirement says them; no figure of them travels.`,
  async measure(context) {
    const figures = [];
    for (const name of Object.keys(engines)) {
      try {
        figures.push(...(await figuresOf(name, context.isQuick ? { ...promised, entries: 5_000 } : promised)));
      } catch (error) {
        if (!(error instanceof NoServer)) throw error;
        console.log(`skipped: ${name}: ${error.message}`);
      }
    }
    return { figures };
  },
};

export const experiments = [fleet];
