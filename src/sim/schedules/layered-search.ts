import type { Fingerprint } from '../../disk/simulated/fingerprint.js';
import type { Ended, SearchCounts, Wrong } from './search.js';
import type { Reached, Walk } from './walk.js';
import { scheduleOf } from './way.js';

export interface LayeredSearchOptions {
  /** Only schedules in which an actor that could go on was interrupted at most so often. */
  readonly switches: number;
  readonly limit: number;
}

interface Counted extends Reached {
  readonly switches: number;
}

interface Known {
  switches: number;
  /** One bit for each actor that came here last with so many switches; bit 31 where nobody did. */
  lasts: number;
  wasJudged: boolean;
}

/** All schedules, those with few interruptions before those with many: no schedule that fails has fewer than the first found. */
export class LayeredSearch {
  readonly #walk: Walk;
  readonly #options: LayeredSearchOptions;
  readonly #known = new Map<Fingerprint, Known>();
  #layer: Counted[] = [];
  #nextLayer: Counted[] = [];
  #nodes = 0;
  #ends = 0;
  #switches = 0;
  #wasCut = false;
  #isComplete = false;

  constructor(walk: Walk, options: LayeredSearchOptions) {
    this.#walk = walk;
    this.#options = options;
  }

  counts(): SearchCounts {
    return { nodes: this.#nodes, ends: this.#ends, isComplete: this.#isComplete, switches: this.#switches };
  }

  async run(): Promise<Ended<Wrong>> {
    const { footprints } = this.#walk;
    this.#reach({ ...(await this.#walk.begin()), switches: 0 });
    for (;;) {
      const reached = this.#layer.pop();
      if (reached === undefined) {
        // Not at once: until the end of a layer as much is learnt as can be.
        if (footprints.isBroken) return 'broken';
        if (this.#nextLayer.length === 0) {
          this.#isComplete = !this.#wasCut;
          return { found: undefined };
        }
        [this.#layer, this.#nextLayer] = [this.#nextLayer, []];
        this.#switches++;
        continue;
      }
      if (this.#isStale(reached)) continue;
      if (this.#nodes >= this.#options.limit) {
        this.#wasCut = true;
        return { found: undefined };
      }
      const error = await this.#expand(reached);
      if (error === undefined) continue;
      // What was found after a wrong fold is no schedule: its steps were not taken in an order that could be printed.
      if (footprints.isBroken) return 'broken';
      return { found: { schedule: scheduleOf(reached.way, this.#walk.staged.names), switches: reached.switches, error } };
    }
  }

  /** Judges a state and, unless it was met before, goes on from it in every way. */
  async #expand(reached: Counted): Promise<Error | undefined> {
    const { stage, switches, way } = reached;
    const { last } = way;
    const isNew = this.#isFirstVisit(reached);
    const enabled = stage.enabled();
    if (isNew) {
      this.#nodes++;
      if (enabled.length === 0) this.#ends++;
      const error = await this.#walk.judged(reached);
      if (error !== undefined) return error;
    }
    const isInterruption = last !== undefined && enabled.includes(last);
    for (const actor of enabled) {
      const cost = isInterruption && actor !== last ? 1 : 0;
      // With these interruptions the others were tried already, by whoever came here first.
      if (!isNew && cost === 1) continue;
      if (switches + cost > this.#options.switches) {
        this.#wasCut = true;
        continue;
      }
      this.#reach({ ...(await this.#walk.after(reached, actor)), switches: switches + cost });
    }
    return undefined;
  }

  #reach(reached: Counted): void {
    if (!this.#isNews(reached)) return;
    if (reached.switches > this.#switches) this.#nextLayer.push(reached);
    else this.#layer.push(reached);
  }

  /** Whether a state is new, or was reached with more interruptions, or as many and by others only. */
  #isNews({ key, switches, way }: Counted): boolean {
    const bit = 1 << (way.last ?? 31);
    const known = this.#known.get(key);
    if (known === undefined || known.switches > switches) {
      this.#known.set(key, { switches, lasts: bit, wasJudged: known?.wasJudged ?? false });
      return true;
    }
    if (known.switches < switches || (known.lasts & bit) !== 0) return false;
    known.lasts |= bit;
    return true;
  }

  /** Whether it was reached with fewer interruptions since it was put aside. */
  #isStale({ key, switches }: Counted): boolean {
    return (this.#known.get(key)?.switches ?? 0) < switches;
  }

  #isFirstVisit({ key }: Counted): boolean {
    const known = this.#known.get(key);
    if (known === undefined || known.wasJudged) return false;
    known.wasJudged = true;
    return true;
  }
}
