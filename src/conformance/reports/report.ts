import type { StoreVerdict } from '../run.js';

/** CAT-CNF-5203: what `reports/conformance.json` holds. */
export interface ConformanceReport {
  readonly schema: 1;
  readonly stores: readonly StoreVerdict[];
}

export function reportOf(stores: readonly StoreVerdict[]): ConformanceReport {
  return { schema: 1, stores };
}

/** 0 where every claim was shown, 1 where one was broken, 9 where nothing ran. */
export function exitCodeOf({ stores }: ConformanceReport): 0 | 1 | 9 {
  if (stores.some(({ totals }) => totals.fail + totals.error > 0)) return 1;
  return stores.every(({ totals }) => totals.pass === 0) ? 9 : 0;
}

/** For a badge service that reads an address: https://shields.io/badges/endpoint-badge. */
export function badgeOf({ store, claims, totals }: StoreVerdict): object {
  const broken = totals.fail + totals.error;
  const shown = totals.pass === 0 ? 'nothing ran' : claims.levels.join(', ');
  return {
    schemaVersion: 1,
    label: `catalog conformance: ${store}`,
    message: broken > 0 ? `${broken} broken` : shown,
    color: broken > 0 ? 'red' : totals.pass === 0 ? 'lightgrey' : 'brightgreen',
  };
}
