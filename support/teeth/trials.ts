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

/** How a scenario of the requirement ends, one of another requirement, and one of the explorer that the saboteur declares. */
interface Ends {
  readonly own: Ended['status'];
  readonly other?: Ended['status'];
  readonly explorer?: Ended['status'];
}

const situations = {
  'turns a scenario of its requirement red': { own: 'failed' },
  'does nothing': { own: 'passed' },
  'turns no scenario red': { own: 'passed' },
  'turns a scenario of another requirement red': { own: 'passed', other: 'failed' },
  'lets a scenario of its requirement hang': { own: 'hung' },
  'makes a scenario of its requirement fall over a mistake': { own: 'mistaken' },
  'turns its explorer red as well': { own: 'failed', explorer: 'failed' },
  'leaves its explorer green': { own: 'failed', other: 'failed', explorer: 'passed' },
  'makes its explorer fall over a mistake': { own: 'failed', explorer: 'mistaken' },
  'turns its explorer red alone': { own: 'passed', explorer: 'failed' },
  'lets nothing be loaded': undefined,
} satisfies Readonly<Record<string, Ends | undefined>>;
export type Situation = keyof typeof situations;

/** What is wrong with the teeth where there is one saboteur, one requirement and such an end of its scenarios. */
export function judgedAlone(breaks: string, situation: Situation): string[] {
  const ends: Ends | undefined = situations[situation];
  const examples = {
    own: exampleAt('features/a.feature:1', breaks),
    other: exampleAt('features/b.feature:2', 'of another area'),
    explorer: exampleAt('features/crash-exploration.feature:3', 'of another area', 'With the whole protocol <history> does not'),
  };
  const ended = (['own', 'other', 'explorer'] as const).flatMap((which) => {
    const status = ends?.[which];
    return status === undefined ? [] : [{ place: examples[which].place, ms: 1, status, why: '' }];
  });
  const by = ends?.explorer === undefined ? 'scenario' : 'crash';
  const saboteur = { name: 'a saboteur', breaks, by } as const;
  const trials: Trial[] = [{ saboteur, changesBehaviour: situation !== 'does nothing', ended, trouble: undefined }];
  return problemsOf(reportOf(trials, Object.values(examples), [breaks]), trials, [breaks]);
}

function exampleAt(place: string, requirement: string, name = 'a scenario'): Example {
  return { place, name, outline: { name, place }, requirements: [requirement] };
}
