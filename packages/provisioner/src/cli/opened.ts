import { join } from 'node:path';
import { type Catalog, openCatalog } from 'catalog-core';
import { InvalidArgumentError, Option } from 'commander';
import type { EventListener } from '../events.js';
import { HttpFetcher } from '../http-fetcher.js';

export interface SharedOptions {
  readonly root?: string;
  readonly store?: 'fs' | 'journal';
  readonly parallel?: number;
  readonly retries?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const shared = (): Option[] => [
  new Option('--root <dir>', 'the catalog'),
  new Option('--store <kind>', 'of a new catalog').choices(['fs', 'journal']),
  new Option('--json', 'one document on standard output, progress and errors as lines of JSON on standard error'),
  new Option('-q, --quiet', 'say nothing but the answer'),
];

export function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It is a whole number above 0.');
  return Number(text);
}

export function times(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

/** A catalog, and a fetcher whose downloads lie in its root. */
export async function withCatalog<T>(
  { root, store, parallel, retries }: SharedOptions,
  work: (catalog: Catalog, fetcher: HttpFetcher) => Promise<T>,
  onEvent?: EventListener,
): Promise<T> {
  const catalog = await openCatalog({ ...(root !== undefined && { root }), ...(store && { store }) });
  const fetcher = new HttpFetcher({
    downloads: join(catalog.root, 'downloads'),
    ...(parallel !== undefined && { parallel }),
    ...(retries !== undefined && { mostFailures: retries }),
    ...(onEvent && { onEvent }),
  });
  try {
    return await work(catalog, fetcher);
  } finally {
    await fetcher.close();
    await catalog.close();
  }
}
