import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { unsafeBecause } from '../src/core/safe-root.js';
import { hostOf } from '../src/disk/host.js';
import type { Disk } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { migrateCatalog } from '../src/migrate.js';
import { openCatalog } from '../src/open-catalog.js';
import { MemoryCatalog } from '../src/stores/memory-catalog.js';
import { runCatalog, treeOf } from '../support/cli.js';
import { newestPath } from '../support/damage.js';
import { open, type What, whats } from '../support/opened-stores.js';
import type { CatalogWorld } from '../support/world.js';

interface RootsWorld extends CatalogWorld {
  made: string;
  what: What;
  secret: string;
  disk: Disk | undefined;
}

const secretText = 'what somebody else has written';
const catalogs = whats.filter((what) => what !== 'a journal');

/** A machine like Windows, where nothing can be opened without following links. */
/** Disks of other machines, over the real one. */
const disks: Readonly<Record<string, () => Disk>> = {
  'opening follows links': followingLinks,
  'the kernel has no lock': () => {
    const real = new RealDisk({ blocking: true });
    return { host: hostOf(real, {}), perform: (step) => (step.op === 'lock' ? 'unsupported' : real.perform(step)) };
  },
};

function followingLinks(): Disk {
  const real = new RealDisk({ blocking: true });
  const host = hostOf(real, {});
  return {
    host: { ...host, system: { ...host.system, noFollow: false } },
    perform: (step) => {
      if (step.op !== 'open' || step.access === 'directory') return real.perform(step);
      const path = real.perform({ op: 'real-path', kind: 'Stat', path: step.path }) as string | undefined;
      return real.perform({ ...step, path: path ?? step.path });
    },
  };
}

function makeRoot(path: string, mode: number): string {
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

Given(/^a root that (everybody|its group) can write to$/, async function (this: RootsWorld, who: string) {
  this.made = makeRoot(await this.root(), who === 'everybody' ? 0o707 : 0o770);
});

Given('a root of another user', async function (this: RootsWorld) {
  this.made = makeRoot(await this.root(), 0o700);
  if (process.getuid?.() !== 0) {
    this.log('only root can give a directory away');
    return 'skipped';
  }
  chownSync(this.made, 4242, 4242);
  return undefined;
});

Given(/^a root of mode (\d+)$/, async function (this: RootsWorld, mode: string) {
  this.made = makeRoot(await this.root(), Number.parseInt(mode, 8));
});

Then(
  /^each store refuses it as UnsafeRoot because of "(.+)", and changes nothing there$/,
  async function (this: RootsWorld, reason: string) {
    for (const what of catalogs) {
      for (const readOnly of [true, false]) {
        await this.attempt(() => open(what, { place: this.made, readOnly }));
        const { code, details } = this.takeRefusal();
        expect([code, details.path, details.reason]).to.deep.equal(['UnsafeRoot', this.made, reason]);
      }
    }
    expect(await treeOf(this.made)).to.deep.equal({});
  },
);

Then('each store opens it where that is allowed, and works', async function (this: RootsWorld) {
  for (const what of catalogs) await works(what, this.made, { allowUnsafeRoot: true });
});

Then('each store opens it', async function (this: RootsWorld) {
  for (const what of catalogs) await works(what, this.made, {});
});

async function works(what: What, place: string, options: { allowUnsafeRoot?: boolean }): Promise<void> {
  const opened = await open(what, { place, ...options });
  await opened.write('one');
  expect(await opened.read()).to.deep.equal(['one']);
  await opened.close();
  for (const name of readdirSync(place)) rmSync(join(place, name), { recursive: true });
}

Then('the command refuses it with 6 and a hint, and takes it with --allow-unsafe-root', async function (this: RootsWorld) {
  const [words, cwd] = [['ls', '--root', this.made], await this.folder()];
  const refused = await runCatalog(words, { cwd });
  expect(refused.exitCode).to.equal(6);
  expect(refused.stderr).to.match(/others can write to it \(mode 07[07][07]\)\nhint: .*--allow-unsafe-root/);
  expect(await runCatalog([...words, '--allow-unsafe-root'], { cwd })).to.include({ exitCode: 0 });
});

Then('`catalog doctor` tells it with 0, and changes nothing there', async function (this: RootsWorld) {
  const { exitCode, stdout } = await runCatalog(['doctor', '-q', '--root', this.made], { cwd: await this.folder() });
  expect([exitCode, stdout]).to.deep.equal([0, 'writable-by-others\n']);
  expect(await treeOf(this.made)).to.deep.equal({});
});

Then('a move to another store refuses it too, unless it is allowed', async function (this: RootsWorld) {
  const filled = await open('a catalog of files', { place: this.made, allowUnsafeRoot: true });
  await filled.write('one');
  await filled.close();
  await this.attempt(() => migrateCatalog({ root: this.made, to: 'journal' }));
  expect(this.takeRefusal().code).to.equal('UnsafeRoot');
  expect(await migrateCatalog({ root: this.made, to: 'journal', allowUnsafeRoot: true })).to.include({ models: 1, verified: true });
});

Then(
  /^(a catalog of files|a catalog with journal) of user 4242 on a simulated machine of user 1000 is refused as UnsafeRoot, and opens where that is allowed$/,
  async function (this: RootsWorld, what: string) {
    const disk = new SimulatedDisk({ owner: 4242 });
    const place = '/root';
    const filled = await open(what as What, { place, disk });
    await filled.write('theirs');
    await filled.close();
    const mine: Disk = { host: { ...disk.host, system: { ...disk.host.system, user: 1000 } }, perform: (step) => disk.perform(step) };
    for (const readOnly of [true, false]) {
      await this.attempt(() => open(what as What, { place, disk: mine, readOnly }));
      const { code, details } = this.takeRefusal();
      expect([code, details.reason, details.owner]).to.deep.equal(['UnsafeRoot', 'foreign-owner', 4242]);
    }
    const allowed = await open(what as What, { place, disk: mine, allowUnsafeRoot: true });
    await allowed.write('mine');
    expect(await allowed.read()).to.have.members(['theirs', 'mine']);
    await allowed.close();
  },
);

Then(
  /^(a catalog of files|a catalog with journal) that was missing when it was opened, and was made by somebody else before it is written to, is refused as UnsafeRoot$/,
  async function (this: RootsWorld, what: string) {
    const root = await this.root();
    for (const plant of [() => makeRoot(root, 0o777), () => symlinkSync(makeRoot(`${root}-of-others`, 0o777), root)]) {
      const opened = await open(what as What, { place: root });
      plant();
      await this.attempt(() => opened.write('one'));
      expect(this.takeRefusal().code).to.equal('UnsafeRoot');
      await opened.close();
      expect(readdirSync(root).filter((name) => !/^(catalog\.lock|journal)$/.test(name))).to.deep.equal([]);
      rmSync(root, { recursive: true });
    }
  },
);

Then('a catalog over a store of somebody else is refused there as UnsafeRoot, unless it is allowed', async function (this: RootsWorld) {
  const store = await MemoryCatalog.open();
  await this.attempt(() => openCatalog({ store, root: this.made }));
  expect(this.takeRefusal().code).to.equal('UnsafeRoot');
  await this.attempt(() => openCatalog({ store, root: this.made, allowUnsafeRoot: true, platformProfilePath: join(this.made, 'none') }));
  expect(this.takeRefusal().code).to.equal('PlatformProfileInvalid');
  const catalog = await openCatalog({ store, root: this.made, allowUnsafeRoot: true });
  this.onEnd(() => catalog.close());
  expect(await catalog.list()).to.deep.equal([]);
});

Then('no root is unsafe to who has no number', () => {
  expect(unsafeBecause({ mode: 0o777, owner: 0 }, undefined)).to.deep.equal([]);
  expect(unsafeBecause({ mode: 0o777, owner: 0 }, 1)).to.deep.equal(['foreign-owner', 'writable-by-others']);
});

When(
  /^(a catalog of files|a catalog with journal|a journal) is filled under a umask of (\d+)$/,
  async function (this: RootsWorld, what: string, umask: string) {
    this.made = await this.root();
    const before = process.umask(Number.parseInt(umask, 8));
    try {
      const opened = await open(what as What, { place: this.made });
      for (const id of ['one', 'two', 'three']) await opened.write(id);
      await opened.close();
    } finally {
      process.umask(before);
    }
  },
);

Then(
  'each folder of it has mode 0700, each file 0600 or less, and no file that is published can be written to',
  function (this: RootsWorld) {
    const names = ['', ...(readdirSync(this.made, { recursive: true }) as string[])];
    expect(names).to.have.length.above(2);
    for (const name of names) {
      const found = lstatSync(join(this.made, name));
      const mode = found.mode & 0o7777;
      if (found.isDirectory()) expect(mode, name).to.equal(0o700);
      else if (/^(generations\/|catalog\.json|engines\.json)/.test(name)) expect(mode, name).to.equal(0o400);
      else expect(mode, name).to.equal(0o600);
    }
  },
);

Given(
  /^a file of somebody, and (the lock|the newest generation of models|what the root says of itself|the owner of the lock)(?: of (a catalog of files|a catalog with journal|a journal))? that (is a link to that file|is another name of that file)(?:, where (opening follows links|the kernel has no lock))?$/,
  async function (this: RootsWorld, which: string, what: string | null, how: string, where: string | null) {
    this.disk = where === null ? undefined : disks[where]?.();
    this.what = (what ?? 'a catalog of files') as What;
    this.made = await this.root();
    const opened = await open(this.what, { place: this.made });
    await opened.write('one');
    await opened.close();
    this.secret = join(await this.folder(), 'secret');
    writeFileSync(this.secret, secretText, { mode: 0o600 });
    const lock = { 'a catalog of files': 'catalog.lock', 'a catalog with journal': 'journal/journal.lock', 'a journal': 'journal.lock' };
    const fixed: Readonly<Record<string, string>> = {
      'the lock': lock[this.what],
      'what the root says of itself': 'root.json',
      'the owner of the lock': 'catalog.lock.owner',
    };
    const name = fixed[which];
    const path = name === undefined ? await newestPath(this.made, 'models') : join(this.made, name);
    rmSync(path, { force: true });
    if (how === 'is a link to that file') symlinkSync(this.secret, path);
    else linkSync(this.secret, path);
  },
);

When('it is written to', async function (this: RootsWorld) {
  await this.attempt(async () => {
    const opened = await open(this.what, { place: this.made, disk: this.disk });
    this.onEnd(() => opened.close());
    await opened.write('two');
  });
});

Then(/^that is refused as (\w+), and that file is as it was$/, function (this: RootsWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
  expect(readFileSync(this.secret, 'utf8')).to.equal(secretText);
});

Given('a file of somebody, and links to it under the names of temps', async function (this: RootsWorld) {
  this.made = await this.root();
  this.what = 'a catalog of files';
  const opened = await open(this.what, { place: this.made });
  await opened.write('one');
  await opened.close();
  this.secret = join(await this.folder(), 'secret');
  writeFileSync(this.secret, secretText, { mode: 0o600 });
  for (const name of ['catalog.json', 'engines.json', 'root.json', 'probe'])
    symlinkSync(this.secret, join(this.made, `${name}.${'T'.repeat(22)}.tmp`));
});

When('the catalog is opened and written to', async function (this: RootsWorld) {
  const opened = await open(this.what, { place: this.made });
  await opened.write('two');
  expect(await opened.read()).to.have.members(['one', 'two']);
  await opened.close();
});

Then('that file is as it was', function (this: RootsWorld) {
  expect(readFileSync(this.secret, 'utf8')).to.equal(secretText);
  expect(statSync(this.secret).mode & 0o777).to.equal(0o600);
});
