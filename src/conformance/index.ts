export { CatalogError } from '../core/errors.js';
/** The rules that all stores share (CAT-REC-1009): pure functions, for whoever builds one. */
export { afterMutations, checkExpectedRevision, checkedRecord, emptyGeneration, find, records } from '../core/generation.js';
export type { CatalogStore, Collection, StoreClaims } from '../stores/catalog-store.js';
export type { Case, CaseContext, CaseResult, CaseStatus, Need } from './case.js';
export { caseStatuses } from './case.js';
export { cases } from './cases.js';
export { historyFaults } from './histories/check.js';
export type { FaultKind, History, HistoryFault, Operation, Watched } from './histories/history.js';
export { type JsonLinesOptions, jsonLinesStore } from './json-lines.js';
export { loadModule } from './load.js';
export type { ConformanceModule, CreateContext, Level } from './module.js';
export { junitOf } from './reports/junit.js';
export { outputsOf } from './reports/outputs.js';
export { pageOf } from './reports/page.js';
export { badgeOf, type ConformanceReport, exitCodeOf, reportOf } from './reports/report.js';
export { schema } from './reports/schema.js';
export { type ConformanceOptions, runConformance, type StoreVerdict } from './run.js';
