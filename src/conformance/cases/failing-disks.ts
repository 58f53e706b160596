import { setImmediate as nextTurn } from 'node:timers/promises';
import { exitCodes } from '../../core/errors.js';
import type { FaultEffect } from '../../disk/simulated/faults.js';
import type { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { Case } from '../case.js';
import { Broken, expectEqual, wordsOf } from '../expecting.js';
import type { ConformanceModule } from '../module.js';
import { model } from '../samples.js';
import { afterPowerCut, diskFor, expectThere, opened, type Shown, shownOn } from '../simulated.js';

interface Fault {
  readonly effect: FaultEffect;
  /** The step is performed, and its error told all the same. */
  readonly after?: boolean;
}

const faults: readonly Fault[] = [
  { effect: 'EIO' },
  { effect: 'EIO', after: true },
  { effect: 'ENOSPC' },
  { effect: { type: 'short', bytes: 1 } },
  { effect: { type: 'dropped-sync' } },
];

/** What is told, and what is left, where a disk fails. */
export const failingDiskCases: readonly Case[] = [
  {
    id: 'crash.failing-disk',
    level: 'crash',
    title: 'Where the disk fails at any step, whoever put is told what the next process finds',
    requirements: ['CAT-IDX-1103', 'CAT-IDX-1104', 'CAT-IDX-1113', 'CAT-SIM-5006'],
    needs: ['durable in full'],
    run: async ({ module, signal }) => {
      const disk = await diskFor(module);
      const store = await opened(module, disk.process());
      await store.models.put(model('a'));
      await store.close();
      for (const fault of faults) {
        for (let nth = 1; await expectTold(module, disk.fork(), fault, nth); nth++) {
          await nextTurn();
          if (signal.aborted) return;
        }
      }
    },
  },
  {
    id: 'crash.damage',
    level: 'crash',
    title: 'Where a bit on the disk has turned, or bytes came to a file, what is there is shown as it was, or refused',
    requirements: ['CAT-IDX-1106', 'CAT-IDX-1105', 'CAT-JRN-3302', 'CAT-SIM-5006'],
    needs: ['durable in full'],
    run: async ({ module, signal }) => {
      const disk = await diskFor(module);
      const store = await opened(module, disk.process());
      for (const id of ['a', 'b', 'c']) await store.models.put(model(id));
      await store.close();
      const expected = await shownOn(module, disk.fork(), 'before anything was damaged');
      for (const path of filesOn(disk)) {
        await expectUndeceived(module, lengthened(disk, path), expected, `the length of ${path}`);
        for (const position of positionsIn(disk.bytesAt(path).length)) {
          await nextTurn();
          if (signal.aborted) return;
          await expectUndeceived(module, turned(disk, path, position), expected, `bit ${position % 8} of byte ${position} of ${path}`);
        }
      }
    },
  },
];

/** Puts `b` and then `c` by one handle, on a disk that fails at the n-th step of the first; whether there is such a step. */
async function expectTold(module: ConformanceModule, disk: SimulatedDisk, { effect, after = false }: Fault, nth: number): Promise<boolean> {
  const store = await opened(module, disk.process());
  const fault = disk.fault({ effect, nth, after });
  const answers = new Map<string, string | undefined>();
  const answer = await codeOf(store.models.put(model('b')));
  answers.set('b', answer);
  disk.disarm();
  if (fault.strikes === 0) return false;
  const what = `${typeof effect === 'string' ? effect : effect.type}${after ? ' after its effect' : ''} at step ${nth}`;
  try {
    // Fewer bytes than were asked for are no error of a disk: one goes on where it ended.
    if (typeof effect !== 'string' && effect.type === 'short') expectEqual(answer, undefined, 'the refusal');
    await expectAsTold(module, disk, answers);
    answers.set('c', await codeOf(store.models.put(model('c'))));
    await expectAsTold(module, disk, answers);
  } catch (error) {
    throw new Broken(`a disk that fails with ${what}: ${wordsOf(error)}`);
  }
  return true;
}

/** Nothing where it was acknowledged, else the code that it was refused with. */
async function codeOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (error instanceof Broken) throw error;
    const code = String((error as { readonly code?: unknown }).code);
    if (!Object.hasOwn(exitCodes, code)) throw new Broken(`an error that is none of the catalog's: ${wordsOf(error)}`);
    return code;
  }
}

/** Who was refused wrote nothing, but where nobody knows: for the next process, and for one after a power cut. */
async function expectAsTold(
  module: ConformanceModule,
  disk: SimulatedDisk,
  answers: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const told = (isIt: (code: string | undefined) => boolean): string[] => [...answers].flatMap(([id, code]) => (isIt(code) ? [id] : []));
  const done = ['a', ...told((code) => code === undefined)];
  const perhaps = told((code) => code === 'CommitUnknown');
  for (const [place, left] of [disk.fork(), ...afterPowerCut(disk, 3)].entries()) {
    const when = place === 0 ? 'for the next process' : 'after a power cut';
    expectThere(await shownOn(module, left, when), { done, perhaps }, when);
  }
}

function filesOn(disk: SimulatedDisk): string[] {
  return [...disk.snapshotTree()].flatMap(([path, { type }]) => (type === 'file' ? [path] : []));
}

/** So many places in a file, its beginning and its end among them. */
function positionsIn(size: number): number[] {
  return [...new Set(Array.from({ length: 24 }, (_, place) => Math.floor((place * (size - 1)) / 23)))].filter((position) => position >= 0);
}

/** Another disk, on which a bit is another one. */
function turned(disk: SimulatedDisk, path: string, position: number): SimulatedDisk {
  const bytes = Uint8Array.from(disk.bytesAt(path));
  bytes[position] = (bytes[position] ?? 0) ^ (1 << (position % 8));
  return disk.fork().plant(path, bytes);
}

function lengthened(disk: SimulatedDisk, path: string): SimulatedDisk {
  return disk.fork().plant(path, Buffer.concat([disk.bytesAt(path), Buffer.from('more')]));
}

async function expectUndeceived(module: ConformanceModule, disk: SimulatedDisk, expected: readonly Shown[], which: string): Promise<void> {
  try {
    let shown: readonly Shown[] = [];
    const code = await codeOf(shownOn(module, disk, 'after that').then((found) => (shown = found)));
    if (code === undefined) expectEqual(shown, expected, 'what is shown');
  } catch (error) {
    throw new Broken(`${which} is another: ${wordsOf(error)}`);
  }
}
