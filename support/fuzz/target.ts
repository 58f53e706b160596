import { asCatalogError } from '../../src/disk/failure.js';
import { type Disk, type DiskProgram, runSync } from '../../src/disk/program.js';
import type { Draws } from './draws.js';

/** A valid input, from which others are made. */
export interface Seed {
  /** What it is of, where the reader has to be told: a file of a store, a name. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** What was done with an input: nothing where it was taken, or what it was refused as by a result. */
export type Taken = string | undefined;

/** A reader of what somebody else may have written (CAT-SEC-6003). */
export interface FuzzTarget {
  readonly name: string;
  /** Done once, before seeds are asked for. */
  readonly prepare?: () => Promise<void>;
  /** Made once, when the first input is. */
  readonly seeds: () => readonly Seed[];
  /** Refuses by a result or a typed error; whatever else it throws is a fault. It looks into what it was given, as a user would. */
  readonly read: (bytes: Buffer, seed: string) => Taken | Promise<Taken>;
  /** Makes checksums right again, so that what is behind them is read. */
  readonly mend?: (bytes: Buffer) => Buffer;
  /** A change that keeps the form, where neither bytes nor JSON are what it is made of. */
  readonly change?: (bytes: Buffer, draws: Draws, other: Buffer) => Buffer;
  /** What it may throw besides a `CatalogError`, because it says so. */
  readonly alsoThrows?: (error: unknown) => boolean;
  /** How many inputs it gets for each of another: slow ones fewer. */
  readonly weight?: number;
  /** Whether there is nothing that it refuses, or hardly anything. */
  readonly takesNearlyAll?: boolean;
}

/** Seeds that need no name. */
export function seeds(...texts: readonly (string | Uint8Array)[]): () => readonly Seed[] {
  return () => texts.map((text, nth) => ({ name: String(nth), bytes: Buffer.from(text as string) }));
}

/** The same by their names. */
export function namedSeeds(texts: Readonly<Record<string, string | Uint8Array>>): readonly Seed[] {
  return Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text as string) }));
}

/** Runs a program as whoever has asked for it does: what the disk says is a refusal. */
export function ran<T>(program: DiskProgram<T>, disk: Disk): T {
  try {
    return runSync(program, disk);
  } catch (error) {
    throw asCatalogError(error, 'could not read');
  }
}
