import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CrashExplorer } from '../../src/sim/index.js';
import { catalogExperiment, whyNotMeant } from './experiment.js';
import { type Finding, type Found, type PlanMessage, shrunk } from './found.js';
import { nameOf, type Plan, type PlanName, planOf } from './plan.js';

/** One thread: explores the runs it is given the numbers of, one after the other, and tells at the end what it has met. */
function exploreFor(port: MessagePort, plan: Plan): void {
  // Every step that finds nothing throws; a stack for each is of use to nobody here.
  Error.stackTraceLimit = 0;
  const explorer = new CrashExplorer(plan.options);
  port.on('message', async (message: PlanMessage) => {
    if (message === 'end') {
      const found = foundBy(explorer);
      port.postMessage({ type: 'ended', found }, [found.states.buffer]);
      return;
    }
    try {
      port.postMessage({ type: 'explored', finding: await explore(explorer, plan, message) });
    } catch (error) {
      port.postMessage({ type: 'broken', error: String(error) });
    }
  });
}

async function explore(explorer: CrashExplorer, plan: Plan, place: number): Promise<Finding | undefined> {
  const run = plan.runs[place];
  if (run === undefined) throw new RangeError(`the plan has no run ${place}`);
  const view = await explorer.explore(nameOf(run), catalogExperiment(run));
  const complaint = whyNotMeant(run.history, view);
  if (complaint !== undefined) return { run, events: [{ do: 'act' }], complaint };
  const [failure] = explorer.failures;
  return failure && shrunk(run, failure, plan.options);
}

function foundBy({ states, outcomes, sampledSteps, met, cuts, alike, audited, opened, refused }: CrashExplorer): Found {
  return { states: states.toArray(), outcomes: [...outcomes], sampledSteps: [...sampledSteps], met, cuts, alike, audited, opened, refused };
}

// The test runner imports every file of support/; only in a thread that was given a plan does this one act.
const given = (workerData as { exploring?: PlanName } | null)?.exploring;
if (parentPort !== null && given !== undefined) exploreFor(parentPort, planOf(given));
