import { compare, satisfies, valid, validRange } from 'semver';
import type { EngineEntry } from './core/records.js';

/** Whether it is this version, or one of this range. */
export function isVersion(version: string, wanted: string): boolean {
  if (version === wanted) return true;
  return valid(version) !== null && validRange(wanted) !== null && satisfies(version, wanted, { includePrerelease: true });
}

/** By version those whose versions can be compared, after them the others; and each of these by when they were made. */
export function newestFirst(a: EngineEntry, b: EngineEntry): number {
  const [isComparable, isOtherComparable] = [valid(a.version) !== null, valid(b.version) !== null];
  if (isComparable !== isOtherComparable) return isComparable ? -1 : 1;
  const byVersion = isComparable ? compare(b.version, a.version) : 0;
  return byVersion !== 0 ? byVersion : b.created_ms - a.created_ms;
}
