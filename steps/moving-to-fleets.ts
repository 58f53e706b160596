import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type ErrorCode, exitCodes } from '../src/core/errors.js';
import { type MigrateReport, migrateCatalog } from '../src/migrate.js';
import { openCatalog } from '../src/open-catalog.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { beforeEachPut, beforeListing, copiedTo, oddFleets, type Sequence, sequenceOf, writeByTurns } from '../support/fleet/copying.js';
import { MemoryFleet } from '../support/fleet/memory-fleet.js';
import { recordsOf, type Shown } from '../support/moving.js';
import { type FleetWorld, historyOf, openFleet } from '../support/servers/fleet-world.js';
import { engineEntry, modelEntry } from '../support/world.js';

type StoreName = 'fs' | 'journal';

interface CopyingWorld extends FleetWorld {
  ran?: Ran;
  before: Shown;
  fleet: MemoryFleet;
  /** Of those that the fleet had before. */
  others: readonly string[];
  revisionBefore: number;
  reports: readonly MigrateReport[];
  rounds: readonly { readonly first: string; readonly second: MigrateReport; readonly found: Sequence }[];
}

function fleetIs(world: CopyingWorld, fleet: MemoryFleet, others: readonly string[] = []): void {
  Object.assign(world, { fleet, others, revisionBefore: fleet.server.revision });
}

async function storeHere(world: CopyingWorld): Promise<StoreName> {
  await using catalog = await openCatalog({ root: await world.root(), readOnly: true });
  return catalog.store.name as StoreName;
}

async function expected(world: CopyingWorld): Promise<Sequence> {
  return sequenceOf(world.before, await storeHere(world));
}

Given('a catalog of the journal store in which models and engines came by turns', async function (this: CopyingWorld) {
  await using catalog = await openCatalog({ root: await this.root(), store: 'journal' });
  await writeByTurns(catalog.store);
  this.before = await recordsOf(catalog.store);
});

Given(/^a catalog of the fs store with (\d+) small models$/, async function (this: CopyingWorld, count: string) {
  await using catalog = await openCatalog({ root: await this.root(), store: 'fs' });
  for (let nth = Number(count); nth > 0; nth -= 50)
    await Promise.all(Array.from({ length: 50 }, (_, place) => catalog.store.models.put(modelEntry(`m${nth - place}`))));
  this.before = await recordsOf(catalog.store);
});

Given('a fleet that has nothing', function (this: CopyingWorld) {
  fleetIs(this, new MemoryFleet());
});

Given(
  /^a fleet that has the (model|engine) "(\w+)"(?: already| with another name| of another version)?$/,
  async function (this: CopyingWorld, what: string, id: string) {
    const fleet = new MemoryFleet();
    if (what === 'model') await fleet.models.put(modelEntry(id, { name: 'another' }));
    else await fleet.engines.put(engineEntry(id, { version: '9.9.9' }));
    fleetIs(this, fleet, [id]);
  },
);

Given('a fleet that takes records of {int} bytes, and the newest model here has more', async function (this: CopyingWorld, bytes: number) {
  const fleet = new MemoryFleet();
  fleet.claims.maxEntryBytes = bytes;
  fleetIs(this, fleet);
  await using catalog = await openCatalog({ root: await this.root() });
  await catalog.store.models.put(modelEntry('large', { name: 'n'.repeat(bytes) }));
});

Given(/^a fleet that ((?:keeps|loses|counts|is changed) .*)$/, function (this: CopyingWorld, does: string) {
  const fleet = oddFleets[does]?.();
  if (fleet === undefined) throw new Error(`no fleet ${does}`);
  fleetIs(this, fleet);
});

Given('a model here of more than 1 MiB', async function (this: CopyingWorld) {
  await using catalog = await openCatalog({ root: await this.root() });
  await catalog.store.models.put(modelEntry('large', { name: 'n'.repeat(1024 * 1024) }));
});

When('it is copied into the fleet', async function (this: CopyingWorld) {
  const report = await this.attempt(async () => migrateCatalog({ root: await this.root(), to: this.fleet }));
  this.reports = report === undefined ? [] : [report];
});

When('the fleet goes away before each record in turn, and it is copied again when the fleet is back', async function (this: CopyingWorld) {
  const root = await this.root();
  const rounds: CopyingWorld['rounds'][number][] = [];
  for (const [cut] of (await expected(this)).entries()) {
    const fleet = new MemoryFleet();
    beforeEachPut(fleet, (nth) => nth === cut && fleet.goAway());
    await this.attempt(() => migrateCatalog({ root, to: fleet }));
    const first = this.takeRefusal().code;
    fleet.goAway(0);
    const second = await migrateCatalog({ root, to: fleet });
    rounds.push({ first, second, found: await copiedTo(fleet) });
  }
  this.rounds = rounds;
});

When('two copy it into the fleet at once', async function (this: CopyingWorld) {
  const root = await this.root();
  this.reports = await Promise.all([1, 2].map(() => migrateCatalog({ root, to: this.fleet })));
});

When('it is copied into the fleet, and somebody puts a model and an engine here meanwhile', async function (this: CopyingWorld) {
  const root = await this.root();
  beforeListing(this.fleet, 1, async () => {
    await using catalog = await openCatalog({ root });
    await catalog.store.models.put(modelEntry('b', { name: 'newer' }));
    await catalog.store.engines.put(engineEntry('new'));
  });
  this.reports = [await migrateCatalog({ root, to: this.fleet })];
});

/** With a password where the server takes any. */
function urlOf({ server, place }: FleetWorld): string {
  if (server.url.startsWith('etcd:')) return `${server.url}/${place}`;
  return `${server.url.replace('@', ':geheim@')}?schema=${place}`;
}

async function copyByCommand(world: CopyingWorld, ...more: readonly string[]): Promise<void> {
  const words = ['--root', await world.root(), 'migrate', '--to', urlOf(world), ...more];
  world.ran = await runCatalog(words, { cwd: await world.folder() });
}

When('the command copies it to that server', function (this: CopyingWorld) {
  return copyByCommand(this, '--json');
});

When('the command copies it to that server once more', function (this: CopyingWorld) {
  return copyByCommand(this);
});

When(
  'it is copied over that connection, which is lost for good after the first of it was committed',
  { timeout: 60_000 },
  async function (this: CopyingWorld) {
    const { between, engine, far } = this;
    const root = await this.root();
    const first = between.trap({ text: engine.commitText, cut: 'held' });
    const copying = this.attempt(() => migrateCatalog({ root, to: far }));
    await first;
    const second = between.trap({ text: engine.commitText, cut: 'before' }).then(() => between.refuse());
    between.release();
    await Promise.all([second, copying]);
  },
);

When('it is copied over another connection', { timeout: 60_000 }, async function (this: CopyingWorld) {
  this.reports = [await migrateCatalog({ root: await this.root(), to: await openFleet(this) })];
});

Then(
  /^it reports a copy from (fs|journal) of 4 models and 2 engines, (\d+) of which were put and (\d+) known$/,
  function (this: CopyingWorld, from: StoreName, copied: string, known: string) {
    const [{ duration_ms, ...report } = { duration_ms: -1 }] = this.reports;
    expect(duration_ms).to.be.at.least(0);
    const counts = { models: 4, engines: 2, copied: Number(copied), known: Number(known) };
    expect(report).to.deep.equal({ from, to: this.fleet.name, ...counts, verified: true });
  },
);

Then('the fleet has every record as it is here, in the same order of revisions', async function (this: CopyingWorld) {
  expect(await copiedTo(this.fleet, this.others)).to.deep.equal(await expected(this));
});

Then('the fleet has what was here before', async function (this: CopyingWorld) {
  expect(await copiedTo(this.fleet)).to.deep.equal(await expected(this));
});

Then('the fleet has the model {string} as before', async function (this: CopyingWorld, id: string) {
  expect(await this.fleet.models.get(id)).to.deep.equal({ record: modelEntry(id, { name: 'another' }), revision: this.revisionBefore });
});

Then('in the fleet there were {int} changes', async function (this: CopyingWorld, count: number) {
  expect((await this.fleet.revisions()).newest).to.equal(count);
});

Then('in the fleet there were {int} changes, which the two report as theirs', async function (this: CopyingWorld, count: number) {
  expect((await this.fleet.revisions()).newest).to.equal(count);
  const copied = this.reports.map((report) => report.copied ?? 0);
  const known = this.reports.map((report) => report.known ?? 0);
  expect([...copied, ...known].reduce((sum, one) => sum + one)).to.equal(2 * count);
  expect(copied.reduce((sum, one) => sum + one)).to.equal(count);
});

Then('each time the first copy is refused with IoError, and the second puts what was left', function (this: CopyingWorld) {
  const all = this.rounds.length;
  expect(all).to.equal(6);
  expect(this.rounds.map(({ first, second }) => [first, second.known, second.copied])).to.deep.equal(
    this.rounds.map((_, cut) => ['IoError', cut, all - cut]),
  );
});

Then('each time the fleet has every record as it is here, in the same order of revisions', async function (this: CopyingWorld) {
  const wanted = await expected(this);
  for (const { found } of this.rounds) expect(found).to.deep.equal(wanted);
});

Then(/^the copy is refused with (\w+), and names "(\w+)"$/, function (this: CopyingWorld, code: string, id: string) {
  const refusal = this.takeRefusal();
  expect([refusal.code, refusal.details.id], refusal.message).to.deep.equal([code, id]);
  expect(refusal.message).to.include(JSON.stringify(id));
});

Then(/^the command is refused with (\w+), and names "(\w+)"$/, function (this: CopyingWorld, code: string, id: string) {
  const { error } = JSON.parse(this.ran?.stderr ?? '');
  expect([error.code, error.details.id]).to.deep.equal([code, id]);
  expect(this.ran?.exitCode).to.equal(exitCodes[code as ErrorCode]);
});

Then('the fleet is as it was', async function (this: CopyingWorld) {
  expect((await this.fleet.revisions()).newest).to.equal(this.revisionBefore);
});

Then('it answers with the URL of the server, and no password', function (this: CopyingWorld) {
  expect(this.ran?.exitCode, this.ran?.stderr).to.equal(0);
  const { schema, report } = JSON.parse(this.ran?.stdout ?? '');
  const { duration_ms, ...rest } = report;
  expect([schema, typeof duration_ms]).to.deep.equal([1, 'number']);
  const to = urlOf(this).replace(':geheim@', '@');
  expect(rest).to.deep.equal({ from: 'fs', to, models: 4, engines: 2, copied: 6, known: 0, verified: true });
});

Then('it tells people that {int} records were there already', function (this: CopyingWorld, known: number) {
  expect(this.ran?.exitCode, this.ran?.stderr).to.equal(0);
  const to = urlOf(this).replace(':geheim@', '@');
  expect(this.ran?.stdout).to.equal(
    `copied from fs to ${to}: 4 models, 2 engines, read back and the same\nknown  ${known} were there already, and the same\n`,
  );
});

Then('the server has every record as it is here, in the same order of revisions', async function (this: CopyingWorld) {
  this.store = await openFleet(this);
  expect(await copiedTo(this.store)).to.deep.equal(await expected(this));
});

Then('the server has every record as it is here, in the same order of revisions, each put once', async function (this: CopyingWorld) {
  this.store = await openFleet(this);
  const wanted = await expected(this);
  expect(await copiedTo(this.store)).to.deep.equal(wanted);
  expect((await historyOf(this.store)).map(({ id }) => id)).to.deep.equal(wanted.map(({ id }) => id));
});

Then(
  'each entry of the history of the server says {string} and {string}',
  async function (this: CopyingWorld, operation: string, reason: string) {
    const entries = await historyOf(this.store);
    expect(entries.length).to.equal(6);
    for (const entry of entries) expect(entry).to.include({ operation, reason, change: 'added', part_of: entries[0]?.part_of });
  },
);

Then('the copy is refused, as one whose server is away', function (this: CopyingWorld) {
  expect(this.takeRefusal().code).to.be.oneOf(['IoError', 'CommitUnknown']);
});

Then('some were known, and the others were put', async function (this: CopyingWorld) {
  const [{ known = 0, copied = 0, models } = { models: 0 }] = this.reports;
  expect([known > 0, copied > 0, known + copied]).to.deep.equal([true, true, models]);
});

Then('the server has nothing', async function (this: CopyingWorld) {
  expect(await copiedTo(await openFleet(this))).to.deep.equal([]);
});
