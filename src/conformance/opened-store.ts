import type { CatalogStore } from '../stores/catalog-store.js';
import { Broken } from './expecting.js';
import type { ConformanceModule, CreateContext } from './module.js';

const operations = ['get', 'put', 'delete', 'list'];

/** A handle that has what every store has; whatever else a module gives breaks a promise. */
export async function openedStore(
  module: ConformanceModule,
  context: CreateContext,
  how: 'create' | 'reopen' = 'create',
): Promise<CatalogStore> {
  const open = how === 'reopen' && module.reopen !== undefined ? module.reopen : module.create;
  const given: unknown = await open.call(module, context);
  const missing = ['models', 'engines'].flatMap((name) =>
    operations.filter((one) => !isFunction(given, name, one)).map((one) => `${name}.${one}`),
  );
  if (!isFunction(given, 'close')) missing.push('close');
  if (missing.length > 0) throw new Broken(`the module gave no store: it lacks the functions ${missing.join(', ')}`);
  return given as CatalogStore;
}

function isFunction(given: unknown, ...path: readonly string[]): boolean {
  let found = given;
  for (const name of path) found = (found as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof found === 'function';
}
