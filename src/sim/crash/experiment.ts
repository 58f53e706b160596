import type { Disk } from '../../disk/program.js';
import type { CrashChoice } from '../../disk/simulated/crash-states.js';
import type { SimulatedDisk } from '../../disk/simulated-disk.js';

/**
 * What is done to a disk, and how one looks at what a crash left of it. Views are texts: equal exactly when what was shown is
 * equal. Everything is done through the disk that is handed in, by the code that ships.
 */
export interface CrashExperiment<Session = unknown> {
  /** The disk before anything is done, the same each time it is asked for. */
  readonly disk: () => SimulatedDisk;
  /** What is done in peace, by the process that will act. */
  readonly prepare: (disk: Disk) => Promise<Session>;
  /** The operation during which the machine fails. Once it resolves it has happened for good. */
  readonly act: (session: Session) => Promise<unknown>;
  /** The disk must answer the act at once; then nobody learns of a promise before the act is over. */
  readonly isSynchronous?: boolean;
  /** What a process is shown that writes nothing; without it no reader is asked. */
  readonly read?: (disk: Disk) => Promise<string>;
  /** What the next process is shown that may write, once it has put right what it must. */
  readonly recover: (disk: Disk) => Promise<string>;
  /** One more write, after a recovery; gives what must be shown from then on. */
  readonly write?: (disk: Disk, shown: string) => Promise<string>;
  /** Looks at the names and bytes that a recovery left, and throws what is wrong with them. */
  readonly inspect?: (disk: SimulatedDisk, shown: string) => void;
  /**
   * Names of files whose bytes no process reads after a crash, as temps are thrown away unread. Disks that differ in nothing else
   * are judged once; that nobody reads them is watched, and told as a failure where it is not so.
   */
  readonly unread?: (name: string) => boolean;
  /** All that may be shown, in order: before the act first, after it last. By default what is shown before and after it. */
  readonly views?: readonly string[];
}

/** One thing that befell the disk. A process stops before its step of that number; without one it comes to its end. */
export type CrashEvent =
  | { readonly do: 'act' | 'recover'; readonly until?: number }
  | { readonly do: 'read' }
  | { readonly do: 'cut'; readonly choice: CrashChoice };

/** What broke a promise, as plain data: handed to `replayCrash` it comes about again. */
export interface Counterexample {
  readonly events: readonly CrashEvent[];
  readonly complaint: string;
}
