import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type FileReading, hashFile } from '../src/artifacts/hash-file.js';
import { HashingPool } from '../src/artifacts/hashing-pool.js';
import { progressEvent, progressLine } from '../src/cli/progress.js';
import { type Digest, parseDigest } from '../src/core/digest.js';
import { CatalogError } from '../src/core/errors.js';
import { blobPath } from '../src/core/model-layout.js';
import { run } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { openCatalog } from '../src/open-catalog.js';
import type { VerifyAllOptions, VerifyReport } from '../src/verify-all.js';
import { systemError } from '../support/artifact-helpers.js';
import { projectRoot } from '../support/checks/sources.js';
import { type Ran, runCatalog, treeOf } from '../support/cli.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { modelEntry } from '../support/world.js';
import { type ModelWorld, sourcePath, writeSource } from './catalog.js';

interface VerifyAllWorld extends ModelWorld {
  reports: VerifyReport[];
  bad: Buffer;
  /** The name of a file that nobody may look at. */
  unseen: string | undefined;
  beforeReading: (() => Promise<void>) | undefined;
  pool: HashingPool;
  poolFile: string;
  also: Digest | undefined;
  readings: (FileReading | Error)[];
  begun: Set<string>;
  ran?: Ran;
  tree: Record<string, string>;
}

const largeBytes = 65 * 1024 * 1024;
const threads = {
  real: pathToFileURL(join(projectRoot, 'build/src/artifacts/hashing-thread.js')),
  odd: pathToFileURL(join(projectRoot, 'build/support/hashing/odd-thread.js')),
  none: pathToFileURL(join(projectRoot, 'build/support/hashing/there-is-none.js')),
};

// What is verified

Given(/^models "([^"]*)" of content of their own$/, async function (this: VerifyAllWorld, ids: string) {
  for (const id of ids.split(', ')) await this.catalog.add(await writeSource(this, `${id}.gguf`, contentOf(id)), { id });
});

Given(/^the blob of "([^"]*)" is zeroed in its middle$/, async function (this: VerifyAllWorld, id: string) {
  const path = await blobOf(this, id);
  const bytes = await readFile(path);
  this.bad = Buffer.from(bytes).fill(0, bytes.length / 4, bytes.length / 2);
  await chmod(path, 0o644);
  await writeFile(path, this.bad);
});

Given(/^the blob of "([^"]*)" was removed$/, async function (this: VerifyAllWorld, id: string) {
  await rm(await blobOf(this, id));
});

Given(/^the blob of "([^"]*)" was touched$/, async function (this: VerifyAllWorld, id: string) {
  await utimes(await blobOf(this, id), 1000, 1000);
});

Given(/^a catalog that reads one file at a time, with models "([^"]*)"$/, async function (this: VerifyAllWorld, ids: string) {
  const disk = withEachStep(new RealDisk(), (step, paths) => {
    if (step.op === 'stat' && step.follow && this.unseen !== undefined && step.path.endsWith(`/${this.unseen}`))
      throw systemError('EACCES');
    if (step.op !== 'read' || !paths.of(step).endsWith('.gguf')) return undefined;
    const before = this.beforeReading;
    this.beforeReading = undefined;
    return before?.();
  });
  this.catalog = await this.openCatalog({ disk, clock: neverStanding() });
  for (const id of ids.split(', ')) await this.catalog.add(await writeSource(this, `${id}.gguf`, contentOf(id)), { id });
});

Given(/^the disk refuses to look at "([^"]*)"$/, function (this: VerifyAllWorld, name: string) {
  this.unseen = name;
});

Given('a catalog whose clock never stands still', async function (this: VerifyAllWorld) {
  this.catalog = await this.openCatalog({ clock: neverStanding() });
});

Given(
  /^"([^"]*)", "([^"]*)" and "([^"]*)" were verified in this order$/,
  async function (this: VerifyAllWorld, a: string, b: string, c: string) {
    for (const id of [a, b, c]) await this.catalog.verify(id);
  },
);

When(/^everything is verified(?:, (full|quick))?$/, async function (this: VerifyAllWorld, how: string | null) {
  await verifyEverything(this, { quick: how === 'quick' });
});

When(/^everything is verified, and "([^"]*)" is removed before the first file is read$/, async function (this: VerifyAllWorld, id: string) {
  const other = await this.openCatalog();
  this.beforeReading = async () => {
    expect(await other.delete(id)).to.equal(true);
  };
  await verifyEverything(this, {});
});

When('everything is verified, and aborted when the first is read', async function (this: VerifyAllWorld) {
  const controller = new AbortController();
  await verifyEverything(this, {
    signal: controller.signal,
    onProgress: ({ bytes }) => {
      if (bytes > 0) controller.abort();
    },
  });
});

When('everything is verified, going on from there', async function (this: VerifyAllWorld) {
  await verifyEverything(this, { resume: this.reports[0]?.resume ?? expect.fail('it does not say from where') });
});

When(/^everything is verified, going on from "([^"]*)"$/, async function (this: VerifyAllWorld, resume: string) {
  await this.attempt(() => this.catalog.verifyAll({ resume }));
});

When(/^the good file of "([^"]*)" is added again$/, async function (this: VerifyAllWorld, id: string) {
  await this.catalog.add(await sourcePath(this, `${id}.gguf`), { id });
});

Then(/^the report is (\{.*\})$/, function (this: VerifyAllWorld, members: string) {
  const report = newest(this);
  expect(report).to.deep.include(JSON.parse(members));
  expect(report.passed + report.warned + report.failed, 'what was checked').to.equal(report.checked);
  expect(report).to.have.property('bytes').that.is.a('number');
  expect(report).to.have.property('duration_ms').that.is.a('number');
});

Then(/^it tells of "([^"]*)"$/, function (this: VerifyAllWorld, ids: string) {
  expect(newest(this).entries.map(({ id }) => id)).to.deep.equal(ids.split(', '));
});

Then('it tells of some models and not of all', async function (this: VerifyAllWorld) {
  expect(newest(this).entries.length)
    .to.be.greaterThan(0)
    .and.lessThan((await this.catalog.list()).length);
});

Then(/^the outcome of "([^"]*)" is (\{.*\})$/, function (this: VerifyAllWorld, id: string, members: string) {
  const found = newest(this).entries.find((entry) => entry.id === id);
  expect(found?.outcome).to.deep.include(JSON.parse(members));
});

Then(/^the models that are Failed are "([^"]*)"$/, async function (this: VerifyAllWorld, ids: string) {
  expect((await this.catalog.listByState('Failed')).map(({ id }) => id)).to.deep.equal(ids.split(', '));
});

Then(/^as many bytes were read as "([^"]*)" has$/, async function (this: VerifyAllWorld, id: string) {
  expect(newest(this).bytes).to.equal((await this.catalog.get(id))?.bytes);
});

Then('the bytes that were zeroed are in quarantine, with a note', async function (this: VerifyAllWorld) {
  const folder = join(await this.root(), 'quarantine');
  const names = (await readdir(folder)).sort();
  expect(names).to.have.length(2);
  expect(names[1]).to.equal(`${names[0]}.json`);
  expect((await readFile(join(folder, names[0] ?? ''))).equals(this.bad)).to.equal(true);
  expect(JSON.parse(await readFile(join(folder, names[1] ?? ''), 'utf8'))).to.have.all.keys('schema', 'version', 'why', 'when', 'from');
});

Then(/^each word of progress was of (\d+) models and of all their bytes$/, async function (this: VerifyAllWorld, count: string) {
  const total = (await this.catalog.list()).reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  expect(this.progress).to.not.have.length(0);
  for (const { total_bytes, entries_total } of this.progress)
    expect({ total_bytes, entries_total }).to.deep.equal({ total_bytes: total, entries_total: Number(count) });
});

Then('each named a file', function (this: VerifyAllWorld) {
  for (const { path } of this.progress) expect(existsSync(path), path).to.equal(true);
});

Then('the last one was that all of it is done', function (this: VerifyAllWorld) {
  const { bytes, total_bytes, entries_done, entries_total } = this.progress.at(-1) ?? expect.fail('there was none');
  expect([bytes, entries_done]).to.deep.equal([total_bytes, entries_total]);
});

Then('both runs together verified every model, and none twice but those that failed', async function (this: VerifyAllWorld) {
  const [first, second] = this.reports.map(({ entries }) => entries);
  const failed = (first ?? []).filter(({ outcome }) => outcome.kind === 'fail').map(({ id }) => id);
  const ids = (entries: VerifyReport['entries'] = []) => entries.map(({ id }) => id);
  expect([...new Set([...ids(first), ...ids(second)])].sort()).to.deep.equal((await this.catalog.list()).map(({ id }) => id));
  expect(ids(first).filter((id) => ids(second).includes(id))).to.deep.equal(failed);
  expect(this.reports[1]?.skipped).to.equal((first?.length ?? 0) - failed.length);
});

Then(/^they were read in the order "([^"]*)"$/, function (this: VerifyAllWorld, ids: string) {
  const read = this.progress.map(({ path }) => /\/([a-z]+)\.gguf$/.exec(path)?.[1]).filter((id) => id !== undefined);
  expect([...new Set(read)]).to.deep.equal(ids.split(', '));
});

// The threads

Given(
  /^a pool of (\d+) threads( that die| that throw| that wait until they are aborted| of which none can be begun)?$/,
  function (this: VerifyAllWorld, most: string, how: string | null) {
    const program = how === null ? threads.real : how.includes('none') ? threads.none : threads.odd;
    this.poolFile = { ' that die': 'dies', ' that throw': 'throws' }[how ?? ''] ?? 'waits';
    this.pool = poolOf(this, Number(most), program);
  },
);

Given(/^a file for the pool that is (.*)$/, async function (this: VerifyAllWorld, what: string) {
  const path = join(await this.folder(), this.poolFile ?? 'read');
  const megabytes = /^of (\d+) MiB$/.exec(what)?.[1];
  if (megabytes !== undefined) await sparse(path, Number(megabytes) * 1024 * 1024);
  if (what === 'a link to itself') await symlink(path, path);
  this.poolFile = path;
});

When(/^the pool reads it, with (no other digest|a sha512 as well)$/, async function (this: VerifyAllWorld, which: string) {
  this.also = which === 'no other digest' ? undefined : parseDigest(`sha512:${'0'.repeat(128)}`);
  this.readings = [await this.pool.read(this.poolFile, { also: this.also })];
});

When(
  /^the pool is asked for (\d+) large files, and (aborted|closed) when (\d+) of them (?:is|are) begun$/,
  async function (this: VerifyAllWorld, count: string, how: string, most: string) {
    const controller = new AbortController();
    const stop = (): unknown => (how === 'closed' ? this.pool.close() : controller.abort());
    this.begun = new Set();
    const paths = await largeFiles(this, Number(count));
    this.readings = await readAll(this, paths, {
      signal: controller.signal,
      onProgress: ({ path }) => {
        this.begun.add(path);
        if (this.begun.size === Number(most)) stop();
      },
    });
  },
);

When(/^the pool is asked for 2 files of 3 MiB at once$/, async function (this: VerifyAllWorld) {
  this.readings = await readAll(this, await largeFiles(this, 2, 3 * 1024 * 1024), {});
});

When('the pool is asked for a large file, and for another', async function (this: VerifyAllWorld) {
  this.readings = [];
  for (const path of await largeFiles(this, 2)) this.readings.push(...(await readAll(this, [path], {})));
});

When('the pool reads it for a listener that throws, and then once more', async function (this: VerifyAllWorld) {
  const onProgress = () => {
    throw new RangeError('the listener threw');
  };
  this.readings = [await settled(this.pool.read(this.poolFile, { onProgress })), await settled(this.pool.read(this.poolFile, {}))];
});

When('a process reads it with a pool, and closes nothing', async function (this: VerifyAllWorld) {
  const from = (path: string) => JSON.stringify(pathToFileURL(join(projectRoot, 'build/src', path)).href);
  const program = `
    import { HashingPool } from ${from('artifacts/hashing-pool.js')};
    import { run } from ${from('disk/program.js')};
    import { defaultDisk } from ${from('disk/real-disk.js')};
    const pool = new HashingPool({ run: (program) => run(program, defaultDisk) });
    console.log((await pool.read(${JSON.stringify(this.poolFile)}, {})).digest);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 });
  this.readings = [await readHere(this)];
  expect(stdout.trim()).to.equal(this.readings.map((reading) => 'digest' in reading && reading.digest).join());
});

Then('the process ends by itself', function (this: VerifyAllWorld) {
  expect(this.readings).to.have.length(1);
});

Then('what it found is what is found here', async function (this: VerifyAllWorld) {
  expect(plain(this.readings.at(-1))).to.deep.equal(plain(await readHere(this)));
});

Then(
  /^each of the (\d+) was refused with (\w+), and (\d+) were begun$/,
  function (this: VerifyAllWorld, count: string, code: string, begun: string) {
    expect(this.readings.map(codeOf)).to.deep.equal(Array(Number(count)).fill(code));
    expect(this.begun.size).to.equal(Number(begun));
  },
);

Then('each was refused with IoError that names its file', function (this: VerifyAllWorld) {
  expect(this.readings.map(codeOf)).to.deep.equal(['IoError', 'IoError']);
  for (const [place, reading] of this.readings.entries())
    expect((reading as CatalogError).details.path).to.match(new RegExp(`${place}-(dies|throws)$`));
});

Then('one of them was read here, and the other was refused with IoError', function (this: VerifyAllWorld) {
  expect(this.readings.map((reading) => codeOf(reading) ?? 'read').sort()).to.deep.equal(['IoError', 'read']);
});

Then(
  'the first reading ended with what the listener threw, and the second found what is found here',
  async function (this: VerifyAllWorld) {
    const [first, second] = this.readings;
    expect(first).to.be.instanceOf(RangeError);
    expect(plain(second)).to.deep.equal(plain(await readHere(this)));
  },
);

// The command

Given('a catalog with a referenced model of 6 GB that takes no room', async function (this: VerifyAllWorld) {
  const path = join(await this.folder(), 'big.gguf');
  await sparse(path, 6e9);
  await using catalog = await openCatalog({ root: await this.root() });
  const digest = parseDigest('0'.repeat(64));
  const files = [{ path: 'big.gguf', digest, bytes: 6e9 }];
  await catalog.store.models.put(
    modelEntry('big', {
      ...{ state: 'Active', trust_state: 'warned', mode: 'reference' },
      ...{ digest, files, bytes: 6e9, local_path: path },
    }),
  );
});

When('the verification of everything is interrupted at its first word of progress', async function (this: VerifyAllWorld) {
  this.ran = await runCatalog(['--root', await this.root(), 'verify', '--all', '--json'], {
    cwd: await this.folder(),
    meanwhile: (child) => child.stderr?.once('data', () => child.kill('SIGINT')),
  });
});

Then('it exits with 130, after a report that is not complete, and says how to go on', function (this: VerifyAllWorld) {
  const { exitCode, stdout, stderr } = this.ran ?? expect.fail('nothing was run');
  expect(exitCode, stderr).to.equal(130);
  const { report } = JSON.parse(stdout);
  expect(report).to.deep.include({ checked: 0, complete: false, entries: [] });
  const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
  expect(error.code).to.equal('Aborted');
  expect(error.hint).to.include(`catalog verify --all --resume ${report.resume}`);
});

When('the verification of everything is interrupted when it has told a line', async function (this: VerifyAllWorld) {
  this.ran = await runCatalog(['--root', await this.root(), 'verify', '--all'], {
    cwd: await this.folder(),
    meanwhile: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
  });
});

Then(/^that line is of "([^"]*)", which passed, and it exits with 130$/, function (this: VerifyAllWorld, id: string) {
  const { exitCode, stdout, stderr } = this.ran ?? expect.fail('nothing was run');
  expect(exitCode, stderr).to.equal(130);
  const [told, sum, ...rest] = stdout.trimEnd().split('\n');
  expect(told).to.match(new RegExp(`^${id}  pass  `));
  expect([sum?.slice(0, 21), rest]).to.deep.equal(['1 verified: 1 passed,', []]);
});

Given('the root is as it is now', async function (this: VerifyAllWorld) {
  this.tree = await treeOf(await this.root());
});

Then('the root has not changed', async function (this: VerifyAllWorld) {
  expect(await treeOf(await this.root())).to.deep.equal(this.tree);
});

Then(/^it tells "([^"]*)", fail, mismatch$/, function (this: VerifyAllWorld, id: string) {
  expect(this.ran?.stdout).to.match(new RegExp(`^${id}  fail  mismatch  .*  expected sha256:.*  found sha256:`));
});

Given('nobody may write to the lock of the catalog', async function (this: VerifyAllWorld) {
  await chmod(join(await this.root(), 'catalog.lock'), 0o444);
});

Then(/^its hint has "([^"]*)" in it$/, function (this: VerifyAllWorld, words: string) {
  expect(
    this.ran?.stderr
      .split('\nhint: ')
      .at(-1)
      ?.replace(/^hint: /, ''),
  ).to.include(words);
});

Then(/^the model "([^"]*)" is Active again$/, async function (this: VerifyAllWorld, id: string) {
  await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
  expect(await catalog.get(id)).to.include({ state: 'Active', trust_state: 'warned' });
});

Then(
  'after {int} seconds {int} of {int} bytes, and {int} of {int} models, show as:',
  function (
    this: VerifyAllWorld,
    seconds: number,
    bytes: number,
    total_bytes: number,
    entries_done: number,
    entries_total: number,
    line: string,
  ) {
    this.progress = [{ path: '/models/model.gguf', bytes, total_bytes, entries_done, entries_total }];
    expect(progressLine(told(this), seconds * 1000, 120)).to.equal(line);
  },
);

Then('as JSON it has a rate of {int} and {int} ms left', function (this: VerifyAllWorld, rate: number, leftMs: number) {
  expect(JSON.parse(progressEvent(told(this), 2000))).to.deep.include({
    bytes_per_second: rate,
    eta_ms: leftMs,
    entries_done: 3,
    entries_total: 12,
  });
});

Then(/^it prints a line that begins with "([^"]*)"$/, function (this: VerifyAllWorld, start: string) {
  expect(this.ran?.stdout.split('\n').filter((line) => line.startsWith(start))).to.have.length(1);
});

function told({ progress: [first] }: VerifyAllWorld) {
  return first ?? expect.fail('nothing was told');
}

function newest(world: VerifyAllWorld): VerifyReport {
  return world.reports.at(-1) ?? expect.fail('nothing was verified');
}

async function verifyEverything(world: VerifyAllWorld, options: VerifyAllOptions): Promise<void> {
  world.progress = [];
  const { onProgress } = options;
  const report = await world.catalog.verifyAll({
    ...options,
    onProgress: (progress) => {
      world.progress.push(progress);
      onProgress?.(progress);
    },
  });
  world.reports = [...(world.reports ?? []), report];
}

/** Two moments are never the same. */
function neverStanding(): () => number {
  let nowMs = Date.now();
  return () => ++nowMs;
}

export function contentOf(id: string): Buffer {
  return Buffer.concat(Array.from({ length: 128 }, (_, place) => createHash('sha256').update(`${id} ${place}`).digest()));
}

export async function blobOf(world: ModelWorld, id: string): Promise<string> {
  const file = (await world.catalog.get(id))?.files?.[0] ?? expect.fail(`${id} has no file`);
  return join(await world.root(), blobPath(file.digest));
}

function poolOf(world: VerifyAllWorld, most: number, program: URL): HashingPool {
  const disk = new RealDisk();
  const pool = new HashingPool({ run: (one) => run(one, disk), most, program });
  world.onEnd(() => pool.close());
  return pool;
}

async function sparse(path: string, bytes: number): Promise<void> {
  await writeFile(path, '');
  await truncate(path, bytes);
}

async function largeFiles(world: VerifyAllWorld, count: number, bytes = largeBytes): Promise<string[]> {
  const folder = join(await world.folder(), 'large');
  await mkdir(folder, { recursive: true });
  const paths = Array.from({ length: count }, (_, place) => join(folder, `${place}-${world.poolFile}`));
  for (const path of paths) await sparse(path, bytes);
  return paths;
}

function readAll(
  world: VerifyAllWorld,
  paths: readonly string[],
  work: Parameters<HashingPool['read']>[1],
): Promise<(FileReading | Error)[]> {
  return Promise.all(paths.map((path) => settled(world.pool.read(path, work))));
}

async function settled(reading: Promise<FileReading>): Promise<FileReading | Error> {
  try {
    return await reading;
  } catch (error) {
    return error as Error;
  }
}

function readHere(world: VerifyAllWorld): Promise<FileReading> {
  return run(hashFile(world.poolFile, { also: world.also }), new RealDisk());
}

/** Errors of two readings are alike in what they say. */
function plain(reading: FileReading | Error | undefined): unknown {
  if (reading === undefined || reading instanceof Error || reading.kind === 'content' || reading.cause === undefined) return reading;
  return { ...reading, cause: { code: reading.cause.code, message: reading.cause.message } };
}

function codeOf(reading: FileReading | Error): string | undefined {
  return reading instanceof CatalogError ? reading.code : undefined;
}
