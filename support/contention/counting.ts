import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import type { Counted } from '../interrupt/job.js';
import { startFor } from '../interrupt/start.js';
import { countOf } from './increment.js';

export interface Counting {
  readonly processes: number;
  readonly times: number;
  readonly lockDisabled: boolean;
}

export interface Count {
  readonly count: number;
  /** How often each process added. */
  readonly times: number;
  readonly tookMs: number;
  readonly conflicts: number;
  readonly longestPutMs: number;
}

/** Processes that all begin at once to add to the count of one record (CAT-LCK-1203). */
export async function countTogether(
  scenario: { onEnd(close: () => Promise<unknown>): void },
  root: string,
  counting: Counting,
): Promise<Count> {
  const { processes, times, lockDisabled } = counting;
  const job = { role: 'incrementer', root, id: 'counter', times, lockDisabled, lockTimeoutMs: 600_000 } as const;
  const actors = Array.from({ length: processes }, () => startFor(scenario, job, { deadlineMs: 900_000 }));
  for (const actor of actors) await actor.untilHeld();
  const began = performance.now();
  for (const actor of actors) actor.letGo();
  const ended = await Promise.all(actors.map(({ ended }) => ended));
  const tookMs = Math.round(performance.now() - began);
  const counted = ended.flatMap(({ done }) => done?.counted ?? []);
  return {
    count: await countIn(root),
    times,
    tookMs,
    conflicts: sum(counted),
    longestPutMs: Math.max(...counted.map((one) => one.longestPutMs)),
  };
}

async function countIn(root: string): Promise<number> {
  const reader = await FsCatalog.open({ root, readOnly: true });
  const found = await reader.models.get('counter');
  await reader.close();
  return countOf(found?.record);
}

function sum(counted: readonly Counted[]): number {
  return counted.reduce((total, { conflicts }) => total + conflicts, 0);
}
