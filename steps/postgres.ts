import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { Client } from 'pg';
import { PostgresCatalog } from '../src/stores/postgres/index.js';
import { factsIn, weaknessOf } from '../src/stores/postgres/server-checks.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { type FleetWorld, fleetOn, historyOf, openFleet, patienceMs, watching } from '../support/servers/fleet-world.js';
import type { PostgresServer } from '../support/servers/postgres.js';
import { asAdministrator } from '../support/servers/postgres-engine.js';
import { modelEntry } from '../support/world.js';

interface PostgresWorld extends FleetWorld {
  setBack(): Promise<void>;
  ran: Ran[];
  release(): Promise<unknown>;
}

const timeout = 120_000;
const aWhileMs = 200;

Given(/^a PostgreSQL server of its own with (\w+) = (\w+)$/, { timeout }, function (this: PostgresWorld, setting: string, value: string) {
  return fleetOn(this, 'PostgreSQL', { [setting]: value });
});

Given('a PostgreSQL server of its own that is a standby', { timeout }, async function (this: PostgresWorld) {
  const skipped = await fleetOn(this, 'PostgreSQL', {});
  if (skipped) return skipped;
  const server = this.server as PostgresServer;
  await server.kill();
  await writeFile(join(server.data, 'standby.signal'), '');
  await server.start();
});

Given('its tables are of a newer version', async function (this: PostgresWorld) {
  await asAdministrator(this.server, `UPDATE "${this.place}".head SET version = 99`);
});

When('it is opened', async function (this: PostgresWorld) {
  await this.attempt(() => openFleet(this));
});

Then(/^it is refused as WeakServer, because of (\w+)$/, function (this: PostgresWorld, setting: string) {
  const { code, details } = this.takeRefusal();
  expect([code, details.setting]).to.deep.equal(['WeakServer', setting]);
});

When(/^a server says that it is PostgreSQL (\d+)\.(\d+)$/, async function (this: PostgresWorld, major: string, minor: string) {
  const version = String(Number(major) * 10_000 + Number(minor));
  const sound = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', in_recovery: 'false', encoding: 'UTF8' };
  expect(weaknessOf(factsIn({ ...sound, version: '130000' }))).to.equal(undefined);
  await this.attempt(() => {
    throw weaknessOf(factsIn({ ...sound, version }));
  });
});

Then('it claims that it is weakly durable', function (this: PostgresWorld) {
  expect(this.store.claims.durable).to.equal('weak');
});

When('the server is begun again with fsync = off', { timeout }, async function (this: PostgresWorld) {
  const server = this.server as PostgresServer;
  await server.kill();
  await writeFile(join(server.data, 'postgresql.auto.conf'), 'fsync = off\n');
  await server.start();
});

When('the server is copied', { timeout }, async function (this: PostgresWorld) {
  this.setBack = await (this.server as PostgresServer).copy();
});

When('the server is set back to the copy', { timeout }, function (this: PostgresWorld) {
  return this.setBack();
});

When(
  'the story is compacted to its newest {int} revisions, and that is held up',
  { timeout },
  async function (this: PostgresWorld, keep: number) {
    const holder = new Client({ connectionString: this.server.url });
    await holder.connect();
    this.onEnd(() => holder.end());
    await holder.query(`BEGIN; SELECT 1 FROM "${this.place}".change WHERE revision = 1 FOR UPDATE`);
    const other = await openFleet(this);
    this.asked.push(this.engine.compact(other, keep));
    const held = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%DELETE FROM "${this.place}".%'`;
    while ((await asAdministrator(this.server, held)).length === 0);
    this.release = () => holder.query('COMMIT');
  },
);

Then('models can be put meanwhile, and in the end it is compacted', { timeout }, async function (this: PostgresWorld) {
  const { revision } = await this.store.models.put(modelEntry('meanwhile'));
  expect(revision).to.equal(21);
  await this.release();
  await Promise.all(this.asked);
  expect((await historyOf(this.store)).map((entry) => entry.revision)).to.deep.equal([16, 17, 18, 19, 20, 21]);
});

Then('after {int} the newest changes are told', async function (this: PostgresWorld, after: number) {
  const expected = (await historyOf(this.store)).map(({ revision }) => revision).filter((revision) => revision > after);
  const told = await watching(this, this.store, after).until(Number(expected.at(-1)));
  expect(told.map(({ revision }) => revision)).to.deep.equal(expected);
});

When('a role that may only read puts a model', async function (this: PostgresWorld) {
  const role = `reader_${this.place}`;
  await asAdministrator(
    this.server,
    `CREATE ROLE "${role}" LOGIN; GRANT USAGE ON SCHEMA "${this.place}" TO "${role}"; GRANT SELECT ON ALL TABLES IN SCHEMA "${this.place}" TO "${role}"`,
  );
  const store = await openFleet(this, { url: this.server.url.replace('catalog@', `${role}@`) });
  expect(await store.models.list()).to.deep.equal([]);
  await this.attempt(() => store.models.put(modelEntry('mine')));
});

When('the server asks for a password from now on, and it is opened without one', { timeout }, async function (this: PostgresWorld) {
  const server = this.server as PostgresServer;
  await asAdministrator(server, `ALTER ROLE catalog PASSWORD 'never-given'`);
  await writeFile(join(server.data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  await server.kill();
  await server.start();
  await this.attempt(() => openFleet(this));
});

const password = 'hunter2/secret';
const urls: Readonly<Record<string, (port: number) => string>> = {
  'nobody listens there': () => `postgres://catalog:${encodeURIComponent(password)}@127.0.0.1:1/postgres`,
  'the role is not known': (port) =>
    `postgres://${encodeURIComponent('nobody here')}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
  'the database is not there': (port) => `postgres://catalog:${encodeURIComponent(password)}@127.0.0.1:${port}/nothing`,
  'the URL is malformed': (port) => `postgres://catalog:${password}@127.0.0.1:${port}:1/postgres`,
};

When(/^a catalog is opened with a password, and (.+)$/, async function (this: PostgresWorld, what: string) {
  const url = urls[what]?.(this.server.port) ?? '';
  await this.attempt(() => PostgresCatalog.open({ url, schema: this.place, unreachableMs: 100 }));
});

Then(/^it is refused as (\w+), without the password$/, function (this: PostgresWorld, code: string) {
  const refusal = this.takeRefusal();
  expect(refusal.code).to.equal(code);
  const told = [
    refusal.message,
    JSON.stringify(refusal.details),
    String((refusal.cause as Error | undefined)?.message),
    String(refusal.stack),
  ];
  expect(told.join(' ')).not.to.match(/hunter2|secret/);
});

/** What becomes of a server while nobody can reach it. */
const returns: Readonly<Record<string, (server: PostgresServer) => Promise<unknown>>> = {
  'without waiting for its disk': (server) => writeFile(join(server.data, 'postgresql.auto.conf'), 'fsync = off\n'),
  'as a standby': (server) => writeFile(join(server.data, 'standby.signal'), ''),
  'and lets nobody in': (server) => writeFile(join(server.data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 reject\n'),
};

When(/^the answer to a put is lost, and the server comes back (.+)$/, { timeout }, async function (this: PostgresWorld, what: string) {
  const server = this.server as PostgresServer;
  const sprung = this.between.trap({ text: this.engine.commitText, cut: 'held' });
  // Nobody is asked again before the server is as it is to be.
  const asked = this.attempt(() => this.far.models.put(modelEntry('doubtful')));
  await sprung;
  await server.kill();
  await returns[what]?.(server);
  await server.start();
  await asked;
});

const waiting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'catalog-core' AND wait_event = 'SyncRep'`;

/** Whether a session of the catalog waits for a standby, before what was asked for is over. */
async function waitsForStandby(world: PostgresWorld, asked: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  asked.then(end, end);
  while (!isOver) if ((await asAdministrator(world.server, waiting)).length > 0) return true;
  return false;
}

When('a put waits for a standby that is away, and the server is killed and begun again', { timeout }, async function (this: PostgresWorld) {
  const server = this.server as PostgresServer;
  await asAdministrator(server, `ALTER SYSTEM SET synchronous_standby_names = 'away'`);
  await asAdministrator(server, 'SELECT pg_reload_conf()');
  // The server heeds it some time after it was told.
  for (let nth = 0, waits = false; !waits; nth++) {
    this.asked = [this.store.models.put(modelEntry(`m${nth}`))];
    waits = await waitsForStandby(this, Promise.all(this.asked));
  }
  await server.kill();
  await server.start();
});

Then('it is acknowledged when no standby is waited for any more, and not before', { timeout }, async function (this: PostgresWorld) {
  const [put] = this.asked;
  expect(await waitsForStandby(this, put as Promise<unknown>), 'it waits for its standby').to.equal(true);
  await asAdministrator(this.server, 'ALTER SYSTEM RESET synchronous_standby_names');
  await asAdministrator(this.server, 'SELECT pg_reload_conf()');
  await put;
});

When('the answer to a deletion is lost, and its story is compacted away before anybody asks again', async function (this: PostgresWorld) {
  await this.store.models.put(modelEntry('gone'));
  const sprung = this.between.trap({ text: this.engine.commitText, cut: 'after' });
  this.asked.push(this.far.models.delete('gone'));
  await sprung;
  this.between.refuse();
  while ((await this.store.models.get('gone')) !== undefined);
  await this.engine.compact(this.store, 0);
  expect(await historyOf(this.store)).to.deep.equal([]);
  this.between.pass();
});

Then('the deletion is acknowledged as one of what was there', async function (this: PostgresWorld) {
  expect(await Promise.all(this.asked)).to.deep.equal([true]);
});

When(
  'a put under the lease {string} is held before it is committed, and its lease is over',
  async function (this: PostgresWorld, name: string) {
    const { epoch } = await this.store.leases.acquire(name, { holder: 'one', ttlMs: 1_000 });
    const sprung = this.between.trap({ text: this.engine.commitText, cut: 'held' });
    this.asked.push(this.far.models.put(modelEntry('guarded'), { fence: { name, epoch } }));
    await sprung;
    while ((await this.store.leases.holder(name)) !== undefined);
  },
);

Then('another has the lease {string} only when that put was made', { timeout }, async function (this: PostgresWorld, name: string) {
  const [put] = this.asked;
  const found = this.store.leases.acquire(name, { holder: 'two', ttlMs: patienceMs }).then(() => this.store.models.get('guarded'));
  await Promise.race([found, elapsed(aWhileMs)]);
  this.between.release();
  expect((await found)?.record.id).to.equal('guarded');
  await put;
});

When(
  'a model is added, listed, logged and removed by the command with the server as its store',
  { timeout },
  async function (this: PostgresWorld) {
    this.ran = [];
    await asAdministrator(this.server, `CREATE DATABASE "${this.place}"`);
    const cwd = await this.folder();
    await writeFile(join(cwd, 'tiny.gguf'), 'the weights');
    const shared = ['--root', join(cwd, 'blobs'), '--store', this.server.url.replace('/postgres', `/${this.place}`), '--json'];
    for (const words of [
      ['add', 'tiny.gguf'],
      ['ls'],
      ['verify', 'tiny'],
      ['log'],
      ['at', '1'],
      ['diff', '0', '1'],
      ['rm', 'tiny', '--yes'],
      ['ls'],
    ]) {
      this.ran.push(await runCatalog([...words, ...shared], { cwd }));
    }
  },
);

Then('each verb did what it does elsewhere', function (this: PostgresWorld) {
  expect(this.ran.map(({ words, exitCode, stderr }) => `${words[0]} ${exitCode}${exitCode === 0 ? '' : stderr}`)).to.deep.equal(
    this.ran.map(({ words }) => `${words[0]} 0`),
  );
  const [, listed, , logged, , , , gone] = this.ran.map(({ stdout }) => stdout);
  expect(listed).to.include('"tiny"');
  expect(logged).to.include('"add"');
  expect(gone).not.to.include('"tiny"');
});

When('it is opened as the store of a root that has a catalog of its own', async function (this: PostgresWorld) {
  const local = await this.openStore();
  await local.models.put(modelEntry('local'));
  await this.attempt(async () => this.openCatalog({ store: this.store }));
});
