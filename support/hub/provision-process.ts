import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { gate } from '../contention/gate.js';
import { freshlyBuilt } from '../interrupt/fresh-build.js';
import type { ProvisionDone, ProvisionJob } from './provision-actor.js';

/** A process of its own that sees to it that something is there. */
export class ProvisionProcess {
  /** When its catalog is open and it asks. */
  readonly asking: Promise<void>;
  /** What it told at its end; `undefined` where it was killed. Rejects where it failed, with what it printed. */
  readonly ended: Promise<ProvisionDone | undefined>;
  readonly #child: ChildProcess;

  constructor(job: ProvisionJob) {
    const actor = freshlyBuilt('support/hub/provision-actor.ts');
    this.#child = spawn(process.execPath, [actor, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('it has no output');
    const asking = gate();
    this.asking = asking.opened;
    let done: ProvisionDone | undefined;
    let printed = '';
    stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
    createInterface({ input: stdout }).on('line', (line) => {
      if (line === 'asking') asking.open();
      else done = JSON.parse(line) as ProvisionDone;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('close', (code, signal) => {
        asking.open();
        if (signal === 'SIGKILL' || (code === 0 && done !== undefined)) resolve(done);
        else reject(new Error(`it ended with ${code ?? signal}: ${printed}`));
      });
    });
    this.ended.catch(() => {});
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
