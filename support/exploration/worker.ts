import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { FingerprintSet } from '../../src/sim/crash/fingerprint-set.js';
import { CrashExplorer } from '../../src/sim/index.js';
import { type Finding, type Found, type PlanMessage, shrunk, sumOf } from './found.js';
import { type Plan, type PlanName, planOf } from './plan.js';
import { experimentOf, nameOf, type Run, whyNotAsMeant } from './subject.js';

/**
 * One thread: explores the runs it is given the numbers of, one after the other, and tells at the end what it has met. What was
 * judged on one kind of disk says nothing of another: each kind has an explorer of its own. How many generations are kept matters
 * to those who commit, and to nobody who reads or recovers, so an equal disk need not be recovered once more for it.
 */
function exploreFor(port: MessagePort, plan: Plan): void {
  // Every step that finds nothing throws; a stack for each is of use to nobody here.
  Error.stackTraceLimit = 0;
  const explorers = new Map<string, CrashExplorer>();
  const explorerOf = ({ disk }: Run): CrashExplorer => {
    const kind = JSON.stringify(disk);
    const explorer = explorers.get(kind) ?? new CrashExplorer(plan.options);
    explorers.set(kind, explorer);
    return explorer;
  };
  port.on('message', async (message: PlanMessage) => {
    if (message === 'end') {
      const found = foundBy([...explorers.values()]);
      port.postMessage({ type: 'ended', found }, [found.states.buffer, found.recovered.buffer]);
      return;
    }
    try {
      const run = plan.runs[message];
      if (run === undefined) throw new RangeError(`the plan has no run ${message}`);
      port.postMessage({ type: 'explored', finding: await explore(explorerOf(run), run, plan) });
    } catch (error) {
      port.postMessage({ type: 'broken', error: String(error) });
    }
  });
}

async function explore(explorer: CrashExplorer, run: Run, plan: Plan): Promise<Finding | undefined> {
  const view = await explorer.explore(nameOf(run), experimentOf(run));
  const complaint = whyNotAsMeant(run, view);
  if (complaint !== undefined) return { run, events: [{ do: 'act' }], complaint };
  const [failure] = explorer.failures;
  return failure && shrunk(run, failure, plan.options);
}

function foundBy(explorers: readonly CrashExplorer[]): Found {
  return {
    states: united(explorers.map(({ states }) => states)),
    recovered: united(explorers.map(({ recovered }) => recovered)),
    outcomes: [...new Set(explorers.flatMap(({ outcomes }) => [...outcomes]))],
    sampledSteps: explorers.flatMap(({ sampledSteps }) => sampledSteps),
    refused: explorers.map(({ refused }) => refused),
    met: sumOf(explorers, ({ met }) => met),
    cuts: sumOf(explorers, ({ cuts }) => cuts),
    audited: sumOf(explorers, ({ audited }) => audited),
    opened: sumOf(explorers, ({ opened }) => opened),
  };
}

function united(sets: readonly FingerprintSet[]): Float64Array<ArrayBuffer> {
  const all = new FingerprintSet();
  for (const set of sets) all.addAll(set.toArray());
  return all.toArray();
}

// The test runner imports every file of support/; only in a thread that was given a plan does this one act.
const given = (workerData as { exploring?: PlanName } | null)?.exploring;
if (parentPort !== null && given !== undefined) exploreFor(parentPort, planOf(given));
