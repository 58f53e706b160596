import {
  CatalogError,
  checkExpectedRevision,
  checkedRecord,
  collisionKey,
  compareUtf8,
  nameTaken,
  revisionConflict,
} from 'catalog-core/conformance';

/** A store of your own: catalog conformance --store examples/conformance-store/store.mjs */
function collection(name, store, [records, names] = [new Map(), new Map()], revision = 0) {
  const change = (id, ifRevision, write) => {
    if (store.closed) throw new CatalogError('Closed', 'this store was closed');
    const refused = revisionConflict(id, ifRevision, records.get(id)) ?? write();
    if (refused) throw refused;
    return records.get(id);
  };
  const set = (record) => {
    const namesake = names.get(collisionKey(record.id)) ?? record.id;
    if (namesake !== record.id) return nameTaken(record.id, records.get(namesake).record);
    records.set(names.set(collisionKey(record.id), record.id) && record.id, { record, revision: ++revision });
  };
  const remove = (id) => void (records.delete(id) && names.delete(collisionKey(id)) && revision++);
  return {
    get: async (id) => change(id, undefined, () => undefined),
    list: async () => (change('', undefined, () => undefined), [...records.values()].sort((a, b) => compareUtf8(a.record.id, b.record.id))),
    put: async (record, { ifRevision } = {}) => (
      checkExpectedRevision(ifRevision), (record = checkedRecord(name, record)), change(record.id, ifRevision, () => set(record))
    ),
    delete: async (id, { ifRevision } = {}) => {
      const was = records.has(id);
      change(id, ifRevision, () => remove(id));
      return was;
    },
    watch: () => {
      throw new CatalogError('Unsupported', 'nobody can watch this store');
    },
  };
}
const claims = { durable: 'none', multiProcess: false, watch: 'none', history: false, gapless: true, levels: ['core'] };
const open = (store = { name: 'mine', claims, close: async () => void (store.closed = true) }) =>
  Object.assign(store, { models: collection('models', store), engines: collection('engines', store) });
export default { name: 'mine', claims, create: async () => open() };
