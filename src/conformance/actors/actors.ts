import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Job, Told } from './job.js';

/** What became of a process: known when it is reaped and its pipes are drained, not before. */
export interface Ended {
  readonly told: readonly Told[];
  /** What was acknowledged to it before its end. */
  readonly done: readonly string[];
  /** What it had asked for last, where it was not answered. */
  readonly open: string | undefined;
  readonly signal: NodeJS.Signals | null;
  /** Where it told its end: how many steps it took, and by what they were counted. */
  readonly end: Extract<Told, { told: 'end' }> | undefined;
}

/** The processes of one case. */
export class Actors {
  readonly #actor: string;
  readonly #running = new Set<Actor>();

  constructor(actor: string) {
    this.#actor = actor;
  }

  start(job: Job): Actor {
    const main = fileURLToPath(new URL('./main.js', import.meta.url));
    const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
    const line = [main, this.#actor, JSON.stringify(job)];
    const child = spawn(process.execPath, line, { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env });
    const actor = new Actor(child);
    this.#running.add(actor);
    return actor;
  }

  /** Runs one to its end. */
  run(job: Job): Promise<Ended> {
    return this.start(job).ended;
  }

  /** Leaves no process behind. */
  async stop(): Promise<void> {
    for (const actor of this.#running) actor.kill();
    await Promise.allSettled([...this.#running].map(({ ended }) => ended));
  }
}

/** Nothing here polls or sleeps: every wait is for a line, or for the end of the process. */
export class Actor {
  /** Rejects where it failed otherwise than by a kill; what it printed is in the message. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #told: Told[] = [];
  readonly #waiting: { readonly for: (line: Told) => boolean; readonly tell: (line: Told | undefined) => void }[] = [];
  #printed = '';
  #isOver = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', (text: string) => (this.#printed += text));
    // One that is killed closes its end; that is no error of ours.
    (child.stdio[4] as Writable).on('error', () => {});
    this.ended = this.#judged();
    this.ended.catch(() => {});
  }

  /** The first line of that kind, told already or to come; `undefined` where the process ends without it. */
  hears(isIt: (line: Told) => boolean): Promise<Told | undefined> {
    const line = this.#told.find(isIt);
    if (line !== undefined || this.#isOver) return Promise.resolve(line);
    return new Promise((tell) => this.#waiting.push({ for: isIt, tell }));
  }

  letGo(): void {
    (this.#child.stdio[4] as Writable).write('g');
  }

  kill(): void {
    if (!this.#isOver) this.#child.kill('SIGKILL');
  }

  async #judged(): Promise<Ended> {
    const lines = createInterface({ input: this.#child.stdio[3] as Readable });
    lines.on('line', (line) => this.#hear(JSON.parse(line) as Told));
    const drained = new Promise((resolve) => lines.once('close', resolve));
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (exitCode, by) => resolve([exitCode, by]));
    });
    await drained;
    this.#isOver = true;
    for (const { tell } of this.#waiting.splice(0)) tell(undefined);
    const failed = this.#told.find((line) => line.told === 'failed');
    if (failed !== undefined) throw new Error(`an actor failed: ${failed.message}`);
    if (signal === null && code !== 0) throw new Error(`an actor ended with code ${code}: ${this.#printed || 'it printed nothing'}`);
    const end = this.#told.find((line) => line.told === 'end');
    if (signal === null && end === undefined) throw new Error('an actor ended before its work was done: the store ended its process');
    const done = this.#told.flatMap((line) => (line.told === 'done' ? [line.id] : []));
    const asked = this.#told.flatMap((line) => (line.told === 'asked' ? [line.id] : []));
    const open = asked.length > done.length ? asked.at(-1) : undefined;
    return { told: this.#told, done, open, signal, end };
  }

  #hear(line: Told): void {
    this.#told.push(line);
    for (const waiting of this.#waiting.filter((each) => each.for(line))) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.tell(line);
    }
  }
}
