import { inspect, isDeepStrictEqual } from 'node:util';
import type { ErrorCode } from '../core/errors.js';

/** A promise that was broken. */
export class Broken extends Error {}

/** What was owed did not come in time. */
export class Late extends Broken {
  readonly what: string;

  constructor(what: string, patienceMs: number) {
    super(`${what}: nothing came within ${patienceMs} ms`);
    this.what = what;
  }
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(plain(actual), plain(expected))) throw new Broken(`${what}: expected ${told(expected)}, found ${told(actual)}`);
}

export function expectTrue(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}

/** Gives the details of the refusal. By its code alone: the store may have been made with another copy of this package. */
export async function expectRefusal(
  code: ErrorCode,
  what: string,
  work: () => Promise<unknown>,
): Promise<Readonly<Record<string, unknown>>> {
  let gave: unknown;
  try {
    gave = await work();
  } catch (error) {
    const { code: found, details } = error as { readonly code?: unknown; readonly details?: unknown };
    if (found !== code) throw new Broken(`${what}: expected a refusal with ${code}, found ${wordsOf(error)}`);
    return typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {};
  }
  throw new Broken(`${what}: expected a refusal with ${code}, and it was done: ${told(gave)}`);
}

/** What a store owes comes in time, or it does not keep what it promises. */
export async function within<T>(patienceMs: number, what: string, owed: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(what, patienceMs)), patienceMs);
  });
  try {
    return await Promise.race([owed, late]);
  } finally {
    clearTimeout(timer);
    owed.catch(() => {});
  }
}

export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : inspect(error);
  const { code } = error as { readonly code?: unknown };
  return code === undefined ? `${error.name}: ${error.message}` : `${String(code)}: ${error.message}`;
}

/** Values, whatever they are frozen or made of. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function told(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
