import { readSync, writeSync } from 'node:fs';
import { isCatalogError } from '../../src/core/errors.js';
import { RealDisk } from '../../src/disk/real-disk.js';
import type { Snapshot } from '../../src/stores/catalog-store.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { increment } from '../contention/increment.js';
import { isCommand } from '../is-command.js';
import { handicapped } from './disks.js';
import type { Acknowledged, Change, Counted, Done, Job, Point, Refused, Seen } from './job.js';
import { workUnderLoad } from './load.js';
import { PlannedDisk } from './planned-disk.js';

/**
 * A process of its own that works on a catalog on the real disk, and dies or waits where it is told (CAT-SIM-5010). It tells on
 * descriptor 3, one line each, written before anything else happens, and is told on descriptor 4, whose end is its own end.
 */
const [telling, told] = [3, 4];

interface Stage {
  readonly store: FsCatalog;
  readonly disk: PlannedDisk;
}

async function play(job: Job): Promise<void> {
  const disk = new PlannedDisk(handicapped(new RealDisk(), job), job.plan, job.plan?.act === 'die' ? die : hold);
  const { root, lockTimeoutMs = 10_000, keepGenerations = 8 } = job;
  const readOnly = job.role === 'reader' || (job.role === 'reopener' && job.readOnly);
  tell('hello', { pid: process.pid });
  let done: Omit<Done, 'steps'> = {};
  try {
    const store = await FsCatalog.open({ root, disk, readOnly, lockTimeoutMs, keepGenerations });
    done = await perform(job, { store, disk });
    await store.close();
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    done = { refused: { id: '', code: error.code, message: error.message } };
  }
  tell('done', { ...done, steps: disk.steps });
}

async function perform(job: Job, stage: Stage): Promise<Omit<Done, 'steps'>> {
  switch (job.role) {
    case 'writer':
      await write(stage, job.changes, job.together ?? 1);
      return {};
    case 'provisioner':
      stage.disk.beginChange();
      await acknowledged(job.entry.id, () => stage.store.engines.put(job.entry));
      return {};
    case 'incrementer':
      return { counted: await count(stage, job.id, job.times) };
    case 'loaded':
      wait({ step: 0, when: 'before', what: 'working', lock: 'free' });
      await workUnderLoad(stage.store, job, tell);
      return {};
    case 'reader':
      await read(stage);
      return {};
    case 'reopener':
      return { seen: seenIn(await stage.store.snapshot()) };
  }
}

async function write({ store, disk }: Stage, changes: readonly Change[], together: number): Promise<void> {
  for (let begin = 0; begin < changes.length; begin += together) {
    disk.beginChange();
    await Promise.all(changes.slice(begin, begin + together).map((change) => changed(store, change)));
    await disk.unlocked();
    if (disk.hasRunOut()) return;
  }
}

function changed(store: FsCatalog, change: Change): Promise<void> {
  if (change.type === 'put') return acknowledged(change.entry.id, () => store.models.put(change.entry));
  return acknowledged(change.id, async () => {
    await store.models.delete(change.id);
    return { revision: undefined };
  });
}

async function acknowledged(id: string, change: () => Promise<{ readonly revision: number | undefined }>): Promise<void> {
  try {
    const { revision } = await change();
    tell('ack', { id, revision } satisfies Acknowledged);
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    tell('refused', { id, code: error.code, message: error.message } satisfies Refused);
  }
}

/** Waits until it is let go, so that all begin together, and then adds to one record's count. */
async function count({ store }: Stage, id: string, times: number): Promise<Counted> {
  wait({ step: 0, when: 'before', what: 'counting', lock: 'free' });
  return increment(store, { id, times });
}

/** Pins a snapshot and, each time it is let go, tells it again, until it is told to end. */
async function read({ store }: Stage): Promise<void> {
  const pinned = await store.snapshot();
  do tell('seen', seenIn(pinned));
  while (wait({ step: 0, when: 'after', what: 'reading', lock: 'free' }));
}

function seenIn({ models, engines, revision }: Snapshot): Seen {
  return { revision, models: models.map(({ record }) => record), engines: engines.map(({ record }) => record) };
}

function hold(point: Point): void {
  wait(point);
}

/** Waits at a point; false when it is told to end. */
function wait(point: Point): boolean {
  tell('@', point);
  const byte = Buffer.alloc(1);
  if (readSync(told, byte) === 0) killSelf();
  return byte.toString() === 'g';
}

function die(point: Point): void {
  tell('!', point);
  killSelf();
}

/** Nothing is tidied up, and the next line never runs. */
function killSelf(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function tell(word: string, content: unknown): void {
  const line = Buffer.from(`${word} ${JSON.stringify(content)}\n`);
  for (let at = 0; at < line.byteLength; ) at += writeSync(telling, line, at);
}

if (isCommand(import.meta.url)) {
  await play(JSON.parse(process.argv[2] ?? '') as Job);
}
