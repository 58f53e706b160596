import type { Inputs } from '../../src/trace/inputs.js';
import { crashStateType } from '../../src/trace/pages/crash-state.js';
import type { Result, Scenario, Trace } from '../../src/trace/trace.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { saboteurs } from '../saboteurs/catalogue.js';
import { seeded } from './edits.js';
import { ownInputs } from './own-trace.js';
import { runOf } from './project.js';

/** What may befall every scenario of a run, by the words for it. */
const befalls: Readonly<Record<string, (random: () => number) => Partial<Result>>> = {
  passed: () => ({ status: 'passed' }),
  'failed with long messages': (random) => ({ status: 'failed', message: letters(random, 30_000) }),
  'failed with large crash states': (random) => ({ status: 'failed', message: 'AssertionError', attachments: [largeCrash(random)] }),
  'passed at its third attempt': () => ({ status: 'passed', attempts: 3 }),
  'was skipped': () => ({ status: 'skipped' }),
};

let own: Promise<Inputs> | undefined;

/** This project's own specification and scenarios, of which each ended like this, with every saboteur caught. */
export async function ourSuite(ended: string): Promise<Trace> {
  own ??= ownInputs();
  const inputs = await own;
  const befalling = befalls[ended];
  const random = seeded(5105);
  const caught = saboteurs.map(({ name, breaks }) => ({ name, breaks, does: '', caughtBy: [breaks] }));
  return traceOf({ ...inputs, saboteurs: caught, runs: befalling === undefined ? [] : [runEnding(() => befalling(random))] });

  function runEnding(ending: () => Partial<Result>) {
    const run = runOf(inputs.features);
    return { ...run, results: run.results.map((one) => ({ ...one, result: { ...timed(one.result, random), ...ending() } })) };
  }
}

/** The trace with so many scenarios more, of which no two have a step in common. */
export function withStrangers(trace: Trace, count: number): Trace {
  const random = seeded(count);
  const first = trace.scenarios.find(({ outline }) => outline === undefined);
  if (first === undefined) throw new Error('no scenario stands alone');
  const strangers = Array.from({ length: count }, (_, place): Scenario => {
    const steps = Array.from({ length: 4 }, () => ({ keyword: 'Given ', text: letters(random, 60) }));
    const name = letters(random, 60);
    return { ...first, id: `features/strangers.feature:${place}`, place: { path: 'features/strangers.feature', line: place }, name, steps };
  });
  return { ...trace, scenarios: [...trace.scenarios, ...strangers] };
}

/** Every second scenario of a trace. */
export function halfOf(trace: Trace): Trace {
  const scenarios = trace.scenarios.filter((_, place) => place % 2 === 0);
  const kept = new Set(scenarios.map(({ id }) => id));
  const requirements = trace.requirements.map((one) => ({ ...one, scenarios: one.scenarios.filter((id) => kept.has(id)) }));
  return { ...trace, scenarios, requirements };
}

/** Of some spread, so that times are not smaller packed than those of a run. */
function timed(result: Result, random: () => number): Result {
  const steps = result.steps.map((step) => ({ ...step, durationMs: Math.floor(random() ** 8 * 4000) }));
  return { ...result, steps, durationMs: steps.reduce((sum, { durationMs }) => sum + durationMs, 0) };
}

function largeCrash(random: () => number): Result['attachments'][number] {
  const files = Array.from({ length: 60 }, () => ({ path: letters(random, 30), bytes: 100, text: letters(random, 80) }));
  const text = JSON.stringify({ before: files, after: files, steps: files.map(({ path }) => path), cut: 3, replay: 'npm run replay' });
  return { mediaType: crashStateType, name: 'after step 3', text };
}

/** Words that deflate little. */
function letters(random: () => number, count: number): string {
  return Array.from({ length: count }, () => 'abcdefghijklmnopqrstuvwxyz \n'[Math.floor(random() * 28)]).join('');
}
