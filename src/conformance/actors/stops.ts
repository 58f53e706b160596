import { contextOf, type Disk } from '../../disk/program.js';
import { describeStep } from '../../disk/steps.js';

/** Counts the moments of a process between two of which nothing happens that another could see, and tells when each of them comes. */
export class Stops {
  count = 0;
  used: 'disk' | 'points' | 'neither' = 'neither';
  /** Each point that was named, and its first moment. */
  readonly points = new Map<string, number>();
  readonly #meet: (moment: number, what: string) => void;

  constructor(meet: (moment: number, what: string) => void) {
    this.#meet = meet;
  }

  /** A disk each of whose steps is such a moment. */
  over(disk: Disk): Disk {
    return {
      ...contextOf(disk),
      perform: (step) => {
        this.used = 'disk';
        this.#next(() => describeStep(step));
        return disk.perform(step);
      },
    };
  }

  /** A point that the store names itself; of one that has a disk too only the steps count. */
  at(point: string): void {
    if (!this.points.has(point)) this.points.set(point, this.count + 1);
    if (this.used === 'disk') return;
    this.used = 'points';
    this.#next(() => point);
  }

  #next(what: () => string): void {
    this.count++;
    this.#meet(this.count, what());
  }
}
