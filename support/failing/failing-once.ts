import { basename } from 'node:path';
import type { Disk } from '../../src/disk/program.js';
import { RealDisk } from '../../src/disk/real-disk.js';
import type { Step } from '../../src/disk/steps.js';

const steps: Readonly<Record<string, RegExp>> = {
  'taking the lock': /^open catalog\.lock/,
  'opening the generations': /^open directory models$/,
  'creating the temp': /^open create catalog\.json\..*\.tmp$/,
  'writing the temp': /^write .*\.tmp$/,
  'writing half of the temp': /^write .*\.tmp$/,
  'setting the mode of the temp': /^change-mode .*\.tmp$/,
  'measuring the temp': /^stat-handle .*\.tmp$/,
  'syncing the temp': /^sync .*\.tmp$/,
  'making a folder': /^make-directory generations$/,
  'naming the root': /^link .* -> root\.json$/,
  publishing: /^link .*\.tmp -> \d+$/,
  'syncing the generations': /^sync models$/,
  'renaming over catalog.json': /^rename .*\.tmp -> catalog\.json$/,
  'removing the temp': /^unlink .*\.tmp$/,
  'syncing the root': /^sync root$/,
  'removing an old generation': /^unlink \d+$/,
};

/** The real disk, which says no once. */
export class FailingDisk implements Disk {
  readonly #real = new RealDisk();
  readonly #names = new Map<number, string>();
  #fault: { readonly step: string; readonly errno: string } | undefined;
  #halves = 0;

  failOnce(step: string, errno: string): void {
    this.#fault = { step, errno };
  }

  get hasFailed(): boolean {
    return this.#fault === undefined;
  }

  perform(step: Step): unknown {
    const { step: name = '', errno = '' } = this.#fault ?? {};
    if (steps[name]?.test(this.#described(step))) {
      if (name === 'writing half of the temp' && this.#halves++ === 0) return this.#real.perform(halfOf(step));
      this.#fault = undefined;
      throw Object.assign(new Error(`${errno}: injected at ${name}`), { code: errno });
    }
    const result = this.#real.perform(step);
    if (step.op === 'open') this.#names.set(result as number, basename(step.path));
    return result;
  }

  /** What a step does to which names. */
  #described(step: Step): string {
    if (step.op === 'open')
      return step.access === 'update-or-create' ? `open ${basename(step.path)}` : `open ${step.access} ${basename(step.path)}`;
    if ('from' in step) return `${step.op} ${basename(step.from)} -> ${basename(step.to)}`;
    if ('handle' in step) return `${step.op} ${this.#names.get(step.handle)}`;
    return 'path' in step ? `${step.op} ${basename(step.path)}` : step.op;
  }
}

function halfOf(step: Step): Step {
  const [first] = step.op === 'write' ? step.chunks : [];
  return step.op === 'write' && first ? { ...step, chunks: [first.subarray(0, first.byteLength >> 1)] } : step;
}
