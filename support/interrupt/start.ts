import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { builtActor } from './fresh-build.js';
import type { Acknowledged, Done, Job, Point, Refused, Seen } from './job.js';

/** What became of an actor: judged when its process is reaped and its pipes are drained, not before. */
export interface Ended {
  readonly pid: number;
  readonly acknowledged: readonly Acknowledged[];
  readonly refused: readonly Refused[];
  readonly seen: readonly Seen[];
  /** Where it was killed; `undefined` where it came to its end. */
  readonly killedAt: Point | undefined;
  /** What it told at its end; `undefined` where it was killed. */
  readonly done: Done | undefined;
}

export interface StartOptions {
  /** From when on an actor that has not ended is killed and counts as failed; generous, because nothing waits for it. */
  readonly deadlineMs?: number;
  /** A command that runs the actor, such as a tracer. */
  readonly under?: readonly string[];
}

/** Starts an actor: a process of its own, of the built program, without a shell. */
export function start(job: Job, options: StartOptions = {}): Actor {
  const { deadlineMs = 60_000, under = [] } = options;
  const [command = '', ...rest] = [...under, process.execPath, builtActor(), JSON.stringify(job)];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env: scrubbed(process.env) });
  return new Actor(child, job, deadlineMs);
}

/** Starts an actor that does not outlive its scenario, however that ends. */
export function startFor(scenario: { onEnd(close: () => Promise<unknown>): void }, job: Job, options: StartOptions = {}): Actor {
  const actor = start(job, options);
  scenario.onEnd(() => actor.stop());
  return actor;
}

/** A running actor. Nothing here polls or sleeps: every wait is for a line or for the end of the process. */
export class Actor {
  /** Rejects where it ended otherwise than its job says; what it printed is in the message. */
  readonly ended: Promise<Ended>;
  /** What it was told so far: later lines are added while it runs. */
  readonly acknowledged: Acknowledged[] = [];
  readonly #child: ChildProcess;
  readonly #job: Job;
  readonly #refused: Refused[] = [];
  readonly #seen: Seen[] = [];
  readonly #deaths: Point[] = [];
  readonly #holds: Point[] = [];
  readonly #waiting: ((point: Point | undefined) => void)[] = [];
  #printed = '';
  #done: Done | undefined;
  #isOver = false;
  #wasKilled = false;
  #wasLate = false;

  constructor(child: ChildProcess, job: Job, deadlineMs: number) {
    this.#child = child;
    this.#job = job;
    for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', (text: string) => (this.#printed += text));
    const lines = createInterface({ input: child.stdio[3] as Readable });
    lines.on('line', (line) => this.#hear(line));
    const linesEnd = new Promise((resolve) => lines.once('close', resolve));
    // A held actor that is killed closes its end; that is no error of ours.
    this.#commands.on('error', () => {});
    this.ended = this.#judged(linesEnd, deadlineMs);
    this.ended.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The point where it waits now; rejects where it ends without waiting. */
  async untilHeld(): Promise<Point> {
    const point = await this.nextHold();
    if (point !== undefined) return point;
    await this.ended;
    throw new Error(this.#told('it came to its end: the point was never reached'));
  }

  /** The point where it waits next; `undefined` where it ends without waiting once more. */
  async nextHold(): Promise<Point | undefined> {
    const point = this.#holds.shift();
    if (point !== undefined || this.#isOver) return point;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  letGo(): void {
    this.#commands.write('g');
  }

  /** Stops a process that waits, by the signal; when it gives, the kernel says that it stands still. */
  async freeze(): Promise<void> {
    this.#child.kill('SIGSTOP');
    while (!isStopped(this.pid)) await nextTurn();
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** For those that wait for another word: there is none. */
  finish(): void {
    this.#commands.write('e');
  }

  /** Kills a process that has not ended, through its handle: a number could be another process by then. */
  kill(): void {
    this.#wasKilled = true;
    if (!this.#isOver) this.#child.kill('SIGKILL');
  }

  /** Leaves no process behind, whatever became of it. */
  async stop(): Promise<void> {
    this.kill();
    await this.ended.catch(() => {});
  }

  get #commands(): Writable {
    return this.#child.stdio[4] as Writable;
  }

  async #judged(linesEnd: Promise<unknown>, deadlineMs: number): Promise<Ended> {
    const watchdog = setTimeout(() => {
      this.#wasLate = true;
      this.#child.kill('SIGKILL');
    }, deadlineMs);
    try {
      const [code, signal] = await closed(this.#child);
      await linesEnd;
      return this.#judge(code, signal);
    } finally {
      clearTimeout(watchdog);
      this.#isOver = true;
      for (const tell of this.#waiting.splice(0)) tell(undefined);
    }
  }

  #judge(code: number | null, signal: NodeJS.Signals | null): Ended {
    const isToDie = this.#job.plan?.act === 'die';
    const how = `it ended with code ${code}, signal ${signal}`;
    if (this.#wasLate) throw new Error(this.#told('it did not end in time'));
    if (isToDie && signal === null && code === 0) throw new Error(this.#told('it came to its end: the point was never reached'));
    if (isToDie && this.#deaths.length !== 1) throw new Error(this.#told(`${how}; it announced ${this.#deaths.length} deaths, not 1`));
    if (isToDie || this.#wasKilled) {
      if (code !== null || signal !== 'SIGKILL') throw new Error(this.#told(`${how}, not SIGKILL`));
    } else if (code !== 0 || this.#done === undefined) {
      throw new Error(this.#told(`${how}, and ${this.#done ? 'told that it was done' : 'did not tell that it was done'}`));
    }
    return {
      pid: this.pid,
      acknowledged: this.acknowledged,
      refused: this.#refused,
      seen: this.#seen,
      killedAt: this.#deaths[0],
      done: this.#done,
    };
  }

  #hear(line: string): void {
    const word = line.slice(0, line.indexOf(' '));
    const content: unknown = JSON.parse(line.slice(word.length));
    switch (word) {
      case 'hello':
        return;
      case '@':
        this.#held(content as Point);
        return;
      case '!':
        this.#deaths.push(content as Point);
        return;
      case 'ack':
        this.acknowledged.push(content as Acknowledged);
        return;
      case 'refused':
        this.#refused.push(content as Refused);
        return;
      case 'seen':
        this.#seen.push(content as Seen);
        return;
      case 'done':
        this.#done = content as Done;
        return;
      default:
        this.#printed += `${line}\n`;
    }
  }

  #held(point: Point): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(point);
    else this.#holds.push(point);
  }

  #told(what: string): string {
    const { role, plan, root } = this.#job;
    return `${role} ${this.pid} on ${root}, plan ${JSON.stringify(plan)}: ${what}. It printed: ${this.#printed || 'nothing'}`;
  }
}

/** By the state that Linux tells, the first word after the name of the command. */
function isStopped(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return status.slice(status.lastIndexOf(')') + 2).startsWith('T');
}

/** Code and signal, once the process is reaped and its output drained; a process that could not be started is an error. */
function closed(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve([code, signal]));
  });
}

/** Coverage is lost on SIGKILL, debuggers clash over one port, and loaders are not for a built program. */
function scrubbed(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...rest } = environment;
  return rest;
}
