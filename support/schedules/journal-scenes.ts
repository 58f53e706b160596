import { isCatalogError } from '../../src/core/errors.js';
import type { Disk } from '../../src/disk/program.js';
import type { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import { Journal } from '../../src/journal/journal.js';
import type { Actor, Moment, Scene } from '../../src/sim/schedule-explorer.js';
import { JournalCatalog } from '../../src/stores/journal/journal-catalog.js';
import { journalFolder } from '../../src/stores/journal/journal-root.js';
import { modelEntry } from '../model-entry.js';
import { type Held, root, type Said } from './catalog-actors.js';
import { heardIn } from './catalog-oracle.js';
import type { SceneOptions } from './catalog-scenes.js';

type Sabotage = NonNullable<SceneOptions['sabotage']>;

interface JournalCast {
  readonly prepared: number;
  /** So few bytes that what is put needs a new segment. */
  readonly segmentMaxBytes?: number;
  readonly actors: (open: Opener) => Record<string, Actor>;
  readonly beginsWhenReady: boolean;
}

type Opener = (disk: Disk, options?: { readonly readOnly?: boolean }) => Promise<JournalCatalog>;

const casts: Readonly<Record<string, JournalCast>> = {
  'a writer of a journal beside a reader': {
    prepared: 1,
    beginsWhenReady: true,
    actors: (open) => ({ writer: writer(open, ['writer-1']), reader: reader(open, 2) }),
  },
  'two writers of a journal beside a reader': {
    prepared: 1,
    beginsWhenReady: true,
    actors: (open) => ({ first: writer(open, ['first-1']), second: writer(open, ['second-1']), reader: reader(open, 1) }),
  },
  'two writers of a journal that rotates beside a reader': {
    prepared: 1,
    segmentMaxBytes: 1024,
    beginsWhenReady: true,
    actors: (open) => ({ first: writer(open, ['first-1']), second: writer(open, ['second-1']), reader: reader(open, 1) }),
  },
  'a writer of a journal that rotates beside a reader': {
    prepared: 1,
    segmentMaxBytes: 1024,
    beginsWhenReady: true,
    actors: (open) => ({ writer: writer(open, ['writer-1', 'writer-2']), reader: reader(open, 2) }),
  },
  'two first opens of a journal': {
    prepared: 0,
    beginsWhenReady: false,
    actors: (open) => ({ first: writer(open, ['first-1']), second: writer(open, ['second-1']) }),
  },
};

/** Processes that share the journal of a catalog (CAT-JRN-3505); `undefined` for a scene of another store. */
export function journalSceneOf(words: string, { sabotage = (disk) => disk, withCuts = false }: SceneOptions): Scene | undefined {
  const cast = casts[words];
  if (cast === undefined) return undefined;
  const { prepared, segmentMaxBytes, beginsWhenReady } = cast;
  const ids = Array.from({ length: prepared }, (_, at) => `before-${at + 1}`);
  return {
    disk: { root: ['/home/user'] },
    prepare: (disk) => putAll(disk, ids, segmentMaxBytes),
    actors: cast.actors(openerOf(sabotage, segmentMaxBytes)),
    judgeEnd: (moment) => judgeEnd(moment, ids),
    ...(withCuts && { judgeCut: judgeCut(ids) }),
    unjudged: [`${journalFolder(root)}/journal.lock`],
    beginsWhenReady,
  };
}

function openerOf(sabotage: Sabotage, segmentMaxBytes: number | undefined): Opener {
  return (disk, options = {}) =>
    JournalCatalog.open({ root, disk: sabotage(disk), ...(segmentMaxBytes !== undefined && { segmentMaxBytes }), ...options });
}

function writer(open: Opener, ids: readonly string[]): Actor {
  return async (disk, board) => {
    const store = await open(disk);
    await store.models.list();
    await board.ready();
    for (const id of ids) await board.tell(await said(store, id));
    await store.close();
  };
}

function reader(open: Opener, looks: number): Actor {
  return async (disk, board) => {
    const store = await open(disk, { readOnly: true });
    await board.ready();
    for (let look = 0; look < looks; look++) {
      const mustHold = heldIn(await board.heard());
      await board.tell({ type: 'shown', look: await lookAt(store), mustHold } satisfies Said);
    }
    await store.close();
  };
}

async function said(store: JournalCatalog, id: string): Promise<Said> {
  try {
    return { type: 'acknowledged', id, revision: (await store.models.put(modelEntry(id))).revision };
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return { type: 'refused', id, code: error.code };
  }
}

async function lookAt(store: JournalCatalog): Promise<{ readonly revision: number; readonly models: readonly Held[] }> {
  const { models, revision } = await store.snapshot();
  return { revision: revision.models, models: models.map(({ record, revision: of }) => ({ id: record.id, revision: of })) };
}

function heldIn(all: readonly unknown[]): Held[] {
  return (all as readonly Said[]).flatMap((one) => (one.type === 'acknowledged' ? [{ id: one.id, revision: one.revision }] : []));
}

/** When all have ended: what was acknowledged is there, once each, whoever looked saw it from then on, and the journal is whole. */
async function judgeEnd(moment: Moment, before: readonly string[]): Promise<void> {
  for (const [actor, ending] of Object.entries(moment.endings)) {
    if (ending.kind === 'threw') throw new Error(`${actor} ended with ${String(ending.error)}`);
  }
  const { acknowledged, refused, byActor } = heardIn(moment);
  if (refused.length > 0) throw new Error(`the put of ${refused[0]?.id} was refused with ${refused[0]?.code}`);
  for (const [actor, all] of Object.entries(byActor)) {
    let newest = 0;
    for (const one of all) {
      if (one.type !== 'shown') continue;
      const missing = one.mustHold.find((held) => !isHeld(one.look.models, held));
      if (missing) throw new Error(`${actor} was not shown ${missing.id}, which was acknowledged`);
      if (one.look.revision < newest) throw new Error(`${actor} was shown ${one.look.revision} after ${newest}`);
      newest = one.look.revision;
    }
  }
  const disk = moment.disk();
  expectThere(await found(disk, { readOnly: true }), before, acknowledged);
  const { ok, problems } = Journal.open({ directory: journalFolder(root), disk, readOnly: true }).verify();
  if (!ok) throw new Error(`the journal is not whole: ${JSON.stringify(problems)}`);
}

/** After a power cut at any moment: all that was acknowledged and all that anybody was shown is there. */
function judgeCut(before: readonly string[]): NonNullable<Scene['judgeCut']> {
  const seen = new Set<string>();
  return async (moment) => {
    const { acknowledged, byActor } = heardIn(moment);
    const shown = Object.values(byActor).flatMap((all) => all.flatMap((one) => (one.type === 'shown' ? one.look.models : [])));
    const must = [...acknowledged, ...shown];
    for (const { fingerprint, choice, disk } of moment.crashStates()) {
      const key = `${fingerprint} ${JSON.stringify(must)}`;
      if (seen.has(key)) continue;
      try {
        expectThere(await found(disk, {}), before, must);
      } catch (error) {
        throw new Error(`after a power cut ${String(error)}`, { cause: choice });
      }
      seen.add(key);
    }
  };
}

async function found(disk: SimulatedDisk, options: { readonly readOnly?: boolean }): Promise<readonly Held[]> {
  const store = await JournalCatalog.open({ root, disk, ...options });
  const { models } = await lookAt(store);
  await store.close();
  return models;
}

function expectThere(models: readonly Held[], before: readonly string[], must: readonly Held[]): void {
  const lost = before.find((id) => !models.some((held) => held.id === id)) ?? must.find((held) => !isHeld(models, held))?.id;
  if (lost !== undefined) throw new Error(`${lost} is lost`);
  if (new Set(models.map(({ revision }) => revision)).size < models.length) throw new Error('two records have one revision');
}

function isHeld(models: readonly Held[], { id, revision }: Held): boolean {
  return models.some((held) => held.id === id && held.revision === revision);
}

async function putAll(disk: SimulatedDisk, ids: readonly string[], segmentMaxBytes: number | undefined): Promise<void> {
  if (ids.length === 0) return;
  const process = disk.process();
  const store = await openerOf((same) => same, segmentMaxBytes)(process);
  for (const id of ids) await store.models.put(modelEntry(id));
  await store.close();
  process.kill();
}
