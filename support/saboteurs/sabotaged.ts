import type * as Program from '../../src/disk/program.js';
import type { Disk, DiskProgram } from '../../src/disk/program.js';
import { saboteurNamed } from './catalogue.js';
import type { AnySaboteur, DiskSaboteur, ProgramSaboteur } from './saboteur.js';

/** Which module a saboteur takes the place of, and which of its exports. */
export interface Substitution {
  readonly module: string;
  readonly names: readonly string[];
}

const runners = ['run', 'runAsOne', 'runSync'] as const;
type Runners = Pick<typeof Program, (typeof runners)[number]>;

/** Whoever breaks disks and programs stands where every program meets its disk. */
export function substitutionOf(saboteur: AnySaboteur): Substitution {
  return 'module' in saboteur ? saboteur : { module: 'src/disk/program.ts', names: runners };
}

/** What stands for the exports of a module while this saboteur is at work. */
export function sabotaged(name: string, original: object): object {
  const saboteur = saboteurNamed(name);
  if ('module' in saboteur) return saboteur.substitutes(original);
  const { run, runAsOne, runSync } = original as Runners;
  const broken = brokenBy(saboteur);
  return {
    run: (program, disk) => run(broken.program(program), broken.disk(disk)),
    runAsOne: (disk, work) => runAsOne(broken.disk(disk), (each) => work((program) => each(broken.program(program)))),
    runSync: (program, disk) => runSync(broken.program(program), broken.disk(disk)),
  } satisfies Runners;
}

interface Broken {
  readonly program: <T>(program: DiskProgram<T>) => DiskProgram<T>;
  readonly disk: (disk: Disk) => Disk;
}

/** A disk that is met again is the one that was broken before, with all that it remembers. */
export function brokenBy(saboteur: DiskSaboteur | ProgramSaboteur): Broken {
  if ('rewrite' in saboteur) return { program: saboteur.rewrite, disk: (disk) => disk };
  const wrapped = new WeakMap<Disk, Disk>();
  return {
    program: (program) => program,
    disk: (disk) => {
      const known = wrapped.get(disk) ?? saboteur.wrap(disk);
      wrapped.set(disk, known);
      return known;
    },
  };
}
