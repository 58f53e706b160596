import type { Catalog } from '../../src/catalog.js';
import type { Disk } from '../../src/disk/program.js';
import type { Fetcher } from '../../src/fetch/fetcher.js';
import type { SimulatedDisk, SimulatedDiskOptions } from '../../src/sim/index.js';

/** One operation through the facade, on a disk where something was done before (CAT-SIM-5004). */
export interface Scenario {
  readonly name: string;
  readonly disk?: SimulatedDiskOptions;
  /** What the machine cannot do, for whoever comes. */
  readonly handicap?: (disk: Disk) => Disk;
  /** How much later others come, where what is left can be judged only by its age. */
  readonly othersComeAfterMs?: number;
  readonly keepGenerations?: number;
  readonly fetcher?: Fetcher;
  /** What was done before, by processes that have ended; nothing where it is left out. */
  readonly before?: (disk: SimulatedDisk) => Promise<void>;
  /** Whether the handle was open, and had read, before the operation; else opening it is part of the operation. */
  readonly handle: 'warm' | 'opened by it' | 'opened by it for reading';
  readonly act: (catalog: Catalog) => Promise<unknown>;
  /** What is there then: each model with its state, each engine. */
  readonly leaves: readonly string[];
  /** Whether it reads only: its answer is then right or an error, and the disk stays as it is. */
  readonly reads?: boolean;
  /** Of what reads: whether this answer tells of a fault, instead of an error. */
  readonly tellsFault?: (value: unknown) => boolean;
  /** Whether it does one index after the other: what is refused may have been done for the first. */
  readonly inParts?: boolean;
  /** What brings a catalog back that was damaged before the operation, and is while it has not succeeded. */
  readonly remedy?: (catalog: Catalog) => Promise<unknown>;
  /** Takes damage of bytes away that no operation repairs, to judge the rest. */
  readonly undamage?: (disk: SimulatedDisk) => void;
}
