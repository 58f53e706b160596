import type { Versioned } from '../../src/core/generation.js';
import type { ModelEntry } from '../../src/core/records.js';
import { modelEntry } from '../model-entry.js';
import { sharedId } from './load.js';
import type { State } from './load-judge.js';
import type { Told } from './loaded-writer.js';

const oldModel = (id: string) => modelEntry(id, { name: 'old', labels: { content: 'old' } });
const newModel = (id: string) => modelEntry(id, { name: 'new', labels: { content: 'new' } });
const counted = (count: number, by: string) => modelEntry(sharedId, { name: by, labels: { count: String(count) } });

export const before = state(10, [
  [oldModel('untouched'), 3],
  [oldModel('one-overwritten'), 4],
  [oldModel('one-deleted'), 5],
  [oldModel('two-overwritten'), 6],
  [counted(7, 'one'), 7],
]);

/** The first writer came to its end; the second was killed inside its last operation. */
export const histories: readonly (readonly Told[])[] = [
  [
    acknowledgedPut(newModel('one-overwritten'), 11),
    {
      operation: { type: 'delete', id: 'one-deleted' },
      acknowledged: { id: 'one-deleted', revision: undefined, existed: true },
    },
    acknowledgedPut(newModel('one-new'), 13),
    {
      operation: { type: 'increment', entry: counted(8, 'one'), ifRevision: 7 },
      acknowledged: { id: sharedId, revision: 14 },
    },
  ],
  [
    {
      operation: { type: 'increment', entry: counted(8, 'two'), ifRevision: 7 },
      refused: { id: sharedId, code: 'RevisionConflict', message: 'it is at 14' },
    },
    { operation: { type: 'put', entry: newModel('two-overwritten') } },
  ],
];

const legal = state(14, [
  [oldModel('untouched'), 3],
  [newModel('one-overwritten'), 11],
  [newModel('one-new'), 13],
  [oldModel('two-overwritten'), 6],
  [counted(8, 'one'), 14],
]);

/** By the words of a scenario: what may be found after that, and what may not. */
export const founds: Readonly<Record<string, State>> = {
  'nothing of what was unanswered': legal,
  'the unanswered overwriting': but({ revision: 15, has: [newModel('two-overwritten'), 15] }),
  'an acknowledged put missing': but({ lacks: 'one-new' }),
  'an acknowledged put under another revision': but({ has: [newModel('one-new'), 12] }),
  'an acknowledged overwriting undone': but({ has: [oldModel('one-overwritten'), 4] }),
  'an acknowledged deletion undone': but({ has: [oldModel('one-deleted'), 5] }),
  'half of an unanswered overwriting': but({ revision: 15, has: [{ ...oldModel('two-overwritten'), name: 'new' }, 15] }),
  'an unanswered overwriting under an earlier revision': but({ revision: 15, has: [newModel('two-overwritten'), 2] }),
  'an unanswered overwriting under the revision of another': but({ revision: 15, has: [newModel('two-overwritten'), 13] }),
  'a refused increment counted': but({ has: [counted(8, 'two'), 14] }),
  'an acknowledged increment lost': but({ has: [counted(7, 'one'), 7] }),
  'an increment that nobody was about to make': but({ revision: 15, has: [counted(9, 'two'), 15] }),
  'a model that nobody asked for': but({ has: [newModel('unasked'), 14] }),
  'a model missing that nobody worked on': but({ lacks: 'untouched' }),
  'a revision too many': but({ revision: 15 }),
};

function but(change: { revision?: number; has?: readonly [ModelEntry, number]; lacks?: string }): State {
  const models = new Map(legal.models);
  if (change.has !== undefined) models.set(change.has[0].id, versioned(...change.has));
  if (change.lacks !== undefined) models.delete(change.lacks);
  return { models, revision: change.revision ?? legal.revision };
}

function state(revision: number, models: readonly (readonly [ModelEntry, number])[]): State {
  return { models: new Map(models.map((model) => [model[0].id, versioned(...model)])), revision };
}

function versioned(record: ModelEntry, revision: number): Versioned<ModelEntry> {
  return { record, revision };
}

function acknowledgedPut(entry: ModelEntry, revision: number): Told {
  return { operation: { type: 'put', entry }, acknowledged: { id: entry.id, revision } };
}
