import type { Disk } from '../../disk/program.js';
import { type CrashExperiment, CrashExplorer, type CrashExplorerOptions, SimulatedDisk } from '../../sim/index.js';
import type { CatalogStore } from '../../stores/catalog-store.js';
import type { Ended } from '../actors/actors.js';
import { type Case, type CaseContext, NotApplicable } from '../case.js';
import { Broken, expectEqual, expectTrue } from '../expecting.js';
import type { ConformanceModule } from '../module.js';
import { model } from '../samples.js';

/** So many kills at most, spread over all steps: a process for each. */
const kills = 14;
/** So many disks of each story of a power cut. */
const mostDisks = 1500;
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
      for (const [name, prepared] of [
        ['the first put', []],
        ['a put beside others', ['a', 'b']],
      ] as const) {
        const explorer = new BoundedExplorer({ depth: 1, exhaustUpTo: 4, samples: 24 }, signal);
        await explorer.explore(name, experimentOf(module, prepared));
        const [failure] = explorer.failures;
        if (failure !== undefined) throw new Broken(`${name}: ${failure.complaint}; after ${JSON.stringify(failure.events)}`);
      }
    },
  },
];

/** Ends when it has met so many disks, or nobody waits for it any more: a kit is no proof, and a store may be slow. */
class BoundedExplorer extends CrashExplorer {
  readonly #signal: AbortSignal;

  constructor(options: CrashExplorerOptions, signal: AbortSignal) {
    super(options);
    this.#signal = signal;
  }

  override get isDone(): boolean {
    return super.isDone || this.met >= mostDisks || this.#signal.aborted;
  }
}

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

function experimentOf(module: ConformanceModule, prepared: readonly string[]): CrashExperiment<CatalogStore> {
  const shown = async (store: CatalogStore): Promise<string> => {
    const view = JSON.stringify(await store.models.list());
    await store.close();
    return view;
  };
  return {
    disk: () => new SimulatedDisk({ seed: 5201, root: ['/home/user'] }),
    prepare: async (disk) => {
      const store = await opened(module, disk);
      for (const id of prepared) await store.models.put(model(id));
      return store;
    },
    act: (store) => store.models.put(model('z')),
    recover: async (disk) => shown(await opened(module, disk)),
    write: async (disk) => {
      const store = await opened(module, disk);
      await store.models.put(model('further'));
      if ((await store.models.get('further')) === undefined) throw new Broken('a put after a power cut is not there');
      return shown(store);
    },
  };
}
