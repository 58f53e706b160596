import { refusal } from '../core/errors.js';
import { ShownEvent } from './event.js';

/** What was frozen here, with all that is in it. */
const frozen = new WeakSet<object>();

/**
 * The state, frozen at every depth, so that nobody who is shown it can change it. What was frozen here before is not looked into
 * again: it costs what is new. Refuses with `InvalidArgument` what cannot be frozen: anything but plain objects, arrays,
 * events and primitive values.
 */
export function frozenState<State>(state: State): State {
  const left: unknown[] = [state];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'function') throw notPlain('a function');
    if (typeof value !== 'object' || value === null || frozen.has(value)) continue;
    if (!isPlain(value)) throw notPlain('an object that is not plain data');
    frozen.add(Object.freeze(value));
    for (const member of membersOf(value)) if (typeof member === 'object' || typeof member === 'function') left.push(member);
  }
  return state;
}

/** Of an event that was read nothing is computed for this. */
function membersOf(value: object): readonly unknown[] {
  return value instanceof ShownEvent ? [value.coordinate, value.payload, value.gates] : Object.values(value);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value) || value instanceof ShownEvent) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function notPlain(what: string): Error {
  return refusal('InvalidArgument', `the state of a projection is plain data, and this one holds ${what}`, { argument: 'state' });
}
