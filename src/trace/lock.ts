import type { Requirement, Scenario, ScenarioStep } from './trace.js';
import { sha256 } from './words.js';

/**
 * What was accepted of an obligation, one line of the lock file: whether scenarios claim it, how many, with how many steps and which
 * words, how often code cites its requirement, and the first digits of its requirement's hash.
 */
export interface LockLine {
  readonly id: string;
  readonly standing: 'covered' | 'open' | 'external' | 'withdrawn';
  readonly scenarios: number;
  readonly steps: number;
  readonly citations: number;
  /** The first digits of the hash of the names and steps of these scenarios, in whatever order and wherever they stand. */
  readonly words?: string | undefined;
  readonly hash: string;
}

/** What was accepted of each obligation, by its id. */
export type Lock = ReadonlyMap<string, LockLine>;

const head = '# What is accepted of each obligation. `catalog trace accept` writes it; every change of coverage is a line.';
const form =
  /^(\S+) (covered|open|external|withdrawn) scenarios=(\d+) steps=(\d+) citations=(\d+)(?: words=([0-9a-f]{12}))? text=([0-9a-f]{12})$/;

/** The lines of a lock file, or the number of the first that is none. */
export function lockIn(text: string): Lock | number {
  const lock = new Map<string, LockLine>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [, id, standing, scenarios, steps, citations, words, hash] = form.exec(line) ?? [];
    if (id === undefined || hash === undefined || lock.has(id)) return index + 1;
    const counts = { scenarios: Number(scenarios), steps: Number(steps), citations: Number(citations) };
    lock.set(id, { id, standing: standing as LockLine['standing'], ...counts, words, hash });
  }
  return lock;
}

/** The same bytes for the same lines, sorted by id. */
export function lockText(lines: Iterable<LockLine>): string {
  const sorted = [...lines].sort((a, b) => compareIds(a.id, b.id));
  return `${[head, ...sorted.map(lockLine)].join('\n')}\n`;
}

export function lockLine({ id, standing, scenarios, steps, citations, words, hash }: LockLine): string {
  const said = words === undefined ? '' : ` words=${words}`;
  return `${id} ${standing} scenarios=${scenarios} steps=${steps} citations=${citations}${said} text=${hash}`;
}

/** What may be accepted of a requirement as it is now. */
export function linesOf(
  requirement: Pick<Requirement, 'status' | 'hash' | 'citations' | 'because' | 'id'> & {
    readonly obligations: readonly { readonly id: string; readonly scenarios: readonly string[] }[];
  },
  scenarios: ReadonlyMap<string, Pick<Scenario, 'name' | 'steps'>>,
): LockLine[] {
  const { hash, citations, obligations } = requirement;
  const common = { citations: citations.length, hash: hash.slice(0, 12) };
  if (obligations.length === 0) {
    const standing = requirement.status === 'external' ? ('external' as const) : ('withdrawn' as const);
    return [{ id: requirement.id, standing, scenarios: 0, steps: 0, ...common }];
  }
  return obligations.map(({ id, scenarios: claimed }) => ({
    id,
    standing: claimed.length > 0 ? ('covered' as const) : ('open' as const),
    scenarios: claimed.length,
    steps: claimed.reduce((sum, one) => sum + (scenarios.get(one)?.steps.length ?? 0), 0),
    ...(claimed.length > 0 && { words: wordsOf(claimed.flatMap((one) => scenarios.get(one) ?? [])) }),
    ...common,
  }));
}

function wordsOf(scenarios: readonly Pick<Scenario, 'name' | 'steps'>[]): string {
  return shortHash(scenarios.map(({ name, steps }) => shortHash([name, ...steps.map(stepWords)])).sort());
}

function stepWords({ keyword, text, argument }: ScenarioStep): string {
  return `${keyword} ${text}${argument === undefined ? '' : ` ${JSON.stringify(argument)}`}`;
}

function shortHash(lines: readonly string[]): string {
  return sha256(lines.join('\n')).slice(0, 12);
}

/** By name, and `#10` after `#9`. */
function compareIds(a: string, b: string): number {
  const [[nameA = '', placeA = '0'], [nameB = '', placeB = '0']] = [a.split('#'), b.split('#')];
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return Number(placeA) - Number(placeB);
}
