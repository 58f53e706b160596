import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import type { CatalogError } from '../src/core/errors.js';
import {
  admissionValues,
  admitted,
  evidenceValues,
  type PathStatus,
  type PlatformEvidence,
  type PlatformFacts,
} from '../src/core/platform.js';
import { fingerprintOf, formatProfile, type PlatformProfile, parseProfile, profileOf } from '../src/core/platform-profile.js';
import { type Host, hostOf } from '../src/disk/host.js';
import { contextOf, type Disk, runSync } from '../src/disk/program.js';
import { SimulatedDisk, type SimulatedDiskOptions } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import { migrateCatalog } from '../src/migrate.js';
import { openCatalog } from '../src/open-catalog.js';
import { type PlatformProbe, realProbe } from '../src/platform/probe.js';
import { checkProfile } from '../src/platform/profile-file.js';
import type { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { projectRoot } from '../support/checks/sources.js';
import { type Ran, runCatalog, treeOf } from '../support/cli.js';
import { touchesUnder } from '../support/damage.js';
import { HandlePaths, withEachStep } from '../support/interrupt/disks.js';
import { drawing } from '../support/journal-copies/piecewise.js';
import { type Opened, type Opening, open, type What, whats } from '../support/opened-stores.js';
import type { CatalogWorld } from '../support/world.js';

interface PlatformWorld extends CatalogWorld {
  disk: SimulatedDisk;
  what: What;
  opened: Opened;
  probe: PlatformProbe;
  told: PlatformEvidence;
  facts: PlatformFacts;
  profile: string;
  refusals: readonly { readonly path: string; readonly error: CatalogError }[];
  observed: number;
  began: number;
  touches: unknown;
  ran: Ran;
}

const place = '/place';
const profilePath = '/profile.json';
const fixture = (name: string): string => join(projectRoot, 'features/fixtures/platform', `${name}.profile`);
const isWhat = (what: string): What => whats.find((one) => one === what) ?? expect.fail(what);

/** What the seed expects of a machine that maps files. */
const seedEvidence: PlatformEvidence = {
  host: { process_clock_epoch_marker_ns: 1n, monotonic_clock: 'ProcessLocalInstantAnchor' },
  store_path: {
    path_status: 'ObservedDirectory',
    parent_dir_sync: 'UnixFsync',
    lock_leaf_symlink_protection: 'AtomicNoFollow',
    mmap_index: 'FileBacked',
    sealed_segment_mmap: 'FileBacked',
    active_segment_read: 'UnixReadAt',
  },
};

function probeOf(evidence: PlatformEvidence): PlatformProbe {
  return {
    ...realProbe,
    *evidence() {
      return evidence;
    },
  };
}

const withMember = (name: string, value: string): PlatformEvidence => ({
  ...seedEvidence,
  store_path: { ...seedEvidence.store_path, [name]: value },
});

const summaryOf = (evidence: PlatformEvidence) => ({ ...evidence, admission: admitted(evidence) });
const honest = withHonestMmap(seedEvidence);

function withHonestMmap({ host, store_path }: PlatformEvidence): PlatformEvidence {
  return { host, store_path: { ...store_path, mmap_index: 'ObservedUnsupported', sealed_segment_mmap: 'ObservedUnsupported' } };
}

async function openFor(world: PlatformWorld, what: What, opening: Opening): Promise<Opened> {
  const opened = await open(what, opening);
  world.onEnd(() => opened.close());
  return opened;
}

/** What is told, by the names of its members. */
function memberOf(told: unknown, path: string): string {
  const value = path.split('.').reduce<unknown>((of, name) => (of as Record<string, unknown>)[name], told);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

// Evidence

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

// Admission

const pathStatuses: readonly PathStatus[] = [
  'ObservedDirectory',
  'UnknownMissing',
  'ObservedUnsupportedNotDirectory',
  { ProbeFailed: { reason: 'EIO' } },
];

function* allEvidence(): Generator<PlatformEvidence> {
  for (const monotonic_clock of evidenceValues.monotonic_clock)
    for (const path_status of pathStatuses)
      for (const parent_dir_sync of evidenceValues.parent_dir_sync)
        for (const lock_leaf_symlink_protection of evidenceValues.lock_leaf_symlink_protection)
          for (const mmap_index of evidenceValues.mmap)
            for (const sealed_segment_mmap of evidenceValues.mmap)
              for (const active_segment_read of evidenceValues.active_segment_read)
                yield {
                  host: { process_clock_epoch_marker_ns: 1n, monotonic_clock },
                  store_path: {
                    path_status,
                    ...{ parent_dir_sync, lock_leaf_symlink_protection, mmap_index, sealed_segment_mmap, active_segment_read },
                  },
                };
}

Then('all evidence that there can be is admitted by the table, and the same each time', function (this: PlatformWorld) {
  const asSuch = (value: string, ...good: string[]): string => (good.includes(value) ? value : 'Rejected');
  let count = 0;
  for (const evidence of allEvidence()) {
    const { store_path: path } = evidence;
    const frozen = JSON.stringify(path);
    const first = JSON.stringify(admitted(evidence));
    expect(JSON.parse(first)).to.deep.equal({
      store_lock: asSuch(path.lock_leaf_symlink_protection, 'AtomicNoFollow', 'BestEffortCheckThenOpen'),
      parent_dir_sync: asSuch(path.parent_dir_sync, 'UnixFsync', 'RenameOnly'),
      mmap_index: asSuch(path.mmap_index, 'FileBacked'),
      sealed_segment_mmap: asSuch(path.sealed_segment_mmap, 'FileBacked'),
    });
    expect(JSON.stringify(admitted({ host: evidence.host, store_path: JSON.parse(frozen) }))).to.equal(first);
    expect(JSON.stringify(path)).to.equal(frozen);
    count += 1;
  }
  expect(count).to.equal(3 * 4 * 4 * 5 * 4 * 4 * 4);
});

When('it is opened with that probe and written to', async function (this: PlatformWorld) {
  await this.attempt(async () => {
    const opened = await openFor(this, this.what, { place, disk: this.disk, platformProbe: this.probe });
    await opened.write('more');
  });
});

Then(/^that is PlatformAdmissionFailed, because of "(.+)" and (\w+)$/, function (this: PlatformWorld, capability: string, reason: string) {
  const { code, details } = this.takeRefusal();
  expect([code, details]).to.deep.equal(['PlatformAdmissionFailed', { capability, reason }]);
});

Then('opened with that probe to be read it shows what is there', async function (this: PlatformWorld) {
  const reader = await openFor(this, this.what, { place, disk: this.disk, platformProbe: this.probe, readOnly: true });
  expect(await reader.read()).to.deep.equal(['there']);
});

async function stepsOf(what: What, base: SimulatedDisk, probe: PlatformProbe): Promise<string[]> {
  const disk = base.fork();
  const steps: string[] = [];
  const paths = new HandlePaths();
  const traced: Disk = {
    ...contextOf(disk),
    perform: (step) => {
      steps.push(paths.describe(step));
      const result = disk.perform(step);
      paths.note(step, result);
      return result;
    },
  };
  const opened = await open(what, { place, disk: traced, platformProbe: probe });
  await opened.write('more');
  expect(await opened.read()).to.have.members(['there', 'more']);
  await opened.close();
  return steps;
}

Then('opened with that probe it does the same steps as with one that reports ObservedUnsupported', async function (this: PlatformWorld) {
  const mapped = await stepsOf(this.what, this.disk, this.probe);
  const rejected = await stepsOf(this.what, this.disk, probeOf(honest));
  expect(rejected).to.deep.equal(mapped);
  expect(rejected).to.not.be.empty;
});

Given('a simulated machine that syncs no directory', function (this: PlatformWorld) {
  this.disk = new SimulatedDisk({ profile: 'ntfs-like' });
});

Then(
  /^(a journal|a catalog of files|a catalog with journal) is refused there, and nothing is to be read of it$/,
  async function (this: PlatformWorld, what: string) {
    await this.attempt(async () => {
      const opened = await openFor(this, isWhat(what), { place, disk: this.disk });
      await opened.write('one');
    });
    const { code, details } = this.takeRefusal();
    expect([code, details]).to.deep.equal(['PlatformAdmissionFailed', { capability: 'parent directory sync', reason: 'RenameOnly' }]);
    const reader = await openFor(this, isWhat(what), { place, disk: this.disk, readOnly: true });
    expect(await reader.read()).to.deep.equal([]);
  },
);

When('a profile of that machine is pinned', function (this: PlatformWorld) {
  const evidence = { ...honest, store_path: { ...honest.store_path, parent_dir_sync: 'RenameOnly' as const } };
  plant(this.disk, profilePath, formatProfile(profileOf(summaryOf(evidence))));
});

function plant(disk: SimulatedDisk, path: string, text: string): void {
  const handle = disk.perform({ op: 'open', kind: 'Open', path, access: 'create', mode: 0o600 }) as number;
  disk.perform({ op: 'write', kind: 'Write', handle, chunks: [Buffer.from(text)], position: 0 });
  disk.perform({ op: 'close', kind: 'Close', handle });
}

Then(
  /^(a journal|a catalog of files|a catalog with journal) is written to and read, and a catalog says that what it keeps is durable weakly$/,
  async function (this: PlatformWorld, what: string) {
    const pinned = { place, disk: this.disk, platformProfilePath: profilePath };
    const opened = await openFor(this, isWhat(what), pinned);
    await opened.write('one');
    await opened.write('two');
    expect(await opened.read()).to.have.members(['one', 'two']);
    if (what !== 'a journal') expect(opened.durable).to.equal('weak');
    if (what !== 'a journal') expect(await opened.snapshotIsDurable()).to.equal(false);
    await opened.close();
    const again = await openFor(this, isWhat(what), { ...pinned, readOnly: true });
    expect(await again.read()).to.have.members(['one', 'two']);
  },
);

// Profiles

Then(/^the profile (\w+) is valid, and its fingerprint is (\d+)$/, (name: string, fingerprint: string) => {
  const text = readFileSync(fixture(name), 'utf8');
  const profile = valid(text);
  const { fingerprint_crc32, ...rest } = JSON.parse(text);
  expect([fingerprint_crc32, fingerprintOf(profile), crc32(JSON.stringify(rest))]).to.deep.equal(Array(3).fill(Number(fingerprint)));
  expect(formatProfile(profile)).to.equal(text);
});

function valid(text: string): PlatformProfile {
  const parsed = parseProfile(text);
  if ('kind' in parsed) expect.fail(`${parsed.kind}: ${parsed.reason}`);
  return parsed;
}

Then('a profile in one line, in another order and with more members says the same', () => {
  const text = readFileSync(fixture('linux_basic'), 'utf8');
  const profile = valid(text);
  const { host, store_path, ...rest } = JSON.parse(text);
  const others = [
    JSON.stringify(JSON.parse(text)),
    JSON.stringify({ ...rest, store_path: Object.fromEntries(Object.entries(store_path).reverse()), host }),
    JSON.stringify({ note: 'made by hand', ...JSON.parse(text), host: { ...host, name: 'nobody knows' } }),
  ];
  for (const other of others) expect(valid(other)).to.deep.equal(profile);
});

type Edit = (profile: ReturnType<typeof decoded>) => object;
type Decoded = PlatformProfile & { fingerprint_crc32: number };

const decoded = (): Decoded => JSON.parse(readFileSync(fixture('mmap_unavailable'), 'utf8'));

/** A profile with other members, under the fingerprint that they have. */
function refingered(members: object): object {
  const { fingerprint_crc32: _, ...body } = { ...decoded(), ...members } as Decoded;
  return { ...body, fingerprint_crc32: crc32(JSON.stringify(body)) };
}

const withPath = (members: object, admission: object = {}): object => {
  const { store_path, admission: before } = decoded();
  return refingered({ store_path: { ...store_path, ...members }, admission: { ...before, ...admission } });
};
const missing = { path_status: 'UnknownMissing' };
const mapped = { mmap_index: 'FileBacked', sealed_segment_mmap: 'FileBacked' };

const edits: Readonly<Record<string, Edit>> = {
  'lacks a member': ({ host: _, ...rest }) => rest,
  'has its mmap as a number': () => withPath({ mmap_index: 1 }),
  'has a variant that nobody knows': () => withPath({ parent_dir_sync: 'Perhaps' }),
  'has a schema_version of 65536': () => refingered({ schema_version: 65536 }),
  'has a fingerprint below zero': (profile) => ({ ...profile, fingerprint_crc32: -1 }),
  'has a schema_version of 2': () => refingered({ schema_version: 2 }),
  'has a schema_version of 2 and a wrong fingerprint': (profile) => ({ ...profile, schema_version: 2, fingerprint_crc32: 1 }),
  'has a wrong fingerprint': (profile) => ({ ...profile, fingerprint_crc32: profile.fingerprint_crc32 + 1 }),
  'has a wrong fingerprint and a wrong lock': () => ({ ...withPath({}, { store_lock: 'Rejected' }), fingerprint_crc32: 1 }),
  'admits a lock that was not observed': () => withPath({ lock_leaf_symlink_protection: 'Unknown' }),
  'admits a wrong lock and a wrong sync of directories': () =>
    withPath({ lock_leaf_symlink_protection: 'Unknown', parent_dir_sync: 'Unknown' }),
  'admits a sync of directories that was not observed': () => withPath({ parent_dir_sync: 'ProbeFailed' }),
  'admits a wrong sync of directories and maps what is missing': () =>
    withPath({ ...missing, parent_dir_sync: 'Unknown', ...mapped }, mapped),
  'maps what is missing': () => withPath({ ...missing, ...mapped }, mapped),
  'maps what is no directory': () => withPath({ path_status: 'ObservedUnsupportedNotDirectory', ...mapped }, mapped),
  'maps what could not be looked at': () => withPath({ path_status: { ProbeFailed: { reason: 'EIO' } }, ...mapped }, mapped),
  'maps what is missing and rejects it': () => withPath({ ...missing, ...mapped }),
  'admits mmap that was not observed': () => withPath({}, mapped),
  'admits mmap of segments alone that was not observed': () => withPath({}, { sealed_segment_mmap: 'FileBacked' }),
};

/** As the seed writes it, with both of its braces at the end. */
function seedImpossible(): string {
  const body = [
    '{"schema_version":1,',
    '"host":{"monotonic_clock":"ProcessLocalInstantAnchor"},',
    '"store_path":{"path_status":"UnknownMissing","parent_dir_sync":"UnixFsync","lock_leaf_symlink_protection":"AtomicNoFollow",',
    '"mmap_index":"FileBacked","sealed_segment_mmap":"FileBacked","active_segment_read":"UnixReadAt"},',
    '"admission":{"store_lock":"AtomicNoFollow","parent_dir_sync":"UnixFsync","mmap_index":"FileBacked","sealed_segment_mmap":"FileBacked"}}',
  ].join('');
  expect(crc32(body)).to.equal(4040084275);
  return `${body.slice(0, -1)},"fingerprint_crc32":${crc32(body)}}`;
}

const texts: Readonly<Record<string, () => string | Buffer>> = {
  'is empty': () => '',
  'is cut off': () => JSON.stringify(decoded()).slice(0, -5),
  'is no JSON': () => '{not json',
  'is a list': () => `[${JSON.stringify(decoded())}]`,
  'is no UTF-8': () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  'is larger than 64 KiB': () => `${JSON.stringify(decoded())}${' '.repeat(64 * 1024)}`,
  'has a member twice': () => JSON.stringify(decoded()).replace('{', '{"schema_version":1,'),
  'has a member twice, once escaped': () => JSON.stringify(decoded()).replace('"host":{', '"host":{"monotonic_cloc\\u006b":"Unknown",'),
  'maps what is missing, as the seed has it': seedImpossible,
};

Given(/^a profile that (?!of)(.+)$/, async function (this: PlatformWorld, how: string) {
  const folder = await this.folder();
  this.profile = `${folder}/./given.profile`;
  if (how === 'is missing') return;
  if (how === 'is a directory') return void mkdirSync(this.profile);
  const edit = edits[how];
  writeFileSync(this.profile, texts[how]?.() ?? JSON.stringify(edit?.(decoded()) ?? expect.fail(how)));
});

Given(
  /^(a FIFO that nobody writes to|a link to a device that has no end) in the place of a profile$/,
  async function (this: PlatformWorld, what: string) {
    this.profile = join(await this.folder(), 'given.profile');
    if (what.startsWith('a FIFO')) execFileSync('mkfifo', [this.profile]);
    else symlinkSync('/dev/zero', this.profile);
  },
);

Then(/^each store refuses it as PlatformProfileInvalid of kind (\w+)$/, async function (this: PlatformWorld, kind: string) {
  for (const what of whats) {
    const at = { place: join(await this.folder(), what), platformProfilePath: this.profile };
    await this.attempt(async () => void (await openFor(this, what, at)));
    const { code, details } = this.takeRefusal();
    expect([code, details]).to.deep.equal(['PlatformProfileInvalid', { path: this.profile, kind }]);
  }
});

Given(/^the profile (\w+)$/, async function (this: PlatformWorld, name: string) {
  this.profile = `${await this.folder()}/./${name}.profile`;
  writeFileSync(this.profile, readFileSync(fixture(name)));
});

When(/^each store is opened with it(, and with the probe)?$/, async function (this: PlatformWorld, probed: string | null) {
  const platformProbe = probed === null ? undefined : this.probe;
  this.observed = 0;
  const refusals: { path: string; error: CatalogError }[] = [];
  for (const what of whats) {
    for (const readOnly of [false, true]) {
      const at = {
        place: join(await this.folder(), readOnly ? `${what}, to be read` : what),
        readOnly,
        onOpen: () => void this.observed++,
      };
      // As in the seed the profile lies where the store is to be, where it can.
      const isInside = readOnly && statSync(this.profile, { throwIfNoEntry: false })?.isFile() === true;
      const path = isInside ? `${at.place}/./inside.profile` : this.profile;
      if (readOnly) mkdirSync(at.place, { mode: 0o700 });
      if (isInside) copyFileSync(this.profile, path);
      await this.attempt(async () => void (await openFor(this, what, { ...at, platformProbe, platformProfilePath: path })));
      refusals.push({ path, error: this.takeRefusal() });
      if (!isInside) continue;
      await this.attempt(
        async () => void (await openFor(this, what, { ...at, platformProbe, readOnly: false, platformProfilePath: path })),
      );
      refusals.push({ path, error: this.takeRefusal() });
    }
  }
  this.refusals = refusals;
});

Then(
  /^each refuses it as PlatformProfileInvalid of kind (\w+), with the path as it was given$/,
  function (this: PlatformWorld, kind: string) {
    for (const { path, error } of this.refusals)
      expect([error.code, error.details]).to.deep.equal(['PlatformProfileInvalid', { path, kind }]);
  },
);

Then('each refuses it as PlatformProfileMismatch, with the path as it was given and both sides', function (this: PlatformWorld) {
  const expected = valid(readFileSync(this.profile, 'utf8'));
  for (const { path, error } of this.refusals) {
    const observed = profileOf(summaryOf(honest));
    expect([error.code, error.details]).to.deep.equal(['PlatformProfileMismatch', { path, expected, observed }]);
    expect(error.message).to.include('mmap_index is "ObservedUnsupported", not "');
  }
});

Then(
  /^each refuses it as PlatformProfileMismatch, because (\w+) is (\w+) and not (\w+)$/,
  function (this: PlatformWorld, member: string, found: string, wanted: string) {
    for (const { path, error } of this.refusals) {
      expect([error.code, error.details.path]).to.deep.equal(['PlatformProfileMismatch', path]);
      expect(error.message).to.include(`store_path.${member} is "${found}", not "${wanted}"`);
    }
  },
);

Then('nothing came of it, and all open without it', async function (this: PlatformWorld) {
  expect(this.observed).to.equal(0);
  const folder = await this.folder();
  const before = await treeOf(folder);
  const profiles = Object.entries(before).filter(([path]) => path.endsWith('.profile'));
  for (const path of Object.keys(before)) {
    // The directories that were asked for, and a lock at most.
    const isProfile = profiles.some(([of]) => of === path);
    expect(isProfile || before[path] === 'directory' || before[path] === 'lock', path).to.equal(true);
    expect(path).to.not.match(/\.seg|generations|\.json|events/);
  }
  for (const what of whats) {
    for (const name of [what, `${what}, to be read`]) {
      const opened = await openFor(this, what, { place: join(folder, name) });
      await opened.write('one');
      expect(await opened.read()).to.deep.equal(['one']);
    }
  }
  const after = await treeOf(folder);
  for (const [path, bytes] of profiles) {
    expect(after[path]).to.equal(bytes);
    expect(bytes).to.equal(profiles[0]?.[1]);
  }
});

Then('each member of a profile that is changed, with what follows from it, makes it one of another machine', () => {
  const observed = summaryOf(honest);
  let [same, other] = [0, 0];
  for (const evidence of allEvidence()) {
    const differing = [
      evidence.host.monotonic_clock !== honest.host.monotonic_clock,
      ...Object.entries(honest.store_path).map(([name, value]) => evidence.store_path[name as keyof typeof honest.store_path] !== value),
    ].filter(Boolean).length;
    if (differing > 1) continue;
    const profile = profileOf(summaryOf(evidence));
    if (differing === 0) {
      checkProfile('a.profile', profile, observed);
      same += 1;
    } else {
      expect(() => checkProfile('a.profile', profile, observed)).to.throw('a.profile is of another machine');
      other += 1;
    }
  }
  expect([same, other]).to.deep.equal([1, 2 + 3 + 3 + 4 + 3 + 3 + 3]);
});

When(
  /^(a journal|a catalog of files|a catalog with journal) is opened with it on this machine$/,
  async function (this: PlatformWorld, what: string) {
    this.opened = await openFor(this, isWhat(what), { place: await this.root(), platformProfilePath: this.profile });
  },
);

Then('it is written to and read', async function (this: PlatformWorld) {
  await this.opened.write('one');
  expect(await this.opened.read()).to.deep.equal(['one']);
});

Then('each store opens with a platformProfilePath that is undefined', async function (this: PlatformWorld) {
  for (const what of whats) {
    const cleared = { ...{ platformProfilePath: this.profile }, ...{ platformProfilePath: undefined } };
    const opened = await openFor(this, what, { place: join(await this.folder(), what), ...cleared });
    await opened.write('one');
    expect(await opened.read()).to.deep.equal(['one']);
  }
});

Then('each store opens with both', async function (this: PlatformWorld) {
  for (const what of whats) {
    const given = { platformProfilePath: this.profile, platformProbe: this.probe };
    const opened = await openFor(this, what, { place: join(await this.folder(), what), ...given });
    await opened.write('one');
    expect(await opened.read()).to.deep.equal(['one']);
  }
});

Given('a profile of a machine on which nothing is there yet', function (this: PlatformWorld) {
  const absent = {
    path_status: 'UnknownMissing',
    parent_dir_sync: 'Unknown',
    mmap_index: 'Unknown',
    sealed_segment_mmap: 'Unknown',
  } as const;
  this.disk = new SimulatedDisk();
  plant(this.disk, profilePath, formatProfile(profileOf(summaryOf({ ...honest, store_path: { ...honest.store_path, ...absent } }))));
});

When(
  /^(a catalog of files|a catalog with journal) that is missing is opened with it to be read$/,
  async function (this: PlatformWorld, what: string) {
    this.opened = await openFor(this, isWhat(what), { place, disk: this.disk, platformProfilePath: profilePath, readOnly: true });
  },
);

Then('it opens, and nothing is made', async function (this: PlatformWorld) {
  expect(await this.opened.read()).to.deep.equal([]);
  expect(this.disk.perform({ op: 'list', kind: 'List', path: '/' })).to.deep.equal(['profile.json']);
});

When('`catalog platform --write-profile` is asked for a file', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  this.ran = await runCatalog(['platform', '--write-profile', 'this.profile', '--root', root], { cwd });
  expect(this.ran).to.include({ exitCode: 0, stderr: '' });
  this.profile = join(cwd, 'this.profile');
});

Then('that file is the profile mmap_unavailable but for blanks, and only its owner may write it', function (this: PlatformWorld) {
  expect(readFileSync(this.profile, 'utf8')).to.equal(readFileSync(fixture('mmap_unavailable'), 'utf8'));
  expect(statSync(this.profile).mode & 0o777).to.equal(0o600);
  const lines = this.ran.stdout.trimEnd().split('\n');
  expect(lines).to.include.members(['store_path', '  parent_dir_sync               UnixFsync', 'admission', 'facts']);
  expect(lines.at(-1)).to.match(/^fingerprint_crc32 +1810418857$/);
});

Then('`catalog ls --platform-profile` with it exits with 0', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  expect(await runCatalog(['ls', '--platform-profile', this.profile, '--root', root], { cwd })).to.include({ exitCode: 0, stderr: '' });
});

Then('with the profile linux_basic it exits with 6 and tells what differs', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  const { exitCode, stderr } = await runCatalog(['ls', '--platform-profile', fixture('linux_basic'), '--root', root], { cwd });
  expect(exitCode).to.equal(6);
  expect(stderr).to.include('store_path.mmap_index is "ObservedUnsupported", not "FileBacked"').and.to.include('hint: ');
});

Then('no profile is written of a root that is missing', async function (this: PlatformWorld) {
  const cwd = await this.folder();
  const { exitCode, stderr } = await runCatalog(['platform', '--write-profile', 'other.profile', '--root', join(cwd, 'nowhere')], { cwd });
  expect(exitCode).to.equal(3);
  expect(stderr).to.include('hint: ');
  expect(() => statSync(join(cwd, 'other.profile'))).to.throw('ENOENT');
  expect(() => statSync(join(cwd, 'nowhere'))).to.throw('ENOENT');
});

const kinds = new Set([
  'DecodeJson',
  'UnsupportedSchemaVersion',
  'FingerprintMismatch',
  'InconsistentLockAdmission',
  'InconsistentParentDirSyncAdmission',
  'InconsistentMmapPath',
  'InconsistentMmapAdmission',
]);

Then(
  /^(\d+) profiles that were changed at random are valid or have a kind, in good time$/,
  { timeout: 900_000 },
  function (this: PlatformWorld, count: string) {
    const draw = drawing(41);
    const seen = new Map<string, number>();
    const words = [
      ...Object.values(evidenceValues).flat(),
      ...Object.values(admissionValues).flat(),
      '__proto__',
      'constructor',
      '{',
      '}',
      '[',
      '"',
      '1e999',
    ];
    const names = ['linux_basic', 'mmap_unavailable', 'non_unix_best_effort_lock', 'profile_mismatch'].map((name) =>
      readFileSync(fixture(name), 'utf8'),
    );
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    for (let nth = 0; nth < Number(count); nth++) {
      let text = names[draw(names.length)] ?? '';
      for (let changes = 1 + draw(3); changes > 0; changes--) text = changed(text, words, draw);
      // So that what is behind the fingerprint is met as well.
      const parsed = parseProfile(draw(2) === 0 ? text : refingeredText(text));
      const kind = 'kind' in parsed ? parsed.kind : 'valid';
      if (kind !== 'valid') expect(kinds, text).to.include(kind);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect(Object.getOwnPropertyNames(Object.prototype).length).to.equal(before);
    this.log(JSON.stringify(Object.fromEntries(seen)));
    expect([...seen.keys()]).to.include.members(['valid', ...kinds]);
  },
);

function changed(text: string, words: readonly string[], draw: (below: number) => number): string {
  const at = draw(text.length + 1);
  const word = words[draw(words.length)] ?? '';
  switch (draw(5)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(draw(0x250)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + draw(20));
    case 2:
      return text.slice(0, at) + word + text.slice(at);
    case 3:
      return text.slice(0, at) + '['.repeat(draw(2000)) + text.slice(at);
    default: {
      const values = [...text.matchAll(/: ("\w+"|\d+)/g)];
      const value = values[draw(values.length || 1)];
      const other = draw(3) === 0 ? draw(4) : `"${word}"`;
      return value === undefined ? text : `${text.slice(0, value.index)}: ${other}${text.slice(value.index + value[0].length)}`;
    }
  }
}

function refingeredText(text: string): string {
  try {
    const { fingerprint_crc32: _, ...body } = JSON.parse(text);
    return JSON.stringify({ ...body, fingerprint_crc32: crc32(JSON.stringify(body)) });
  } catch {
    return text;
  }
}

Then('where it cannot be written that is told by exit code 7', async function (this: PlatformWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  const { exitCode, stderr } = await runCatalog(['platform', '--write-profile', 'no/such/folder/a.profile', '--root', root], { cwd });
  expect(exitCode).to.equal(7);
  expect(stderr).to.match(/^catalog: could not write the profile .*ENOENT.*\nhint: /);
});

Given(
  /^(a catalog of files|a catalog with journal) on a simulated machine, with what a dead writer left$/,
  async function (this: PlatformWorld, what: string) {
    this.what = isWhat(what);
    this.disk = new SimulatedDisk();
    const opened = await open(this.what, { place, disk: this.disk });
    await opened.write('there');
    await opened.close();
    plant(this.disk, `${place}/root.json.${'T'.repeat(22)}.tmp`, '');
    plant(this.disk, '/model.gguf', 'GGUF');
  },
);

/** What each does that writes, besides a put. */
const doings: Readonly<Record<string, (world: PlatformWorld) => Promise<unknown>>> = {
  preparing: async (world) => (await catalogOf(world)).store,
  repairing: async (world) => (await catalogOf(world)).repair(),
  'adding to': async (world) => (await catalogOf(world)).add('/model.gguf', { id: 'more' }),
  moving: (world) =>
    migrateCatalog({
      root: place,
      disk: world.disk,
      platformProbe: world.probe,
      to: world.what === 'a catalog of files' ? 'journal' : 'fs',
    }),
};

async function catalogOf(world: PlatformWorld): Promise<Catalog> {
  const catalog = await openCatalog({ root: place, disk: world.disk, platformProbe: world.probe });
  world.onEnd(() => catalog.close());
  return catalog;
}

Then(
  /^opening it with that probe, (preparing|repairing|adding to|moving) it changes nothing and is PlatformAdmissionFailed$/,
  async function (this: PlatformWorld, doing: string) {
    const tree = (): string =>
      JSON.stringify([...this.disk.snapshotTree()].map(([path, entry]) => [path, entry.type, 'bytes' in entry && [...entry.bytes]]));
    const before = tree();
    await this.attempt(async () => {
      await doings[doing]?.(this);
      if (doing === 'preparing') await ((await catalogOf(this)).store as FsCatalog).prepare();
    });
    expect(this.takeRefusal().code).to.equal('PlatformAdmissionFailed');
    expect(tree()).to.equal(before);
  },
);

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
