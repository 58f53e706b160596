import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { blobPath } from '../src/core/model-layout.js';
import type { LifecycleState, ModelEntry, TrustState } from '../src/core/records.js';
import type { VerificationOutcome } from '../src/core/verification.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step, StepKind } from '../src/disk/steps.js';
import { openCatalog } from '../src/open-catalog.js';
import { verifyDigest } from '../src/verify-model.js';
import {
  disturbed,
  isWriting,
  openOn,
  type Recorded,
  recording,
  sha256,
  simulatedSources,
  systemError,
} from '../support/artifact-helpers.js';
import { ggufBytes } from '../support/gguf.js';
import { maxMegabytes } from '../support/memory.js';
import { expanded, type ModelWorld, sourcePath, writeSource } from './catalog.js';

interface VerificationWorld extends ModelWorld {
  path: string;
  /** What the file holds when it is whole. */
  content: Buffer;
  found: Buffer;
  disk: RealDisk | ReturnType<typeof disturbed>;
  outcome: VerificationOutcome;
  outcomes: Map<string, VerificationOutcome>;
  passes: number;
  steps: Recorded[];
  memory: { readonly streamed: number; readonly whole: number };
}

const long = ggufBytes({ megabytes: 5 });

// One file on its own

Given(/^a file to verify that is (.*)$/, async function (this: VerificationWorld, state: string) {
  const path = await writeSource(this, 'file', 'some weights');
  const disk = disturbed(new RealDisk(), (step) => {
    if (step.op === 'read' && step.position === 0) this.passes++;
  });
  Object.assign(this, { path, content: Buffer.from('some weights'), disk, passes: 0 });
  const odd = (name: string) => join(path, '..', name);
  const states: Readonly<Record<string, () => string | undefined>> = {
    whole: () => undefined,
    empty: () => {
      this.content = Buffer.alloc(0);
      writeFileSync(path, '');
      return undefined;
    },
    'a link to a file': () => linked(path, odd('link')),
    'changed in one bit': () => writeTo(path, 'some weighus'),
    'shorter by one byte': () => writeTo(path, 'some weight'),
    'longer by one byte': () => writeTo(path, 'some weights!'),
    missing: () => odd('missing'),
    'a dangling link': () => linked(odd('missing'), odd('link')),
    'below a file': () => join(path, 'below'),
    'a link to itself': () => linked('circle', odd('circle')),
    'a directory': () => join(path, '..'),
    'a FIFO without a writer': () => {
      if (spawnSync('mkfifo', [odd('fifo')]).status !== 0) throw new Error('mkfifo failed');
      return odd('fifo');
    },
    'a device': () => '/dev/zero',
    'a name of 300 bytes': () => odd('n'.repeat(300)),
    'a name with a NUL': () => odd('a\0b'),
  };
  const given = states[state];
  if (given) this.path = given() ?? path;
  else meanwhile(this, state);
  this.found = Buffer.from(readIfFile(this.path));
});

When(/^it is verified against (.*)$/, async function (this: VerificationWorld, expected: string) {
  const digest = expectedDigest(expected, this.content);
  const options = { disk: this.disk, ...(expected.endsWith('size') && { bytes: this.content.byteLength }) };
  this.outcome = await verifyDigest(this.path, digest, options);
});

Then(/^the outcome is (\w+)(?:, (\S+))?$/, function (this: VerificationWorld, kind: string, reason) {
  expectOutcome(this.outcome, kind, reason);
});

Then(/^the outcome names both digests, the bytes that were read and the method "full"$/, function (this: VerificationWorld) {
  const { expected, actual, bytes, method, duration_ms } = this.outcome;
  expect([expected, actual, bytes, method]).to.deep.equal([sha256(this.content), sha256(this.found), this.found.byteLength, 'full']);
  expect(duration_ms).to.be.a('number').and.at.least(0);
});

Then('each step of a verification on a simulated disk can fail, and gives an outcome', async () => {
  const path = join(simulatedSources, 'file');
  const steps: Recorded[] = [];
  const fresh = () => new SimulatedDisk({ root: [simulatedSources] }).plant(path, 'some weights');
  await verifyDigest(path, sha256('some weights'), { disk: recording(fresh(), steps) });
  expect(steps.length).to.be.greaterThan(3);
  for (const error of ['EIO', 'EACCES', 'EMFILE', 'ENOENT', 'ESTALE']) {
    for (const [place, { step }] of steps.entries()) {
      const nth = steps.slice(0, place + 1).filter((other) => other.step.kind === step.kind).length;
      const outcome = await verifyDigest(path, sha256('some weights'), { disk: fresh().faultOn(step.kind as StepKind, nth, { error }) });
      const wanted = step.kind === 'Close' ? 'pass' : 'fail';
      expect(outcome.kind, `${error} at ${step.kind} ${nth}`).to.equal(wanted);
    }
  }
});

Then(/^its bytes were hashed (\d+) times$/, function (this: VerificationWorld, times: string) {
  expect(this.passes).to.equal(Number(times));
});

const memoryWords = /^a process verifies a sparse file of (\d+) MiB, and another reads 256 MiB of it as a whole$/;
When(memoryWords, async function (this: VerificationWorld, megabytes: string) {
  const [large, small] = [await writeSource(this, 'large', ''), await writeSource(this, 'small', '')];
  truncateSync(large, Number(megabytes) * 1024 ** 2);
  truncateSync(small, 256 * 1024 ** 2);
  const built = join(import.meta.dirname, '..', 'build', 'src', 'verify-model.js');
  this.memory = {
    streamed: maxMegabytes(`const { verifyDigest } = await import(${JSON.stringify(built)}); await verifyDigest(${JSON.stringify(large)})`),
    whole: maxMegabytes(
      `const fs = await import('node:fs'); const { createHash } = await import('node:crypto');
       createHash('sha256').update(fs.readFileSync(${JSON.stringify(small)})).digest()`,
    ),
  };
});

Then('the first needed less than 150 MiB of memory, and the second more than 256 MiB', function (this: VerificationWorld) {
  this.log(`${this.memory.streamed} MiB and ${this.memory.whole} MiB`);
  expect(this.memory.streamed).to.be.lessThan(150);
  expect(this.memory.whole).to.be.greaterThan(256);
});

// What is recorded

Given(
  /^a verified catalog entry that is (\w+) and (\w+) and knows (.*)$/,
  async function (this: VerificationWorld, state: string, trust: string, known: string) {
    this.content = Buffer.from('some weights');
    const path = await writeSource(this, 'a.gguf', this.content);
    this.catalog = await this.openCatalog();
    const options = known === 'a declared sha512' ? { digest: expectedDigest('its sha512', this.content) ?? '' } : {};
    const { digest, digest_source, verified_at: _, ...added } = await this.catalog.add(path, { ...options, id: 'm' });
    const entry: ModelEntry = { ...added, state: state as LifecycleState, trust_state: trust as TrustState };
    if (known !== 'nothing') Object.assign(entry, { digest, digest_source: known === 'a declared digest' ? 'declared' : digest_source });
    if (trust === 'verified') entry.verified_at = '2026-01-02T03:04:05.678Z';
    const { last_verified_ms: __, ...stored } = entry;
    this.before = (await this.catalog.store.models.put(stored)).record;
    this.path = join(await this.root(), blobPath(sha256(this.content)));
  },
);

Given(/^its file is (whole|corrupt|short|missing|a folder)$/, function (this: VerificationWorld, state: string) {
  if (state === 'corrupt') damage(this.path, 'some weighus');
  if (state === 'short') damage(this.path, 'some');
  if (state === 'missing' || state === 'a folder') unlinkSync(this.path);
  if (state === 'a folder') mkdirSync(this.path);
});

When(/^the entry is verified against (.*)$/, async function (this: VerificationWorld, given: string) {
  this.timeMs = Date.now();
  const expected = expectedDigest(given, this.content);
  this.outcome = await this.catalog.verify('m', expected === undefined ? {} : { expected });
});

Then(
  /^the recorded outcome is (\w+)(?:, (\S+))?, with the entry (\w+) and (\w+)$/,
  async function (this: VerificationWorld, kind: string, reason, state: string, trust: string) {
    expectOutcome(this.outcome, kind, reason);
    const entry = (await this.catalog.get('m')) ?? expect.fail();
    expect([entry.state, entry.trust_state]).to.deep.equal([state, trust]);
    expect(entry.last_verified_ms).to.be.within(this.timeMs, Date.now());
    if (kind === 'fail') expect(entry).to.not.have.property('verified_at');
    expect(entry.files?.map(({ path, digest }) => [path, digest])).to.deep.equal([['a.gguf', sha256(this.content)]]);
  },
);

Then(/^its verified_at is (now|none|as it was)$/, async function (this: VerificationWorld, when: string) {
  const verifiedAt = (await this.catalog.get('m'))?.verified_at;
  if (when === 'now') expect(Date.parse(verifiedAt ?? '')).to.be.within(this.timeMs, Date.now());
  else expect(verifiedAt).to.equal(when === 'none' ? undefined : this.before?.verified_at);
});

Then('its digest is that of its file, computed', async function (this: VerificationWorld) {
  const entry = await this.catalog.get('m');
  expect([entry?.digest, entry?.digest_source]).to.deep.equal([sha256(this.content), 'computed']);
});

When(/^"([^"]*)" is verified with (\{.*\})$/, async function (this: VerificationWorld, id: string, options: string) {
  this.timeMs = Date.now();
  const all = await expanded(this, options);
  this.outcome = (await this.attempt(() => this.catalog.verify(id, all))) ?? this.outcome;
});

Then(/^the verification of "([^"]*)" is (\w+)(?:, (\S+))?$/, async function (this: VerificationWorld, id: string, kind: string, reason) {
  expectOutcome(this.outcome, kind, reason);
  expect((await this.catalog.get(id))?.last_verified_ms).to.be.within(this.timeMs, Date.now());
});

Then(/^it was done by the method "(full|quick)"$/, function (this: VerificationWorld, method: string) {
  expect(this.outcome.method).to.equal(method);
});

Then(/^the entry "([^"]*)" has the files that it had$/, async function (this: VerificationWorld, id: string) {
  const entry = await this.catalog.get(id);
  expect([entry?.files, entry?.local_path]).to.deep.equal([this.before?.files, this.before?.local_path]);
});

When(/^the second file of "([^"]*)" is damaged$/, async function (this: VerificationWorld, id: string) {
  const file = (await this.catalog.get(id))?.files?.[1] ?? expect.fail();
  damage(join(await this.root(), blobPath(file.digest)), '9');
});

// Blobs that are there

When(/^the blob of "([^"]*)" is zeroed in the middle$/, async function (this: VerificationWorld, name: string) {
  const blob = await blobOf(this, name);
  this.found = readFileSync(blob).fill(0, 500_000, 504_096);
  damage(blob, this.found);
});

When(/^the blob of "([^"]*)" is cut short$/, async function (this: VerificationWorld, name: string) {
  damage(await blobOf(this, name), 'some');
});

Given(/^the blob of "([^"]*)" is (unchanged|touched|damaged)$/, async function (this: VerificationWorld, name: string, state: string) {
  const blob = await blobOf(this, name);
  if (state === 'touched') utimesSync(blob, 1, 1);
  if (state === 'damaged') damage(blob, 'some weighus');
  this.steps?.splice(0);
});

Given('a catalog over the fs store that counts what it reads', async function (this: VerificationWorld) {
  this.steps = [];
  this.catalog = await this.openCatalog({ disk: recording(new RealDisk(), this.steps) });
});

Then(/^the blob of "([^"]*)" was read (\d+) times$/, async function (this: VerificationWorld, name: string, times: string) {
  const blob = await blobOf(this, name);
  expect(this.steps.filter(({ step, path }) => step.op === 'read' && path === blob)).to.have.length(Number(times));
});

Then('the quarantine is empty', async function (this: VerificationWorld) {
  expect(await quarantined(this)).to.deep.equal([]);
});

Then('the bad bytes are in quarantine, with why, when and from where', async function (this: VerificationWorld) {
  const names = await quarantined(this);
  const [bytes = '', note = ''] = names;
  expect(names).to.deep.equal([bytes, `${bytes}.json`]);
  const folder = join(await this.root(), 'quarantine');
  expect(readFileSync(join(folder, bytes)).equals(this.found)).to.equal(true);
  const { why, when, from } = JSON.parse(readFileSync(join(folder, note), 'utf8'));
  expect(why).to.be.a('string').and.not.equal('');
  expect(Date.parse(when)).to.be.within(Date.now() - 60_000, Date.now());
  expect(from).to.equal(join(await this.root(), blobPath(`sha256:${bytes.slice(0, 64)}`)));
});

// Watched and aborted

When(
  /^(an add|an add by link|an add by reference|an add of known content|a verification) is aborted at its second report of progress$/,
  async function (this: VerificationWorld, doing: string) {
    const controller = new AbortController();
    let reports = 0;
    const onProgress = () => {
      if (++reports === 2) controller.abort();
    };
    await this.attempt(async () => perform(this, doing, { onProgress, signal: controller.signal }));
    expect(reports).to.equal(2);
  },
);

When(/^(an add|an add by reference|a verification) is aborted before it begins$/, async function (this: VerificationWorld, doing: string) {
  await this.attempt(async () => perform(this, doing, { signal: AbortSignal.abort() }));
});

When(/^the progress of a verification of "([^"]*)" is watched$/, async function (this: VerificationWorld, id: string) {
  this.progress = [];
  await this.catalog.verify(id, { onProgress: (progress) => this.progress.push(progress) });
});

// Looking

When(/^(exists|locate) is traced, for ids and references that are there and that are not$/, async function (this: VerificationWorld, look) {
  const disk = new SimulatedDisk({ root: ['/home/user', simulatedSources] }).plant(join(simulatedSources, 'a.gguf'), 'some weights');
  await (await openOn(disk, 'before')).add(join(simulatedSources, 'a.gguf'), { id: 'm' });
  this.steps = [];
  const catalog = await openOn(recording(disk, this.steps), 'looking');
  for (const name of ['m', 'other', `file://${simulatedSources}/a.gguf`, 'hf:a/b', '../x']) {
    if (look === 'exists') await catalog.exists(name);
    else await catalog.locate(name);
  }
});

Then('no step of it wrote anything', function (this: VerificationWorld) {
  expect(this.steps.length).to.be.greaterThan(5);
  expect(this.steps.filter(({ step }) => isWriting(step) || step.op === 'lock').map(({ text }) => text)).to.deep.equal([]);
});

Given(
  /^the model "([^"]*)" was registered by "([^"]*)" and then filled from "([^"]*)"$/,
  async function (this: VerificationWorld, id, ref, name) {
    await this.catalog.register({ id, ref, source: 'https://example.org/m' });
    await this.catalog.add(await sourcePath(this, name), { id });
  },
);

Then(/^"([^"]*)" exists and is located at the files of "([^"]*)"$/, async function (this: VerificationWorld, name: string, id: string) {
  expect(await this.catalog.exists(name)).to.equal(true);
  const path = await this.catalog.modelPath(id);
  expect(await this.catalog.locate(name)).to.deep.equal({ id, path, files: [path] });
});

Then(/^"([^"]*)" is not located$/, async function (this: VerificationWorld, name: string) {
  expect(await this.catalog.locate(name)).to.equal(undefined);
});

Then(/^"([^"]*)" exists$/, async function (this: VerificationWorld, name: string) {
  expect(await this.catalog.exists(name)).to.equal(true);
});

Given('its index is of a newer version', async function (this: VerificationWorld) {
  const folder = join(await this.root(), 'generations', 'models');
  const newest = join(folder, String(Math.max(...readdirSync(folder).map(Number))));
  const body = readFileSync(newest, 'utf8').split('\n').slice(0, -2).join('\n').replace('"version":1', '"version":2');
  const lines = `${body}\n`;
  rmSync(newest);
  writeFileSync(newest, `${lines}],"checksum":"${sha256(lines)}"}\n`, { mode: 0o400 });
});

Then(/^exists and locate of "([^"]*)" are refused with (\w+)$/, async function (this: VerificationWorld, id: string, code: string) {
  const catalog = await openCatalog({ root: await this.root(), readOnly: true });
  for (const look of [() => catalog.exists(id), () => catalog.locate(id)] as (() => Promise<unknown>)[]) {
    await this.attempt(look);
    expect(this.takeRefusal().code).to.equal(code);
  }
});

/** What happens to a long file while it is read: before a read of a pass, or instead of it. */
function meanwhile(world: VerificationWorld, state: string): void {
  const { path } = world;
  world.content = long;
  writeFileSync(path, long);
  let reads = 0;
  const onRead: Readonly<Record<string, (read: number, pass: number) => void>> = {
    'growing while it is read': (read) => void (read === 2 && appendFileSync(path, 'more')),
    'shrinking while it is read': (read) => void (read === 2 && truncateSync(path, 1000)),
    'written to while it is read': (read) => void (read === 3 && overwrite(path)),
    'replaced while it is read': (read) => {
      if (read !== 2) return;
      writeFileSync(`${path}.new`, 'other weights');
      renameSync(`${path}.new`, path);
    },
    'chmod-ed once while it is read': (read, pass) => void (read === 2 && pass === 1 && chmodSync(path, 0o600)),
    'chmod-ed always while it is read': (read, pass) => void (read === 2 && chmodSync(path, 0o600 + pass)),
    'failing at its second read': (read) => {
      if (read === 2) throw systemError('EIO');
    },
    'forbidden to open': () => {},
  };
  const disturb = onRead[state] ?? expect.fail(state);
  world.disk = disturbed(new RealDisk(), (step: Step) => {
    if (step.op === 'open' && state === 'forbidden to open') throw systemError('EACCES');
    if (step.op !== 'read') return;
    if (step.position === 0) {
      world.passes++;
      reads = 0;
    }
    disturb(++reads, world.passes);
  });
}

async function perform(world: VerificationWorld, doing: string, work: { onProgress?: () => void; signal: AbortSignal }): Promise<unknown> {
  const other = await sourcePath(world, 'b.gguf');
  const { catalog } = world;
  switch (doing) {
    case 'an add by link':
      return catalog.add(other, { ...work, mode: 'link' });
    case 'an add by reference':
      return catalog.add(other, { ...work, mode: 'reference' });
    case 'an add of known content':
      return catalog.add(await sourcePath(world, 'a.gguf'), { ...work, id: 'b' });
    case 'a verification':
      return catalog.verify('a', work);
    default:
      return catalog.add(other, work);
  }
}

function expectedDigest(text: string, content: Buffer): string | undefined {
  const of = (algorithm: string, bytes: Uint8Array | string) => `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  const algorithm = /sha256|sha512/.exec(text)?.[0];
  if (algorithm === undefined) return undefined;
  return of(algorithm, text.startsWith('another') ? 'something else' : content);
}

function expectOutcome(outcome: VerificationOutcome, kind: string, reason: string | null | undefined): void {
  expect([outcome.kind, outcome.reason]).to.deep.equal([kind, reason ?? undefined]);
}

async function blobOf(world: VerificationWorld, name: string): Promise<string> {
  return join(await world.root(), blobPath(sha256(readFileSync(await sourcePath(world, name)))));
}

async function quarantined(world: VerificationWorld): Promise<string[]> {
  const names = readdirSync(await world.root()).includes('quarantine') ? readdirSync(join(await world.root(), 'quarantine')) : [];
  return names.sort();
}

/** Other bytes in a read-only file, as a bad disk would leave them. */
function damage(path: string, bytes: string | Uint8Array): void {
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  chmodSync(path, 0o444);
}

function overwrite(path: string): void {
  writeSync(openSync(path, 'r+'), 'XXXX', 0);
}

function writeTo(path: string, content: string): undefined {
  writeFileSync(path, content);
  return undefined;
}

function linked(target: string, path: string): string {
  symlinkSync(target, path);
  return path;
}

function readIfFile(path: string): Uint8Array {
  try {
    return path === '/dev/zero' || path.endsWith('fifo') ? new Uint8Array() : readFileSync(path);
  } catch {
    return new Uint8Array();
  }
}
