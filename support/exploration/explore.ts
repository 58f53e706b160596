import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { FingerprintSet } from '../../src/sim/crash/fingerprint-set.js';
import type { SampledStep } from '../../src/sim/index.js';
import { freshlyBuilt } from '../interrupt/fresh-build.js';
import type { Finding, Found, PlanMessage } from './found.js';
import { type PlanName, planOf } from './plan.js';

/** What an exploration came to (CAT-SIM-5005, 5006). */
export interface Exploration {
  readonly runs: number;
  /** Disks, each counted once; those met by exhaustive walks, and those that only sampling met. */
  readonly distinct: number;
  readonly exhausted: number;
  readonly sampled: number;
  /** Distinct pairs of the steps a recovery took and what it showed. */
  readonly outcomes: number;
  readonly illegal: number;
  readonly findings: readonly Finding[];
  /** Moments at which power was cut; of them those with too much pending for all subsets. */
  readonly cuts: number;
  readonly sampledCuts: number;
  readonly sampledSteps: readonly SampledStep[];
  /** Recoveries by the real code: those that answered, and by code those that refused. */
  readonly opened: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Disks that differ from a recovered one only in bytes that no process reads; of them, recovered all the same. */
  readonly alike: number;
  readonly audited: number;
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

function merged(found: readonly Found[]): Omit<Exploration, 'runs' | 'findings' | 'illegal' | 'threads' | 'seconds'> {
  const states = new FingerprintSet();
  for (const { states: members } of found) states.addAll(members);
  const sum = (count: (one: Found) => number): number => found.reduce((total, one) => total + count(one), 0);
  const sampledSteps = found.flatMap((one) => one.sampledSteps);
  const refused: Record<string, number> = {};
  for (const [code, count] of found.flatMap((one) => Object.entries(one.refused))) refused[code] = (refused[code] ?? 0) + count;
  return {
    distinct: states.size,
    exhausted: states.size - states.sampled,
    sampled: states.sampled,
    outcomes: new Set(found.flatMap(({ outcomes }) => outcomes)).size,
    cuts: sum(({ cuts }) => cuts),
    sampledCuts: sampledSteps.length,
    sampledSteps: sampledSteps.slice(0, 100),
    opened: sum(({ opened }) => opened),
    refused,
    alike: sum(({ alike }) => alike),
    audited: sum(({ audited }) => audited),
  };
}
