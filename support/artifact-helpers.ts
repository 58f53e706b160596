import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import type { Digest } from '../src/core/digest.js';
import { isCatalogError } from '../src/core/errors.js';
import { blobPath, filePlaces, isManaged } from '../src/core/model-layout.js';
import type { ModelEntry } from '../src/core/records.js';
import { type Host, hostOf as hostOfProcess, type Random } from '../src/disk/host.js';
import { contextOf, type Disk } from '../src/disk/program.js';
import { SimulatedDisk, type SimulatedDiskOptions, type SimulatedProcess } from '../src/disk/simulated-disk.js';
import { describeStep, type FileType, type Step } from '../src/disk/steps.js';
import { openCatalog } from '../src/open-catalog.js';
import { verifyDigest } from '../src/verify-model.js';
import { HandlePaths, whenPerformed, withEachStep } from './interrupt/disks.js';

/** Where the catalog and what is added to it lie on a simulated disk. */
export const simulatedRoot = '/home/user/models';
export const simulatedSources = '/home/user/sources';

export function sha256(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What is done to a catalog on a simulated disk: before, and then the operation that something befalls. */
export interface Scene {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly prepare?: (catalog: Catalog) => Promise<unknown>;
  /** What others did without coming to an end. */
  readonly leave?: (disk: SimulatedDisk) => Promise<unknown>;
  readonly act: (catalog: Catalog) => Promise<unknown>;
  /** What the machine is like that all of it happens on. */
  readonly machine?: (disk: Disk) => Disk;
}

export interface Stopped {
  readonly disk: SimulatedDisk;
  readonly process: SimulatedProcess;
  readonly acknowledged: boolean;
  /** False when the operation ended before the step that was asked for. */
  readonly wasStopped: boolean;
  /** Lets the operation go on to the next step that is meant; false when it ended before. */
  readonly goOn: (isStop: IsStop) => Promise<boolean>;
  /** Lets the operation go on, to its end. */
  readonly letGo: () => Promise<unknown>;
}

/** Bytes that are the same in each run, so that equal histories leave equal disks. */
export function seeded(seed: string): Random {
  let calls = 0;
  return (bytes) => createHash('sha256').update(`${seed} ${calls++}`).digest().subarray(0, bytes);
}

export function openOn(disk: Disk, seed: string, readOnly = false): Promise<Catalog> {
  return openCatalog({ root: simulatedRoot, disk: withOwnTime(disk), random: seeded(seed), lockTimeoutMs: 20, readOnly });
}

/** Time passes by waiting alone. */
function withOwnTime(disk: Disk): Disk {
  let nowMs = 0;
  const host: Host = {
    ...hostOfProcess(disk, {}),
    // Everything that is on the disk was there some time before.
    clock: () => 1_700_000_060_000 + nowMs,
    monotonicMs: () => nowMs,
  };
  return {
    host,
    perform: (step) => {
      if (step.op === 'wait') nowMs += step.ms;
      return disk.perform(step);
    },
  };
}

export async function diskOf(scene: Scene, options: SimulatedDiskOptions = {}): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ root: ['/home/user', simulatedSources], chunkBytes: 4096, ...options });
  for (const [name, bytes] of Object.entries(scene.files)) disk.plant(join(simulatedSources, name), bytes);
  await scene.prepare?.(await openOn(machineOf(scene)(disk), 'preparation'));
  await scene.leave?.(disk);
  return disk;
}

const machineOf = ({ machine = (disk: Disk) => disk }: Scene) => machine;

/** The disk as it is before the n-th step of the operation, which stands still there. */
export async function stoppedBefore(scene: Scene, step: number, options: SimulatedDiskOptions = {}): Promise<Stopped> {
  const disk = await diskOf(scene, options);
  return { disk, ...(await stopOn(disk, scene.act, step, machineOf(scene))) };
}

type IsStop = (step: Step) => boolean;

/** An operation by a process of its own, standing still before its n-th step, or the first that is meant. */
export async function stopOn(
  disk: SimulatedDisk,
  act: Scene['act'],
  step: number | IsStop,
  machine: (disk: Disk) => Disk = (same) => same,
  seed = 'the one that is stopped',
): Promise<Omit<Stopped, 'disk'>> {
  const process = disk.process();
  const gate = new Gate();
  let acknowledged = false;
  const stop = gate.stopBefore(typeof step === 'number' ? nth(step) : step);
  const work = openOn(machine(withEachStep(process, (one) => gate.pass(one))), seed)
    .then(act)
    .then(() => {
      acknowledged = true;
    });
  work.catch(() => {});
  const outcome = await Promise.race([stop, work]);
  // What was resolved before the stop reaches its caller.
  await setImmediate();
  return {
    process,
    get acknowledged() {
      return acknowledged;
    },
    wasStopped: outcome === 'stopped',
    goOn: async (isStop) => {
      const again = gate.stopBefore(isStop);
      gate.open();
      return (await Promise.race([again, work.catch(() => undefined)])) === 'stopped';
    },
    letGo: () => {
      gate.open();
      return work;
    },
  };
}

/** Holds what passes at one step, until it is opened. */
class Gate {
  #isStop: IsStop = () => false;
  #reached: () => void = () => {};
  #release: () => void = () => {};

  stopBefore(isStop: IsStop): Promise<'stopped'> {
    this.#isStop = isStop;
    return new Promise((resolve) => {
      this.#reached = () => resolve('stopped');
    });
  }

  pass(step: Step): undefined | Promise<void> {
    if (!this.#isStop(step)) return undefined;
    this.#isStop = () => false;
    this.#reached();
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  open(): void {
    this.#release();
  }
}

function nth(count: number, isMeant: IsStop = () => true): IsStop {
  let left = count;
  return (step) => isMeant(step) && --left === 0;
}

export interface Explored {
  readonly steps: number;
  readonly states: number;
  /** In how many of them the operation had happened. */
  readonly done: number;
}

/** The power is cut before each step of an operation and after its last; each catalog that is left is judged. */
export async function cutAtEachStep(scene: Scene, judge: (left: Left) => Promise<boolean>, limit = 300): Promise<Explored> {
  const seen = new Set<string>();
  let done = 0;
  for (let step = 1; ; step++) {
    const stopped = await stoppedBefore(scene, step);
    for (const { fingerprint, choice, disk } of stopped.disk.crashStates({ limit, exhaustUpTo: 6, samples: limit })) {
      const key = `${fingerprint} ${stopped.acknowledged}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const left = { disk, acknowledged: stopped.acknowledged };
      if (await naming(`power cut before step ${step}, ${JSON.stringify(choice)}`, () => judge(left))) done++;
    }
    if (!stopped.wasStopped) return { steps: step - 1, states: seen.size, done };
  }
}

/** The process is killed before each step of its operation, with nothing lost of what was visible. */
export async function killAtEachStep(scene: Scene, judge: (left: Left) => Promise<boolean>): Promise<Explored> {
  let done = 0;
  for (let step = 1; ; step++) {
    const { disk, process, acknowledged, wasStopped } = await stoppedBefore(scene, step);
    process.kill();
    if (await naming(`killed before step ${step}`, () => judge({ disk, acknowledged }))) done++;
    if (!wasStopped) return { steps: step - 1, states: step, done };
  }
}

/** One operation is held before each of its steps in turn, while another runs to its end; then it goes on. */
export async function interleave(
  scene: Scene & { readonly other: Scene['act'] },
  judge: (disk: SimulatedDisk) => Promise<void>,
): Promise<number> {
  for (let step = 1; ; step++) {
    const stopped = await stoppedBefore(scene, step);
    const other = () => openOn(machineOf(scene)(stopped.disk.process()), 'the other').then(scene.other);
    const wasBusy = await isBusy(other());
    await stopped.letGo();
    if (wasBusy) await other();
    await naming(`held before step ${step}${wasBusy ? ', the other after it' : ''}`, () => judge(stopped.disk));
    if (!stopped.wasStopped) return step - 1;
  }
}

/**
 * One operation is held before each of its steps in turn, and another before each of its changes after that; then the first goes on to
 * its end, and then the other. Whoever found the lock held does its work again after both. Gives in how many orders they were run.
 */
export async function interleaveTwice(
  scene: Scene & { readonly other: Scene['act'] },
  judge: (disk: SimulatedDisk) => Promise<void>,
): Promise<number> {
  const prepared = await diskOf(scene);
  const machine = machineOf(scene);
  let orders = 0;
  for (let step = 1; ; step++) {
    for (let change = 1; ; change++) {
      const disk = prepared.crash('kept');
      const one = await stopOn(disk, scene.act, step, machine);
      if (!one.wasStopped) return orders;
      let other: Omit<Stopped, 'disk'> | undefined;
      const otherIsBusy = await isBusy(
        stopOn(disk, scene.other, nth(change, isWriting), machine, 'the other').then((stopped) => {
          other = stopped;
        }),
      );
      const oneIsBusy = await isBusy(one.letGo());
      const isLeft = otherIsBusy || (await isBusy(other?.letGo()));
      if (oneIsBusy) await openOn(machine(disk.process()), 'again').then(scene.act);
      if (isLeft) await openOn(machine(disk.process()), 'the other again').then(scene.other);
      await naming(`held before step ${step}, the other before change ${change}`, () => judge(disk));
      orders++;
      if (!other?.wasStopped) break;
    }
  }
}

/**
 * One operation is held before each of its steps in turn, while another runs to its end; then it goes on, and is killed before
 * each of the changes that it still makes. Gives how often it was killed.
 */
export async function killAfterInterleaving(
  scene: Scene & { readonly other: Scene['act'] },
  judge: (disk: SimulatedDisk) => Promise<void>,
): Promise<number> {
  const prepared = await diskOf(scene);
  let kills = 0;
  for (let step = 1; ; step++) {
    for (let change = 1; ; change++) {
      const disk = prepared.crash('kept');
      const stopped = await stopOn(disk, scene.act, step, machineOf(scene));
      if (!stopped.wasStopped) return kills;
      if (await isBusy(openOn(machineOf(scene)(disk.process()), 'the other').then(scene.other))) break;
      if (!(await stopped.goOn(nth(change, isWriting)))) break;
      stopped.process.kill();
      kills++;
      await naming(`held before step ${step}, killed ${change} changes later`, () => judge(disk));
    }
  }
}

export interface Left {
  readonly disk: SimulatedDisk;
  readonly acknowledged: boolean;
}

/** CAT-BLB-2102: every entry that names files has all its blobs, whole, an engine finds them, and there are no other links; gives the entries. */
export async function expectWhole(disk: SimulatedDisk): Promise<ModelEntry[]> {
  const catalog = await openOn(disk.process(), 'recovery');
  const entries = await catalog.list();
  for (const { id, files = [] } of entries) {
    for (const { digest } of files) expect(sha256(disk.bytesAt(join(simulatedRoot, blobPath(digest)))), id).to.equal(digest);
    const located = files.length > 0 ? await catalog.locate(id) : undefined;
    expect(located?.files.length ?? 0, `files of ${id} that are found`).to.equal(files.length);
    if (located !== undefined) expect(await catalog.modelPath(id)).to.equal(located.path);
    for (const [place, { digest }] of files.entries()) {
      expect((await verifyDigest(located?.files[place] ?? '', digest, { disk })).kind, id).to.equal('pass');
    }
  }
  expect(namesBelow(disk, `${simulatedRoot}/models`, 'symlink'), 'links').to.have.members(entries.flatMap(linksOf));
  return entries;
}

function linksOf(entry: ModelEntry): string[] {
  return isManaged(entry) ? filePlaces(entry).map(({ path }) => join(simulatedRoot, path)) : [];
}

/** Whatever bears the name of a digest has that digest. */
export function expectBlobsGood(disk: SimulatedDisk): void {
  for (const [path, { type }] of disk.snapshotTree()) {
    if (type !== 'file' || !path.startsWith(`${simulatedRoot}/blobs/`)) continue;
    expect(sha256(disk.bytesAt(path)), path).to.equal(`sha256:${path.slice(path.lastIndexOf('/') + 1)}`);
  }
}

/** The names below a folder of a simulated disk, the folder apart, of all or of one type. */
export function namesBelow(disk: SimulatedDisk, folder: string, type?: FileType): string[] {
  const below = [...disk.snapshotTree()].filter(([path]) => path.startsWith(`${folder}/`));
  return below.filter(([, found]) => type === undefined || found.type === type).map(([path]) => path);
}

/** The same disk, telling what it is asked for, with the path behind each handle. */
export function recording(disk: Disk, steps: Recorded[]): Disk {
  const paths = new HandlePaths();
  return {
    ...contextOf(disk),
    perform: (step) => {
      const path = paths.of(step);
      steps.push({ step, path, text: 'handle' in step ? `${describeStep(step)} ${path}` : describeStep(step) });
      return whenPerformed(disk, step, (result) => paths.note(step, result));
    },
  };
}

export interface Recorded {
  readonly step: Step;
  readonly path: string;
  readonly text: string;
}

/** The same disk, but something happens before, or instead of, those steps that are meant. */
export function disturbed(disk: Disk, disturb: (step: Step, path: string) => void): Disk {
  const paths = new HandlePaths();
  return {
    ...contextOf(disk),
    perform: (step) => {
      disturb(step, paths.of(step));
      return whenPerformed(disk, step, (result) => paths.note(step, result));
    },
  };
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}

const writes: ReadonlySet<Step['op']> = new Set([
  'write',
  'truncate',
  'change-mode',
  'link',
  'symlink',
  'rename',
  'unlink',
  'make-directory',
  'remove-directory',
  'clone',
]);

/** Whether a step is the n-th lock of a file that is meant, which is asked for as soon as the file is open. */
export function isLockOf(isMeant: (step: Step & { readonly op: 'open' }) => boolean, nth: number): IsStop {
  let [isMeantOpen, locks] = [false, 0];
  return (step) => {
    if (step.op === 'open') isMeantOpen = isMeant(step);
    return step.op === 'lock' && isMeantOpen && ++locks === nth;
  };
}

export function isWriting(step: Step): boolean {
  return writes.has(step.op) || (step.op === 'open' && step.access !== 'read' && step.access !== 'directory');
}

/** Whether it was refused because another process holds the lock. */
export async function isBusy(work: Promise<unknown> | undefined): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (isCatalogError(error, 'Busy')) return true;
    throw error;
  }
}

async function naming<T>(name: string, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** What became of an operation when each step of a kind failed once, in turn. */
export interface Faulted {
  readonly nth: number;
  readonly refusal: string | undefined;
  readonly disk: SimulatedDisk;
}

export async function failEach(scene: Scene, kind: Step['kind'], error: string): Promise<Faulted[]> {
  const steps: Recorded[] = [];
  await openOn(recording(await diskOf(scene), steps), 'the one that fails').then(scene.act);
  const count = steps.filter(({ step }) => step.kind === kind).length;
  const faulted: Faulted[] = [];
  for (let nth = 1; nth <= count; nth++) {
    const disk = await diskOf(scene);
    disk.faultOn(kind, nth, { error });
    const refusal = await refusalOf(openOn(disk.process(), 'the one that fails').then(scene.act));
    faulted.push({ nth, refusal, disk: disk.disarm() });
  }
  return faulted;
}

async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (isCatalogError(error)) return error.code;
    throw error;
  }
}

/** The lines of a trace without what differs between runs: roots, tokens, digests, handles. */
export function traceLines(steps: readonly Recorded[]): string[] {
  return steps.map(({ step, path }) =>
    lineOf(step, path)
      .replaceAll(simulatedRoot, 'ROOT')
      .replaceAll(simulatedSources, 'SOURCES')
      .replaceAll(/blobs\/sha256\/..\/[0-9a-f]{64}/g, 'BLOB')
      .replaceAll(/blobs\/sha256\/..(?=$| )/g, 'blobs/sha256/XX')
      .replaceAll(/models\/[^/ ]+-[0-9a-f]{16}/g, 'models/FOLDER')
      .replaceAll(/ingest\/[A-Za-z0-9_-]{22}/g, 'ingest/TOKEN')
      .replaceAll(/catalog\.json\.[A-Za-z0-9_-]{22}\.tmp/g, 'TEMP'),
  );
}

function lineOf(step: Step, path: string): string {
  if (step.op === 'change-mode') return `${step.kind} ${step.mode.toString(8)} ${path}`;
  if (step.op === 'write' || step.op === 'read') return `${step.kind} ${path}`;
  return 'handle' in step ? `${step.kind} ${step.op} ${path}` : describeStep(step);
}

/** Each line is found after the one before it. */
export function expectOrder(lines: readonly string[], wanted: readonly string[]): void {
  let from = 0;
  for (const start of wanted) {
    const found = lines.findIndex((line, place) => place >= from && line.startsWith(start));
    expect(found, `"${start}" after line ${from} of\n${lines.join('\n')}`).to.not.equal(-1);
    from = found + 1;
  }
}
