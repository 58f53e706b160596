import type { Catalog } from '../catalog.js';
import { refusal } from '../core/errors.js';
import type { CatalogStore } from '../stores/catalog-store.js';
import type { KeepsHistory, Moment } from '../stores/history.js';
import { JournalCatalog } from '../stores/journal/journal-catalog.js';
import { CliRefusal } from './hints.js';

/** The history of a catalog whose store keeps one; else `Unsupported`. */
export function historyOf({ store }: Catalog): KeepsHistory {
  if (store.claims.history && 'history' in store) return store as CatalogStore & KeepsHistory;
  throw refusal('Unsupported', `a catalog of the ${store.name} store keeps no history`, { needs: 'journal' });
}

/** The store of a catalog that has a journal; `Unsupported` for one that has none. */
export function journalOf({ store }: Catalog): JournalCatalog {
  if (store instanceof JournalCatalog) return store;
  throw refusal('Unsupported', `a catalog of the ${store.name} store has no journal`, { needs: 'journal' });
}

/** A revision, a day or a time: nobody's clock but UTC, or the zone that is given. */
export function momentIn(given: string): Moment {
  if (/^\d+$/.test(given)) return Number(given);
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(given);
  if (isTime && Number.isFinite(Date.parse(given))) return given;
  throw new CliRefusal(
    'InvalidArgument',
    `${JSON.stringify(given)} is neither a revision nor a time`,
    'give a revision as 42, a day as 2026-05-01, or a time with its zone as 2026-05-01T12:00:00Z',
  );
}

/** A number that an option gives. */
export function countIn(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const count = Number(given);
  if (/^\d+$/.test(given) && Number.isSafeInteger(count)) return count;
  throw new CliRefusal('InvalidArgument', `${option} is a whole number, not ${JSON.stringify(given)}`, `give it as ${option} 10`);
}
