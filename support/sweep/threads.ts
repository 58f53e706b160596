import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { freshlyBuilt } from '../interrupt/fresh-build.js';
import { scenarios } from './scenarios.js';
import type { SweepOptions, Swept } from './sweep.js';

/** To a thread: which scenario comes next, or that none does. */
export type Next = number | 'end';
export type Told = { readonly type: 'swept'; readonly swept: Swept } | { readonly type: 'broken'; readonly error: string };

/** Sweeps all scenarios in worker threads, by the built code; in the order of the scenarios. */
export async function sweepAll(options: SweepOptions = {}, threads = Math.min(4, availableParallelism())): Promise<readonly Swept[]> {
  const found: Swept[] = [];
  const ahead = scenarios.keys();
  const next = (): Next => {
    const { value, done } = ahead.next();
    return done ? 'end' : value;
  };
  await Promise.all(Array.from({ length: threads }, () => swept(options, next, (one) => found.push(one))));
  return scenarios.flatMap(({ name }) => found.filter(({ scenario }) => scenario === name));
}

function swept(options: SweepOptions, next: () => Next, tell: (swept: Swept) => void): Promise<void> {
  const worker = new Worker(freshlyBuilt('support/sweep/worker.ts'), { workerData: { sweeping: options } });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    worker.on('message', (told: Told) => {
      if (told.type === 'broken') reject(new Error(told.error));
      else tell(told.swept);
      worker.postMessage(next());
    });
    worker.postMessage(next());
  });
}
