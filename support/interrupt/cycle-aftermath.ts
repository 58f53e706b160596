import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../model-entry.js';
import { judge, type State } from './load-judge.js';
import type { Told } from './loaded-writer.js';

export interface Aftermath {
  readonly state: State;
  /** How many operations that were not answered are there. */
  readonly unansweredThere: number;
  /** Whether a killed writer left a temp, which is swept by now. */
  readonly leftTemps: boolean;
}

/** Judged by a reader before anything is mended, and again by a writing open, which leaves no temp and shows the newest. */
export async function expectAllThere(root: string, before: State, histories: readonly (readonly Told[])[]): Promise<Aftermath> {
  const leftTemps = (await tempsIn(root)).length > 0;
  const read = await stateOf(root, { readOnly: true });
  const unansweredThere = judge(before, histories, read);
  const state = await stateOf(root, { readOnly: false });
  expect([...state.models], 'what a writing open serves').to.deep.equal([...read.models]);
  expect(state.revision, 'the revision that a writing open serves').to.equal(read.revision);
  await expectAtRest(root);
  return { state, unansweredThere, leftTemps };
}

/** The lock is free: a put is not Busy although it does not wait. It is the next revision, and changes nothing else. */
export async function expectWritable(root: string, { models, revision }: State, name: string): Promise<State> {
  const entry = modelEntry('judge', { name });
  const store = await FsCatalog.open({ root, lockTimeoutMs: 0 });
  const put = await store.models.put(entry);
  await store.close();
  const found = await stateOf(root, { readOnly: true });
  expect(put.revision, 'the revision of a put after a cycle').to.equal(revision + 1);
  expect(Object.fromEntries(found.models), 'after one more put').to.deep.equal(Object.fromEntries(new Map(models).set(entry.id, put)));
  await expectAtRest(root);
  return found;
}

async function stateOf(root: string, options: { readonly readOnly: boolean }): Promise<State> {
  const store = await FsCatalog.open({ root, ...options });
  const { models, revision } = await store.snapshot();
  await store.close();
  return { models: new Map(models.map((model) => [model.record.id, model])), revision: revision.models };
}

/** CAT-IDX-1112: no temp is left, and the index shows the newest generation. */
async function expectAtRest(root: string): Promise<void> {
  expect(await tempsIn(root), 'temps that remain').to.deep.equal([]);
  const generations = join(root, 'generations', 'models');
  const newest = Math.max(...(await namesIn(generations)).map(Number));
  if (newest === Number.NEGATIVE_INFINITY) return;
  const shown = await readFile(join(root, 'catalog.json'), 'utf8');
  expect(shown, `catalog.json shows generation ${newest}`).to.equal(await readFile(join(generations, String(newest)), 'utf8'));
}

/** Temps lie beside what they are to become, in the root. */
async function tempsIn(root: string): Promise<readonly string[]> {
  return (await namesIn(root)).filter((name) => name.endsWith('.tmp'));
}

/** Where nobody came to its first put there is nothing yet. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
