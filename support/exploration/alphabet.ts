import { createHash } from 'node:crypto';
import type { Catalog } from '../../src/catalog.js';
import { isCatalogError } from '../../src/core/errors.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { Disk } from '../../src/disk/program.js';
import { openCatalog } from '../../src/open-catalog.js';
import { modelEntry } from '../model-entry.js';

/** The operations of which every history is made (CAT-SIM-5005). */
export const operations = ['put new', 'overwrite', 'stale put', 'delete', 'set state', 'add', 'add known', 'reopen', 'repair'] as const;
export type Operation = (typeof operations)[number];

export const root = '/home/user/models';
export const source = { path: '/home/user/sources/weights.gguf', text: 'the weights of a model' };
export const sourceDigest = `sha256:${createHash('sha256').update(source.text).digest('hex')}`;

/** A process of the catalog, at work. */
export interface Session {
  readonly disk: Disk;
  readonly keepGenerations: number;
  catalog: Catalog;
}

export async function begin(disk: Disk, keepGenerations: number): Promise<Session> {
  return { disk, keepGenerations, catalog: await opened(disk, { keepGenerations }) };
}

export function opened(disk: Disk, options: { readonly readOnly?: boolean; readonly keepGenerations?: number } = {}): Promise<Catalog> {
  const { readOnly, keepGenerations } = options;
  return openCatalog({ root, disk, lockTimeoutMs: 20, readOnly, keepGenerations });
}

/** What a model of the catalog must be, as far as a history says it: the rest is the program's own to choose. */
export interface Expected {
  readonly revision: number;
  /** By id, in order. */
  readonly models: Readonly<Record<string, { readonly name: string; readonly state: ModelEntry['state']; readonly digest?: string }>>;
}

export const nothing: Expected = { revision: 0, models: {} };

const step: Readonly<Record<Operation, (session: Session, before: Expected, nth: number) => Promise<unknown>>> = {
  'put new': ({ catalog }, before) => catalog.put(modelEntry(freeId(before))),
  overwrite: async ({ catalog }, before, nth) => {
    const id = firstId(before);
    const stored = await catalog.get(id);
    return catalog.put({ ...(stored ?? modelEntry(id)), name: `changed ${nth}` });
  },
  'stale put': ({ catalog }, before) => refused(catalog.store.models.put(modelEntry(firstId(before)), { ifRevision: before.revision + 7 })),
  delete: ({ catalog }, before) => catalog.delete(firstId(before)),
  'set state': async ({ catalog }, before) => {
    const id = firstId(before);
    return before.models[id] === undefined ? undefined : catalog.setState(id, otherState(before.models[id].state));
  },
  add: ({ catalog }) => catalog.add(source.path, { id: 'added' }),
  'add known': ({ catalog }) => catalog.add(source.path, { id: 'known' }),
  reopen: async (session) => {
    await session.catalog.close();
    session.catalog = await opened(session.disk, session);
  },
  repair: ({ catalog }) => catalog.repair(),
};

/** The same operation on what is expected; written apart from the program, so that the two can disagree. */
const meaning: Readonly<Record<Operation, (before: Expected, nth: number) => Expected>> = {
  'put new': (before) => after(before, { [freeId(before)]: { name: freeId(before), state: 'Pending' } }),
  overwrite: (before, nth) => {
    const id = firstId(before);
    return after(before, { [id]: { state: 'Pending', ...before.models[id], name: `changed ${nth}` } });
  },
  'stale put': (before) => before,
  delete: (before) => {
    const { [firstId(before)]: gone, ...models } = before.models;
    return gone === undefined ? before : { revision: before.revision + 1, models };
  },
  'set state': (before) => {
    const id = firstId(before);
    const stored = before.models[id];
    return stored === undefined ? before : after(before, { [id]: { ...stored, state: otherState(stored.state) } });
  },
  add: (before) => afterAdd(before, 'added'),
  'add known': (before) => afterAdd(before, 'known'),
  reopen: (before) => before,
  repair: (before) => before,
};

/** Does one operation, and gives what must be there from then on. */
export async function perform(session: Session, operation: Operation, before: Expected, nth: number): Promise<Expected> {
  await step[operation](session, before, nth);
  return meaning[operation](before, nth);
}

export function expectedAfter(history: readonly Operation[]): Expected {
  return history.reduce((before, operation, nth) => meaning[operation](before, nth), nothing);
}

/** Every history of one to `length` operations, shortest first. */
export function histories(length: number): Operation[][] {
  return historiesOf(operations, length);
}

export function historiesOf<O>(alphabet: readonly O[], length: number): O[][] {
  const byLength: O[][][] = [[[]]];
  for (let size = 1; size <= length; size++) {
    byLength.push((byLength[size - 1] ?? []).flatMap((history) => alphabet.map((operation) => [...history, operation])));
  }
  return byLength.slice(1).flat();
}

function after(before: Expected, changed: Expected['models']): Expected {
  const models = { ...before.models, ...changed };
  return { revision: before.revision + 1, models };
}

function afterAdd(before: Expected, id: string): Expected {
  const stored = before.models[id];
  // The same content under the same id gives the stored entry, and leaves its state and name alone.
  if (stored?.digest === sourceDigest) return before;
  return after(before, { [id]: { name: id, state: 'Active', digest: sourceDigest } });
}

function freeId({ models }: Expected): string {
  return ['a', 'b', 'c'].find((id) => models[id] === undefined) ?? 'd';
}

function firstId({ models }: Expected): string {
  return Object.keys(models).sort()[0] ?? 'a';
}

function otherState(state: ModelEntry['state']): ModelEntry['state'] {
  return state === 'Retired' ? 'Pending' : 'Retired';
}

async function refused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (isCatalogError(error, 'RevisionConflict')) return;
    throw error;
  }
  throw new Error('a stale put was taken');
}
