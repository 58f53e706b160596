import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { FingerprintSet } from '../../src/sim/crash/fingerprint-set.js';
import type { SampledStep } from '../../src/sim/index.js';
import { freshlyBuilt } from '../interrupt/fresh-build.js';
import { type Finding, type Found, type PlanMessage, sumOf } from './found.js';
import { type PlanName, planOf } from './plan.js';

/** What an exploration came to (CAT-SIM-5005, 5006). */
export interface Exploration {
  readonly plan: PlanName;
  readonly runs: number;
  /** Disks, each counted once; those met by exhaustive walks, and those that only sampling met. */
  readonly distinct: number;
  readonly exhausted: number;
  readonly sampled: number;
  /** Of these disks, those that the real code recovered; each other differs from one of them only in bytes that no process reads. */
  readonly recovered: number;
  readonly alike: number;
  /** How often an alike one was recovered all the same. */
  readonly audited: number;
  /** Distinct pairs of the steps a recovery took and what it showed. */
  readonly outcomes: number;
  readonly illegal: number;
  readonly findings: readonly Finding[];
  /** Moments at which power was cut; of them those with too much pending for all subsets. */
  readonly cuts: number;
  readonly sampledCuts: number;
  readonly sampledSteps: readonly SampledStep[];
  /** Recoveries by the real code, equal ones and all: those that answered, and by code those that refused. */
  readonly opened: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly threads: number;
  readonly seconds: number;
}

type Told =
  | { readonly type: 'explored'; readonly finding?: Finding }
  | { readonly type: 'ended'; readonly found: Found }
  | { readonly type: 'broken'; readonly error: string };

/** Explores a plan in worker threads, by the built code. */
export async function explorePlan(name: PlanName, threads = Math.min(4, availableParallelism())): Promise<Exploration> {
  const began = performance.now();
  const plan = planOf(name);
  const ahead = plan.runs.keys();
  const findings: Finding[] = [];
  const next = (): PlanMessage => {
    const { value, done } = ahead.next();
    return done || findings.length > 0 ? 'end' : value;
  };
  const workers = Array.from({ length: threads }, () => explored(name, next, (finding) => findings.push(finding)));
  const found = await Promise.all(workers);
  return {
    plan: name,
    runs: plan.runs.length,
    ...merged(found),
    findings,
    illegal: findings.length,
    threads,
    seconds: (performance.now() - began) / 1000,
  };
}

function explored(plan: PlanName, next: () => PlanMessage, tell: (finding: Finding) => void): Promise<Found> {
  const worker = new Worker(freshlyBuilt('support/exploration/worker.ts'), { workerData: { exploring: plan } });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread ended by itself, with ${code}`)));
    worker.on('message', (told: Told) => {
      if (told.type === 'broken') reject(new Error(told.error));
      if (told.type === 'explored') {
        if (told.finding !== undefined) tell(told.finding);
        worker.postMessage(next());
      }
      if (told.type === 'ended') {
        resolve(told.found);
        void worker.terminate();
      }
    });
    worker.postMessage(next());
  });
}

function merged(found: readonly Found[]): Omit<Exploration, 'plan' | 'runs' | 'findings' | 'illegal' | 'threads' | 'seconds'> {
  const [states, recovered] = [new FingerprintSet(), new FingerprintSet()];
  for (const one of found) {
    states.addAll(one.states);
    recovered.addAll(one.recovered);
  }
  const sampledSteps = found.flatMap((one) => one.sampledSteps);
  const refused: Record<string, number> = {};
  for (const [code, count] of found.flatMap((one) => one.refused.flatMap(Object.entries))) refused[code] = (refused[code] ?? 0) + count;
  return {
    distinct: states.size,
    exhausted: states.size - states.sampled,
    sampled: states.sampled,
    recovered: recovered.size,
    alike: states.size - recovered.size,
    audited: sumOf(found, ({ audited }) => audited),
    outcomes: new Set(found.flatMap(({ outcomes }) => outcomes)).size,
    cuts: sumOf(found, ({ cuts }) => cuts),
    sampledCuts: sampledSteps.length,
    sampledSteps,
    opened: sumOf(found, ({ opened }) => opened),
    refused,
  };
}
