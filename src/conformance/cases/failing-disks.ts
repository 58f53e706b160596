import { setImmediate as nextTurn } from 'node:timers/promises';
import { exitCodes } from '../../core/errors.js';
import type { FaultEffect } from '../../disk/simulated/faults.js';
import type { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { Case } from '../case.js';
import { Broken, expectEqual, wordsOf } from '../expecting.js';
import type { ConformanceModule } from '../module.js';
import { model } from '../samples.js';
import { afterPowerCut, diskFor, expectThere, opened, shownOn } from '../simulated.js';

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
