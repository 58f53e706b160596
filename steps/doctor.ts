import { execFileSync } from 'node:child_process';
import { chmod, cp, link, mkdir, open, readFile, realpath, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { abandonClaim, makeClaim } from '../src/artifacts/claims.js';
import { findingLines } from '../src/cli/doctor.js';
import { modelFolder } from '../src/core/model-layout.js';
import type { PlatformEvidence, PlatformFacts } from '../src/core/platform.js';
import { formatProfile, profileOf } from '../src/core/platform-profile.js';
import { hostOf } from '../src/disk/host.js';
import { type Disk, openForUpdate, run, tryLock } from '../src/disk/program.js';
import { defaultDisk, RealDisk } from '../src/disk/real-disk.js';
import type { FileStat, Step } from '../src/disk/steps.js';
import { closeQuietly } from '../src/disk/whole-file.js';
import { segmentPath } from '../src/journal/place.js';
import { openCatalog } from '../src/open-catalog.js';
import { type PlatformProbe, realProbe } from '../src/platform/probe.js';
import type { DoctorReport } from '../src/stores/fs/examine.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { type Ran, runCatalog, treeOf } from '../support/cli.js';
import { filled, harmed, newerIndex, newestPath, touchesUnder } from '../support/damage.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface DoctorWorld extends CatalogWorld {
  touches: Record<string, string>;
  looked: DoctorReport;
  ran: Ran;
  tree: unknown;
}

Given('a catalog to be looked over', async function (this: DoctorWorld) {
  await filled(await this.openStore());
  this.touches = await touchesUnder(await this.root());
});

Given(/^its trouble is (.*)$/, async function (this: DoctorWorld, trouble: string) {
  const root = await this.root();
  const index = join(root, 'catalog.json');
  const troubles: Readonly<Record<string, () => Promise<unknown>>> = {
    'damaged models': async () => harmed(await newestPath(root, 'models'), 'emptied in place'),
    'damaged engines': async () => harmed(await newestPath(root, 'engines'), 'filled with NUL in place'),
    'a newer version of models': async () => {
      const newest = await newestPath(root, 'models');
      const bytes = await readFile(newest, 'utf8');
      await rm(newest);
      await writeFile(newest, newerIndex(bytes));
      await cp(newest, index, { force: true });
    },
    'a damaged catalog.json': () => harmed(index, 'cut in half'),
    'a catalog.json that lags': () => rm(index).then(() => cp(join(root, 'generations', 'models', '3'), index)),
    'another name of the newest generation, outside': async () =>
      link(await newestPath(root, 'models'), join(await this.folder(), 'elsewhere')),
    'a temp that was left': () => writeFile(join(root, `catalog.json.${'T'.repeat(22)}.tmp`), ''),
  };
  await (troubles[trouble]?.() ?? expect.fail(trouble));
  this.touches = await touchesUnder(root);
});

Given('a catalog with the models a, b and c, of which c is referenced', async function (this: DoctorWorld) {
  await using catalog = await openCatalog({ root: await this.root() });
  for (const id of ['a', 'b', 'c']) {
    const path = join(await sourcesOf(this), `${id}.gguf`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `the weights of ${id}`);
    await catalog.add(path, { id, mode: id === 'c' ? 'reference' : 'copy' });
  }
  this.touches = await touchesUnder(await this.root());
});

Given(/^of its models (.*)$/, async function (this: DoctorWorld, trouble: string) {
  const root = await this.root();
  const referenced = join(await sourcesOf(this), 'c.gguf');
  const blobs = await Promise.all(['a', 'b'].map((id) => realpath(join(root, modelFolder(id), `${id}.gguf`)).catch(() => '')));
  const [blob = ''] = blobs;
  const inFolder = async (name: string, bytes: number): Promise<string> => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), '');
    await truncate(join(root, name), bytes);
    return join(root, name);
  };
  const troubles: Readonly<Record<string, () => Promise<unknown>>> = {
    'the blob of a was removed': () => rm(blob),
    'the file of c is gone': () => rm(referenced),
    'the blob of a was cut short': () => chmod(blob, 0o600).then(() => truncate(blob, 3)),
    'the files of all were touched': () => Promise.all([...blobs, referenced].map((path) => utimes(path, 1000, 1000))),
    '185000000 bytes were abandoned by an add': () => inFolder(`ingest/${'d'.repeat(22)}`, 185_000_000),
    '1000 bytes are on their way in': async () => {
      const handle = await run(openForUpdate(await inFolder(`ingest/${'l'.repeat(22)}`, 1000)), defaultDisk);
      expect(await run(tryLock(handle), defaultDisk)).to.equal(true);
      this.onEnd(async () => void (await run(closeQuietly(handle), defaultDisk)));
    },
    'a claim was left by a writer that is dead': async () => {
      const work = { root, host: hostOf(defaultDisk, {}) };
      await run(abandonClaim(await run(makeClaim({ of: { id: 'a' }, digests: [] }, work), defaultDisk)), defaultDisk);
    },
    '1000 bytes are in quarantine': () => inFolder('quarantine/bad', 1000),
    'the quarantine is a link that leads outside': async () => {
      await rm(join(root, 'quarantine'), { recursive: true, force: true });
      await symlink(await sourcesOf(this), join(root, 'quarantine'));
    },
  };
  await (troubles[trouble]?.() ?? expect.fail(trouble));
  this.touches = await touchesUnder(root);
});

When('the catalog is looked over with its models', async function (this: DoctorWorld) {
  await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
  this.looked = await catalog.doctor();
});

Then(/^it is found as "([^"]*)", in this order$/, function (this: DoctorWorld, ids: string) {
  expect(this.looked.findings.map(({ id }) => id)).to.deep.equal(ids.split(', '));
});

When('it is looked over', async function (this: DoctorWorld) {
  await lookOver(this, {});
});

When(/^it is looked over on a disk of type (\w+)$/, async function (this: DoctorWorld, type: string) {
  await lookOver(this, { 'file-system': { type: Number(type), freeBytes: 2 ** 40, totalBytes: 2 ** 41 } });
});

When("it is looked over on a machine without the kernel's lock", async function (this: DoctorWorld) {
  await lookOver(this, { lock: 'unsupported' });
});

Then('nothing is found, and it is well', function (this: DoctorWorld) {
  expect([this.looked.ok, this.looked.findings]).to.deep.equal([true, []]);
});

Then('it is found as {string} of severity {string} alone, with a remedy', function (this: DoctorWorld, id: string, severity: string) {
  expect(this.looked.findings.map((finding) => [finding.id, finding.severity])).to.deep.equal([[id, severity]]);
  for (const { message, remedy } of this.looked.findings) expect([message, remedy]).to.not.include('');
  expect(this.looked.ok).to.equal(severity !== 'error');
});

Then('looking it over changed nothing', async function (this: DoctorWorld) {
  expect(await touchesUnder(await this.root())).to.deep.equal(this.touches);
});

Then('the command finds nothing, and exits with 0', async function (this: DoctorWorld) {
  const { exitCode, stdout } = await runCatalog(['doctor', '--root', await this.root()], { cwd: await this.folder() });
  expect([exitCode, stdout]).to.deep.equal([0, 'nothing found\n']);
});

Then('the command tells the damage with its remedy, and exits with 1', async function (this: DoctorWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  const people = await runCatalog(['doctor', '--root', root], { cwd });
  expect(people.exitCode).to.equal(1);
  expect(people.stdout).to.match(/^error {2}models-corrupt\n {2}\S.*\n {2}remedy: run: catalog repair\n$/);
  const programs = await runCatalog(['doctor', '--json', '--root', root], { cwd });
  const { schema, report } = JSON.parse(programs.stdout);
  expect([programs.exitCode, schema, report.ok, report.findings[0].id]).to.deep.equal([1, 1, false, 'models-corrupt']);
});

async function sourcesOf(world: DoctorWorld): Promise<string> {
  return join(await world.folder(), 'sources');
}

async function lookOver(world: DoctorWorld, answers: Readonly<Record<string, unknown>>): Promise<void> {
  const store = await world.openStore({ readOnly: true, disk: answering(new RealDisk(), answers) });
  world.looked = await store.doctor();
}

function answering(disk: Disk, answers: Readonly<Record<string, unknown>>): Disk {
  return { perform: (step: Step) => (Object.hasOwn(answers, step.op) ? answers[step.op] : disk.perform(step)) };
}

interface Elsewhere {
  readonly evidence?: Partial<PlatformEvidence['store_path']>;
  readonly facts?: Partial<PlatformFacts>;
  readonly status?: Partial<FileStat>;
  readonly behindMs?: number;
}

const user = 1000;

const elsewhere: Readonly<Record<string, Elsewhere>> = {
  'the path status is ProbeFailed': { evidence: { path_status: { ProbeFailed: { reason: 'EIO' } } } },
  'parent_dir_sync is RenameOnly': { evidence: { parent_dir_sync: 'RenameOnly' } },
  'parent_dir_sync is ProbeFailed': { evidence: { parent_dir_sync: 'ProbeFailed' } },
  'it belongs to user 4242': { status: { owner: 4242 } },
  'its mode is 0777': { status: { mode: 0o40777 } },
  'the file system is nfs': { facts: { file_system: 'nfs' } },
  'the lock is owner-record': { facts: { lock_mechanism: 'owner-record' } },
  'hard links are ObservedUnsupported': { facts: { hard_links: 'ObservedUnsupported' } },
  '1023 MiB are free': { facts: { free_bytes: 1024 ** 3 - 1, total_bytes: 4 * 1024 ** 3 } },
  'the clock is 3600 s behind': { behindMs: 3_600_000 },
};

/** Of a machine that is otherwise this one. */
const pinned = 'a profile accepts RenameOnly';

const wellOff: Partial<PlatformFacts> = { file_system: 'ext4', free_bytes: 2 ** 40, total_bytes: 2 ** 41 };

/** The real machine, but for what is said of it. */
function probeWith({ evidence, facts }: Elsewhere): PlatformProbe {
  return {
    *evidence(place) {
      const observed = yield* realProbe.evidence(place);
      return { ...observed, store_path: { ...observed.store_path, ...evidence } };
    },
    *facts(place, options) {
      return { ...(yield* realProbe.facts(place, options)), ...wellOff, ...facts };
    },
  };
}

When(/^its place is looked over where (.+)$/, async function (this: DoctorWorld, what: string) {
  const other = what === pinned ? { evidence: { parent_dir_sync: 'RenameOnly' as const } } : (elsewhere[what] ?? expect.fail(what));
  const [root, real] = [await this.root(), new RealDisk()];
  const own = hostOf(real, {});
  const clock = (): number => own.clock() - (other.behindMs ?? 0);
  const disk: Disk = {
    host: { ...own, clock, system: { ...own.system, user } },
    perform: (step: Step) => {
      const answer = real.perform(step);
      return step.op === 'stat' && step.path === root ? { ...(answer as FileStat), owner: user, ...other.status } : answer;
    },
  };
  const platformProbe = probeWith(other);
  const given = { root, disk, readOnly: true, allowUnsafeRoot: true, platformProbe };
  const platformProfilePath = join(await this.folder(), 'a.profile');
  if (what === pinned) {
    const unpinned = await FsCatalog.open(given);
    await writeFile(platformProfilePath, formatProfile(profileOf((await unpinned.doctor()).platform)));
    await unpinned.close();
  }
  const store = await FsCatalog.open({ ...given, ...(what === pinned && { platformProfilePath }) });
  this.onEnd(() => store.close());
  this.looked = await store.doctor();
});

Then('people are told this of <root>:', async function (this: DoctorWorld, golden: string) {
  const root = await this.root();
  // By how many seconds exactly is a matter of when it is asked.
  const sources = await sourcesOf(this);
  const told = findingLines(this.looked).map((line) =>
    line
      .replaceAll(root, '<root>')
      .replaceAll(sources, '<sources>')
      .replaceAll(/\/models\/(.)-[0-9a-f]{16}\//g, '/models/$1/')
      .replace(/\b(3599|3600) s\b/, '3600 s'),
  );
  expect(told.join('\n')).to.equal(golden);
  expect(this.looked.ok).to.equal(!golden.startsWith('error'));
});

Given('a catalog with a journal to be looked over', async function (this: DoctorWorld) {
  const catalog = await JournalCatalog.open({ root: await this.root() });
  await catalog.models.put(modelEntry('one'));
  await catalog.close();
});

When('its writer dies in the middle of an append', async function (this: DoctorWorld) {
  const root = await this.root();
  const segment = segmentPath(join(root, 'journal'), 1);
  const before = await readFile(segment);
  const copy = join(await this.folder(), 'copy');
  await cp(root, copy, { recursive: true });
  await chmod(copy, 0o700);
  const catalog = await JournalCatalog.open({ root: copy });
  await catalog.models.put(modelEntry('two'));
  await catalog.close();
  const after = await readFile(segmentPath(join(copy, 'journal'), 1));
  const from = after.findIndex((byte, at) => byte !== before[at]);
  const file = await open(segment, 'r+');
  await file.write(after, from, 40, from);
  await file.close();
});

When('the next one writes to it', async function (this: DoctorWorld) {
  const catalog = await JournalCatalog.open({ root: await this.root() });
  await catalog.models.put(modelEntry('three'));
  await catalog.close();
});

Given('a byte in the middle of its journal is another', async function (this: DoctorWorld) {
  const segment = segmentPath(join(await this.root(), 'journal'), 1);
  const bytes = await readFile(segment);
  const at = bytes.indexOf('one') + 1;
  const file = await open(segment, 'r+');
  await file.write(Buffer.from([(bytes[at] ?? 0) ^ 1]), 0, 1, at);
  await file.close();
});

When('`catalog doctor` finds it', async function (this: DoctorWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  this.tree = await treeOf(root);
  const { exitCode, stdout } = await runCatalog(['doctor', '--json', '--root', root], { cwd });
  this.looked = JSON.parse(stdout).report;
  expect([exitCode, this.looked.ok]).to.deep.equal([1, false]);
  expect(await treeOf(root)).to.deep.equal(this.tree);
});

When('`catalog doctor` is run on it', async function (this: DoctorWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  this.tree = await treeOf(root);
  this.ran = await runCatalog(['doctor', '--json', '--root', root], { cwd });
  expect(this.ran).to.include({ exitCode: 0, stderr: '' });
  this.looked = JSON.parse(this.ran.stdout).report;
  expect(await treeOf(root)).to.deep.equal(this.tree);
});

Then('it finds nothing, and tells the platform as `catalog platform` does', async function (this: DoctorWorld) {
  expect([this.looked.ok, this.looked.findings]).to.deep.equal([true, []]);
  const { stdout } = await runCatalog(['platform', '--json', '--root', await this.root()], { cwd: await this.folder() });
  const { store_path, admission, facts } = JSON.parse(stdout).report;
  const { free_bytes: _, ...mine } = this.looked.platform.facts;
  expect(facts).to.include(mine);
  expect(this.looked.platform).to.deep.include({ store_path, admission });
});

Then('it finds {string} of severity {string}, and changes nothing', function (this: DoctorWorld, id: string, severity: string) {
  expect(this.looked.findings.map((finding) => [finding.id, finding.severity])).to.deep.equal([[id, severity]]);
});

When('`catalog doctor --json` is run where the mode of the root is 0775', async function (this: DoctorWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  await chmod(root, 0o775);
  const { stdout } = await runCatalog(['doctor', '--json', '--root', root], { cwd });
  this.looked = JSON.parse(stdout).report;
});

Then('it finds {string} as `stat` has it, and nothing else that the system does not say', async function (this: DoctorWorld, id: string) {
  const root = await this.root();
  const told = (...words: string[]): string => execFileSync('stat', [...words, root], { encoding: 'utf8' }).trim();
  const [available = 0, size = 0] = told('-f', '-c', '%a %S').split(' ').map(Number);
  const isFull = available * size < 1024 ** 3;
  expect(this.looked.findings.map((finding) => finding.id)).to.deep.equal(isFull ? [id, 'low-space'] : [id]);
  expect(this.looked.findings[0]?.message).to.equal(`${root} is not safe: others can write to it (mode 0${told('-c', '%a')})`);
});
