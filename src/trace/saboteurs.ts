import type { Saboteur } from './trace.js';

/** Saboteur runs as JSON: which requirement each breaks, and those whose scenarios turned red. `undefined` where it is none. */
export function saboteursIn(text: string): readonly Saboteur[] | undefined {
  const found = parsed(text);
  if (!isObject(found) || !Array.isArray(found.saboteurs)) return undefined;
  const read = found.saboteurs.map(saboteurIn);
  return read.includes(undefined) ? undefined : read.flatMap((one) => one ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function saboteurIn(found: unknown): Saboteur | undefined {
  if (!isObject(found)) return undefined;
  const { name, breaks, does = '', caughtBy } = found;
  if (typeof name !== 'string' || typeof breaks !== 'string' || typeof does !== 'string') return undefined;
  if (!Array.isArray(caughtBy) || !caughtBy.every((id) => typeof id === 'string')) return undefined;
  return { name, breaks, does, caughtBy: [...caughtBy].sort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
