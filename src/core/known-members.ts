import { refusal } from './errors.js';
import { nearest } from './nearest.js';

/** Every member of `T`, for a `satisfies` that keeps a list whole when the type changes. */
export type MembersOf<T> = Readonly<Record<keyof T, true>>;

/**
 * The options as they were given, if they were; `InvalidArgument` for what is no object, and for a member that nobody heeds: a misspelt
 * `dryRun` must not remove what it was to spare.
 */
export function knownOnly<T extends object | undefined>(of: string, given: T, known: Readonly<Record<string, true>>): T {
  return given === undefined ? given : neededOnly(of, given, known);
}

/** As `knownOnly`, of options that must be given. */
export function neededOnly<T extends object>(of: string, given: T, known: Readonly<Record<string, true>>): T {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw refusal('InvalidArgument', `the options of ${of} are an object`, { argument: 'options' });
  const unknown = Object.keys(given).filter((member) => !Object.hasOwn(known, member));
  if (unknown.length === 0) return given;
  const words = unknown.slice(0, mostNamed).map((member) => described(member, Object.keys(known)));
  throw refusal('InvalidArgument', `${of} knows no option ${words.join(', ')}`, { argument: unknown[0], unknown });
}

const mostNamed = 5;
const longestName = 40;

/** `"dryrun" (do you mean "dryRun"?)` */
function described(member: string, known: readonly string[]): string {
  const meant = nearest(member, known);
  const name = JSON.stringify(member.length > longestName ? `${member.slice(0, longestName)}…` : member);
  return meant === undefined ? name : `${name} (do you mean ${JSON.stringify(meant)}?)`;
}
