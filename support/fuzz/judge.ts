import { Worker } from 'node:worker_threads';
import { freshlyBuilt } from '../interrupt/fresh-build.js';
import { heapMegabytes, limits } from './attempt.js';
import type { Tally } from './reader.js';

/** One input, and what it is of. */
export interface Suspect {
  readonly target: string;
  readonly seed: string;
  readonly number: number;
}

/** What one input comes to where nothing else is done. */
export type Judged =
  | { readonly kind: 'read'; readonly tally: Tally; readonly cpuMs: number }
  | { readonly kind: 'hang'; readonly what: string }
  | { readonly kind: 'death'; readonly what: string };

const lookEveryMs = 20;

/**
 * A process that reads one input, in a thread, and watches how much time of the processor that takes: a machine that is busy with something
 * else makes nothing slow here.
 */
async function judged({ target, seed, number }: Suspect): Promise<Judged> {
  const worker = new Worker(freshlyBuilt('support/fuzz/reader.ts'), {
    workerData: { fuzzing: seed },
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  return new Promise((resolve) => {
    worker.once('error', (error) => resolve({ kind: 'death', what: `ended its thread: ${error.message}` }));
    worker.postMessage({ warm: target });
    worker.once('message', () => {
      const began = process.cpuUsage();
      const cpuMs = (): number => (process.cpuUsage(began).user + process.cpuUsage(began).system) / 1000;
      watch(worker, cpuMs, resolve);
      worker.once('message', (tally: Tally) => resolve({ kind: 'read', tally, cpuMs: cpuMs() }));
      worker.postMessage({ target, from: number, to: number + 1, isCareful: true });
    });
  });
}

function watch(worker: Worker, cpuMs: () => number, tell: (judged: Judged) => void): void {
  const before = worker.performance.eventLoopUtilization();
  setInterval(() => {
    if (cpuMs() > limits.cpuMs) tell({ kind: 'hang', what: `takes more than ${limits.cpuMs} ms of the processor` });
    // A thread that waits for so long, and computes nothing, waits for what never comes.
    else if (worker.performance.eventLoopUtilization(before).idle > limits.cpuMs) tell({ kind: 'hang', what: 'never answers' });
  }, lookEveryMs);
}

// The test runner imports every file of support/; only a process that is asked acts.
if (process.argv[2] === 'judge' && process.send !== undefined) {
  process.once('disconnect', () => process.exit());
  process.once('message', async (suspect: Suspect) => {
    const verdict = await judged(suspect);
    process.send?.(verdict, () => process.exit());
  });
}
