import { setImmediate as nextTurn } from 'node:timers/promises';
import { contextOf, type Disk } from '../../disk/program.js';
import { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { CatalogStore } from '../../stores/catalog-store.js';
import type { Ended } from '../actors/actors.js';
import { type Case, type CaseContext, NotApplicable } from '../case.js';
import { Broken, expectEqual, expectTrue, wordsOf } from '../expecting.js';
import type { ConformanceModule } from '../module.js';
import { model } from '../samples.js';

/** So many kills at most, spread over all steps: a process for each. */
const kills = 14;
const location = '/home/user/store';

/** What is left of a writer that died. */
export const crashCases: readonly Case[] = [
  {
    id: 'crash.killed-at-a-step',
    level: 'crash',
    title: 'A process killed at any step leaves every acknowledged write, and the others whole or not at all',
    requirements: ['CAT-LCK-1204', 'CAT-IDX-1112'],
    needs: ['durable'],
    run: async (context) => {
      const writing = { type: 'write', prefix: 'm', count: 2 } as const;
      const { end } = await actorsOf(context).run({ location: `${context.location}-whole`, work: writing });
      if (end === undefined || end.used === 'neither') throw new NotApplicable('the store uses no disk of this kit, and names no points');
      for (const before of spread(end.steps, kills)) {
        const where = `${context.location}-${before}`;
        const died = await actorsOf(context).run({ location: where, work: writing, stop: { before, act: 'die' } });
        await expectWhole(context, where, died);
      }
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
      const before: string[] = [];
      for (const [round, after] of [0, 1, 5].entries()) {
        const actor = actorsOf(context).start({ location: where, work: { type: 'write', prefix: `r${round}-`, count: 500 } });
        await actor.hears((line) => line.told === 'asked' && line.id === `r${round}-${after}`);
        actor.kill();
        const died = await actor.ended;
        await expectWhole(context, where, died, before);
        before.push(...died.done, `next-${round}`);
      }
    },
  },
  {
    id: 'crash.power-cut',
    level: 'crash',
    title: 'A power cut at any step leaves every acknowledged write, and the one under way whole or not at all',
    requirements: ['CAT-IDX-1103', 'CAT-SIM-5006'],
    needs: ['durable'],
    run: async ({ module, signal }) => {
      await expectUsesDisk(module);
      for (const left of await cutsWhileWriting(module, ['a', 'b'])) {
        // Who works without ever waiting would leave nobody the time to say that it takes too long.
        await nextTurn();
        if (signal.aborted) return;
        await expectWholeAfterCut(module, left);
      }
    },
  },
];

export function actorsOf({ actors }: CaseContext): NonNullable<CaseContext['actors']> {
  if (actors === undefined) throw new NotApplicable('the module names no actor');
  return actors;
}

/** Numbers from 1 to the last, evenly, not more than so many. */
export function spread(last: number, most: number): number[] {
  const count = Math.min(last, most);
  return Array.from({ length: count }, (_, place) => 1 + Math.floor((place * (last - 1)) / Math.max(1, count - 1)));
}

/** The next process finds all that was acknowledged, and writes on. */
async function expectWhole({ open }: CaseContext, where: string, died: Ended, before: readonly string[] = []): Promise<void> {
  expectEqual(died.signal, 'SIGKILL', 'how the process ended that was to be killed');
  const store = await open({ location: where });
  const found = await store.models.list();
  const ids = found.map(({ record }) => record.id);
  for (const { record } of found) expectEqual(record, model(record.id), `the record ${record.id} after a kill`);
  for (const id of [...before, ...died.done]) expectTrue(ids.includes(id), `${id} was acknowledged, and is not there after a kill`);
  const known = [...before, ...died.done, died.open];
  for (const id of ids) expectTrue(known.includes(id), `${id} is there after a kill, and nobody asked for it`);
  const next = model(`next-${before.filter((id) => id.startsWith('next-')).length}`);
  await store.models.put(next);
  expectEqual((await store.models.get(next.id))?.record, next, 'what is put after a kill');
  await store.close();
}

async function expectUsesDisk(module: ConformanceModule): Promise<void> {
  const disk = new SimulatedDisk({ seed: 1, root: ['/home/user'] });
  const store = await opened(module, disk).catch(() => undefined);
  const before = disk.changes;
  await store?.models.put(model('a'));
  await store?.close();
  if (store === undefined || disk.changes === before) throw new NotApplicable('the store does not use the disk that it is given');
}

function opened(module: ConformanceModule, disk: Disk): Promise<CatalogStore> {
  return module.create({ location, disk, signal: new AbortController().signal });
}

/** What a power cut may leave, what was acknowledged by then, and what was under way. */
interface Left {
  readonly disk: SimulatedDisk;
  readonly done: readonly string[];
  readonly open: string | undefined;
}

/** Puts some models one after the other, and keeps what power cuts would leave at each step: of many only so many. */
async function cutsWhileWriting(module: ConformanceModule, ids: readonly string[]): Promise<Left[]> {
  const disk = new SimulatedDisk({ seed: 5201, root: ['/home/user'] });
  const process = disk.process();
  const left: Left[] = [];
  const met = new Set<string>();
  const done: string[] = [];
  let open: string | undefined;
  let changes = -1;
  const cut = (): void => {
    if (disk.changes === changes) return;
    changes = disk.changes;
    for (const state of disk.crashStates({ exhaustUpTo: 3, samples: 8, limit: 8 })) {
      const mark = `${state.fingerprint} ${done.length} ${open}`;
      if (met.size < met.add(mark).size) left.push({ disk: state.disk, done: [...done], open });
    }
  };
  const watched: Disk = {
    ...contextOf(process),
    perform: (step) => {
      cut();
      return process.perform(step);
    },
  };
  const store = await opened(module, watched);
  for (const id of ids) {
    open = id;
    await store.models.put(model(id));
    open = undefined;
    done.push(id);
    changes = -1;
    cut();
  }
  return left;
}

async function expectWholeAfterCut(module: ConformanceModule, { disk, done, open }: Left): Promise<void> {
  const when =
    done.length === 0 ? 'before anything was acknowledged' : `after ${done.join(', ')} ${done.length > 1 ? 'were' : 'was'} acknowledged`;
  try {
    const store = await opened(module, disk.process());
    const found = await store.models.list();
    const ids = found.map(({ record }) => record.id);
    for (const { record } of found) expectEqual(record, model(record.id), `the record ${record.id} after a power cut`);
    for (const id of done) expectTrue(ids.includes(id), `${id} was acknowledged, and is not there after a power cut`);
    for (const id of ids) expectTrue(done.includes(id) || id === open, `${id} is there after a power cut, and nobody asked for it`);
    await store.models.put(model('next'));
    expectEqual((await store.models.get('next'))?.record, model('next'), 'what is put after a power cut');
    await store.close();
  } catch (error) {
    throw new Broken(`a power cut ${when}${open === undefined ? '' : `, while ${open} was put`}: ${wordsOf(error)}`);
  }
}
