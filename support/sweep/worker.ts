import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { scenarios } from './scenarios.js';
import { type SweepOptions, sweepScenario } from './sweep.js';
import type { Next, Told } from './threads.js';

/** One thread: sweeps the scenarios that it is given the numbers of, one after the other. */
function sweepFor(port: MessagePort, options: SweepOptions): void {
  // Every fault throws; a stack for each is of use to nobody here.
  Error.stackTraceLimit = 0;
  port.on('message', async (next: Next) => {
    if (next === 'end') port.close();
    else port.postMessage(await swept(next, options));
  });
}

async function swept(place: number, options: SweepOptions): Promise<Told> {
  const scenario = scenarios[place];
  if (scenario === undefined) return { type: 'broken', error: `there is no scenario ${place}` };
  try {
    return { type: 'swept', swept: await sweepScenario(scenario, options) };
  } catch (error) {
    return { type: 'broken', error: `${scenario.name}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

// The test runner imports every file of support/; only in a thread that was told what to sweep does this one act.
const given = (workerData as { sweeping?: SweepOptions } | null)?.sweeping;
if (parentPort !== null && given !== undefined) sweepFor(parentPort, given);
