import type { IWorld } from '@cucumber/cucumber';
import type { Counterexample, CrashEvent, CrashExperiment } from '../../src/sim/index.js';
import { crashStateType } from '../../src/trace/pages/crash-state.js';
import { crashStatesOf, tellingCut } from './crash-state.js';

interface Crashed {
  readonly name: string;
  readonly experiment: CrashExperiment;
  /** What broke a promise; without it a power cut is shown that broke none. */
  readonly failure?: Pick<Counterexample, 'events' | 'complaint'> | undefined;
  readonly replay?: (events: readonly CrashEvent[]) => string;
}

/** What the page of a trace shows of a power cut: the folder before and after, the steps and where they ended, and how to see it again. */
export async function attachCrash(world: Pick<IWorld, 'attach'>, { name, experiment, failure, replay }: Crashed): Promise<void> {
  const events = failure?.events ?? (await tellingCut(experiment));
  const states = await crashStatesOf(experiment, events, replay?.(events));
  for (const [place, state] of states.entries()) {
    const which = states.length > 1 ? `, ${state.end} ${place + 1} of ${states.length}` : '';
    const fileName = `${name}${which}${failure === undefined ? '' : `: ${failure.complaint.slice(0, 120)}`}`;
    await world.attach(JSON.stringify(state), { mediaType: crashStateType, fileName });
  }
}

/** The steps of some processes in the order that breaks a promise. */
export async function attachSchedule(world: Pick<IWorld, 'attach'>, trace: readonly string[], replay: string): Promise<void> {
  await world.attach(JSON.stringify({ steps: trace, replay }), { mediaType: crashStateType, fileName: 'who took which step' });
}
