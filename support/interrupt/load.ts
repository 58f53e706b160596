import { isCatalogError } from '../../src/core/errors.js';
import type { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { countOf } from '../contention/increment.js';
import { modelEntry } from '../model-entry.js';
import { Draws } from './draws.js';
import type { Acknowledged, Load, Operation, Refused } from './job.js';

/** The one record that all writers change. */
export const sharedId = 'shared';
const ownIds = 6;

type Tell = (word: 'about' | 'ack' | 'refused', content: Operation | Acknowledged | Refused) => void;

/**
 * Puts, overwrites, deletes and adds to the shared count, and tells of each before it and after it. Of no two puts are the
 * contents equal. A refusal other than that of a compare-and-set ends it.
 */
export async function workUnderLoad(store: FsCatalog, load: Load, tell: Tell): Promise<void> {
  const draws = new Draws(load.seed);
  for (let done = 0; done < (load.operations ?? Number.POSITIVE_INFINITY); done++) {
    const operation = await drawnOperation(store, draws, {
      of: load.name,
      name: `operation ${done} of ${load.name} in cycle ${load.cycle}`,
    });
    tell('about', operation);
    if (load.acknowledgesEarly) tell('ack', { id: idOf(operation), revision: undefined });
    const [word, content] = await outcomeOf(store, operation);
    if (!load.acknowledgesEarly) tell(word, content);
    if ('code' in content && content.code !== 'RevisionConflict') throw new Error(`${content.code}: ${content.message}`);
  }
}

async function drawnOperation(store: FsCatalog, draws: Draws, { of, name }: { of: string; name: string }): Promise<Operation> {
  const id = `${of}-${draws.between(1, ownIds)}`;
  const type = draws.oneOf<Operation['type']>(['put', 'put', 'put', 'delete', 'increment']);
  if (type === 'put') return { type, entry: modelEntry(id, { name }) };
  if (type === 'delete') return { type, id };
  const read = await store.models.get(sharedId);
  const labels = { count: String(countOf(read?.record) + 1) };
  return { type, entry: modelEntry(sharedId, { name, labels }), ifRevision: read?.revision ?? 'absent' };
}

async function outcomeOf(store: FsCatalog, operation: Operation): Promise<['ack', Acknowledged] | ['refused', Refused]> {
  const id = idOf(operation);
  try {
    if (operation.type === 'delete') return ['ack', { id, revision: undefined, existed: await store.models.delete(id) }];
    const options = operation.type === 'increment' ? { ifRevision: operation.ifRevision } : {};
    const { revision } = await store.models.put(operation.entry, options);
    return ['ack', { id, revision }];
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return ['refused', { id, code: error.code, message: error.message }];
  }
}

export function idOf(operation: Operation): string {
  return operation.type === 'delete' ? operation.id : operation.entry.id;
}
