import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as rules from 'catalog-core/conformance';

/**
 * A store in a directory of numbered files, one for each change: `1.json`, `2.json`, … A change is written under a name of its own
 * and then linked to the next number, which only one process can take; whoever is too late judges its change anew. It survives
 * kills. It syncs nothing, so a power cut may take back what it acknowledged: it claims to be durable weakly.
 */
class FileStore {
  name = 'file';
  claims = claims;
  models = this.#collection('models');
  engines = this.#collection('engines');
  #directory;
  #at;
  #isClosed = false;

  constructor(directory, at) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#at = at;
  }

  async close() {
    this.#isClosed = true;
  }

  #collection(name) {
    const unwatched = new rules.CatalogError('Unsupported', 'nobody can watch this store');
    return {
      get: async (id) => rules.find(this.#read()[name], id),
      list: async () => [...rules.records(this.#read()[name])],
      put: async (record, { ifRevision } = {}) => {
        rules.checkExpectedRevision(ifRevision);
        return this.#change(name, { type: 'put', record: rules.checkedRecord(name, record), ifRevision }).versioned;
      },
      delete: async (id, { ifRevision } = {}) => {
        rules.checkExpectedRevision(ifRevision);
        return this.#change(name, { type: 'delete', id, ifRevision }).existed;
      },
      watch: () => {
        throw unwatched;
      },
    };
  }

  /** All changes, one after the other. */
  #read() {
    if (this.#isClosed) throw new rules.CatalogError('Closed', 'this store was closed');
    const state = { models: rules.emptyGeneration('models', ''), engines: rules.emptyGeneration('engines', ''), changes: 0 };
    const numbers = readdirSync(this.#directory).flatMap((file) => /^(\d+)\.json$/.exec(file)?.[1] ?? []);
    for (const number of numbers.map(Number).sort((a, b) => a - b)) {
      const { name, mutation } = JSON.parse(readFileSync(`${this.#directory}/${number}.json`, 'utf8'));
      state[name] = rules.afterMutations(state[name], [mutation], '').next;
      state.changes = number;
    }
    return state;
  }

  #change(name, mutation) {
    for (;;) {
      const state = this.#read();
      const { next, verdicts } = rules.afterMutations(state[name], [mutation], '');
      if (verdicts[0].error) throw verdicts[0].error;
      if (next === undefined || this.#took(state.changes + 1, { name, mutation })) return verdicts[0];
    }
  }

  /** Whether the number was free. */
  #took(number, change) {
    const mine = `${this.#directory}/${process.pid}-${number}.mine`;
    this.#at?.('judged');
    writeFileSync(mine, JSON.stringify(change));
    this.#at?.('written');
    try {
      linkSync(mine, `${this.#directory}/${number}.json`);
    } catch (error) {
      if (error.code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(mine, { force: true });
    }
    this.#at?.('linked');
    return true;
  }
}

const claims = {
  durable: 'weak',
  multiProcess: true,
  watch: 'none',
  history: false,
  gapless: true,
  levels: ['core', 'crash', 'concurrency', 'history'],
};

/** catalog conformance --store examples/conformance-file-store/store.mjs */
export default {
  name: 'file',
  claims,
  create: async ({ location, at }) => new FileStore(location, at),
  actor: import.meta.url,
  points: ['judged', 'written', 'linked'],
};
