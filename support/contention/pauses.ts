import { setImmediate as nextTurn } from 'node:timers/promises';
import { isCatalogError } from '../../src/core/errors.js';
import type { Disk } from '../../src/disk/program.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { withEachStep } from '../interrupt/disks.js';
import { modelEntry } from '../model-entry.js';
import { gate } from './gate.js';
import { type PausedPut, PausingDisk, type Told, toldBy } from './paused-put.js';

/** One root, and the disk as each of two writers sees it. */
export interface Contest {
  readonly root: string;
  readonly paused: Disk;
  readonly other: Disk;
  readonly lockTimeoutMs?: number;
}

/** What one pause came to: what both were told, and the revisions of their records afterwards. */
export interface Pause {
  readonly where: Omit<PausedPut, 'goOn'>;
  readonly paused: Outcome;
  readonly other: Outcome;
}

export interface Outcome {
  readonly told: Told;
  /** Of its record, as a reader sees it afterwards; `undefined` where it is not there. */
  readonly there: number | undefined;
}

/** What the other does while a put is paused, with the id of its record; it lets the put go on itself where both are to meet. */
type Meanwhile = (other: FsCatalog, id: string, put: PausedPut) => Promise<Told>;

/** A put is paused before its first step, one like it before its second, and so on, until a put has no such step. */
export async function pauseAtEveryStep(
  contest: Contest,
  meanwhile: Meanwhile,
  beforeEach = (_step: number): void => {},
): Promise<readonly Pause[]> {
  const { root, lockTimeoutMs = 10_000 } = contest;
  const disk = new PausingDisk(contest.paused);
  const other = await FsCatalog.open({ root, disk: contest.other, lockTimeoutMs });
  await other.models.put(modelEntry('first'));
  let writer = await FsCatalog.open({ root, disk, lockTimeoutMs });
  const pauses: Pause[] = [];
  for (let step = 1; ; step++) {
    beforeEach(step);
    const put = await disk.pausedPut(writer, `paused-${step}`, (_, number) => number === step);
    if (put === undefined) break;
    const { goOn, ...where } = put;
    const otherTold = await meanwhile(other, `other-${step}`, put);
    const told = await goOn();
    const [there, otherThere] = await revisionsOf(contest, [`paused-${step}`, `other-${step}`]);
    pauses.push({ where, paused: { told, there }, other: { told: otherTold, there: otherThere } });
    // After CommitUnknown nothing is written through a handle any more.
    if (told.kind === 'refused' && isCatalogError(told.error, 'CommitUnknown')) {
      await writer.close();
      writer = await FsCatalog.open({ root, disk, lockTimeoutMs });
    }
  }
  await writer.close();
  await other.close();
  return pauses;
}

/** The other commits so many times, over one record. */
export function commits(count: number): Meanwhile {
  return async (other, id) => {
    let told = await toldBy(other, id);
    for (let at = 1; at < count; at++) told = await toldBy(other, id);
    return told;
  };
}

/** The other begins a put; when it has ended or waits for the lock, the paused one goes on. */
export function waitingItsTurn(contest: Contest): { readonly contest: Contest; readonly meanwhile: Meanwhile } {
  let waits = gate();
  const other = withEachStep(contest.other, (step) => {
    if (step.op === 'wait') waits.open();
    return undefined;
  });
  const meanwhile: Meanwhile = async (store, id, put) => {
    waits = gate();
    const told = toldBy(store, id);
    await Promise.race([told, waits.opened]);
    void put.goOn();
    return told;
  };
  return { contest: { ...contest, other }, meanwhile };
}

/** Whether a promise told what is so: acknowledged and there, refused and absent, or that it cannot be known. */
export function isTrue({ told, there }: Outcome): boolean {
  if (told.kind === 'acknowledged') return there === told.revision;
  return there === undefined || told.error.code === 'CommitUnknown';
}

/** How often the event loop turns until something has ended. */
export async function turnsUntil(end: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = end.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  let turns = 0;
  for (; !isOver; turns++) await nextTurn();
  return turns;
}

async function revisionsOf({ root, other }: Contest, ids: readonly string[]): Promise<(number | undefined)[]> {
  const reader = await FsCatalog.open({ root, disk: other, readOnly: true });
  const found = await Promise.all(ids.map(async (id) => (await reader.models.get(id))?.revision));
  await reader.close();
  return found;
}
