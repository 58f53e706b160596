import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { hostOf } from '../src/disk/host.js';
import { acquireLock, releaseLock } from '../src/disk/lock.js';
import { run } from '../src/disk/program.js';
import { defaultDisk } from '../src/disk/real-disk.js';
import { type MigrateReport, migrateCatalog } from '../src/migrate.js';
import { openCatalog } from '../src/open-catalog.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { type Ran, runCatalog, treeOf } from '../support/cli.js';
import {
  damageNewest,
  exploredMove,
  failedMoves,
  type Move,
  mistakenMove,
  type Opened,
  openedWhileMoved,
  recordsOf,
  type Shown,
  simulatedMove,
  writeHistory,
} from '../support/moving.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

type StoreName = 'fs' | 'journal';

interface MovingWorld extends CatalogWorld {
  ran?: Ran;
  tree?: Record<string, string>;
  before: Shown;
  handles: {
    readonly writing: CatalogStore;
    readonly reading: CatalogStore;
    readonly watch: AsyncIterator<unknown>;
    readonly next: Promise<unknown>;
  };
  reports: readonly MigrateReport[];
  acknowledged: readonly string[];
  refusals: readonly string[];
  move: Move;
  judged: number;
  opened: { readonly unsaid: readonly Opened[]; readonly said: readonly Opened[] };
}

Given(
  /^a catalog of the (fs|journal) store with models and engines that were changed, deleted and put again$/,
  async function (this: MovingWorld, store: StoreName) {
    await using catalog = await openCatalog({ root: await this.root(), store });
    await writeHistory(catalog.store);
    this.before = await recordsOf(catalog.store);
    await writeFile(join(await this.folder(), 'new.gguf'), Buffer.alloc(1000, 'n'));
    await catalog.close();
    this.tree = await treeOf(await this.root());
  },
);

Given(/^a catalog of the fs store with 3,000 models of 4 kB$/, async function (this: MovingWorld) {
  await using catalog = await openCatalog({ root: await this.root(), store: 'fs' });
  const name = 'n'.repeat(4000);
  await Promise.all(Array.from({ length: 3000 }, (_, nth) => catalog.store.models.put(modelEntry(`m${nth}`, { name }))));
  this.before = await recordsOf(catalog.store);
});

Given(/^somebody who holds the lock of the (fs|journal) store$/, async function (this: MovingWorld, store: StoreName) {
  const host = hostOf(defaultDisk, {});
  const path = join(await this.root(), store === 'fs' ? 'catalog.lock' : 'journal/journal.lock');
  const lock = await run(acquireLock(path, { timeoutMs: 0, host }), defaultDisk);
  this.onEnd(() => run(releaseLock(lock, host), defaultDisk));
});

Given('the newest index of its models is damaged', async function (this: MovingWorld) {
  await damageNewest(await this.root());
});

Given('its journal is lost', async function (this: MovingWorld) {
  await rm(join(await this.root(), 'journal/000001.seg'));
  await rm(join(await this.root(), 'journal/checkpoint'));
});

Given('handles on it that write, that read and that watch', async function (this: MovingWorld) {
  const root = await this.root();
  const writing = (await openCatalog({ root })).store;
  const reading = (await openCatalog({ root, readOnly: true })).store;
  await writing.models.put(modelEntry('of the handle'));
  const watch = reading.models.watch({})[Symbol.asyncIterator]();
  const next = watch.next();
  next.catch(() => {});
  await setImmediate();
  this.handles = { writing, reading, watch, next };
});

Given(
  /^a simulated catalog of the (fs|journal) store, with (nothing left of .*|.* from before)$/,
  async function (this: MovingWorld, from: StoreName, left: string) {
    this.move = await simulatedMove(from, left.endsWith('from before'));
  },
);

When(/^it is moved to (fs|journal), changed there, and moved back$/, async function (this: MovingWorld, to: StoreName) {
  const root = await this.root();
  await migrateCatalog({ root, to });
  {
    await using catalog = await openCatalog({ root });
    await catalog.store.models.delete('a');
    await catalog.store.models.put(modelEntry('later'));
    this.before = await recordsOf(catalog.store);
  }
  this.reports = [await migrateCatalog({ root, to: to === 'fs' ? 'journal' : 'fs' })];
});

When(/^it is moved to (fs|journal) by another(, and back)?$/, async function (this: MovingWorld, to: StoreName, back?: string) {
  const root = await this.root();
  await migrateCatalog({ root, to });
  if (back) await migrateCatalog({ root, to: to === 'fs' ? 'journal' : 'fs' });
  this.tree = await treeOf(root);
});

When(/^two move it to (fs|journal) at once$/, async function (this: MovingWorld, to: StoreName) {
  const root = await this.root();
  this.reports = await Promise.all([migrateCatalog({ root, to }), migrateCatalog({ root, to })]);
});

When(
  /^other processes put models until they are refused, while it is moved to (fs|journal)$/,
  async function (this: MovingWorld, to: StoreName) {
    const root = await this.root();
    const stores = await Promise.all(['x', 'y'].map(async (name) => ({ name, store: (await openCatalog({ root })).store })));
    const writers = stores.map(async ({ name, store }) => {
      const acknowledged: string[] = [];
      for (let nth = 0; ; nth++) {
        try {
          acknowledged.push((await store.models.put(modelEntry(`${name}${nth}`))).record.id);
        } catch (error) {
          await store.close();
          return { acknowledged, code: isCatalogError(error) ? error.code : String(error) };
        }
      }
    });
    const cwd = await this.folder();
    const others = ['z0', 'z1', 'z2'].map((id) => runCatalog(['--root', root, 'register', id, '--source', 'hf:org/repo', '-q'], { cwd }));
    this.reports = [await migrateCatalog({ root, to })];
    const ended = await Promise.all(writers);
    const registered = (await Promise.all(others)).flatMap(({ stdout }) => stdout.split('\n').filter((id) => id !== ''));
    this.acknowledged = [...ended.flatMap(({ acknowledged }) => acknowledged), ...registered];
    this.refusals = ended.map(({ code }) => code);
  },
);

When(/^the power is cut at every step of its move to (?:fs|journal)$/, { timeout: 600_000 }, async function (this: MovingWorld) {
  this.judged = await exploredMove(this.move, 0);
});

When(
  /^the power is cut at every step of its move to (?:fs|journal), and of what comes after$/,
  { timeout: 1_800_000 },
  async function (this: MovingWorld) {
    this.judged = await exploredMove(this.move, 1);
  },
);

When(/^each step of its move to (?:fs|journal) fails in turn$/, { timeout: 600_000 }, async function (this: MovingWorld) {
  this.judged = await failedMoves(this.move);
});

When(/^it is opened many times, and moved to (?:fs|journal) before each step of that in turn$/, async function (this: MovingWorld) {
  this.opened = { unsaid: await openedWhileMoved(this.move), said: await openedWhileMoved(this.move, this.move.from) };
});

When('the disk gives other records than were copied there, once they are read back', async function (this: MovingWorld) {
  const refused = await mistakenMove(this.move);
  this.refusals = [isCatalogError(refused) ? `${refused.code}: ${refused.message}` : String(refused)];
});

Then('the move is refused with IoError, which names the record, and the catalog is where it was', function (this: MovingWorld) {
  expect(this.refusals).to.deep.equal(['IoError: what was copied is not what was read: models, "b"; nothing was moved']);
});

Then(
  /^it reports a move from (fs|journal) to (fs|journal) of 4 models and 2 engines, (not )?read back$/,
  function (this: MovingWorld, from: StoreName, to: StoreName, not?: string) {
    expect(this.ran?.exitCode, JSON.stringify(this.ran)).to.equal(0);
    const { schema, report } = JSON.parse(this.ran?.stdout ?? '');
    const { duration_ms, ...rest } = report;
    expect(schema).to.equal(1);
    expect(duration_ms).to.be.a('number');
    expect(rest).to.deep.equal({ from, to, models: 4, engines: 2, verified: !not });
  },
);

Then(
  /^every record is in the (fs|journal) store as it was, in the same order of revisions$/,
  async function (this: MovingWorld, store: StoreName) {
    await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
    expect(catalog.store.name).to.equal(store);
    const { models, engines } = await recordsOf(catalog.store);
    expect({ models, engines }).to.deep.equal({ models: this.before.models, engines: this.before.engines });
  },
);

Then('every record has the revision that it had', async function (this: MovingWorld) {
  await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
  expect(await recordsOf(catalog.store)).to.deep.equal(this.before);
});

Then('each entry of its history says {string} and {string}', async function (this: MovingWorld, operation: string, reason: string) {
  const store = await JournalCatalog.open({ root: await this.root(), readOnly: true });
  this.onEnd(() => store.close());
  let entries = 0;
  for await (const entry of store.history()) {
    expect(entry).to.include({ operation, reason, change: 'added' });
    entries++;
  }
  expect(entries).to.equal(6);
});

Then('of what was there only root.json was changed', async function (this: MovingWorld) {
  const root = await this.root();
  const after = await treeOf(root);
  const changed = Object.entries(this.tree ?? {}).filter(([path, content]) => after[path] !== content);
  expect(changed.map(([path]) => path)).to.deep.equal([join(root, 'root.json')]);
});

Then('`catalog add` and `catalog ls` go on there', async function (this: MovingWorld) {
  await using catalog = await openCatalog({ root: await this.root() });
  await catalog.add(join(await this.folder(), 'new.gguf'));
  expect((await catalog.list()).map(({ id }) => id)).to.deep.equal(['a', 'b', 'c', 'e', 'new']);
});

Then('nothing under the root has changed', async function (this: MovingWorld) {
  expect(await treeOf(await this.root())).to.deep.equal(this.tree);
});

Then('only what was there last is served', async function (this: MovingWorld) {
  await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
  const { models, engines } = await recordsOf(catalog.store);
  expect({ models, engines }).to.deep.equal({ models: this.before.models, engines: this.before.engines });
});

Then(/^what the (fs|journal) store had left lies under the name that was reported$/, async function (this: MovingWorld, store: StoreName) {
  const folder = this.reports[0]?.set_aside ?? '';
  expect(folder).to.match(new RegExp(`/set-aside/${store}-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d\\.\\d{3}Z$`));
  const wanted = store === 'fs' ? ['catalog.json', 'engines.json', 'generations'] : ['journal'];
  expect((await readdir(folder)).sort()).to.deep.equal(wanted);
  const text = await readFile(join(folder, store === 'fs' ? 'catalog.json' : 'journal/000001.seg'), 'latin1');
  expect(text).to.include('"id":"a"');
});

Then(/^it says that it is of the (fs|journal) store$/, async function (this: MovingWorld, store: StoreName) {
  expect(JSON.parse(await readFile(join(await this.root(), 'root.json'), 'utf8'))).to.include({ store });
});

Then('each of them is refused with {word} in all that it does', async function (this: MovingWorld, code: string) {
  const { writing, reading, next } = this.handles;
  const works: readonly (() => Promise<unknown>)[] = [
    ...[writing, reading].flatMap(({ models, engines }) => [() => models.list(), () => models.get('a'), () => engines.list()]),
    () => writing.models.put(modelEntry('too late')),
    () => writing.models.delete('a'),
    () => next,
  ];
  for (const work of works) {
    await this.attempt(work);
    expect(this.takeRefusal().code).to.equal(code);
  }
});

Then('they have changed nothing, also in closing', async function (this: MovingWorld) {
  await this.handles.watch.return?.();
  await this.handles.writing.close();
  await this.handles.reading.close();
  expect(await treeOf(await this.root())).to.deep.equal(this.tree);
});

Then('they are refused with {word}', function (this: MovingWorld, code: string) {
  expect(this.refusals).to.deep.equal([code, code]);
});

Then('every put that was acknowledged is there', async function (this: MovingWorld) {
  await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
  const ids = (await catalog.list()).map(({ id }) => id);
  expect(this.acknowledged.filter((id) => !ids.includes(id))).to.deep.equal([]);
});

Then('one of them moved it, and the other found it there', function (this: MovingWorld) {
  expect(this.reports.map(({ verified }) => verified).sort()).to.deep.equal([false, true]);
});

Then('each time all records are there, in the one store or in the other', function (this: MovingWorld) {
  // What was wrong was told where it was met; here: there were many.
  expect(this.judged).to.be.above(50);
});

Then('whoever did not say which store opened it each time, and saw all records or asked too late', function (this: MovingWorld) {
  const { unsaid } = this.opened;
  const { from, to, shown } = this.move;
  const all = shown.replace(/^{"store":"\w+",/, '{');
  expect(unsaid.filter(({ refused }) => refused !== undefined)).to.deep.equal([]);
  expect(unsaid.filter(({ store, saw }) => saw !== all && !(store === from && saw === 'StoreMismatch'))).to.deep.equal([]);
  expect(new Set(unsaid.filter(({ saw }) => saw === all).map(({ store }) => store))).to.deep.equal(new Set([to]));
});

Then(
  /^whoever said the (fs|journal) store was refused with StoreMismatch, or opened it before$/,
  function (this: MovingWorld, from: StoreName) {
    const ended = this.opened.said.map(({ store, refused }) => refused ?? store);
    expect(new Set(ended)).to.deep.equal(new Set(['StoreMismatch', from]));
  },
);
