import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import type { AnySaboteur } from '../saboteurs/saboteur.js';
import type { Example } from './pool.js';
import { type Ended, type RunResult, runExamples } from './scenario-run.js';
import { problemsOf, reportOf, type Trial } from './verdict.js';
import { compiledProject, copiedProject } from './workspace.js';

const limits = { stepMs: 120_000, runMs: 120_000 };

/** One scenario in two copies of the project, one of them sabotaged. */
export async function runWithAndWithout(
  saboteur: AnySaboteur,
  { place }: Example,
  folder: string,
): Promise<{ readonly sabotaged: RunResult; readonly clean: RunResult }> {
  const [compiled, copy] = [join(folder, 'compiled'), join(folder, 'sabotaged')];
  compiledProject(projectRoot, compiled);
  copiedProject(compiled, copy, saboteur);
  return { sabotaged: await runExamples(copy, [place], limits), clean: await runExamples(compiled, [place], limits) };
}

const situations = {
  'turns a scenario of its requirement red': { status: 'failed' },
  'does nothing': { status: 'passed' },
  'turns no scenario red': { status: 'passed' },
  'turns a scenario of another requirement red': { status: 'failed', place: 'features/b.feature:2' },
  'lets a scenario of its requirement hang': { status: 'hung' },
  'lets nothing be loaded': undefined,
} satisfies Readonly<Record<string, Partial<Ended> | undefined>>;
export type Situation = keyof typeof situations;

/** What is wrong with the teeth where there is one saboteur, one requirement and such an end of a scenario. */
export function judgedAlone(breaks: string, situation: Situation): string[] {
  const end: Partial<Ended> | undefined = situations[situation];
  const ended = end === undefined ? [] : [{ place: 'features/a.feature:1', ms: 1, status: 'passed', why: '', ...end } as const];
  const saboteur = { name: 'a saboteur', breaks, by: 'scenario' } as const;
  const trials: Trial[] = [{ saboteur, changesBehaviour: situation !== 'does nothing', ended, trouble: undefined }];
  const examples = [exampleAt('features/a.feature:1', breaks), exampleAt('features/b.feature:2', 'of another area')];
  return problemsOf(reportOf(trials, examples, [breaks]), trials, [breaks]);
}

function exampleAt(place: string, requirement: string): Example {
  return { place, name: 'a scenario', outline: place, isSlow: false, requirements: [requirement] };
}
