import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Added } from '../src/add-model.js';
import type { Progress } from '../src/artifacts/hash-file.js';
import type { Catalog } from '../src/catalog.js';
import { type CatalogError, isCatalogError } from '../src/core/errors.js';
import type { ModelEntry } from '../src/core/records.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { GcReport } from '../src/index.js';
import { type Gate, gate } from '../support/contention/gate.js';
import { type Giving, HeldFetcher } from '../support/held-fetcher.js';
import { SeenSignal, until } from '../support/seen-signal.js';
import type { CatalogWorld } from '../support/world.js';

interface FetchingWorld extends CatalogWorld {
  catalog: Catalog;
  fetcher: HeldFetcher;
  content: string;
  calls: Promise<ModelEntry | CatalogError>[];
  /** Of the callers at work under a key: the most at once, and which had waited. */
  atWork: { most: number; hadWaited: boolean[] };
  added: Added | undefined;
  thrown: unknown;
  /** The files whose progress was told. */
  followed: string[];
  collected: GcReport;
  held: { gate: Gate; work: Promise<unknown> };
}

Given('a catalog whose fetcher brings {string}', async function (this: FetchingWorld, content: string) {
  this.content = content;
  this.fetcher = new HeldFetcher(join(await this.folder(), 'fetched'), content);
  this.catalog = await this.openCatalog({ fetcher: this.fetcher });
  this.calls = [];
});

Given('the fetcher fails {int} time(s)', function (this: FetchingWorld, times: number) {
  this.fetcher.failures = times;
});

Given(/^the fetcher gives (its own|a link to another)$/, function (this: FetchingWorld, giving: Giving) {
  this.fetcher.giving = giving;
});

Given(/^an origin that says (right|wrong|nothing|noise)$/, function (this: FetchingWorld, said: string) {
  this.fetcher.says = said === 'noise' ? 'sha256:zz' : saidOf(this, said);
});

Given(/^a registration of "a" that says (right|wrong|nothing)$/, async function (this: FetchingWorld, declared: string) {
  const digest = saidOf(this, declared);
  if (digest !== undefined) await this.catalog.register({ id: 'a', source: 'hf:org/model/a.gguf', digest });
});

Given('the lock of a fetch that was killed, and one of a fetch that goes on', async function (this: FetchingWorld) {
  await this.catalog.register({ id: 'x', source: 'https://example.org/x' });
  await mkdir(join(await this.root(), 'leases'), { recursive: true });
  await writeFile(join(await this.root(), 'leases', `${'0'.repeat(32)}.flight`), '');
  const [begun, goes] = [gate(), gate()];
  const work = this.catalog.singleFlight('held', async () => {
    begun.open();
    await goes.opened;
    return 'its end';
  });
  await begun.opened;
  this.held = { gate: goes, work };
});

When(/^(\d+) callers add "([^"]*)" while the fetcher is held$/, async function (this: FetchingWorld, callers: string, ref: string) {
  this.fetcher.hold();
  const signals = Array.from({ length: Number(callers) }, () => new SeenSignal());
  this.calls = signals.map(({ signal }) => outcome(this.catalog.add(ref, { signal })));
  await this.fetcher.begun();
  await until(() => signals.filter(({ isWaitedWith }) => isWaitedWith).length === signals.length - 1);
});

When('a caller adds {string} while the fetcher is held', async function (this: FetchingWorld, ref: string) {
  this.fetcher.hold();
  this.calls = [outcome(this.catalog.add(ref))];
  await this.fetcher.begun();
});

When('another caller adds {string} by a fetcher of its own', async function (this: FetchingWorld, ref: string) {
  const fetcher = new HeldFetcher(join(await this.folder(), 'fetched'), 'others');
  this.added = await this.catalog.addWithReport(ref, { id: 'b', fetcher });
});

When(
  /^a caller adds "([^"]*)", and one who (leaves|expects other weights) waits for it$/,
  async function (this: FetchingWorld, ref: string, what: string) {
    this.fetcher.hold();
    const seen = new SeenSignal();
    const first = outcome(this.catalog.add(ref));
    await this.fetcher.begun();
    const digest = what !== 'leaves' && { digest: digestOf('other weights') };
    this.calls = [first, outcome(this.catalog.add(ref, { signal: seen.signal, ...digest }))];
    await until(() => seen.isWaitedWith);
    if (what === 'leaves') seen.abort();
  },
);

When('the fetcher is let go', function (this: FetchingWorld) {
  this.fetcher.letGo();
});

When('{string} is added twice, one after the other', async function (this: FetchingWorld, ref: string) {
  for (let time = 0; time < 2; time++) this.calls = [...this.calls, Promise.resolve(await outcome(this.catalog.add(ref)))];
});

When(/^"(hf:[^"]*)" is fetched for the catalog$/, async function (this: FetchingWorld, ref: string) {
  this.followed = [];
  const onProgress = ({ path }: Progress): void => void this.followed.push(path);
  this.added = await this.attempt(() => this.catalog.addWithReport(ref, { onProgress }));
});

When(/^"(hf:[^"]*)" is added by a caller who says (right|wrong|nothing)$/, async function (this: FetchingWorld, ref, wanted: string) {
  const digest = saidOf(this, wanted);
  this.added = await this.attempt(() => this.catalog.addWithReport(ref, { ...(digest && { digest }) }));
});

When(/^"(hf:[^"]*)" is added on a disk that gives no second names across folders$/, async function (this: FetchingWorld, ref: string) {
  const [real, fetched] = [new RealDisk(), join(await this.folder(), 'fetched')];
  const disk = {
    perform(step: Step): unknown {
      if (step.op !== 'link' || !step.from.startsWith(fetched)) return real.perform(step);
      throw Object.assign(new Error(`EXDEV: cross-device link not permitted, link '${step.from}'`), { code: 'EXDEV' });
    },
  };
  this.catalog = await this.openCatalog({ fetcher: this.fetcher, disk });
  this.added = await this.catalog.addWithReport(ref);
});

When(/^(\d+) callers do work under the key "([^"]*)" at once$/, async function (this: FetchingWorld, callers: string, key: string) {
  let now = 0;
  this.atWork = { most: 0, hadWaited: [] };
  const signals = Array.from({ length: Number(callers) }, () => new SeenSignal());
  const work = async ({ hasWaited }: { readonly hasWaited: boolean }): Promise<void> => {
    now++;
    this.atWork.most = Math.max(this.atWork.most, now);
    this.atWork.hadWaited.push(hasWaited);
    if (!hasWaited) await until(() => signals.filter(({ isWaitedWith }) => isWaitedWith).length === signals.length - 1);
    now--;
  };
  await Promise.all(signals.map(({ signal }) => this.catalog.singleFlight(key, work, { signal })));
});

When('work under the key {string} fails with an error of its own', async function (this: FetchingWorld, key: string) {
  const own = Object.assign(new Error('its own'), { code: 'ENOENT' });
  this.thrown = await this.catalog.singleFlight(key, () => Promise.reject(own)).catch((error: unknown) => error);
});

When(
  /^work under ("engine"|a number) is asked for, and the catalog (is read-only|takes texts|is given nothing to do)$/,
  async function (this: FetchingWorld, key: string, why: string) {
    await this.catalog.register({ id: 'x', source: 'https://example.org/x' });
    const catalog = why === 'is read-only' ? await this.openCatalog({ readOnly: true }) : this.catalog;
    const work = why === 'is given nothing to do' ? (undefined as never) : () => Promise.resolve();
    await this.attempt(() => catalog.singleFlight(key === 'a number' ? (7 as never) : 'engine', work));
  },
);

When("garbage of the fetcher's catalog is collected", async function (this: FetchingWorld) {
  this.collected = await this.catalog.gc();
});

Then('each of them has the model {string}', async function (this: FetchingWorld, id: string) {
  for (const entry of await Promise.all(this.calls)) await expectThere(this, entry, id);
});

Then(
  /^(\d+) of them was told (\w+), and each of the others has the model "([^"]*)"$/,
  async function (this: FetchingWorld, count, code, id) {
    const all = await Promise.all(this.calls);
    const refused = all.filter((one) => isRefused(one, code));
    expect(refused.length).to.equal(Number(count));
    for (const entry of all.filter((one) => !refused.includes(one))) await expectThere(this, entry, id);
  },
);

Then(
  /^the first has the model "([^"]*)"(?:, and the second was told (\w+))?$/,
  async function (this: FetchingWorld, id: string, code?: string) {
    const [first, second] = await Promise.all(this.calls);
    await expectThere(this, first, id);
    if (code) expect(isCatalogError(second) && second.code).to.equal(code);
  },
);

Then(/^the second was told (\w+), and the fetcher is asked once$/, async function (this: FetchingWorld, code: string) {
  const second = await this.calls[1];
  expect(isCatalogError(second) && second.code).to.equal(code);
  expect(this.fetcher.asked.length).to.equal(1);
});

Then(/^the fetcher was asked for "([^"]*)" (once|\d+ times)$/, function (this: FetchingWorld, ref: string, times: string) {
  expect(this.fetcher.asked).to.deep.equal(Array(times === 'once' ? 1 : Number.parseInt(times, 10)).fill(ref));
});

Then('the other has the model {string}, and the first is waiting', async function (this: FetchingWorld, id: string) {
  expect((await this.catalog.get(id))?.state).to.equal('Active');
  expect(await this.catalog.get('a')).to.equal(undefined);
});

Then('never two of them were at work, and all but the first were told that they had waited', function (this: FetchingWorld) {
  const { most, hadWaited } = this.atWork;
  expect([most, hadWaited[0], hadWaited.slice(1).every(Boolean)]).to.deep.equal([1, false, true]);
});

Then('nothing is left of it in leases', async function (this: FetchingWorld) {
  expect(await readdir(join(await this.root(), 'leases'))).to.deep.equal([]);
});

Then('that error is given as it is', function (this: FetchingWorld) {
  expect(this.thrown).to.be.instanceOf(Error);
  expect(isCatalogError(this.thrown)).to.equal(false);
  expect((this.thrown as Error).message).to.equal('its own');
});

Then('the first lock is gone, the second is there, and its fetch comes to its end', async function (this: FetchingWorld) {
  const names = await readdir(join(await this.root(), 'leases'));
  expect(names.length).to.equal(1);
  expect(names).to.not.include(`${'0'.repeat(32)}.flight`);
  expect(this.collected.plan.map(({ reason }) => reason)).to.deep.equal(['the lock of a fetch that was killed']);
  this.held.gate.open();
  expect(await this.held.work).to.equal('its end');
});

Then(
  /^the model "([^"]*)" is there, (\d+) bytes were written, and its blob is (not )?the file that was given$/,
  async function (this: FetchingWorld, id: string, bytes: string, not: string | null) {
    await expectThere(this, this.added?.entry, id);
    expect(this.added?.bytesWritten).to.equal(Number(bytes));
    const blob = await blobOf(this, id);
    const { nlink, mode } = await stat(blob);
    expect([nlink, mode & 0o777]).to.deep.equal([1, 0o444]);
    expect((await stat(blob)).ino === this.fetcher.givenInode).to.equal(not === null);
  },
);

Then('the fetcher was told that it is done', async function (this: FetchingWorld) {
  expect(this.fetcher.released.length).to.equal(1);
  expect(await readdir(join(await this.folder(), 'fetched'))).to.deep.equal([]);
});

Then('its progress was told as that of the file that was given', function (this: FetchingWorld) {
  expect(this.followed.length).to.be.greaterThan(0);
  expect([...new Set(this.followed)]).to.deep.equal(this.fetcher.released);
});

Then('the file behind the link is as it was', async function (this: FetchingWorld) {
  const kept = join(await this.folder(), 'fetched', 'kept');
  expect(await readFile(kept, 'utf8')).to.equal(this.content);
  expect((await stat(kept)).mode & 0o777).to.equal(0o644);
});

Then('the model {string} passes a quick verification', async function (this: FetchingWorld, id: string) {
  const { kind, method } = await this.catalog.verify(id, { quick: true });
  expect([kind, method]).to.deep.equal(['pass', 'quick']);
});

Then(/^it comes to (verified|warned|DigestMismatch|InvalidDigest)$/, function (this: FetchingWorld, outcome: string) {
  const told = this.added === undefined ? this.takeRefusal().code : this.added.entry.trust_state;
  expect(told).to.equal(outcome);
});

const isRefused = (one: ModelEntry | CatalogError, code: string): boolean => isCatalogError(one) && one.code === code;

const digestOf = (content: string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

function saidOf({ content }: FetchingWorld, said: string): string | undefined {
  return { right: digestOf(content), wrong: digestOf('other weights') }[said];
}

const outcome = (call: Promise<ModelEntry>): Promise<ModelEntry | CatalogError> =>
  call.catch((error: unknown) => {
    if (isCatalogError(error)) return error;
    throw error;
  });

async function expectThere(world: FetchingWorld, entry: ModelEntry | CatalogError | undefined, id: string): Promise<void> {
  if (isCatalogError(entry)) throw entry;
  expect([entry?.id, entry?.state]).to.deep.equal([id, 'Active']);
  expect(await readFile(await world.catalog.modelPath(id), 'utf8')).to.equal(world.content);
}

async function blobOf(world: FetchingWorld, id: string): Promise<string> {
  const hex = (await world.catalog.get(id))?.digest?.slice('sha256:'.length) ?? '';
  return join(await world.root(), 'blobs/sha256', hex.slice(0, 2), hex);
}
