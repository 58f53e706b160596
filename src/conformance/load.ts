import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { refusal } from '../core/errors.js';
import { within, wordsOf } from './expecting.js';
import type { ConformanceModule } from './module.js';

/** The stores that the kit can put to the test by their names. */
export const builtIn = ['memory', 'fs', 'journal', 'postgres', 'etcd'] as const;

/** How long a module may take to load, by default: of what waits at its top level for ever nobody hears. */
const loadingMs = 10_000;

/** A store of this package by its name, or the module of a file. Refuses with `InvalidArgument` what is no such module, or does not load in time. */
export async function loadModule(given: string, patienceMs = loadingMs): Promise<ConformanceModule> {
  const name = builtIn.find((known) => known === given);
  const place = name === undefined ? urlOf(given) : new URL(`./stores/${name}.js`, import.meta.url).href;
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await within(patienceMs, 'the end of its loading', import(place))) as { readonly default?: unknown };
  } catch (error) {
    if (isNoName(given, error))
      throw refusal('InvalidArgument', `there is no store ${given}: built in are ${builtIn.join(', ')}; a file is ./${given}`);
    throw refusal('InvalidArgument', `could not load the store ${given}: ${wordsOf(error)}`);
  }
  return checkedModule(loaded.default, given);
}

/** Nothing of that name is there, and it does not look like a file. */
function isNoName(given: string, error: unknown): boolean {
  return /^[\w-]+$/.test(given) && (error as { readonly code?: unknown } | undefined)?.code === 'ERR_MODULE_NOT_FOUND';
}

function urlOf(given: string): string {
  return given.startsWith('file:') ? given : pathToFileURL(resolve(given)).href;
}

function checkedModule(found: unknown, given: string): ConformanceModule {
  const module = found as Partial<ConformanceModule> | undefined;
  const missing = [
    typeof module?.name === 'string' && module.name !== '' ? undefined : 'a `name`',
    typeof module?.create === 'function' ? undefined : 'a function `create`',
    Array.isArray(module?.claims?.levels) ? undefined : '`claims` with `levels`',
  ].filter((lack) => lack !== undefined);
  if (missing.length === 0) return module as ConformanceModule;
  throw refusal('InvalidArgument', `${given} exports by default no store: it lacks ${missing.join(', ')}`);
}
