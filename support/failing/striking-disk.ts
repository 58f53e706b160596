import { contextOf, type Disk } from '../../src/disk/program.js';
import type { Step, StepKind } from '../../src/disk/steps.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';

/** A fault that meets the n-th step from when it was armed on; one that lasts meets every later step that it can. */
export interface Strike {
  readonly step: number;
  readonly errno: string;
  readonly when: 'before' | 'after';
  readonly lasts?: boolean;
}

/** One step that was asked for: what it touched, and whether it was struck. */
export interface Asked {
  readonly kind: StepKind;
  readonly what: string;
  readonly path: string;
  readonly struck: boolean;
}

/** A disk that says no at one step, whatever its kind, or from that step on (CAT-SIM-5004, CAT-IDX-1113). */
export class StrikingDisk implements Disk {
  /** All steps since the fault was armed. */
  asked: Asked[] = [];
  readonly host?: NonNullable<Disk['host']>;
  readonly #disk: Disk;
  readonly #paths = new HandlePaths();
  #strike: Strike | undefined;
  #steps = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
    Object.assign(this, contextOf(disk));
  }

  arm(strike: Strike): void {
    this.#strike = strike;
    this.#steps = 0;
    this.asked = [];
  }

  /** The disk is well again. */
  disarm(): void {
    this.#strike = undefined;
  }

  /** The first step that was struck. */
  get struck(): Asked | undefined {
    return this.asked.find(({ struck }) => struck);
  }

  perform(step: Step): unknown {
    this.#steps++;
    const strike = this.#strikeAt(step);
    this.asked.push({ kind: step.kind, what: this.#paths.describe(step), path: this.#paths.of(step), struck: strike !== undefined });
    // The kernel closes a descriptor whatever it answers.
    if (strike?.when === 'before' && step.op !== 'close') throw refused(strike, step);
    const result = whenPerformed(this.#disk, step, (value) => this.#paths.note(step, value));
    if (strike !== undefined) throw refused(strike, step);
    return result;
  }

  #strikeAt(step: Step): Strike | undefined {
    const strike = this.#strike;
    if (strike === undefined || step.op === 'wait') return undefined;
    if (strike.lasts) return this.#steps >= strike.step && canMeet(strike.errno, step) ? strike : undefined;
    return this.#steps === strike.step ? strike : undefined;
  }
}

/** Which steps a condition that lasts can meet: a full disk still reads, one that became read-only too. */
function canMeet(errno: string, step: Step): boolean {
  const makesNames = ['link', 'symlink', 'rename', 'make-directory'].includes(step.op);
  const isChange = makesNames || ['write', 'truncate', 'change-mode', 'unlink', 'remove-directory'].includes(step.op);
  const opens = step.op === 'open';
  switch (errno) {
    case 'EMFILE':
      return opens || step.op === 'list';
    case 'ENOSPC':
    case 'EDQUOT':
      return makesNames || step.op === 'write' || (opens && step.access === 'create');
    case 'EROFS':
      return isChange || (opens && step.access !== 'read' && step.access !== 'directory');
    case 'EACCES':
      return opens || makesNames || step.op === 'unlink' || step.op === 'list';
    default:
      return step.op !== 'close';
  }
}

function refused(strike: Strike, step: Step): Error {
  return Object.assign(new Error(`${strike.errno}: injected at ${step.kind}`), { code: strike.errno });
}
