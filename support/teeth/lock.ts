import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenariosIn } from '../../src/trace/features.js';
import {
  type SaboteurLine,
  saboteurLinesIn,
  saboteursIn,
  saboteursText,
  scenarioHash,
  textHash,
  weighed,
} from '../../src/trace/saboteurs.js';
import { claimedBy, ourRequirements } from '../checks/our-requirements.js';
import type { Source } from '../checks/sources.js';
import type { Report } from './verdict.js';

const name = 'saboteurs.lock.txt';

export interface Words {
  readonly specs: readonly Source[];
  readonly features: readonly Source[];
}

/**
 * What is kept of the teeth in version control: for each saboteur its own requirement, and for a requirement that none breaks whoever
 * turned its scenarios red. Which others a saboteur turns red depends on which scenarios it met, and is not kept.
 */
export function lockedLines(
  { saboteurs }: Pick<Report, 'saboteurs'>,
  all: readonly { readonly breaks: string }[],
  words: Words,
): SaboteurLine[] {
  const hashes = new Map(ourRequirements(words.specs).map((one) => [one.id, textHash(one)]));
  const scenarios = new Map(words.features.flatMap((source) => scenariosIn(source).scenarios).map((one) => [one.id, one]));
  const isBroken = new Set(all.map(({ breaks }) => breaks));
  return saboteurs.flatMap(({ name: saboteur, breaks, caughtBy, catches }) => {
    const met = catches.flatMap(({ scenario }) => scenarios.get(scenario.split(' ', 1)[0] ?? '') ?? []);
    return [breaks, ...caughtBy.filter((id) => !isBroken.has(id))].map((requirement) => {
      const red = met.find(({ tags }) => tags.some((tag) => tag.slice(1).split('#', 1)[0] === requirement));
      const scenario = red && scenarioHash(red);
      return { requirement, isRed: red !== undefined, text: hashes.get(requirement) ?? '0'.repeat(12), scenario, name: saboteur, breaks };
    });
  });
}

/** Keeps these lines in the place of those of the same saboteurs, and of those that there are no more. */
export function keepLines(folder: string, lines: readonly SaboteurLine[], all: readonly { readonly name: string }[]): void {
  const [known, fresh] = [new Set(all.map((one) => one.name)), new Set(lines.map((line) => line.name))];
  const others = (saboteurLinesIn(lockIn(folder)) ?? []).filter((line) => known.has(line.name) && !fresh.has(line.name));
  writeFileSync(join(folder, name), saboteursText([...others, ...lines]));
}

/** Those of which nobody has written down that they are caught over the words of now. */
export function untried<S extends { readonly name: string; readonly breaks: string }>(
  all: readonly S[],
  folder: string,
  words: Words,
): S[] {
  const stated = new Map(ourRequirements(words.specs).map((one) => [one.id, one]));
  const kept = weighed(saboteursIn(lockIn(folder)) ?? [], stated, { byRequirement: claimedBy(words.features) });
  return all.filter((saboteur) => !kept.some((one) => one.name === saboteur.name && one.caughtBy.includes(saboteur.breaks)));
}

/** The lock as it is; empty where there is none yet. */
export function lockIn(folder: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
