import type { Fingerprint } from '../../disk/simulated/fingerprint.js';
import type { Ended, SearchCounts, Wrong } from './search.js';
import type { Reached, Walk } from './walk.js';
import { scheduleOf } from './way.js';

/** As long again as it took until the first mistake, a search that must begin again goes on, and learns. */
const leastLearning = 1000;

/**
 * Every state that any order leads to, or stands for one that was explored, in depth and without counting interruptions: who has
 * none of its own steps met by any that others can still take is not interrupted at all.
 */
export class WholeSearch {
  readonly #walk: Walk;
  readonly #limit: number;
  readonly #known = new Set<Fingerprint>();
  readonly #open: Reached[] = [];
  #nodes = 0;
  #ends = 0;
  #isComplete = false;

  constructor(walk: Walk, limit: number) {
    this.#walk = walk;
    this.#limit = limit;
  }

  counts(): SearchCounts {
    return { nodes: this.#nodes, ends: this.#ends, isComplete: this.#isComplete, switches: undefined };
  }

  async run(): Promise<Ended<Omit<Wrong, 'switches'>>> {
    const { footprints } = this.#walk;
    let until = Number.POSITIVE_INFINITY;
    this.#reach(await this.#walk.begin());
    for (let reached = this.#open.pop(); reached !== undefined; reached = this.#open.pop()) {
      if (footprints.isBroken) until = Math.min(until, 2 * this.#nodes + leastLearning);
      if (this.#nodes >= until) return 'broken';
      if (this.#nodes >= this.#limit) return { found: undefined };
      this.#nodes++;
      const error = await this.#walk.judged(reached);
      // What was found after a wrong fold is no schedule.
      if (error !== undefined && footprints.isBroken) return 'broken';
      if (error !== undefined) return { found: { schedule: scheduleOf(reached.way, this.#walk.staged.names), error } };
      await this.#expand(reached);
    }
    if (footprints.isBroken) return 'broken';
    this.#isComplete = true;
    return { found: undefined };
  }

  async #expand(reached: Reached): Promise<void> {
    const enabled = reached.stage.enabled();
    if (enabled.length === 0) this.#ends++;
    const chosen = this.#walk.footprints.persistent(reached.stage, enabled);
    for (const [at, actor] of chosen.entries()) {
      this.#reach(await this.#walk.after(reached, actor, { usesUp: at === chosen.length - 1 }));
    }
  }

  #reach(reached: Reached): void {
    if (this.#known.has(reached.key)) return;
    this.#known.add(reached.key);
    this.#open.push(reached);
  }
}
