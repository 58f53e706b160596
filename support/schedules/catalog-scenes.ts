import { Block } from '../../src/core/generation.js';
import { UnreadGeneration } from '../../src/core/index-lines.js';
import type { Disk } from '../../src/disk/program.js';
import type { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { Actor, Scene } from '../../src/sim/schedule-explorer.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { lockFile } from '../../src/stores/fs/place.js';
import { modelEntry } from '../model-entry.js';
import { type Circumstances, firstOpener, opener, reader, root, writer } from './catalog-actors.js';
import { judgeEnd } from './catalog-oracle.js';
import { judgeCut } from './cut-oracle.js';
import { journalSceneOf } from './journal-scenes.js';

export interface SceneOptions {
  readonly lock: Circumstances['lock'];
  readonly sabotage?: ((disk: Disk) => Disk) | undefined;
  readonly withCuts?: boolean;
}

interface Cast {
  /** How many models are there before anybody begins. */
  readonly prepared: number;
  readonly keepGenerations: number;
  readonly actors: (circumstances: Circumstances) => Record<string, Actor>;
  readonly beginsWhenReady: boolean;
}

/** By the words of a scenario: who is there, and what each does. */
const casts: Readonly<Record<string, Cast>> = {
  'two writers of one put each beside a reader': {
    beginsWhenReady: true,
    prepared: 1,
    keepGenerations: 8,
    actors: (circumstances) => ({
      first: writer(circumstances, ['first-1']),
      second: writer(circumstances, ['second-1']),
      reader: reader(circumstances, 1),
    }),
  },
  'one put against three puts with two generations kept': {
    beginsWhenReady: true,
    prepared: 1,
    keepGenerations: 2,
    actors: (circumstances) => ({
      first: writer(circumstances, ['first-1']),
      second: writer(circumstances, ['second-1', 'second-2', 'second-3']),
    }),
  },
  'a writer beside a reader': {
    beginsWhenReady: true,
    prepared: 1,
    keepGenerations: 2,
    actors: (circumstances) => ({ writer: writer(circumstances, ['writer-1']), reader: reader(circumstances) }),
  },
  'a writer of three puts beside a reader, one generation kept': {
    beginsWhenReady: true,
    prepared: 1,
    keepGenerations: 1,
    actors: (circumstances) => ({
      writer: writer(circumstances, ['writer-1', 'writer-2', 'writer-3']),
      reader: reader(circumstances),
    }),
  },
  'a writer beside an opener that sweeps': {
    beginsWhenReady: true,
    prepared: 1,
    keepGenerations: 2,
    actors: (circumstances) => ({ writer: writer(circumstances, ['writer-1']), opener: opener(circumstances) }),
  },
  'two first opens': {
    beginsWhenReady: false,
    prepared: 0,
    keepGenerations: 8,
    actors: (circumstances) => ({ first: firstOpener(circumstances), second: firstOpener(circumstances) }),
  },
  'idle writers whose bases are older than those kept': {
    beginsWhenReady: true,
    prepared: 1,
    keepGenerations: 1,
    actors: (circumstances) => ({
      first: writer(circumstances, ['first-1']),
      second: writer(circumstances, ['second-1']),
      third: writer(circumstances, ['third-1', 'third-2', 'third-3']),
    }),
  },
};

export function sceneOf(words: string, options: SceneOptions): Scene {
  return journalSceneOf(words, options) ?? catalogSceneOf(words, options);
}

function catalogSceneOf(words: string, { lock, sabotage, withCuts = false }: SceneOptions): Scene {
  const cast = casts[words];
  if (cast === undefined) throw new Error(`there is no scene: ${words}`);
  const { keepGenerations, prepared } = cast;
  const before = Array.from({ length: prepared }, (_, at) => ({ id: `before-${at + 1}`, revision: at + 1 }));
  return {
    disk: { root: ['/home/user'] },
    prepare: (disk) =>
      putAll(
        disk,
        before.map(({ id }) => id),
      ),
    actors: cast.actors({ lock, keepGenerations, sabotage }),
    judgeEnd: (moment) => judgeEnd(moment, { before, keepGenerations }),
    ...(withCuts && { judgeCut: judgeCut(before) }),
    // Who holds the lock is written there, for people and for who has waited in vain.
    unjudged: [lockFile(root)],
    beginsWhenReady: cast.beginsWhenReady,
    // The joined lines that the one keeps follow from its records, and all of the other from its commit.
    values: [Block, UnreadGeneration],
  };
}

async function putAll(disk: SimulatedDisk, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const process = disk.process();
  const store = await FsCatalog.open({ root, disk: process });
  for (const id of ids) await store.models.put(modelEntry(id));
  await store.close();
  process.kill();
}
