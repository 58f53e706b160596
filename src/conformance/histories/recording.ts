import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CatalogStore } from '../../stores/catalog-store.js';
import { drawing, oneOf } from '../drawing.js';
import { model } from '../samples.js';
import { Watcher } from '../watcher.js';
import type { Delete, Get, History, Operation, Put, Shown, Watched } from './history.js';

export interface Clients {
  /** One handle for each client; several may be the same. */
  readonly stores: readonly CatalogStore[];
  readonly seed: number;
  /** So many operations each. */
  readonly operations: number;
  readonly owed: Watched['owed'] | undefined;
  readonly patienceMs: number;
}

const ids = ['a', 'b', 'c'];
const lastId = 'the-end';

/** Lets clients work at the same time, beside somebody who watches, and keeps what each of them saw. */
export async function recordHistory({ stores, seed, operations, owed, patienceMs }: Clients): Promise<History> {
  const [store] = stores;
  if (store === undefined) throw new RangeError('a history has clients');
  const recorder = new Recorder();
  const first = await store.models.put(model('the-beginning'));
  const watcher = owed === undefined ? undefined : new Watcher(store.models, patienceMs, first.revision);
  const watching = watcher?.untilTold(lastId);
  watching?.catch(() => {});
  await Promise.all(stores.map((each, client) => live(recorder, each, { client, seed, operations })));
  const put = await store.models.put(model(lastId, { name: 'end' }));
  recorder.note({
    type: 'put',
    client: 0,
    id: lastId,
    value: 'end',
    revision: put.revision,
    begun: recorder.moment(),
    ended: recorder.moment(),
  });
  const end: Shown[] = (await store.models.list())
    .filter(({ record: { id } }) => id !== 'the-beginning')
    .map(({ record: { id, name }, revision }) => ({ id, value: name, revision }));
  const told = (await watching) ?? [];
  await watcher?.stop();
  const changes = told.map(({ id, revision, record }) => ({ id, revision, value: record?.name }));
  return { operations: recorder.operations, watched: owed === undefined ? [] : [{ after: first.revision, owed, changes }], end };
}

interface Life {
  readonly client: number;
  readonly seed: number;
  readonly operations: number;
}

async function live(recorder: Recorder, store: CatalogStore, { client, seed, operations }: Life): Promise<void> {
  const draw = drawing(seed * 64 + client);
  for (let step = 0; step < operations; step++) {
    const id = oneOf(ids, draw);
    const value = `${client}.${step}`;
    // Whoever is quick would never meet the others.
    for (let turns = draw(3); turns > 0; turns--) await nextTurn();
    switch (draw(8)) {
      case 0:
        await recorder.delete(store, { client, id });
        break;
      case 1:
      case 2:
        await recorder.get(store, { client, id });
        break;
      case 3:
        await recorder.put(store, { client, id, value });
        break;
      default: {
        const found = await recorder.get(store, { client, id });
        await recorder.put(store, { client, id, value, ifRevision: found?.revision ?? 'absent' });
      }
    }
  }
}

type Who = Pick<Operation, 'client' | 'id'>;

/** Writes down what was asked and answered; moments count up. */
class Recorder {
  readonly operations: Operation[] = [];
  #moment = 0;

  moment(): number {
    return ++this.#moment;
  }

  note(operation: Operation): void {
    this.operations.push(operation);
  }

  async get(store: CatalogStore, who: Who): Promise<Get['found']> {
    const begun = this.moment();
    const got = await store.models.get(who.id);
    const found = got && { value: got.record.name, revision: got.revision };
    this.note({ type: 'get', ...who, begun, ended: this.moment(), found });
    return found;
  }

  async put(store: CatalogStore, { value, ifRevision, ...who }: Who & Pick<Put, 'value' | 'ifRevision'>): Promise<void> {
    const begun = this.moment();
    const asked = store.models.put(model(who.id, { name: value }), ifRevision === undefined ? {} : { ifRevision });
    const end = await outcome(asked.then(({ revision }) => ({ revision })));
    this.note({ type: 'put', ...who, value, ifRevision, begun, ended: this.moment(), ...end });
  }

  async delete(store: CatalogStore, who: Who): Promise<void> {
    const begun = this.moment();
    const end = await outcome<Partial<Delete>>(store.models.delete(who.id).then((existed) => ({ existed })));
    this.note({ type: 'delete', ...who, begun, ended: this.moment(), ...end });
  }
}

/** A conflict is an answer; all else is nobody's. */
async function outcome<T>(asked: Promise<T>): Promise<T | { readonly refused: string }> {
  try {
    return await asked;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code !== 'RevisionConflict') throw error;
    return { refused: code };
  }
}
