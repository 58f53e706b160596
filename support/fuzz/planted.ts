import { refusal } from '../../src/core/errors.js';
import { asCatalogError } from '../../src/disk/failure.js';
import { type FuzzTarget, seeds } from './target.js';

const kept: unknown[] = [];

/** Numbers of 2 MiB. A copy of them costs the processor next to nothing, and the collector does not look into it: the heap is full before the time is over. */
const numbers = new Array<number>(2 ** 18).fill(0.5);

/** Merges as nobody should: a member `__proto__` of what was parsed is written to every object. */
function merge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    const there = into[name];
    if (typeof there === 'object' && there !== null && typeof value === 'object' && value !== null)
      merge(there as Record<string, unknown>, value as Record<string, unknown>);
    else into[name] = value;
  }
}

function parsed(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw refusal('InvalidRecord', 'it is no object');
}

/** As who takes an error of Node for one of the disk. */
function hidden(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw asCatalogError(error, 'could not read');
  }
}

/** Readers that break the promise on some of their inputs, each in its way: what shows that the fuzzer notices. */
const reads: Readonly<Record<string, (value: Record<string, unknown>) => unknown>> = {
  'throws a TypeError': ({ list }) => (list as { length: number }).length,
  'hides a RangeError': ({ count }) => (Array.isArray(count) ? hidden(() => Buffer.alloc(-1)) : undefined),
  'never ends': ({ count }) => {
    while (Array.isArray(count)) kept.length = 0;
  },
  'never answers': ({ count }) => (Array.isArray(count) ? new Promise(() => {}) : undefined),
  'takes 1 GiB': ({ count }) => (Array.isArray(count) ? kept.push(Buffer.alloc(2 ** 30)) : undefined),
  'fills the heap': ({ count }) => {
    while (Array.isArray(count)) kept.push(numbers.slice());
  },
  'writes to every object': (value) => merge({}, value),
};

export const planted: readonly FuzzTarget[] = Object.entries(reads).map(([name, read]) => ({
  name: `planted: ${name}`,
  seeds: seeds('{"count":1,"list":[1,2],"more":{"a":"b"}}'),
  read: (bytes) => {
    const given = read(parsed(bytes));
    return given instanceof Promise ? given : undefined;
  },
}));
