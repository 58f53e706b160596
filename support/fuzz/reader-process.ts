import { type ChildProcess, fork } from 'node:child_process';
import { readSync } from 'node:fs';
import { fileSync } from 'tmp-promise';
import { freshlyBuilt } from '../interrupt/fresh-build.js';
import { heapMegabytes } from './attempt.js';
import type { Batch } from './batches.js';
import { noInput, type Tally } from './reader.js';

/**
 * A process that reads batches, and whose heap may grow by as much as one input may take. A process and no thread, because memory that
 * runs out ends more than a thread.
 */
export class ReaderProcess {
  readonly #child: ChildProcess;
  /** Where it writes which input it reads. */
  readonly #place = fileSync({ prefix: 'catalog-core-fuzz-' });
  /** Whether the process is no more, and whether nobody asks it any more. */
  #isOver = false;
  #isEnded = false;

  constructor(seed: string) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#child = fork(freshlyBuilt('support/fuzz/reader.ts'), ['fuzz', seed, this.#place.name], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
      env,
    });
    this.#child.once('exit', () => {
      this.#isOver = true;
    });
  }

  /** The number of the input that it reads, or read last. */
  now(): number {
    if (this.#isEnded) return noInput;
    const bytes = Buffer.alloc(4);
    return readSync(this.#place.fd, bytes, 0, 4, 0) === 4 ? bytes.readInt32LE() : noInput;
  }

  /** What became of a batch; rejects where the process dies. */
  read(batch: Batch): Promise<Tally> {
    return new Promise((resolve, reject) => {
      const die = (code: number | null, signal: NodeJS.Signals | null): void => reject(new Error(`its process ended (${signal ?? code})`));
      if (this.#isOver) return die(this.#child.exitCode, this.#child.signalCode);
      this.#child.once('exit', die);
      this.#child.once('message', (tally: Tally) => {
        this.#child.off('exit', die);
        resolve(tally);
      });
      this.#child.send(batch);
    });
  }

  end(): void {
    this.#isEnded = true;
    if (!this.#isOver) this.#child.kill('SIGKILL');
    this.#place.removeCallback();
  }
}
