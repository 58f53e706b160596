import { join } from 'node:path';
import { expect } from 'chai';
import { type ErrorCode, isCatalogError } from '../src/core/errors.js';
import { blobPath } from '../src/core/model-layout.js';
import type { ModelEntry } from '../src/core/records.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import {
  expectBlobsGood,
  expectWhole,
  type Left,
  openOn,
  type Scene,
  sha256,
  simulatedRoot,
  simulatedSources,
} from './artifact-helpers.js';
import { withEachStep } from './interrupt/disks.js';
import { leaveUnreached } from './unreached.js';

/** A scene with the content it may come to: what was there before stays whole, and once acknowledged it has happened. */
export interface JudgedScene extends Scene {
  /** The ids that are there whatever happens. */
  readonly stays: readonly string[];
  readonly isDone: (entries: readonly ModelEntry[], disk: SimulatedDisk) => boolean;
  /** Whether what was acknowledged may be undone by a power cut, which brings back what nobody needs. */
  readonly mayComeBack?: boolean;
}

const source = (name: string): string => join(simulatedSources, name);
const files = {
  'a.gguf': 'some weights',
  'b.gguf': 'other weight',
  'd/a.json': '{}',
  'd/w/b.gguf': 'more weights!',
  'new/a.gguf': 'newer weight',
};
const hasId = (id: string) => (entries: readonly ModelEntry[]) => entries.some((entry) => entry.id === id);

/** Histories that end with an operation that a crash may meet anywhere. */
export const scenes: Readonly<Record<string, JudgedScene>> = {
  'adding a first model': { files, act: (catalog) => catalog.add(source('a.gguf')), stays: [], isDone: hasId('a') },
  'adding a model beside another': {
    files,
    prepare: (catalog) => catalog.add(source('a.gguf')),
    act: (catalog) => catalog.add(source('b.gguf')),
    stays: ['a'],
    isDone: hasId('b'),
  },
  'adding a directory of two files': { files, act: (catalog) => catalog.add(source('d')), stays: [], isDone: hasId('d') },
  'adding content whose blob a killed process left unsynced': {
    files,
    prepare: (catalog) => catalog.add(source('a.gguf')),
    leave: (disk) => killedAfterLink(disk, (catalog) => catalog.add(source('b.gguf'))),
    act: (catalog) => catalog.add(source('b.gguf')),
    stays: ['a'],
    isDone: hasId('b'),
  },
  'replacing the content of a model': {
    files,
    prepare: (catalog) => catalog.add(source('a.gguf'), { id: 'm' }),
    act: (catalog) => catalog.add(source('b.gguf'), { id: 'm', replace: true }),
    stays: ['m'],
    isDone: (entries) => entries.some(({ id, digest }) => id === 'm' && digest === sha256(files['b.gguf'])),
  },
  'replacing the content of a model under the same file name': {
    files,
    prepare: (catalog) => catalog.add(source('a.gguf'), { id: 'm' }),
    act: (catalog) => catalog.add(source('new/a.gguf'), { id: 'm', replace: true }),
    stays: ['m'],
    isDone: (entries) => entries.some(({ id, digest }) => id === 'm' && digest === sha256(files['new/a.gguf'])),
  },
  'removing a model': {
    files,
    prepare: async (catalog) => {
      await catalog.add(source('a.gguf'));
      await catalog.add(source('b.gguf'));
    },
    act: (catalog) => catalog.delete('a'),
    stays: ['b'],
    isDone: (entries) => !hasId('a')(entries),
  },
  'removing a directory of two files': {
    files,
    prepare: async (catalog) => {
      await catalog.add(source('d'));
      await catalog.add(source('b.gguf'));
    },
    act: (catalog) => catalog.delete('d'),
    stays: ['b'],
    isDone: (entries) => !hasId('d')(entries),
  },
  'removing one of two models that share a file': {
    files,
    prepare: async (catalog) => {
      await catalog.add(source('a.gguf'), { id: 'one' });
      await catalog.add(source('a.gguf'), { id: 'two' });
    },
    act: (catalog) => catalog.delete('one'),
    stays: ['two'],
    isDone: (entries) => !hasId('one')(entries),
  },
  'collecting what nothing reaches': {
    files,
    prepare: async (catalog) => {
      await catalog.add(source('a.gguf'));
      await leaveUnreached(catalog, source('b.gguf'));
    },
    act: (catalog) => catalog.gc({ graceMs: 0 }),
    mayComeBack: true,
    stays: ['a'],
    isDone: (_, disk) => !disk.snapshotTree().has(join(simulatedRoot, blobPath(sha256(files['b.gguf'])))),
  },
  'leasing a model': {
    files,
    prepare: (catalog) => catalog.add(source('a.gguf')),
    act: (catalog) => catalog.lease('a', { holder: 'a reader', ttlMs: 60_000 }),
    stays: ['a'],
    isDone: (entries) => entries.some(({ last_used_ms }) => last_used_ms !== undefined),
  },
};

/** Judges what a crash left: whole entries, those that stay, and what was acknowledged. */
export async function judgeScene(scene: JudgedScene, { disk, acknowledged }: Left): Promise<boolean> {
  const entries = await expectWhole(disk);
  expectBlobsGood(disk);
  const isDone = scene.isDone(entries, disk);
  expect(entries.map(({ id }) => id)).to.include.members([...scene.stays]);
  expect(isDone || !acknowledged || scene.mayComeBack === true, 'what was acknowledged has happened').to.equal(true);
  return isDone;
}

/** Two operations on a catalog that holds the model "first"; what is there at the end whatever their order. */
export const interleavings: Readonly<Record<string, Scene['act']>> = {
  'removing a model': (catalog) => catalog.delete('first'),
  'removing it': (catalog) => catalog.delete('first'),
  'removing the other of that content': (catalog) => catalog.delete('first'),
  'removing another of its content': (catalog) => catalog.delete('second'),
  'adding its content': (catalog) => catalog.add(source('a.gguf'), { id: 'other' }),
  'adding its content as another': (catalog) => catalog.add(source('a.gguf'), { id: 'other' }),
  'adding it again': (catalog) => catalog.add(source('a.gguf'), { id: 'first' }),
  'adding a model again': (catalog) => catalog.add(source('a.gguf'), { id: 'first' }),
  'adding what nothing reaches': (catalog) => catalog.add(source('b.gguf'), { id: 'other' }),
  collecting: (catalog) => catalog.gc({ graceMs: 0 }),
  'collecting too': (catalog) => catalog.gc({ graceMs: 0 }),
  'collecting down to nothing': (catalog) => catalog.gc({ graceMs: 0, maxBytes: 0, keepActive: false }),
  'leasing a model': (catalog) => unless(['NotFound', 'Fenced'], catalog.lease('first', { holder: 'a reader', ttlMs: 60_000 })),
  'removing it unless it is leased': (catalog) => unless(['InUse'], catalog.delete('first')),
  'removing it by force': (catalog) => catalog.evict('first', { force: true }),
};

/** Work that may be refused by what another was faster with. */
async function unless(codes: readonly ErrorCode[], work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (codes.some((code) => isCatalogError(error, code))) return undefined;
    throw error;
  }
}

export function interleavedScene(one: string, two: string): Scene & { readonly other: Scene['act'] } {
  const [act, other] = [interleavings[one], interleavings[two]];
  if (!act || !other) throw new Error(`there is no ${one} or ${two}`);
  return {
    files,
    prepare: async (catalog) => {
      await catalog.add(source('a.gguf'), { id: 'first' });
      if (two === 'removing another of its content') await catalog.add(source('a.gguf'), { id: 'second' });
      if (`${one} ${two}`.includes('collecting')) await leaveUnreached(catalog, source('b.gguf'));
    },
    act,
    other,
  };
}

/** A process that has given a blob its name is killed before it could sync the folder of that name. */
async function killedAfterLink(disk: SimulatedDisk, act: Scene['act']): Promise<void> {
  const process = disk.process();
  let isLinked = false;
  await new Promise<void>((resolve) => {
    const stopping = withEachStep(process, (step) => {
      if (isLinked) {
        resolve();
        return new Promise<never>(() => {});
      }
      isLinked = step.op === 'link' && step.to.startsWith(`${simulatedRoot}/blobs/`);
      return undefined;
    });
    void openOn(stopping, 'the one that is killed').then(act);
  });
  process.kill();
}
