import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { builtActor } from './fresh-build.js';
import type { Acknowledged, Load, Operation, Refused, Surroundings } from './job.js';
import { Actor } from './start.js';

/** An operation that a writer was about to ask for, and what it was told of it; nothing where it was killed before. */
export interface Told {
  readonly operation: Operation;
  readonly acknowledged?: Acknowledged;
  readonly refused?: Refused;
}

export interface LoadedWriter {
  readonly actor: Actor;
  /** In the order in which it worked; whole when the actor has ended. */
  readonly history: readonly Told[];
}

/** Starts a process that works under load once it is let go; `heard` is called at each line about an operation as it arrives. */
export function startLoaded(load: Load & Surroundings, heard: (word: string) => void): LoadedWriter {
  const job = { role: 'loaded', ...load } as const;
  // Of the environment nothing is handed on: what debugs or loads sources is not for a built program.
  const child = spawn(process.execPath, [builtActor(), JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: {},
  });
  const actor = new Actor(child, job, deadlineMs);
  const history: Told[] = [];
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    const word = line.slice(0, line.indexOf(' '));
    const content: unknown = JSON.parse(line.slice(word.length));
    if (word === 'about') history.push({ operation: content as Operation });
    if (word === 'ack') answer(history, { acknowledged: content as Acknowledged });
    if (word === 'refused') answer(history, { refused: content as Refused });
    if (history.length > 0) heard(word);
  });
  return { actor, history };
}

/** Generous, because nothing waits for it. */
const deadlineMs = 120_000;

function answer(history: Told[], outcome: Omit<Told, 'operation'>): void {
  const { operation } = history.pop() as Told;
  history.push({ operation, ...outcome });
}

/** Whether it was inside an operation at its end: about to, and not yet told what became of it. */
export function wasInside(history: readonly Told[]): boolean {
  const last = history.at(-1);
  return last !== undefined && isUnanswered(last);
}

export function isUnanswered({ acknowledged, refused }: Told): boolean {
  return acknowledged === undefined && refused === undefined;
}
