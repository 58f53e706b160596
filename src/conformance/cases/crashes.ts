import { inParallel } from '../../in-parallel.js';
import type { Ended } from '../actors/actors.js';
import type { Work } from '../actors/job.js';
import { type Case, type CaseContext, NotApplicable } from '../case.js';
import { expectEqual, expectTrue } from '../expecting.js';
import { model } from '../samples.js';

/** So many kills at most, spread over all steps: a process for each. */
const kills = 14;
/** Each at a location of its own: so many of them work while others wait for their disk. */
export const atOnce = 3;

/** What is left of a writer that died. */
export const crashCases: readonly Case[] = [
  {
    id: 'crash.points',
    level: 'crash',
    title: 'A writer comes to each point that the module names, and to no other',
    requirements: ['CAT-SIM-5010', 'CAT-CNF-5202'],
    needs: ['durable'],
    run: async (context) => {
      const { points: named } = context.module;
      const { points } = await whole(context, { type: 'write', prefix: 'm', count: 2 });
      if (named === undefined && points.length === 0) throw new NotApplicable('the module names no points');
      expectEqual(points.map(([name]) => name).sort(), [...(named ?? [])].sort(), 'the points that a writer came to');
    },
  },
  {
    id: 'crash.killed-at-a-step',
    level: 'crash',
    title: 'A process killed at any step leaves every acknowledged write, and the others whole or not at all',
    requirements: ['CAT-LCK-1204', 'CAT-IDX-1112'],
    needs: ['durable'],
    run: async (context) => {
      const writing = { type: 'write', prefix: 'm', count: 2 } as const;
      const end = await whole(context, writing);
      await inParallel(stopsIn(end, kills), atOnce, async (before) => {
        const where = `${context.location}-${before}`;
        const died = await actorsOf(context).run({ location: where, work: writing, stop: { before, act: 'die' } });
        await expectWhole(context, where, died);
      });
    },
  },
  {
    id: 'crash.killed-at-work',
    level: 'crash',
    title: 'A process killed while it writes leaves every acknowledged write, and the others whole or not at all',
    requirements: ['CAT-LCK-1204'],
    needs: ['durable'],
    run: async (context) => {
      const { location: where } = context;
      let before: readonly string[] = [];
      for (const [round, after] of [0, 1, 5].entries()) {
        const actor = actorsOf(context).start({ location: where, work: { type: 'write', prefix: `r${round}-`, count: 500 } });
        await actor.hears((line) => line.told === 'asked' && line.id === `r${round}-${after}`);
        actor.kill();
        const died = await actor.ended;
        before = await expectWhole(context, where, died, before);
      }
    },
  },
];

export function actorsOf({ actors }: CaseContext): NonNullable<CaseContext['actors']> {
  if (actors === undefined) throw new NotApplicable('the module names no actor');
  return actors;
}

type End = NonNullable<Ended['end']>;

/** How work goes that nobody disturbs. */
export async function whole(context: CaseContext, work: Work): Promise<End> {
  const { end } = await actorsOf(context).run({ location: `${context.location}-whole`, work });
  if (end === undefined || end.used === 'neither') throw new NotApplicable('the store uses no disk of this kit, and names no points');
  return end;
}

/** Where a process is to be stopped: where it comes to a point for the first time, and from the first step to the last at so many. */
export function stopsIn({ steps, used, points }: End, most: number): number[] {
  const count = Math.min(steps, most);
  const spread = Array.from({ length: count }, (_, place) => 1 + Math.floor((place * (steps - 1)) / Math.max(1, count - 1)));
  const named = used === 'points' ? points.map(([, step]) => step) : [];
  return [...new Set([...spread, ...named])].sort((a, b) => a - b);
}

/** The next process finds all that was acknowledged or was there before, and writes on. Gives all that is there from then on. */
async function expectWhole({ open }: CaseContext, where: string, died: Ended, before: readonly string[] = []): Promise<readonly string[]> {
  expectEqual(died.signal, 'SIGKILL', 'how the process ended that was to be killed');
  const store = await open({ location: where });
  const found = await store.models.list();
  const ids = found.map(({ record }) => record.id);
  for (const { record } of found) expectEqual(record, model(record.id), `the record ${record.id} after a kill`);
  for (const id of [...before, ...died.done]) expectTrue(ids.includes(id), `${id} was acknowledged, and is not there after a kill`);
  const known = [...before, ...died.done, died.open];
  for (const id of ids) expectTrue(known.includes(id), `${id} is there after a kill, and nobody asked for it`);
  const next = model(`next-${ids.length}`);
  await store.models.put(next);
  expectEqual((await store.models.get(next.id))?.record, next, 'what is put after a kill');
  await store.close();
  return [...ids, next.id];
}
