import type { ConformanceModule } from '../../src/conformance/index.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { CatalogStore, Collection, StoreClaims } from '../../src/stores/catalog-store.js';
import { MemoryCatalog } from '../../src/stores/memory-catalog.js';

type Models = Collection<ModelEntry>;
type Record_ = ModelEntry & Readonly<Record<string, unknown>>;

/** What is otherwise in a memory store that breaks one promise. */
interface Fault {
  /** Operations that only some stores have. */
  readonly more?: object;
  readonly models?: (own: Models, store: MemoryCatalog) => Partial<Models>;
  readonly engines?: (store: MemoryCatalog) => CatalogStore['engines'];
  readonly claims?: Partial<StoreClaims>;
  /** What the store itself claims, where that is not what its module does. */
  readonly storeClaims?: Partial<StoreClaims>;
  readonly close?: () => Promise<void>;
}

const unsupported = (): never => {
  throw Object.assign(new Error('nobody can watch this'), { code: 'Unsupported' });
};
const changed = (change: (record: Record_) => unknown): Fault => ({
  models: (own) => ({ put: (record, options) => own.put(change(record as Record_) as ModelEntry, options) }),
});
const known = ['id', 'name', 'source', 'state', 'trust_state', 'registered_at', 'bytes', 'labels', 'digest', 'files'];
/** By the words of a scenario. */
const faults: Readonly<Record<string, Fault>> = {
  'is sound': {},
  'claims "no watch"': { claims: { watch: 'none' }, models: () => ({ watch: unsupported }) },
  'claims no watch, and can be watched': { claims: { watch: 'none' } },
  'claims a level that cannot be shown': { claims: { levels: ['core', 'crash'] } },
  'claims no history, and tells of it': { more: { history: async function* () {} } },
  'claims no history, and shows the past': { more: { at: async () => ({ models: [], engines: [] }) } },
  'claims no history, and compares': { more: { diff: async () => [] } },
  'claims a history, and has none': { claims: { history: true } },
  'claims another watch than its module': { storeClaims: { watch: 'every' } },
  'drops members that it does not know': changed((record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => known.includes(name))),
  ),
  'drops labels': changed(({ labels: _labels, ...rest }) => rest),
  'takes any record': {
    models: (own) => ({
      put: (record, options) =>
        own.put({ ...record, bytes: (record.bytes ?? 0) < 0 ? 0 : record.bytes, revision: undefined } as never, options),
    }),
  },
  'takes any id': changed((record) => ({ ...record, id: record.id.replaceAll('\\', '-') || 'empty' })),
  'lets ids collide': {
    models: (own) => ({ put: (record, options) => own.put({ ...record, id: record.id === 'LLaMA' ? 'other' : record.id }, options) }),
  },
  'lists by code units': {
    models: (own) => ({ list: async () => (await own.list()).sort((a, b) => (a.record.id < b.record.id ? -1 : 1)) }),
  },
  'ignores expected revisions': {
    models: (own) => ({ put: (record, { ifRevision } = {}) => own.put(record, ifRevision === 'absent' ? { ifRevision } : {}) }),
  },
  'ignores that nothing is expected': {
    engines: ({ engines }) => ({
      ...bound(engines),
      put: (record, { ifRevision } = {}) => engines.put(record, ifRevision === 'absent' ? {} : { ifRevision }),
    }),
  },
  'deletes whatever is expected': { models: (own) => ({ delete: (id) => own.delete(id) }) },
  'answers true for any deletion': { models: (own) => ({ delete: async (id, options) => (await own.delete(id, options)) || true }) },
  'gives every put the same revision': {
    models: (own) => ({ put: async (record, options) => ({ ...(await own.put(record, options)), revision: 1 }) }),
  },
  'skips revisions': {
    models: (own) => ({
      put: async (record, options) => {
        await own.put(record, options);
        return own.put(record);
      },
    }),
  },
  'fails the neighbours of a refusal': { models: failingNeighbours },
  'mixes models and engines up': {
    engines: ({ models, engines }) => ({
      ...bound(engines),
      get: async (id) => (await engines.get(id)) ?? ((await models.get(id)) as never),
    }),
  },
  'shows what was there a while ago': { models: laggingBehind },
  'goes on when it is closed': { close: async () => {} },
  'merges records': {
    models: (own) => ({ put: async (record, options) => own.put({ ...(await own.get(record.id))?.record, ...record }, options) }),
  },
  'rounds large numbers': changed((record) =>
    record.bytes === undefined ? record : { ...record, bytes: Math.min(record.bytes, 2 ** 53 - 2) },
  ),
  'tells watchers nothing of deletions': {
    models: (own) => ({ watch: (options) => filtered(own.watch(options), ({ record }) => (record === undefined ? 0 : 1)) }),
  },
  'tells watchers everything twice': { models: (own) => ({ watch: (options) => filtered(own.watch(options), () => 2) }) },
  'never ends a watch': {
    models: (own) => ({ watch: ({ after } = {}) => own.watch(after === undefined ? {} : { after }) }),
  },
};

export function brokenStore(fault: string): ConformanceModule {
  const broken = faults[fault];
  if (broken === undefined) throw new Error(`there is no store that ${fault}`);
  const claims = { ...new MemoryCatalog().claims, ...broken.claims };
  return { name: 'broken', claims, create: async () => storeWith(broken, { ...claims, ...broken.storeClaims }) };
}

function storeWith({ models, engines, close, more }: Fault, claims: StoreClaims): CatalogStore {
  const memory = new MemoryCatalog();
  return {
    ...more,
    name: 'broken',
    claims,
    models: { ...bound(memory.models), ...models?.(memory.models, memory) },
    engines: engines?.(memory) ?? memory.engines,
    close: close ?? (() => memory.close()),
  };
}

function bound<R extends { id: string }>(own: Collection<R>): Collection<R> {
  return {
    get: (id) => own.get(id),
    put: (record, options) => own.put(record, options),
    delete: (id, options) => own.delete(id, options),
    list: () => own.list(),
    watch: (options) => own.watch(options),
  };
}

/** Of those that are asked for together none is done from the first that is refused on. */
function failingNeighbours(own: Models): Partial<Models> {
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    put: async (record, options) => {
      const last = before;
      waiting++;
      const mine = last.then(() => own.put(record, options));
      before = mine.finally(() => {
        waiting--;
        if (waiting === 0) before = Promise.resolve();
      });
      before.catch(() => {});
      return mine;
    },
  };
}

/** Each list is the one before it. */
function laggingBehind(own: Models): Partial<Models> {
  let last: Awaited<ReturnType<Models['list']>> = [];
  return {
    list: async () => {
      const shown = last;
      last = await own.list();
      return shown;
    },
  };
}

async function* filtered<T>(changes: AsyncIterable<T>, times: (change: T) => number): AsyncGenerator<T> {
  for await (const change of changes) for (let time = times(change); time > 0; time--) yield change;
}
