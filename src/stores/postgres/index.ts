export type { FleetLease, FleetLeases, FleetStore } from '../fleet-store.js';
export { PostgresCatalog, type PostgresCatalogOptions } from './postgres-catalog.js';
