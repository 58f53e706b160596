import * as rules from 'catalog-core/conformance';

function refuse(error) {
  throw error;
}
function collection(name, store) {
  let now = rules.emptyGeneration(name, '');
  const open = () => (store.isClosed ? refuse(new rules.CatalogError('Closed', 'this store was closed')) : now);
  const change = (mutation) => {
    rules.checkExpectedRevision(mutation.ifRevision);
    const { next, verdicts } = rules.afterMutations(open(), [mutation], '');
    now = next ?? now;
    return verdicts[0].error ? refuse(verdicts[0].error) : verdicts[0];
  };
  const get = async (id) => rules.find(open(), id);
  const list = async () => [...rules.records(open())];
  const put = async (record, options) => change({ ...options, type: 'put', record: rules.checkedRecord(name, record) }).versioned;
  const remove = async (id, options) => change({ ...options, type: 'delete', id }).existed;
  return { get, list, put, delete: remove, watch: () => refuse(new rules.CatalogError('Unsupported', 'nobody can watch this store')) };
}
const claims = { durable: 'none', multiProcess: false, watch: 'none', history: false, gapless: true, levels: ['core'] };
function create() {
  const store = { name: 'mine', claims, close: async () => Object.assign(store, { isClosed: true }) };
  return Object.assign(store, { models: collection('models', store), engines: collection('engines', store) });
}
/** A store of your own: catalog conformance --store examples/conformance-store/store.mjs */
export default { name: 'mine', claims, create: async () => create() };
