import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { FleetStore } from '../../src/stores/fleet-store.js';
import { projectRoot } from '../checks/sources.js';
import type { Server } from './server.js';
import type { WriterLine } from './writer.js';

export interface Killing {
  readonly engine: string;
  readonly server: Server;
  readonly place: string;
  readonly writers: number;
  readonly cycles: number;
  /** From 0 to 1: when in each cycle the server is killed. */
  readonly draw: () => number;
}

/** What the writers were told, and what became of them. */
export interface Killed {
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly asked: ReadonlySet<string>;
  /** Why a writer ended that was to go on. */
  readonly failures: readonly string[];
  readonly kills: number;
}

const [perCycle, drawnMs] = [16, 120];

/** CAT-FLT-7008: kills the server under writers that are processes of their own, cycle after cycle, and begins it again. */
export async function killServerUnderWriters({ server, cycles, draw, ...asked }: Killing): Promise<Killed> {
  const writers = Array.from({ length: asked.writers }, (_, nth) => new WriterProcess(asked, server.url, `writer-${nth}`));
  const acknowledged = (): number => writers.reduce((count, { done }) => count + done.size, 0);
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      await someMore(writers, acknowledged() + perCycle, acknowledged);
      await elapsed(draw() * drawnMs);
      await server.kill();
      await server.start();
    }
    await someMore(writers, acknowledged() + perCycle, acknowledged);
  } finally {
    await Promise.all(writers.map((writer) => writer.end()));
  }
  return {
    acknowledged: new Map(writers.flatMap(({ done }) => [...done])),
    asked: new Set(writers.flatMap((writer) => [...writer.asked])),
    failures: writers.flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
    kills: cycles,
  };
}

/** What of it is not as CAT-FLT-7008 says, judged from what the server has in the end. */
export async function lossesOf({ acknowledged, asked, failures }: Killed, store: FleetStore): Promise<string[]> {
  const there = new Map((await store.models.list()).map(({ record, revision }) => [record.id, revision]));
  const told: { readonly id: string; readonly revision: number }[] = [];
  for await (const { id, revision } of store.history()) told.push({ id, revision });
  const counted = new Set(told.map(({ id }) => id));
  return [
    ...failures,
    ...[...acknowledged]
      .filter(([id, revision]) => there.get(id) !== revision)
      .map(([id, revision]) => `${id} was acknowledged at ${revision}, and is at ${there.get(id)}`),
    ...told.filter(({ id }) => !asked.has(id)).map(({ id }) => `${id} is there, and nobody asked for it`),
    ...told
      .filter(({ revision }, place) => (store.claims.gapless ? revision !== place + 1 : revision <= (told[place - 1]?.revision ?? 0)))
      .map(({ revision }, place) => `revision ${revision} is told as number ${place + 1}`)
      .slice(0, 3),
    ...(counted.size === told.length ? [] : ['something was made twice']),
  ];
}

async function someMore(writers: readonly WriterProcess[], count: number, acknowledged: () => number): Promise<void> {
  while (acknowledged() < count && writers.every(({ failure }) => failure === undefined)) {
    await Promise.race(writers.map((writer) => writer.news()));
  }
}

class WriterProcess {
  readonly asked = new Set<string>();
  readonly done = new Map<string, number>();
  failure: string | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #waiting: (() => void)[] = [];
  #isEnding = false;

  constructor({ engine, place }: Pick<Killing, 'engine' | 'place'>, url: string, prefix: string) {
    const program = join(projectRoot, 'build/support/servers/writer.js');
    this.#child = spawn(process.execPath, [program, engine, url, place, prefix], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(JSON.parse(line)));
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        if (code !== 0 || !this.#isEnding) this.failure ??= `${prefix} ended with ${code}`;
        this.#wake();
        resolve();
      });
    });
  }

  /** The next line, or the end. */
  news(): Promise<void> {
    if (this.failure !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  end(): Promise<void> {
    this.#isEnding = true;
    this.#child.stdin?.end();
    return this.#ended;
  }

  #hear(line: WriterLine): void {
    if (line.told === 'asked') this.asked.add(line.id);
    else if (line.told === 'done') this.done.set(line.id, line.revision);
    else this.failure = line.message;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
