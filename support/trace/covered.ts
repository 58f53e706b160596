import { coverageIn } from '../../src/trace/coverage.js';
import type { Project } from './project.js';
import { village } from './village.js';

const path = 'src/mill.ts';
const code = `/**
 * REQ-2: it grinds.
 */
export function grind() {
  return 'flour'; // REQ-3
}
`;

const [corn, water, beds] = ['features/mill.feature:4', 'features/mill.feature:9', 'features/mill.feature:15'];

const measured: Readonly<Record<string, string>> = {
  'all of it by both': JSON.stringify({ [corn]: [`${path}:1-6`], [water]: [`${path}:1-6`] }),
  'the function by one': JSON.stringify({ [corn]: [`${path}:4`, `${path}:6`], [water]: [] }),
  'the function by another alone': JSON.stringify({ [beds]: [`${path}:4-6`], [corn]: [], [water]: [] }),
  'another file': JSON.stringify({ [corn]: ['src/well.ts:1-9'], [water]: ['src/well.ts:1-9'] }),
  'none of these scenarios': JSON.stringify({ [beds]: [`${path}:4-6`] }),
};

/** A village whose scenarios were seen to run this of a mill that REQ-2 and REQ-3 are about. */
export function coveredVillage(what: string): Project {
  const coverage = coverageIn(measured[what] ?? '');
  if (coverage === undefined) throw new Error(`nobody measured ${what}`);
  return { ...village, code: { [path]: code }, coverage };
}
