import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Clock, Random } from '../../src/disk/host.js';
import { SimulatedDisk, type SimulatedProcess } from '../../src/disk/simulated-disk.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { type Content, expectRecovers, isSameContent, modelsIn } from './aftermath.js';
import { withEachStep } from './disks.js';
import type { Change } from './job.js';

/** One operation on a simulated disk, and what was done there before it. */
export interface History {
  readonly prepared: readonly Change[];
  readonly change: Change;
  readonly before: Content;
  readonly after: Content;
  readonly withoutHardLinks?: boolean;
}

/** What happens between the stop of the writer and the power cut; it may tell what is the only legal content from then on. */
type Between = (stopped: Stopped) => Promise<Content | undefined>;

export interface Cuts {
  readonly steps: number;
  readonly states: number;
  readonly oldStates: number;
  readonly newStates: number;
}

interface Stopped {
  readonly disk: SimulatedDisk;
  readonly writer: SimulatedProcess;
  readonly acknowledged: boolean;
  /** False when the operation ended before the step that was asked for. */
  readonly wasStopped: boolean;
}

const root = '/home/user/models';
const kept = [1, 2, 8];

/** Power is lost before each step of an operation and after its last, and leaves each state that the disk allows. */
export function cutAtEveryStep(history: History): Promise<Cuts> {
  return explore(history, async () => undefined);
}

/** A reader answers first: what it was shown must be there after the power cut (CAT-IDX-1111). */
export function cutAfterReader(history: History): Promise<Cuts> {
  return explore(history, async ({ disk }) => shownTo(disk.process(), { readOnly: true }));
}

/** The writer is killed and another opens for writing first: what that one was shown must be there after the power cut. */
export function cutAfterOpener(history: History): Promise<Cuts> {
  return explore(history, async ({ disk, writer }) => {
    writer.kill();
    return shownTo(disk.process(), { readOnly: false });
  });
}

async function explore(history: History, between: Between): Promise<Cuts> {
  const all: Cuts[] = [];
  for (const keepGenerations of kept) all.push(await exploreKeeping(keepGenerations, history, between));
  return all.reduce((one, other) => ({
    steps: one.steps + other.steps,
    states: one.states + other.states,
    oldStates: one.oldStates + other.oldStates,
    newStates: one.newStates + other.newStates,
  }));
}

async function exploreKeeping(keepGenerations: number, history: History, between: Between): Promise<Cuts> {
  const seen = new Set<string>();
  const found = { old: 0, fresh: 0 };
  for (let step = 1; ; step++) {
    const stopped = await stoppedBefore(history, { step, keepGenerations });
    const shown = await between(stopped);
    const legal = shown ? [shown] : stopped.acknowledged ? [history.after] : [history.before, history.after];
    for (const { fingerprint, choice, disk } of stopped.disk.crashStates()) {
      const key = `${fingerprint} ${JSON.stringify(legal)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const place = { disk, root, ...sameEachTime('recovery') };
      const content = legal[await naming(`power lost before step ${step}, ${JSON.stringify(choice)}`, () => expectRecovers(place, legal))];
      found[content !== undefined && isSameContent(content, history.before) ? 'old' : 'fresh']++;
    }
    if (!stopped.wasStopped) return { steps: step - 1, states: seen.size, oldStates: found.old, newStates: found.fresh };
  }
}

/** A disk as it is before the n-th step of the operation, the writer standing still there. */
async function stoppedBefore(history: History, { step, keepGenerations }: { step: number; keepGenerations: number }): Promise<Stopped> {
  const disk = new SimulatedDisk({ root: ['/home/user'], hardLinks: !history.withoutHardLinks });
  const prepared = await FsCatalog.open({ disk, root, ...sameEachTime('preparation'), keepGenerations });
  for (const change of history.prepared) await perform(prepared, change);
  const writer = disk.process();
  let steps = 0;
  let reached: () => void = () => {};
  const stop = new Promise<'stopped'>((resolve) => {
    reached = () => resolve('stopped');
  });
  const stopping = withEachStep(writer, () => {
    steps++;
    if (steps < step) return undefined;
    reached();
    return new Promise<never>(() => {});
  });
  let acknowledged = false;
  const work = async (): Promise<'ended'> => {
    const store = await FsCatalog.open({ disk: stopping, root, ...sameEachTime('writer'), keepGenerations });
    await perform(store, history.change);
    acknowledged = true;
    await store.close();
    return 'ended';
  };
  const outcome = await Promise.race([stop, work()]);
  // What was resolved before the stop reaches its caller.
  await setImmediate();
  return { disk, writer, acknowledged, wasStopped: outcome === 'stopped' };
}

async function perform(store: FsCatalog, change: Change): Promise<void> {
  if (change.type === 'put') await store.models.put(change.entry);
  else await store.models.delete(change.id);
}

async function shownTo(disk: SimulatedProcess, options: { readOnly: boolean }): Promise<Content> {
  const store = await FsCatalog.open({ disk, root, ...sameEachTime('opener'), ...options });
  return modelsIn(await store.snapshot());
}

/** Bytes and times that are the same in each run, so that equal histories leave equal disks. */
function sameEachTime(seed: string): { readonly random: Random; readonly clock: Clock } {
  let calls = 0;
  const random: Random = (bytes) => createHash('sha256').update(`${seed} ${calls++}`).digest().subarray(0, bytes);
  return { random, clock: () => Date.UTC(2026, 0, 2) };
}

async function naming<T>(name: string, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
