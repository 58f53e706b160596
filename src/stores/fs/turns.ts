import { CatalogError } from '../../core/errors.js';
import type { Host } from '../../disk/host.js';
import type { Disk } from '../../disk/program.js';

/** One turn at a root: the work that is done there, how long it may wait for the works before it, and as whom. */
export interface Turn<T> {
  readonly disk: Disk;
  readonly root: string;
  readonly timeoutMs: number;
  readonly host: Host;
  /** Told how much of its time is left. */
  readonly work: (leftMs: number) => Promise<T>;
}

/** The works at one root: when the last of them ends, and since when the present one is at work. */
interface Queue {
  end: Promise<void>;
  since: string;
}

const queues = new WeakMap<Disk, Map<string, Queue>>();
const longestTimerMs = 2 ** 31 - 1;

/**
 * CAT-LCK-1201: handles on one root in one process share one queue, so that none polls for a lock that a neighbour holds. A
 * neighbour that is at work for too long makes `Busy` as another process would (CAT-LCK-1202).
 */
export function inTurn<T>(turn: Turn<T>): Promise<T> {
  const queuesOfDisk = queues.get(turn.disk) ?? new Map<string, Queue>();
  queues.set(turn.disk, queuesOfDisk);
  const before = queuesOfDisk.get(turn.root);
  const queue = before ?? { end: Promise.resolve(), since: '' };
  queuesOfDisk.set(turn.root, queue);
  const mine = before === undefined ? atWork(turn, queue, turn.timeoutMs) : afterOthers(turn, queue);
  // Who gave up waiting lets nobody pass: the next one waits for the works before as well.
  const end = Promise.allSettled([queue.end, mine]).then(() => {
    if (queue.end === end) queuesOfDisk.delete(turn.root);
  });
  queue.end = end;
  return mine;
}

function atWork<T>({ host, work }: Turn<T>, queue: Queue, leftMs: number): Promise<T> {
  queue.since = new Date(host.clock()).toISOString();
  return work(leftMs);
}

async function afterOthers<T>(turn: Turn<T>, queue: Queue): Promise<T> {
  const { host, timeoutMs } = turn;
  const began = host.monotonicMs();
  if (!(await endsInTime(queue.end, timeoutMs))) throw busy(turn, queue.since);
  return atWork(turn, queue, Math.max(0, timeoutMs - (host.monotonicMs() - began)));
}

function endsInTime(end: Promise<void>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(timeoutMs, longestTimerMs), false);
    void end.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function busy({ host, root, timeoutMs }: Turn<unknown>, since: string): CatalogError {
  const { pid, host: name, command } = host.identity;
  const message = `${root} is written by another handle of this process since ${since}; waited ${timeoutMs} ms`;
  return new CatalogError('Busy', message, { pid, host: name, command, since });
}
