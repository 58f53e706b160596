import { setImmediate } from 'node:timers/promises';
import { Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import fs from 'graceful-fs';
import { dir } from 'tmp-promise';
import {
  changeMode,
  close,
  createExclusive,
  type DiskProgram,
  link,
  makeDirectory,
  openDirectory,
  openForUpdate,
  rename,
  run,
  runSync,
  sync,
  truncate,
  tryLock,
  unlink,
  write,
} from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { isDiskError, type Step, type StepKind } from '../src/disk/steps.js';
import { unlessThere } from '../src/disk/whole-file.js';
import {
  type Fate,
  type ProfileName,
  SimulatedDisk,
  type SimulatedProcess,
  type TornTails,
  type TraceEntry,
  tracing,
} from '../src/sim/index.js';
import { expectAllStates, expectNamesOfOneMoment, expectSyncedSurvives } from '../support/crash-model.js';
import { diskContract } from '../support/disk-contract.js';
import { actions, Driver } from '../support/random-steps.js';

interface DiskWorld extends World {
  disk: SimulatedDisk;
  held?: number;
  synced?: number[];
  traces?: readonly (readonly TraceEntry[])[];
  trees?: readonly unknown[];
  victim?: SimulatedProcess;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text.replaceAll('\\0', '\0'));
const text = (content: Uint8Array): string => new TextDecoder().decode(content).replaceAll('\0', '\\0');

When('every case of the disk contract is run on the real disk', async function (this: DiskWorld) {
  const { path, cleanup } = await dir({ unsafeCleanup: true });
  const disk = new RealDisk();
  for (const [at, { title, program }] of diskContract.entries()) {
    await run(makeDirectory(`${path}/${at}`, 0o700), disk);
    await run(program(`${path}/${at}`), disk).catch((error) => expect.fail(`${title}: ${error}`));
  }
  await cleanup();
});

When('every case of the disk contract is run on the simulated disk', () => {
  for (const { title, program } of diskContract) {
    try {
      runSync(program('/base'), new SimulatedDisk({ root: ['/base'] }));
      runSync(program('/base'), new SimulatedDisk({ root: ['/base'], reflinks: true, owner: 0 }));
    } catch (error) {
      expect.fail(`${title}: ${error}`);
    }
  }
});

const changes: Readonly<Record<string, (handle: number) => DiskProgram<unknown>>> = {
  'a write': (handle) => write(handle, [bytes('y')], 0),
  'a truncation': (handle) => truncate(handle, 1),
  'a mode': (handle) => changeMode(handle, 0o400),
  *nothing() {},
};

When(
  /^two files are synced together on the real disk, and (.*) comes to the second before it is synced again$/,
  async function (this: DiskWorld, change: string) {
    const { path, cleanup } = await dir({ unsafeCleanup: true });
    const disk = new RealDisk();
    const [first, second] = [await run(createExclusive(`${path}/a`, 0o600), disk), await run(createExclusive(`${path}/b`, 0o600), disk)];
    this.synced = [];
    const { fsync, fsyncSync } = fs;
    try {
      // The package's own object: the disk asks it for every sync.
      fs.fsync = ((handle, done) => {
        this.synced?.push(handle);
        fsync(handle, done);
      }) as typeof fs.fsync;
      fs.fsyncSync = (handle) => {
        this.synced?.push(handle);
        fsyncSync(handle);
      };
      for (const handle of [first, second]) await run(write(handle, [bytes('x')], 0), disk);
      await run(sync(first, 'Sync', { ahead: [second] }), disk);
      await run(sync(second), disk);
      await run(changes[change]?.(second) ?? expect.fail(change), disk);
      await run(sync(second), disk);
    } finally {
      Object.assign(fs, { fsync, fsyncSync });
    }
    this.held = second;
    for (const handle of [first, second]) await run(close(handle), disk);
    await cleanup();
  },
);

Then('the second was synced by the system as often as it was asked for', function (this: DiskWorld) {
  expect(this.synced?.filter((handle) => handle === this.held).length).to.equal(2);
});

Then('at least {int} cases were run and all of them held', (least: number) => {
  expect(diskContract.length).to.be.at.least(least);
});

Then('{int} random histories of up to {int} steps go alike on both disks', async (numRuns: number, steps: number) => {
  const { path, cleanup } = await dir({ unsafeCleanup: true });
  const realDisk = new RealDisk({ blocking: true });
  let histories = 0;
  const alike = fc.property(actions(steps), (history) => {
    // Links may lead out of the base, so it lies deep in a place of its own.
    const own = `${path}/${histories++}`;
    for (const part of [own, `${own}/1`, `${own}/1/2`, `${own}/1/2/3`]) runSync(makeDirectory(part, 0o700), realDisk);
    const base = `${own}/1/2/3`;
    const real = new Driver(realDisk, base);
    const simulated = new Driver(simulatedLikeHere(base), base);
    for (const action of history) expect(simulated.perform(action), JSON.stringify(action)).to.equal(real.perform(action));
    expect(simulated.tree()).to.deep.equal(real.tree());
    real.closeAll();
  });
  fc.assert(alike, { numRuns });
  await cleanup();
});

When('one program is run at once on one simulated disk, and with waiting on another', async function (this: DiskWorld) {
  const disks = [new SimulatedDisk({ root: ['/root'] }), new SimulatedDisk({ root: ['/root'] })] as const;
  const traces: [TraceEntry[], TraceEntry[]] = [[], []];
  runSync(
    fiveFiles(),
    tracing(disks[0], (entry) => traces[0].push(entry)),
  );
  await run(
    fiveFiles(),
    tracing(slowly(disks[1]), (entry) => traces[1].push(entry)),
  );
  this.traces = traces;
  this.trees = disks.map((disk) => disk.snapshotTree());
});

Then('both traces and both trees are equal', function (this: DiskWorld) {
  expect(this.traces?.[0]).to.have.length.above(20).and.to.deep.equal(this.traces?.[1]);
  expect(this.trees?.[0]).to.deep.equal(this.trees?.[1]);
});

When('a program is dropped at each of its steps', function (this: DiskWorld) {
  const whole = tracedSteps(Number.POSITIVE_INFINITY);
  this.traces = [whole, ...whole.map((_, count) => tracedSteps(count))];
});

Then('the disk saw exactly the steps before', function (this: DiskWorld) {
  const [whole = [], ...dropped] = this.traces ?? [];
  expect(dropped).to.have.length(whole.length);
  for (const [count, trace] of dropped.entries()) expect(trace).to.deep.equal(whole.slice(0, count));
});

Then('the trace survives being written down and read as JSON', function (this: DiskWorld) {
  expect(this.traces?.[0]).to.have.length.above(20);
  expect(JSON.parse(JSON.stringify(this.traces))).to.deep.equal(this.traces);
});

Given('a simulated disk that holds the file {string} with {string}', function (this: DiskWorld, path: string, content: string) {
  this.disk = new SimulatedDisk({ chunkBytes: 2 }).plant(path, bytes(content));
});

Given(
  'a simulated disk of the profile {string} that holds the file {string} with {string}',
  function (this: DiskWorld, profile: ProfileName, path: string, content: string) {
    this.disk = new SimulatedDisk({ chunkBytes: 2, profile }).plant(path, bytes(content));
  },
);

Given(
  'a simulated disk with torn garbage that holds the file {string} with {string}',
  function (this: DiskWorld, path: string, content: string) {
    this.disk = new SimulatedDisk({ chunkBytes: 2, tornTails: 'garbage' }).plant(path, bytes(content));
  },
);

Given('a simulated disk with the directory {string}', function (this: DiskWorld, path: string) {
  this.disk = new SimulatedDisk({ root: [path] });
});

Given('the simulated disk holds the file {string} with {string}', function (this: DiskWorld, path: string, content: string) {
  this.disk.plant(path, bytes(content));
});

Given('the next {int}. step of the kind {word} is to fail', function (this: DiskWorld, nth: number, kind: StepKind) {
  this.disk.faultOn(kind, nth);
});

When('{string} is written over {string} in chunks of 2 bytes', function (this: DiskWorld, content: string, path: string) {
  this.held = runSync(openForUpdate(path), this.disk);
  runSync(write(this.held, [bytes(content)], 0), this.disk);
});

When('the file {string} is synced', function (this: DiskWorld, path: string) {
  runSync(sync(runSync(openForUpdate(path), this.disk)), this.disk);
});

When('the directory {string} is synced', function (this: DiskWorld, path: string) {
  runSync(syncDirectory(path), this.disk);
});

When('the file {string} is made with {string} and synced without its directory', function (this: DiskWorld, path: string, content: string) {
  runSync(syncedFile(path, content), this.disk);
});

When('the file {string} is made with {string}', function (this: DiskWorld, path: string, content: string) {
  const handle = runSync(createExclusive(path, 0o600), this.disk);
  runSync(write(handle, [bytes(content)], 0), this.disk);
  runSync(close(handle), this.disk);
});

When('{string} is cut to {int} bytes', function (this: DiskWorld, path: string, size: number) {
  runSync(truncate(runSync(openForUpdate(path), this.disk), size), this.disk);
});

When(
  '{string} is made, and in it {string} with {string}, both synced but not {string}',
  function (this: DiskWorld, directory: string, path: string, content: string, _unsynced: string) {
    runSync(makeDirectory(directory, 0o700), this.disk);
    runSync(syncedFile(path, content), this.disk);
    runSync(syncDirectory(directory), this.disk);
  },
);

When('{string} is renamed to {string}', function (this: DiskWorld, from: string, to: string) {
  runSync(rename(from, to), this.disk);
});

When('another process locks {string}, writes {string} into it and is killed', function (this: DiskWorld, path: string, content: string) {
  const victim = this.disk.process();
  const handle = runSync(openForUpdate(path), victim);
  expect(runSync(tryLock(handle), victim)).to.equal(true);
  expect(runSync(tryLock(runSync(openForUpdate(path), this.disk)), this.disk)).to.equal(false);
  runSync(write(handle, [bytes(content)], 0), victim);
  victim.kill();
  this.victim = victim;
});

Then('{string} can be locked and reads {string}', function (this: DiskWorld, path: string, content: string) {
  expect(runSync(tryLock(runSync(openForUpdate(path), this.disk)), this.disk)).to.equal(true);
  expect(text(this.disk.bytesAt(path))).to.equal(content);
});

Then('the killed process can do nothing more', function (this: DiskWorld) {
  const { victim } = this;
  expect(() => victim && runSync(unlink('/root/a'), victim)).to.throw('was killed');
  expect(victim?.openHandles()).to.equal(0);
});

Then(
  'a power cut can leave {string} with {string}, {string}, {string} and {string}, but not with {string}',
  function (this: DiskWorld, path: string, first: string, second: string, third: string, fourth: string, never: string) {
    expect(contentsAfterCrash(this.disk, path)).to.include.members([first, second, third, fourth]).and.to.not.include(never);
  },
);

Then('a power cut can leave {string} with {string}', function (this: DiskWorld, path: string, content: string) {
  expect(contentsAfterCrash(this.disk, path)).to.include(content);
});

Then(/^a power cut leaves "([^"]+)" as one of: (.+)$/, function (this: DiskWorld, path: string, outcomes: string) {
  const states = this.disk.crashStates();
  const found = [...states].map(({ disk }) => (disk.snapshotTree().has(path) ? `"${text(disk.bytesAt(path))}"` : 'missing'));
  expect(states.coverage).to.equal('exhausted');
  expect([...new Set(found)]).to.have.members(outcomes.split(', '));
});

Then(/^a power cut leaves the new names as one of: (.+)$/, function (this: DiskWorld, outcomes: string) {
  const news = ['/one/a', '/one/b', '/two/c'];
  const found = [...this.disk.crashStates()].map(({ disk }) => {
    const there = news.filter((path) => disk.snapshotTree().has(path)).map((path) => path.slice(-1));
    return there.join(' ') || 'none';
  });
  expect([...new Set(found)]).to.have.members(outcomes.split(', '));
});

Then('syncing the directory {string} is refused with {string}', function (this: DiskWorld, path: string, code: string) {
  expect(attempt(() => runSync(syncDirectory(path), this.disk))).to.equal(code);
});

Then(
  'a power cut leaves {string} in {int} ways, of which {int} hold what nobody wrote',
  function (this: DiskWorld, path: string, ways: number, strange: number) {
    const found = [...this.disk.crashStates()].map(({ disk }) => disk.bytesAt(path));
    expect(found).to.have.length(ways);
    expect(found.filter((content) => !/^(ab|AB|\\0\\0)(cd|CD|\\0\\0)$/.test(text(content)))).to.have.length(strange);
  },
);

Then('a disk of the profile {string} with torn garbage cannot be had', (profile: ProfileName) => {
  expect(() => new SimulatedDisk({ profile, tornTails: 'garbage' })).to.throw(RangeError, 'leaves no garbage');
});

Then('a power cut can leave {string} missing', function (this: DiskWorld, path: string) {
  expect([...this.disk.crashStates()].some(({ disk }) => !disk.snapshotTree().has(path))).to.equal(true);
});

Then('no power cut leaves {string} missing', function (this: DiskWorld, path: string) {
  for (const { disk, choice } of this.disk.crashStates()) expect([...disk.snapshotTree().keys()], JSON.stringify(choice)).to.include(path);
});

Then(/^the disk can be left in (\d+) ways?$/, function (this: DiskWorld, ways: string) {
  const states = this.disk.crashStates();
  expect([...states]).to.have.length(Number(ways));
  expect(states.coverage).to.equal('exhausted');
});

Then('whichever one change is kept leaves it in one of them', function (this: DiskWorld) {
  const states = new Set([...this.disk.crashStates()].map(({ fingerprint }) => fingerprint));
  expect(this.disk.pending()).to.have.length.above(1);
  for (const { index, description } of this.disk.pending()) {
    expect(states.has(this.disk.crash({ [index]: 'kept' }).fingerprint()), description).to.equal(true);
  }
});

Then(
  /^a power cut with the rename "([\w-]+)" leaves "(.+)" with "(.+)" and "(.+)" (there|missing)$/,
  function (this: DiskWorld, fate: Fate, path: string, content: string, source: string, presence: string) {
    const [index] = this.disk
      .pending()
      .filter(({ type }) => type === 'rename')
      .map((change) => change.index);
    const after = this.disk.crash({ [index ?? -1]: fate });
    expect(text(after.bytesAt(path))).to.equal(content);
    expect(after.snapshotTree().has(source)).to.equal(presence === 'there');
  },
);

Then(
  'in {int} random histories on a disk of the profile {string} nothing that was synced is missing after any crash',
  (numRuns: number, profile: ProfileName) => {
    fc.assert(
      fc.property(actions(25), (history) => expectSyncedSurvives(history, { profile })),
      { numRuns },
    );
  },
);

Then(
  /^in (\d+) random histories on a disk of the profile "(.+)" with torn (zeros|garbage) the states are those of every choice, each once, and a printed choice brings its state back$/,
  (numRuns: string, profile: ProfileName, tornTails: TornTails) => {
    fc.assert(
      fc.property(actions(14), (history) => expectAllStates(history, { profile, tornTails })),
      { numRuns: Number(numRuns) },
    );
  },
);

Then(
  /^in (\d+) random histories on a disk of the profile "(.+)" the names that survive were visible together at one moment( in each directory)?$/,
  (numRuns: string, profile: ProfileName, inEachDirectory: string | null) => {
    fc.assert(
      fc.property(actions(16), (history) => expectNamesOfOneMoment(history, profile, inEachDirectory !== null)),
      { numRuns: Number(numRuns) },
    );
  },
);

Then(/^(in each directory )?it is not so on a disk of the profile "(.+)"$/, (inEachDirectory: string | null, profile: ProfileName) => {
  const same = fc.property(actions(16), (history) => expectNamesOfOneMoment(history, profile, inEachDirectory !== null));
  expect(fc.check(same, { numRuns: 1000 }).failed).to.equal(true);
});

Then('the states of a crash are {string}, and every prefix is among them', function (this: DiskWorld, coverage: string) {
  const states = this.disk.crashStates();
  const marks = new Set([...states].map(({ fingerprint }) => fingerprint));
  expect(states.coverage).to.equal(coverage);
  for (let count = 0; count <= states.pending.length; count++) {
    const prefix = Object.fromEntries(states.pending.slice(0, count).map(({ index }) => [index, 'kept' as const]));
    expect(marks.has(this.disk.crash(prefix).fingerprint())).to.equal(true);
  }
});

When('five files are written, synced and renamed', function (this: DiskWorld) {
  const trace: TraceEntry[] = [];
  const traced = tracing(this.disk, (entry) => trace.push(entry));
  for (let count = 0; count < 5; count++) {
    for (const program of publishing(count)) attempt(() => runSync(program, traced));
  }
  this.traces = [trace];
});

Then('none of the steps failed', function (this: DiskWorld) {
  expect(this.traces?.[0]).to.have.length.above(20);
  expect(this.traces?.[0]?.filter(({ failed }) => failed !== undefined)).to.deep.equal([]);
});

Then(
  'step {int} of the kind {word} failed with {string}, and no other',
  function (this: DiskWorld, nth: number, kind: string, code: string) {
    const [trace = []] = this.traces ?? [];
    const failed = trace.filter((entry) => entry.failed !== undefined);
    expect(failed).to.have.length(1);
    expect(failed[0]?.failed).to.equal(code);
    expect(trace.filter((entry) => entry.kind === kind).indexOf(failed[0] ?? { step: '', kind: 'Wait' })).to.equal(nth - 1);
  },
);

Then('a fault on its removal leaves it there, and a fault after its removal does not', function (this: DiskWorld) {
  this.disk.faultOn('RemoveFile', 1);
  expect(() => runSync(unlink('/root/a'), this.disk)).to.throw('injected fault on RemoveFile');
  expect(this.disk.snapshotTree().has('/root/a')).to.equal(true);
  this.disk.faultOn('RemoveFile', 1, { after: true });
  expect(() => runSync(unlink('/root/a'), this.disk)).to.throw('injected fault on RemoveFile');
  expect(this.disk.snapshotTree().has('/root/a')).to.equal(false);
});

Then(
  'a fault that stays with {string} strikes {int} times in a row, and no more once it is disarmed',
  function (this: DiskWorld, error: string, times: number) {
    const handle = runSync(openForUpdate('/root/a'), this.disk);
    this.disk.faultOn('Write', 1, { error, sticky: true });
    for (let count = 0; count < times; count++) {
      expect(attempt(() => runSync(write(handle, [bytes('x')], 0), this.disk))).to.equal(error);
    }
    expect(runSync(write(handle, [bytes('x')], 0), this.disk.disarm())).to.equal(1);
  },
);

function simulatedLikeHere(directory: string): SimulatedDisk {
  return new SimulatedDisk({ root: [directory], owner: process.getuid?.() ?? 0, umask: process.umask() });
}

function contentsAfterCrash(disk: SimulatedDisk, path: string): string[] {
  return [...disk.crashStates()].filter((state) => state.disk.snapshotTree().has(path)).map((state) => text(state.disk.bytesAt(path)));
}

/** The same disk with an answer that has to be waited for. */
function slowly(disk: SimulatedDisk): SimulatedDisk | { perform: SimulatedDisk['perform'] } {
  return {
    perform: async (step) => {
      await setImmediate();
      return disk.perform(step);
    },
  };
}

function tracedSteps(count: number): readonly TraceEntry[] {
  const trace: TraceEntry[] = [];
  const disk = tracing(new SimulatedDisk({ root: ['/root'] }), (entry) => trace.push(entry));
  const program = fiveFiles();
  const answered = (step: Step): IteratorResult<Step, boolean> => {
    let answer: unknown;
    try {
      answer = disk.perform(step);
    } catch (error) {
      return program.throw(error);
    }
    return program.next(answer);
  };
  for (let next = program.next(); !next.done && trace.length < count; ) next = answered(next.value);
  return trace;
}

/** Five files are published, and one more is tried under a name that is taken: what a disk refuses is part of the way. */
function* fiveFiles(): DiskProgram<boolean> {
  for (let count = 0; count < 5; count++) for (const program of publishing(count)) yield* program;
  const isLinked = yield* unlessThere(link('/root/file-0', '/root/file-1'));
  if (!isLinked) yield* link('/root/file-0', '/root/taken');
  return isLinked;
}

function publishing(count: number): readonly DiskProgram<void>[] {
  return [
    (function* () {
      yield* syncedFile(`/root/temp-${count}`, `content ${count}`);
    })(),
    (function* () {
      yield* rename(`/root/temp-${count}`, `/root/moved-${count}`, 'Rename');
      yield* rename(`/root/moved-${count}`, `/root/file-${count}`, 'PersistTemp');
    })(),
  ];
}

function* syncedFile(path: string, content: string): DiskProgram<void> {
  const handle = yield* createExclusive(path, 0o600);
  yield* write(handle, [bytes(content)], 0);
  yield* sync(handle);
  yield* close(handle);
}

function* syncDirectory(path: string): DiskProgram<void> {
  const handle = yield* openDirectory(path);
  yield* sync(handle, 'SyncDirectory');
  yield* close(handle);
}

/** The code of the error, if there was one. */
function attempt(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (isDiskError(error)) return error.code;
    throw error;
  }
}
