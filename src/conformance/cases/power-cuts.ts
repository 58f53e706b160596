import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { Case, CaseContext } from '../case.js';
import { Broken, expectEqual, expectTrue, wordsOf } from '../expecting.js';
import type { ConformanceModule } from '../module.js';
import { model } from '../samples.js';
import { afterPowerCut, diskFor, expectThere, lookedAt, opened, shownOn } from '../simulated.js';

/** What is left where the power fails, for a store that uses the disk that it is given. */
export const powerCutCases: readonly Case[] = [
  {
    id: 'crash.power-cut',
    level: 'crash',
    title: 'A power cut at any step leaves every acknowledged write, and the one under way whole or not at all',
    requirements: ['CAT-IDX-1103', 'CAT-LCK-1204', 'CAT-SIM-5006'],
    needs: ['durable in full'],
    run: (context) =>
      atEachMoment(context, async (module, { disk, done, open }) => {
        for (const left of afterPowerCut(disk, 8)) {
          const shown = await shownOn(module, left, 'after a power cut');
          expectThere(shown, { done, perhaps: [open] }, 'after a power cut');
          const store = await opened(module, left.process());
          await store.models.put(model('next'));
          expectEqual((await store.models.get('next'))?.record, model('next'), 'what is put after a power cut');
          await store.close();
        }
      }),
  },
  {
    id: 'crash.shown-stays',
    level: 'crash',
    title: 'What was shown after a kill is there after a power cut too',
    requirements: ['CAT-IDX-1111', 'CAT-IDX-1112', 'CAT-SIM-5006'],
    needs: ['durable in full'],
    run: (context) =>
      atEachMoment(context, async (module, { disk, done, open }) => {
        const killed = disk.fork();
        const shown = await shownOn(module, killed, 'after a kill');
        expectThere(shown, { done, perhaps: [open] }, 'after a kill');
        for (const left of afterPowerCut(killed, 4)) {
          const still = await shownOn(module, left, 'after a kill and a power cut');
          expectEqual(still, shown, 'what is there after a kill, a process that was shown it, and a power cut');
        }
      }),
  },
  {
    id: 'crash.cut-while-opening',
    level: 'crash',
    title: 'A power cut while what a power cut left is put right loses nothing either',
    requirements: ['CAT-IDX-1112', 'CAT-SIM-5006'],
    needs: ['durable in full'],
    run: (context) =>
      atEachMoment(context, async (module, { disk, done, open }) => {
        for (const left of afterPowerCut(disk, 3)) {
          const moments: SimulatedDisk[] = [];
          await shownOn(module, left.fork(), 'after a power cut');
          const opening = left.fork();
          let changes = opening.changes;
          const store = await opened(
            module,
            lookedAt(opening, () => {
              if (opening.changes !== changes) moments.push(opening.fork());
              changes = opening.changes;
            }),
          );
          await store.close();
          for (const moment of moments.flatMap((each) => afterPowerCut(each, 3))) {
            const shown = await shownOn(module, moment, 'after two power cuts');
            expectThere(shown, { done, perhaps: [open] }, 'after two power cuts');
          }
        }
      }),
  },
];

/** A disk as it was between two steps of a writer, what he was acknowledged by then, and what was under way. */
interface Moment {
  readonly disk: SimulatedDisk;
  readonly done: readonly string[];
  readonly open: string | undefined;
}

async function atEachMoment(
  { module, signal }: CaseContext,
  judge: (module: ConformanceModule, moment: Moment) => Promise<void>,
): Promise<void> {
  for (const moment of await momentsOfWriting(module, await diskFor(module))) {
    // Who works without ever waiting would leave nobody the time to say that it takes too long.
    await nextTurn();
    if (signal.aborted) return;
    try {
      await judge(module, moment);
    } catch (error) {
      throw new Broken(`${whenOf(moment)}: ${wordsOf(error)}`);
    }
  }
}

/** Puts two models one after the other, and keeps each moment at which the disk is as it was at no moment before. */
async function momentsOfWriting(module: ConformanceModule, disk: SimulatedDisk): Promise<Moment[]> {
  const moments: Moment[] = [];
  const done: string[] = [];
  let open: string | undefined;
  let seen = '';
  const look = (): void => {
    const mark = `${disk.changes} ${done.length} ${open}`;
    if (mark !== seen) moments.push({ disk: disk.fork(), done: [...done], open });
    seen = mark;
  };
  const store = await opened(module, lookedAt(disk, look));
  for (const id of ['a', 'b']) {
    open = id;
    await store.models.put(model(id));
    open = undefined;
    done.push(id);
    look();
  }
  expectTrue(moments.length > 0, 'a store that writes on the disk that it is given');
  return moments;
}

function whenOf({ done, open }: Moment): string {
  const acknowledged =
    done.length === 0 ? 'before anything was acknowledged' : `after ${done.join(', ')} ${done.length > 1 ? 'were' : 'was'} acknowledged`;
  return `it ended ${acknowledged}${open === undefined ? '' : `, while ${open} was put`}`;
}
