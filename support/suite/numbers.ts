import { type Lock, lockIn } from '../../src/trace/lock.js';
import { saboteursIn, weighed } from '../../src/trace/saboteurs.js';
import { claimedBy, ourRequirements } from '../checks/our-requirements.js';
import { lineAt, type Source, type Violation } from '../checks/sources.js';

/** What the numbers are counted from, all of it under version control. */
export interface Counted {
  readonly specs: readonly Source[];
  readonly features: readonly Source[];
  /** `traceability.lock.txt` and `saboteurs.lock.txt`. */
  readonly accepted: string;
  readonly tried: string;
}

const [begin, end] = ['<!-- Numbers: `npm run accept` writes them. -->\n', '<!-- Numbers end. -->\n'];

/** A table of the specifications: of their requirements, how many scenarios claim, and how many of these are known to fail when they are broken. */
export function numbersOf({ specs, features, accepted, tried }: Counted): string {
  const stated = new Map(ourRequirements(specs).map((one) => [one.id, one]));
  const lock = lockIn(accepted);
  const open = typeof lock === 'number' ? new Set<string>() : openIn(lock);
  const saboteurs = weighed(saboteursIn(tried) ?? [], stated, { byRequirement: claimedBy(features) });
  const caught = new Set(saboteurs.flatMap(({ caughtBy }) => caughtBy));
  const rows = specs.flatMap(({ path, text }) => {
    const own = [...stated.values()].filter(({ source, isWithdrawn }) => source.path === path && !isWithdrawn);
    const claimed = own.filter(({ id }) => !open.has(id));
    const title = /^# (.*)$/m.exec(text)?.[1] ?? path;
    return own.length === 0 ? [] : [{ title: `[${title}](${path})`, counts: counted(own, claimed, caught) }];
  });
  const total = rows.reduce((sums, { counts }) => sums.map((sum, place) => sum + (counts[place] ?? 0)), [0, 0, 0, 0]);
  return [
    '| specification | requirements | with scenarios for all of it | of these, seen to fail under a saboteur | open |',
    '| --- | --: | --: | --: | --: |',
    ...[...rows, { title: 'all', counts: total }].map(({ title, counts }) => `| ${title} | ${counts.join(' | ')} |`),
    '',
  ].join('\n');
}

/** The README with these numbers in the place of those that are there; `undefined` where it has none. */
export function withNumbers(readme: string, numbers: string): string | undefined {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  return from < 0 || to < from ? undefined : `${readme.slice(0, from)}${begin}\n${numbers}\n${readme.slice(to)}`;
}

/** What is wrong with the numbers of the README. */
export function numberViolations(readme: Source, counted: Counted): readonly Violation[] {
  const right = withNumbers(readme.text, numbersOf(counted));
  if (right === undefined) return [{ path: readme.path, line: 1, message: 'it has no place for the numbers' }];
  if (right === readme.text) return [];
  return [{ path: readme.path, line: lineAt(readme.text, readme.text.indexOf(begin)), message: 'its numbers are old: npm run accept' }];
}

function openIn(lock: Lock): Set<string> {
  return new Set([...lock.values()].filter(({ standing }) => standing === 'open').map(({ id }) => id.split('#')[0] ?? id));
}

function counted(own: readonly { id: string }[], claimed: readonly { id: string }[], caught: ReadonlySet<string>): number[] {
  return [own.length, claimed.length, claimed.filter(({ id }) => caught.has(id)).length, own.length - claimed.length];
}
