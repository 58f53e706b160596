import type { StoreClaims } from '../../stores/catalog-store.js';

/** What stores claim that keep every change. */
export const withHistory = {
  durable: 'full',
  multiProcess: true,
  watch: 'every',
  history: true,
  levels: ['core', 'crash', 'concurrency', 'history'],
} as const satisfies Partial<StoreClaims>;
