import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { admitted } from '../src/core/platform.js';
import { type Host, hostOf } from '../src/disk/host.js';
import { contextOf, type Disk, runSync } from '../src/disk/program.js';
import { SimulatedDisk, type SimulatedDiskOptions } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import { type PlatformProbe, realProbe } from '../src/platform/probe.js';
import { runCatalog } from '../support/cli.js';
import { touchesUnder } from '../support/damage.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { open, whats } from '../support/opened-stores.js';
import { isWhat, openFor, type PlatformWorld, place, probeOf, seedEvidence, withMember } from '../support/platform-world.js';

Given('a probe that reports what the seed expects of its machine', function (this: PlatformWorld) {
  this.probe = probeOf(seedEvidence);
});

Given(/^a probe that reports (\w+) as (\w+)$/, function (this: PlatformWorld, member: string, value: string) {
  this.probe = probeOf(withMember(member, value));
});

When('a journal of segments of 4096 bytes is opened with it', async function (this: PlatformWorld) {
  const { Journal } = await import('../src/journal/journal.js');
  const folder = await this.folder();
  symlinkSync(folder, join(folder, 'link'));
  const journal = Journal.open({ directory: join(folder, 'link', 'journal'), segmentMaxBytes: 4096, platformProbe: this.probe });
  this.onEnd(async () => journal.close());
  const diagnostics = journal.diagnostics();
  expect(diagnostics).to.include({ data_dir: join(folder, 'journal'), segment_max_bytes: 4096, event_count: 1 });
  this.told = diagnostics.platform_evidence;
  // Its nanoseconds are text there.
  const { host, ...rest } = JSON.parse(JSON.stringify(diagnostics)).platform_evidence;
  expect(host).to.deep.equal({ ...seedEvidence.host, process_clock_epoch_marker_ns: '1' });
  expect(rest).to.deep.equal({ store_path: seedEvidence.store_path, admission: admitted(seedEvidence) });
});

Then('its diagnostics tell its directory without links, 4096 bytes and 1 event', function (this: PlatformWorld) {
  expect(this.told).to.have.all.keys('host', 'store_path', 'admission');
});

Then(/^(?:they|it) tells? this of the platform:$/, function (this: PlatformWorld, table: { rows(): string[][]; raw(): string[][] }) {
  const wanted = Object.fromEntries(table.raw() as [string, string][]);
  const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, memberOf(this.told, name)]));
  expect(found).to.deep.equal(wanted);
});

/** What is told, by the names of its members. */
function memberOf(told: unknown, path: string): string {
  const value = path.split('.').reduce<unknown>((of, name) => (of as Record<string, unknown>)[name], told);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

When(
  /^(a journal|a catalog of files|a catalog with journal) is opened on this machine$/,
  async function (this: PlatformWorld, what: string) {
    const root = await this.root();
    this.opened = await openFor(this, isWhat(what), { place: root });
    await this.opened.write('one');
    this.told = await this.opened.platform();
  },
);

Then('its clock began when this process did', function (this: PlatformWorld) {
  const beganMs = Number(this.told.host.process_clock_epoch_marker_ns / 1_000_000n);
  // By the clock of the machine, which may be put right meanwhile.
  expect(Math.abs(beganMs - performance.timeOrigin)).to.be.below(60_000);
});

Then('telling it again looks at the machine no more', async function (this: PlatformWorld) {
  let looks = 0;
  const counting: PlatformProbe = {
    *evidence(at) {
      looks += 1;
      return yield* realProbe.evidence(at);
    },
    facts: realProbe.facts,
  };
  for (const what of whats) {
    looks = 0;
    const opened = await openFor(this, what, { place: join(await this.folder(), what), platformProbe: counting });
    await opened.write('one');
    const [first, second] = [await opened.platform(), await opened.platform()];
    expect(second).to.deep.equal(first);
    expect(looks, what).to.equal(1);
  }
});

interface Looked {
  readonly disk: Disk;
  readonly host?: Partial<Host>;
  readonly directory?: string;
}

function failing(disk: SimulatedDisk, fails: (step: Step) => boolean, code = 'EIO'): Disk {
  return withEachStep(disk, (step) => {
    if (fails(step)) throw Object.assign(new Error(`${code}: injected on ${step.kind}`), { code });
    return undefined;
  });
}

const lookedAt: Readonly<Record<string, (disk: SimulatedDisk) => Looked>> = {
  'a directory': (disk) => ({ disk }),
  'a directory behind a link': (disk) => {
    disk.perform({ op: 'symlink', kind: 'Link', target: place, path: '/link' });
    return { disk, directory: '/link' };
  },
  'what is missing': (disk) => ({ disk, directory: '/missing' }),
  'a file': (disk) => {
    disk.perform({ op: 'open', kind: 'Open', path: '/file', access: 'create' });
    return { disk, directory: '/file' };
  },
  'a directory that cannot be looked at': (disk) => ({ disk: failing(disk, ({ op }) => op === 'stat') }),
  'a directory on a disk that syncs none': () => ({ disk: new SimulatedDisk({ profile: 'ntfs-like', root: [place] }) }),
  'a directory that cannot be opened': (disk) => ({ disk: failing(disk, ({ op }) => op === 'open', 'EACCES') }),
  'a directory whose sync fails': (disk) => ({ disk: failing(disk, ({ op }) => op === 'sync') }),
  'a directory on a machine like Windows': (disk) => ({
    disk: failing(disk, ({ op }) => op === 'open', 'EPERM'),
    host: { system: { platform: 'win32', nodeVersion: 'v20.0.0', user: undefined, noFollow: false, positionalReads: false } },
  }),
  'a directory by a clock that goes back': (disk) => {
    let ms = 10;
    return { disk, host: { monotonicMs: () => ms-- } };
  },
  'a directory by a clock that is not set': (disk) => ({ disk, host: { clock: () => 0, monotonicMs: () => 5 } }),
};

When(/^(a directory.*|what is missing|a file) is probed$/, function (this: PlatformWorld, name: string) {
  const looked = lookedAt[name]?.(new SimulatedDisk({ root: [place] })) ?? expect.fail(name);
  const host = { ...hostOf(new SimulatedDisk(), {}), ...looked.host };
  const seen = { directory: looked.directory ?? place, host, witness: `${place}/witness` };
  this.told = runSync(realProbe.evidence(seen), looked.disk);
});

Then(/^it is told with (\w+ .+)$/, function (this: PlatformWorld, values: string) {
  for (const pair of values.split(', ')) {
    const [name = '', value = ''] = pair.split(/ (.*)/);
    expect({ ...this.told.host, ...this.told.store_path }, name).to.have.property(name);
    expect(memberOf({ ...this.told.host, ...this.told.store_path }, name), name).to.equal(value);
  }
});

// What a disk can do

/** A disk on which names that are spelled alike, by some measure, are one. */
function takingAlike(disk: SimulatedDisk, spelled: (name: string) => string): Disk {
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (step.op !== 'stat' || disk.perform(step) !== undefined) return disk.perform(step);
      const names = disk.perform({ op: 'list', kind: 'List', path: place }) as readonly string[];
      const found = names.find((name) => spelled(`${place}/${name}`) === spelled(step.path));
      return found === undefined ? undefined : disk.perform({ ...step, path: `${place}/${found}` });
    },
  };
}

const machine = (options: SimulatedDiskOptions = {}): SimulatedDisk => new SimulatedDisk({ root: [place], ...options });

const machines: Readonly<Record<string, () => Disk>> = {
  'a simulated machine': machine,
  'a simulated machine with reflinks': () => machine({ reflinks: true }),
  'a simulated machine without hard links': () => machine({ hardLinks: false }),
  "a simulated machine without the kernel's lock": () => {
    const disk = machine();
    return { ...contextOf(disk), perform: (step) => (step.op === 'lock' ? 'unsupported' : disk.perform(step)) };
  },
  'a simulated machine that takes a for A': () => takingAlike(machine(), (name) => name.toLowerCase()),
  'a simulated machine that composes letters': () => takingAlike(machine(), (name) => name.normalize('NFC')),
  'a simulated machine that may not be written to': () =>
    failing(machine(), (step) => step.op === 'open' && step.access === 'create', 'EROFS'),
};

When(/^(a simulated machine.*) is tried out$/, function (this: PlatformWorld, name: string) {
  const disk = machines[name]?.() ?? expect.fail(name);
  const host = hostOf(disk, {});
  this.facts = runSync(realProbe.facts({ directory: place, host, witness: `${place}/witness` }, { mayTry: true }), disk);
  expect(disk.perform({ op: 'list', kind: 'List', path: place })).to.deep.equal([]);
});

Then(/^it is told that (\w+) is (\S+)$/, function (this: PlatformWorld, name: string, value: string) {
  expect(this.facts).to.have.property(name, value);
});

Given('a root that was made', async function (this: PlatformWorld) {
  const store = await this.openStore();
  await store.prepare();
  await store.close();
  this.touches = await touchesUnder(await this.root());
});

When('`catalog platform --json` is asked about it', async function (this: PlatformWorld) {
  this.ran = await runCatalog(['platform', '--json', '--root', await this.root()], { cwd: await this.folder() });
  expect(this.ran).to.include({ exitCode: 0, stderr: '' });
});

Then('nothing under the root is other than before', async function (this: PlatformWorld) {
  expect(await touchesUnder(await this.root())).to.deep.equal(this.touches);
});

/** Whether a command of the system can do it. */
function can(command: string, ...words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

Then("each fact of it is what the system's own tools say", async function (this: PlatformWorld) {
  const { schema, report } = JSON.parse(this.ran.stdout);
  const { facts, store_path, fingerprint_crc32 } = report;
  expect([schema, fingerprint_crc32]).to.deep.equal([1, 1810418857]);
  expect(store_path.path_status).to.equal('ObservedDirectory');
  const root = await this.root();
  const at = (name: string): string => join(root, name);
  const told = (format: string): string => execFileSync('stat', ['-f', '-c', format, root], { encoding: 'utf8' }).trim();
  const [blocks = 0, size = 0] = told('%b %S').split(' ').map(Number);
  expect(facts.total_bytes).to.equal(blocks * size);
  expect(facts.free_bytes).to.be.within(0, facts.total_bytes);
  const types: Readonly<Record<string, string>> = { 'ext2/ext3': 'ext4', overlayfs: 'overlay', tmpfs: 'tmpfs', xfs: 'xfs', btrfs: 'btrfs' };
  const type = told('%T');
  expect(facts.file_system).to.equal(types[type] ?? facts.file_system);
  expect(facts.node_version).to.equal(execFileSync(process.execPath, ['--version'], { encoding: 'utf8' }).trim());
  expect(facts.hard_links === 'Observed').to.equal(can('ln', at('root.json'), at('linked')));
  expect(facts.reflinks === 'Observed').to.equal(can('cp', '--reflink=always', at('root.json'), at('cloned')));
  expect(facts.case_sensitivity === 'insensitive').to.equal(can('test', '-e', at('ROOT.JSON')));
  writeFileSync(at('\u00e9'), '');
  expect(facts.unicode_normalisation === 'folded').to.equal(can('test', '-e', at('e\u0301')));
  expect(facts.lock_mechanism === 'kernel').to.equal(can('flock', '-n', at('root.json'), 'true'));
});

Given(/^(a journal|a catalog of files|a catalog with journal) on a simulated machine$/, async function (this: PlatformWorld, what: string) {
  this.what = isWhat(what);
  this.disk = new SimulatedDisk();
  const opened = await open(this.what, { place, disk: this.disk });
  await opened.write('there');
  await opened.close();
});

When('somebody dies after each step of trying it out', function (this: PlatformWorld) {
  this.observed = 0;
});

Then('whoever opens it to write next finds it as it was, and nothing of that is left', async function (this: PlatformWorld) {
  const witness = `${place}/witness`;
  let [left, end] = [0, false];
  for (let steps = 1; !end; steps++) {
    const disk = this.disk.fork();
    const dying = disk.process();
    const program = realProbe.facts({ directory: place, host: dying.host, witness }, { mayTry: true });
    let next = program.next();
    for (let done = 0; done < steps && !next.done; done++) next = answered(program, next.value, dying);
    end = next.done ?? false;
    dying.kill();
    const names = (): string => JSON.stringify(disk.perform({ op: 'list', kind: 'List', path: place }));
    if (names().includes('probe')) left += 1;
    const opened = await open(this.what, { place, disk });
    await opened.write('more');
    expect(await opened.read()).to.have.members(['there', 'more']);
    await opened.close();
    expect(names(), `after ${steps} steps`).to.not.include('probe');
  }
  expect(left).to.be.above(3);
});

function answered<T>(program: Generator<Step, T, unknown>, step: Step, disk: Pick<Disk, 'perform'>): IteratorResult<Step, T> {
  let answer: unknown;
  try {
    answer = disk.perform(step);
  } catch (error) {
    return program.throw(error);
  }
  return program.next(answer);
}

When('it is looked at, and the sync of its directory fails once', async function (this: PlatformWorld) {
  this.opened = await openFor(this, this.what, { place, disk: this.disk });
  this.disk.faultOn('SyncDirectory', 1);
  expect((await this.opened.platform()).store_path.parent_dir_sync).to.equal('ProbeFailed');
});

Then('nothing more is written by who has looked, and all is there to be read', async function (this: PlatformWorld) {
  await this.attempt(() => this.opened.write('more'));
  expect(this.takeRefusal().code).to.equal('StorePoisoned');
  expect(await this.opened.read()).to.deep.equal(['there']);
});

Then('looking at it never opens its lock', async function (this: PlatformWorld) {
  const opened: string[] = [];
  const watched = withEachStep(this.disk, (step) => {
    if (step.op === 'open') opened.push(step.path);
    return undefined;
  });
  const reader = await openFor(this, this.what, { place, disk: watched, readOnly: true });
  await reader.platform();
  expect(opened).to.not.be.empty;
  expect(opened.filter((path) => path.endsWith('.lock'))).to.deep.equal([]);
});
