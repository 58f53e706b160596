import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { refusal } from '../core/errors.js';
import { wordsOf } from './expecting.js';
import type { ConformanceModule } from './module.js';

const builtIn = ['memory', 'fs', 'journal'] as const;

/** A store of this package by its name, or the module of a file. Refuses with `InvalidArgument` what is no such module. */
export async function loadModule(given: string): Promise<ConformanceModule> {
  const name = builtIn.find((known) => known === given);
  const place = name === undefined ? urlOf(given) : new URL(`./stores/${name}.js`, import.meta.url).href;
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(place)) as { readonly default?: unknown };
  } catch (error) {
    throw refusal('InvalidArgument', `could not load the store ${given}: ${wordsOf(error)}`);
  }
  return checkedModule(loaded.default, given);
}

function urlOf(given: string): string {
  return given.startsWith('file:') ? given : pathToFileURL(resolve(given)).href;
}

function checkedModule(found: unknown, given: string): ConformanceModule {
  const module = found as Partial<ConformanceModule> | undefined;
  const missing = [
    typeof module?.name === 'string' ? undefined : 'a `name`',
    typeof module?.create === 'function' ? undefined : 'a function `create`',
    Array.isArray(module?.claims?.levels) ? undefined : '`claims` with `levels`',
  ].filter((lack) => lack !== undefined);
  if (missing.length === 0) return module as ConformanceModule;
  throw refusal('InvalidArgument', `${given} exports by default no store: it lacks ${missing.join(', ')}`);
}
