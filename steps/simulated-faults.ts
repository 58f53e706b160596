import { Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  awaitChange,
  close,
  createExclusive,
  type Disk,
  type DiskProgram,
  fileSystem,
  openDirectory,
  openFile,
  openForUpdate,
  read,
  rename,
  runSync,
  stat,
  sync,
  tryLock,
  unlink,
  wait,
  watchDirectory,
  write,
} from '../src/disk/program.js';
import { isDiskError, type StepKind } from '../src/disk/steps.js';
import { type Fault, type FaultEffect, SimulatedDisk, type SimulatedProcess } from '../src/sim/index.js';

interface FaultWorld extends World {
  disk: SimulatedDisk;
  fault?: Fault;
  /** What each step gave, or the code of its error, in order. */
  outcomes: readonly (readonly [step: string, outcome: unknown])[];
  startMs: number;
  startMonotonicMs: number;
  process: SimulatedProcess;
  writing: unknown;
  handle: number;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What a fault does, by the words of a scenario; `n` stands for a number in them. Other words are an error's code. */
const effects: Readonly<Record<string, (n: number) => FaultEffect>> = {
  'short after n bytes': (bytes) => ({ type: 'short', bytes }),
  'n bytes left': (bytes) => ({ type: 'no-space', bytes }),
  'n bytes left of quota': (bytes) => ({ type: 'no-space', bytes, error: 'EDQUOT' }),
  'a sync that fails and drops': () => ({ type: 'dropped-sync' }),
  'torn after n bytes': (bytes) => ({ type: 'torn-chunk', bytes }),
  'a bit that turned in the read': () => ({ type: 'bit-rot', on: 'read' }),
  'a bit that turned on the disk': () => ({ type: 'bit-rot', on: 'disk' }),
  'stale since the last write': () => ({ type: 'stale-read', from: 'last-write' }),
  'stale since the last sync': () => ({ type: 'stale-read', from: 'last-sync' }),
  'an entry that is lost': () => ({ type: 'lost-entry' }),
  'a pause': () => ({ type: 'pause' }),
  'a clock jump of n ms': (ms) => ({ type: 'clock-jump', ms }),
};

Given('a simulated disk', function (this: FaultWorld) {
  this.disk = new SimulatedDisk({ root: ['/root'] });
});

Given('a simulated disk with room for {int} bytes', function (this: FaultWorld, capacityBytes: number) {
  this.disk = new SimulatedDisk({ root: ['/root'], capacityBytes });
});

Given('a simulated disk whose clock shows {int} ms', function (this: FaultWorld, clockMs: number) {
  this.disk = new SimulatedDisk({ clockMs });
});

Given(
  /^a fault (?:is set )?(at|before|after|that stays, from) the (\d+)\. step of the kind "([^"]*)"(?: that touches "([^"]*)")?(?: on)?: (.+)$/,
  function (this: FaultWorld, when: string, nth: string, kinds: string, path: string | undefined, words: string) {
    const effect = effects[words.replace(/-?\d+/, 'n')]?.(Number(words.match(/-?\d+/)?.[0])) ?? words;
    this.fault = this.disk.fault({
      ...(kinds !== '' && { kind: kinds.split(', ') as StepKind[] }),
      ...(path && { path: new RegExp(path) }),
      nth: Number(nth),
      sticky: when.startsWith('that stays'),
      after: when === 'after',
      effect,
    });
  },
);

When('three files are written', function (this: FaultWorld) {
  this.outcomes = threeFiles(this.disk);
});

Then('the steps that failed are: {}', function (this: FaultWorld, steps: string) {
  const failed = failures(this.outcomes).map(([step]) => step);
  expect(failed).to.deep.equal(steps === 'none' ? [] : steps.split(', '));
  expect(this.fault?.strikes).to.be.at.least(failed.length);
});

Then('each of them failed with {string}', function (this: FaultWorld, code: string) {
  expect(new Set(failures(this.outcomes).map(([, outcome]) => outcome))).to.deep.equal(new Set([code]));
});

Then('no step failed', function (this: FaultWorld) {
  expect(this.outcomes).to.have.length(15);
  expect(failures(this.outcomes)).to.deep.equal([]);
});

Then('no step fails once the disk is disarmed', function (this: FaultWorld) {
  expect(failures(threeFiles(this.disk.disarm()))).to.deep.equal([]);
});

Then('no handle is open', function (this: FaultWorld) {
  expect(this.disk.openHandles()).to.equal(0);
});

Then(
  /^"([^"]+)" is (there|missing) and "([^"]+)" is (there|missing)$/,
  function (this: FaultWorld, first: string, firstIs: string, second: string, secondIs: string) {
    expect(presence(this.disk, first)).to.equal(firstIs);
    expect(presence(this.disk, second)).to.equal(secondIs);
  },
);

Then('the writes took {int}, {int} and {int} bytes', function (this: FaultWorld, first: number, second: number, third: number) {
  const taken = this.outcomes
    .filter(([step]) => step.startsWith('write'))
    .map(([, outcome]) => (typeof outcome === 'number' ? outcome : 0));
  expect(taken).to.deep.equal([first, second, third]);
});

Then('{string} holds {string}', function (this: FaultWorld, path: string, content: string) {
  expect(decode(this.disk.bytesAt(path))).to.equal(content);
});

Given(
  '{string} is written into {string} and synced, and then {string}',
  function (this: FaultWorld, first: string, path: string, second: string) {
    this.handle = runSync(openForUpdate(path), this.disk);
    runSync(write(this.handle, [encode(first)], 0), this.disk);
    runSync(sync(this.handle), this.disk);
    runSync(write(this.handle, [encode(second)], 0), this.disk);
  },
);

When('{string} is written into {string}', function (this: FaultWorld, content: string, path: string) {
  this.startMs = this.disk.host.clock();
  this.startMonotonicMs = this.disk.host.monotonicMs();
  this.handle = runSync(openForUpdate(path), this.disk);
  expect(runSync(write(this.handle, [encode(content)], 0), this.disk)).to.equal(content.length);
});

Then('{string} is read as {string} and then as {string}', function (this: FaultWorld, path: string, first: string, second: string) {
  expect(readOnce(this.disk, path)).to.equal(first);
  expect(readOnce(this.disk, path)).to.equal(second);
});

Then('after a power cut it is read as {string}', function (this: FaultWorld, content: string) {
  expect(readOnce(this.disk.crash('lost'), '/root/a')).to.equal(content);
});

Then(
  /^the disk says that it has (\d+) bytes left(?: of (\d+))?$/,
  function (this: FaultWorld, freeBytes: string, totalBytes: string | undefined) {
    const status = runSync(fileSystem('/root'), this.disk);
    expect(status).to.include({ freeBytes: Number(freeBytes), ...(totalBytes && { totalBytes: Number(totalBytes) }) });
  },
);

When('the file {string} is unlinked', function (this: FaultWorld, path: string) {
  runSync(unlink(path), this.disk);
});

Then('9 bytes take the room of {int}', function (this: FaultWorld, room: number) {
  expect(takenOf(this.disk, '/root/fourth', '123456789')).to.equal(room);
});

Then('9 bytes take the room of {int} once the disk is disarmed', function (this: FaultWorld, room: number) {
  expect(takenOf(this.disk.disarm(), '/root/fifth', '123456789')).to.equal(room);
});

Then('after a power cut that loses nothing it is as full', function (this: FaultWorld) {
  const after = this.disk.crash('kept');
  expect(runSync(fileSystem('/root'), after)).to.deep.equal(runSync(fileSystem('/root'), this.disk));
  expect(() => takenOf(after, '/root/fourth', 'more')).to.throw('ENOSPC');
});

Then('{string} written over {string} takes {int} bytes', function (this: FaultWorld, content: string, path: string, bytes: number) {
  expect(runSync(write(runSync(openForUpdate(path), this.disk), [encode(content)], 0), this.disk)).to.equal(bytes);
});

Then('its sync fails with {string}, and the next one succeeds', function (this: FaultWorld, code: string) {
  expect(attempted(sync(this.handle), this.disk)).to.equal(code);
  expect(attempted(sync(this.handle), this.disk)).to.equal(undefined);
});

Then('its sync succeeds', function (this: FaultWorld) {
  expect(attempted(sync(this.handle), this.disk)).to.equal(undefined);
});

When(
  '{string} is made, {string} is removed, and the directory is synced until that succeeds',
  function (this: FaultWorld, made: string, removed: string) {
    runSync(close(runSync(createExclusive(made, 0o600), this.disk)), this.disk);
    runSync(unlink(removed), this.disk);
    const directory = runSync(openDirectory('/root'), this.disk);
    if (attempted(sync(directory, 'SyncDirectory'), this.disk) !== undefined) runSync(sync(directory, 'SyncDirectory'), this.disk);
  },
);

When('one process locks {string} and writes {string}', function (this: FaultWorld, path: string, content: string) {
  this.process = this.disk.process();
  const handle = runSync(openForUpdate(path), this.process);
  expect(runSync(tryLock(handle), this.process)).to.equal(true);
  this.writing = firstStep(write(handle, [encode(content)], 0), this.process);
});

Then('{string} holds {string} and nobody else can lock it', function (this: FaultWorld, path: string, content: string) {
  expect(this.writing).to.be.instanceOf(Promise);
  expect(decode(this.disk.bytesAt(path))).to.equal(content);
  expect(runSync(tryLock(runSync(openForUpdate(path), this.disk)), this.disk)).to.equal(false);
});

Then('the paused process does nothing more', function (this: FaultWorld) {
  expect(firstStep(createExclusive('/root/later', 0o600), this.process)).to.be.instanceOf(Promise);
  expect(presence(this.disk, '/root/later')).to.equal('missing');
});

Then('once it is resumed it goes on, and {string} holds {string}', async function (this: FaultWorld, path: string, content: string) {
  this.disk.resume();
  expect(await this.writing).to.equal(content.length);
  expect(decode(this.disk.bytesAt(path))).to.equal(content);
  expect(presence(this.disk, '/root/later')).to.equal('there');
});

Then('it did not wait', function (this: FaultWorld) {
  expect(this.writing).to.equal(6);
});

When('it is killed and resumed', function (this: FaultWorld) {
  this.process.kill();
  this.disk.resume();
});

Then('its write failed, and {string} holds {string} and can be locked', async function (this: FaultWorld, path: string, content: string) {
  const failure = await Promise.resolve(this.writing).then(
    () => 'nothing failed',
    (error: unknown) => String(error),
  );
  expect(failure).to.include('was killed');
  expect(decode(this.disk.bytesAt(path))).to.equal(content);
  expect(runSync(tryLock(runSync(openForUpdate(path), this.disk)), this.disk)).to.equal(true);
});

Then(
  'the clock shows {int} ms more, the time of the file {int} ms more, and monotonic time has gone on by less than 1 ms',
  function (this: FaultWorld, clockMs: number, fileMs: number) {
    const modifiedNs = runSync(stat('/root/a'), this.disk)?.mtimeNs ?? 0n;
    expect(this.disk.host.clock() - this.startMs).to.equal(clockMs);
    expect(Number(modifiedNs / 1_000_000n) - this.startMs).to.equal(fileMs);
    expect(this.disk.host.monotonicMs() - this.startMonotonicMs)
      .to.be.above(0)
      .and.below(1);
  },
);

When(
  'a process waits {int} ms, and the clock is set back by {int} ms, and it waits {int} ms again',
  function (this: FaultWorld, firstMs: number, backMs: number, secondMs: number) {
    this.startMonotonicMs = this.disk.host.monotonicMs();
    runSync(wait(firstMs), this.disk);
    this.disk.jumpClock(-backMs);
    runSync(wait(secondMs), this.disk);
  },
);

When('a process waits {float} ms', function (this: FaultWorld, ms: number) {
  runSync(wait(ms), this.disk);
});

When('a process awaits a change for {float} ms', function (this: FaultWorld, ms: number) {
  const handle = runSync(watchDirectory('/root'), this.disk);
  runSync(awaitChange(handle, ms), this.disk);
});

When(/^the clock is set (forward|back) by (\S+) ms$/, function (this: FaultWorld, where: string, ms: string) {
  this.disk.jumpClock(where === 'back' ? -Number(ms) : Number(ms));
});

Then('the clock shows {int} ms and {int} ms have gone by', function (this: FaultWorld, clockMs: number, passedMs: number) {
  expect(this.disk.host.clock()).to.equal(clockMs);
  expect(this.disk.host.monotonicMs() - this.startMonotonicMs).to.equal(passedMs);
});

/** Each file is made, written, synced, closed and renamed; one that cannot be made is left alone. */
function threeFiles(disk: SimulatedDisk): FaultWorld['outcomes'] {
  return ['/root/one', '/root/two', '/root/three'].flatMap((path) => {
    const handle = attempted(createExclusive(path, 0o600), disk);
    const made: [string, unknown] = [`create ${path}`, handle];
    if (typeof handle !== 'number') return [made];
    return [
      made,
      [`write ${path}`, attempted(write(handle, [encode('content')], 0), disk)],
      [`sync ${path}`, attempted(sync(handle), disk)],
      [`close ${path}`, attempted(close(handle), disk)],
      [`rename ${path}`, attempted(rename(path, `${path}.done`), disk)],
    ];
  });
}

const failures = (outcomes: FaultWorld['outcomes']): FaultWorld['outcomes'] =>
  outcomes.filter(([, outcome]) => typeof outcome === 'string');

/** What a program gives, or the code of the error that it ends in. */
function attempted(program: DiskProgram<unknown>, disk: Disk): unknown {
  try {
    return runSync(program, disk);
  } catch (error) {
    if (isDiskError(error)) return error.code;
    throw error;
  }
}

/** What a disk answers to the first step of a program: a promise where it is to be waited for. */
function firstStep(program: DiskProgram<unknown>, disk: Disk): unknown {
  const { value, done } = program.next();
  return done ? expect.fail('the program takes no step') : disk.perform(value);
}

function presence(disk: SimulatedDisk, path: string): 'there' | 'missing' {
  return disk.snapshotTree().has(path) ? 'there' : 'missing';
}

function readOnce(disk: SimulatedDisk, path: string): string {
  const handle = runSync(openFile(path), disk);
  const into = new Uint8Array(100);
  const count = runSync(read(handle, into, 0), disk);
  runSync(close(handle), disk);
  return decode(into.subarray(0, count));
}

function takenOf(disk: SimulatedDisk, path: string, content: string): number {
  return runSync(write(runSync(createExclusive(path, 0o600), disk), [encode(content)], 0), disk);
}
