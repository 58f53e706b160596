import type { Disk } from '../../src/disk/program.js';

/** What breaks one promise (CAT-SIM-5009): a disk that lies to one program in one place. Green under it, a test has no teeth. */
export interface Saboteur {
  readonly name: string;
  /** The requirement that no longer holds. */
  readonly breaks: string;
  /** What is to catch it. */
  readonly by: 'crash' | 'schedule' | 'fault' | 'rot' | 'scenario';
  readonly wrap: (disk: Disk) => Disk;
}
