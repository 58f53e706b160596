import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freshlyBuilt } from './interrupt/fresh-build.js';
import { trappedFromTheBeginning } from './security/traps.js';
import type { CatalogWorld } from './world.js';

export interface ExampleOptions {
  /** What node itself is told. */
  readonly nodeWords?: readonly string[];
}

/** An example, as somebody would run it who has built it. Every wait is for a line that it prints, or for its end. */
export class ExampleProcess {
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** All that was printed by it, and by whoever it has started. */
  readonly lines: string[] = [];
  /** What went wrong, in its words. */
  complaints = '';
  readonly #child: ChildProcess;
  readonly #input: number;
  #heard = 0;
  #isSilent = false;
  #wake: () => void = () => {};

  /** Ended, with all that it has started, when the scenario ends. */
  static async start(world: CatalogWorld, name: string, words: readonly string[], options: ExampleOptions = {}): Promise<ExampleProcess> {
    const example = new ExampleProcess(join(await world.folder(), `input-${randomUUID()}`), name, words, options);
    world.onEnd(() => example.#stop());
    return example;
  }

  private constructor(fifo: string, name: string, words: readonly string[], { nodeWords = [] }: ExampleOptions) {
    // CAT-SEC-6001: whatever the library reaches for out of its process fails.
    const env = { PATH: process.env.PATH, NODE_OPTIONS: trappedFromTheBeginning.join(' ') };
    // Node closes a pipe of its own when the process ends, and others that it has started may read from it still.
    execFileSync('mkfifo', [fifo]);
    const input = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#input = openSync(fifo, 'w');
    const line = [...nodeWords, freshlyBuilt(`examples/${name}.ts`), ...words];
    this.#child = spawn(process.execPath, line, { env, stdio: [input, 'pipe', 'pipe'] });
    closeSync(input);
    this.ended = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve(code ?? signal)));
    this.#hear();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The next line; none is left out. */
  async next(): Promise<string> {
    for (;;) {
      const line = this.lines[this.#heard];
      if (line !== undefined) {
        this.#heard++;
        return line;
      }
      if (this.#isSilent) throw new Error(`it says no more than ${JSON.stringify(this.lines)}: ${this.complaints}`);
      await this.#woken();
    }
  }

  /** Leaves out all lines up to one that is like this. */
  async until(wanted: RegExp): Promise<void> {
    while (!wanted.test(await this.next()));
  }

  type(line: string): void {
    writeSync(this.#input, `${line}\n`);
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  #hear(): void {
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('it has no output');
    stderr.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
    const output = createInterface({ input: stdout });
    output.on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    output.once('close', () => {
      this.#isSilent = true;
      this.#wake();
    });
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whoever it has started reads the same input, and ends with it. */
  async #stop(): Promise<void> {
    closeSync(this.#input);
    this.kill();
    while (!this.#isSilent) await this.#woken();
  }
}
