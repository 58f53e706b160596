export type { CompactReport } from './compacting.js';
export { EtcdCatalog, type EtcdCatalogOptions } from './etcd-catalog.js';
