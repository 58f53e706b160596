import type { Disk, DiskProgram } from '../../src/disk/program.js';

/** What a saboteur is and does, however it does it (CAT-SIM-5009). */
interface Declared {
  readonly name: string;
  /** The requirement that no longer holds. */
  readonly breaks: string;
  /** What is to catch it. */
  readonly by: 'crash' | 'schedule' | 'fault' | 'rot' | 'scenario';
}

/** What breaks one promise (CAT-SIM-5009): a disk that lies to its programs in one place. Green under it, a test has no teeth. */
export interface Saboteur extends Declared {
  readonly wrap: (disk: Disk) => Disk;
}

interface Told {
  /** The promise that is broken, as one sentence. */
  readonly does: string;
}

export type DiskSaboteur = Saboteur & Told;

/** Gives the disk other steps than the program asked for, or the program other answers. */
export interface ProgramSaboteur extends Declared, Told {
  readonly rewrite: <T>(program: DiskProgram<T>) => DiskProgram<T>;
}

/** Stands for some exports of one module: a codec, a decision, a name. */
export interface ModuleSaboteur extends Declared, Told {
  /** The source, from the project's root. */
  readonly module: string;
  readonly names: readonly string[];
  readonly substitutes: (original: object) => object;
  /** Something small that the module does, as plain data: different under the saboteur, or it breaks nothing. */
  readonly shows: (module: object) => unknown;
}

export type AnySaboteur = DiskSaboteur | ProgramSaboteur | ModuleSaboteur;

/** A saboteur of a module, of which the exports it stands for are typed. */
export function inModule<M extends object, Name extends keyof M & string>(
  declared: Declared &
    Told & {
      readonly module: string;
      readonly names: readonly Name[];
      readonly substitutes: (original: M) => Pick<M, Name>;
      readonly shows: (module: M) => unknown;
    },
): ModuleSaboteur {
  const { substitutes, shows } = declared;
  return {
    ...declared,
    substitutes: (original) => substitutes(original as M),
    shows: (module) => shows(module as M),
  };
}
