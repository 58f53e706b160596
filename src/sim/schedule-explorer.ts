import { describeAsked } from './schedules/actors.js';
import { Footprints } from './schedules/footprints.js';
import type { Moment, Scene } from './schedules/scene.js';
import { StagedScene } from './schedules/scene.js';
import { parseSchedule, printSchedule } from './schedules/schedule.js';
import type { Stage } from './schedules/stage.js';
import { keyOf } from './schedules/state-key.js';

export type { Actor, Board, Ending } from './schedules/actors.js';
export type { Moment, Scene } from './schedules/scene.js';

export interface ScheduleOptions {
  /** Only schedules in which an actor that could go on was interrupted at most so often; without it, all of them. */
  readonly switches?: number;
  /** Give up after so many states. */
  readonly limit?: number;
}

export interface ScheduleCounterexample {
  /** Who takes each step; `replaySchedule` brings it back. */
  readonly schedule: string;
  /** How often an actor was interrupted that could have gone on: no schedule that fails has fewer. */
  readonly switches: number;
  readonly error: Error;
  /** The steps, each with its actor. */
  readonly trace: readonly string[];
}

export interface ScheduleReport {
  /** Distinct states at which somebody was chosen. */
  readonly nodes: number;
  /** Distinct states in which all have ended. */
  readonly ends: number;
  /** Distinct histories of answers that the actors had, all together. */
  readonly histories: number;
  /** Whether every schedule was explored, or stands for one that was. */
  readonly isComplete: boolean;
  /** The most interruptions among the schedules that were explored. */
  readonly switches: number;
  /** How often the search began again because it had learnt what a folded step meets. */
  readonly restarts: number;
  readonly counterexample: ScheduleCounterexample | undefined;
}

export interface Replayed {
  readonly moment: Moment;
  readonly trace: readonly string[];
  /** What is wrong there; `undefined` where nothing is, and while somebody has not ended. */
  readonly error: Error | undefined;
}

/**
 * Runs the actors of a scene in every order of their steps (CAT-SIM-5007), from schedules with few interruptions to those with
 * many, and stops at the first that is judged wrong. Equal states are explored once, and steps that nobody else can notice are
 * taken without asking who is next.
 */
export async function exploreSchedules(scene: Scene, options: ScheduleOptions = {}): Promise<ScheduleReport> {
  const staged = new StagedScene(scene);
  const footprints = new Footprints({ inodesComeBack: scene.inodesComeBack ?? true, withCuts: scene.judgeCut !== undefined });
  for (let restarts = 0; ; restarts++) {
    footprints.begin();
    const search = new Search(scene, staged, footprints, options);
    const found = await search.run();
    if (found === 'broken') continue;
    const counterexample = found && { ...found, trace: await confirmed(scene, found) };
    const histories = staged.positions.reduce((sum, { count }) => sum + count, 0);
    return { ...search.counts(), histories, restarts, counterexample };
  }
}

/** Takes the steps of a printed schedule, and judges where it leads. */
export async function replaySchedule(scene: Scene, schedule: string): Promise<Replayed> {
  const staged = new StagedScene(scene);
  const stage = await staged.first();
  const trace: string[] = [];
  for (const name of parseSchedule(schedule)) {
    const actor = staged.names.indexOf(name);
    const asks = stage.seats[actor]?.position.asks;
    if (asks === undefined) throw new Error(`${name} has no step to take after step ${trace.length} of the schedule`);
    await staged.grant(stage, actor);
    trace.push(`${name}: ${describeAsked(asks)}`);
  }
  return { moment: staged.momentOf(stage), trace, error: await judged(scene, staged, stage) };
}

/** Every schedule that is reported was taken once more, step by step, with nothing folded, and ended as it was found. */
async function confirmed(
  scene: Scene,
  { schedule, error }: Pick<ScheduleCounterexample, 'schedule' | 'error'>,
): Promise<readonly string[]> {
  const again = await replaySchedule(scene, schedule);
  if (again.error?.message === error.message) return again.trace;
  throw new Error(`${schedule} was found to fail (${error.message}), and replayed it does not: ${again.error?.message}`);
}

/** How a state was reached; the states on the way are not kept. */
interface Way {
  readonly last: number | undefined;
  /** How many steps of each actor were folded after the step of the last. */
  readonly folded: readonly number[];
  readonly before: Way | undefined;
}

interface Reached {
  readonly stage: Stage;
  readonly switches: number;
  readonly way: Way;
  readonly key: number;
}

interface Known {
  switches: number;
  /** One bit for each actor that came here last with so many switches; bit 31 where nobody did. */
  lasts: number;
  wasJudged: boolean;
}

class Search {
  readonly #scene: Scene;
  readonly #staged: StagedScene;
  readonly #footprints: Footprints;
  readonly #options: ScheduleOptions;
  readonly #known = new Map<number, Known>();
  #layer: Reached[] = [];
  #nextLayer: Reached[] = [];
  #nodes = 0;
  #ends = 0;
  #switches = 0;
  #wasCut = false;
  #isComplete = false;

  constructor(scene: Scene, staged: StagedScene, footprints: Footprints, options: ScheduleOptions) {
    this.#scene = scene;
    this.#staged = staged;
    this.#footprints = footprints;
    this.#options = options;
  }

  counts(): Pick<ScheduleReport, 'nodes' | 'ends' | 'isComplete' | 'switches'> {
    return { nodes: this.#nodes, ends: this.#ends, isComplete: this.#isComplete, switches: this.#switches };
  }

  async run(): Promise<Omit<ScheduleCounterexample, 'trace'> | 'broken' | undefined> {
    const { limit = Number.POSITIVE_INFINITY } = this.#options;
    await this.#reach(await this.#staged.first(), 0);
    for (;;) {
      const reached = this.#layer.pop();
      if (reached === undefined) {
        // Not at once: until the end of a layer as much is learnt as can be.
        if (this.#footprints.isBroken) return 'broken';
        if (this.#nextLayer.length === 0) {
          this.#isComplete = !this.#wasCut;
          return undefined;
        }
        [this.#layer, this.#nextLayer] = [this.#nextLayer, []];
        this.#switches++;
        continue;
      }
      if (this.#isStale(reached)) continue;
      if (this.#nodes >= limit) {
        this.#wasCut = true;
        return undefined;
      }
      const error = await this.#expand(reached);
      // What was found after a wrong fold is no schedule: its steps were not taken in an order that could be printed.
      if (error !== undefined && this.#footprints.isBroken) return 'broken';
      if (error !== undefined) return { schedule: this.#scheduleTo(reached), switches: reached.switches, error };
    }
  }

  /** Judges a state and, unless it was met before, goes on from it in every way. */
  async #expand(reached: Reached): Promise<Error | undefined> {
    const { stage, switches, way } = reached;
    const { last } = way;
    const isNew = this.#isFirstVisit(reached);
    const enabled = stage.enabled();
    if (isNew) {
      this.#nodes++;
      if (enabled.length === 0) this.#ends++;
      const error = await judged(this.#scene, this.#staged, stage);
      if (error !== undefined) return error;
    }
    const isInterruption = last !== undefined && enabled.includes(last);
    for (const actor of enabled) {
      const cost = isInterruption && actor !== last ? 1 : 0;
      // With these interruptions the others were tried already, by whoever came here first.
      if (!isNew && cost === 1) continue;
      if (switches + cost > (this.#options.switches ?? Number.POSITIVE_INFINITY)) {
        this.#wasCut = true;
        continue;
      }
      await this.#reach(stage.fork(), switches + cost, actor, reached);
    }
    return undefined;
  }

  async #reach(stage: Stage, switches: number, actor?: number, before?: Reached): Promise<void> {
    if (actor !== undefined) await this.#grant(stage, actor);
    const folded = await this.#fold(stage);
    const key = keyOf(stage, { withCuts: this.#scene.judgeCut !== undefined });
    const reached = { stage, switches, way: { last: actor, folded, before: before?.way }, key };
    if (!this.#isNews(reached)) return;
    if (switches > this.#switches) this.#nextLayer.push(reached);
    else this.#layer.push(reached);
  }

  async #grant(stage: Stage, actor: number): Promise<void> {
    this.#footprints.record(stage, actor);
    await this.#staged.grant(stage, actor);
  }

  /** Takes all steps that nobody else can notice. */
  async #fold(stage: Stage): Promise<readonly number[]> {
    const folded = stage.seats.map(() => 0);
    for (let moved = true; moved; ) {
      moved = false;
      for (const actor of folded.keys()) {
        while (this.#footprints.isLocal(stage, actor)) {
          await this.#grant(stage, actor);
          folded[actor] = (folded[actor] ?? 0) + 1;
          moved = true;
        }
      }
    }
    return folded;
  }

  /** Whether a state is new, or was reached with more interruptions, or as many and by others only. */
  #isNews({ key, switches, way }: Reached): boolean {
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
  #isStale({ key, switches }: Reached): boolean {
    return (this.#known.get(key)?.switches ?? 0) < switches;
  }

  #isFirstVisit({ key }: Reached): boolean {
    const known = this.#known.get(key);
    if (known === undefined || known.wasJudged) return false;
    known.wasJudged = true;
    return true;
  }

  /** Folded steps are put where their actor has its turn anyway, so that no interruption is printed that is none. */
  #scheduleTo({ way }: Reached): string {
    const chain: Way[] = [];
    for (let at: Way | undefined = way; at !== undefined; at = at.before) chain.unshift(at);
    const owed = this.#staged.names.map(() => 0);
    const steps: string[] = [];
    const pay = (actor: number): void => {
      for (; (owed[actor] ?? 0) > 0; owed[actor] = (owed[actor] ?? 0) - 1) steps.push(this.#staged.names[actor] ?? '');
    };
    for (const { last, folded } of chain) {
      if (last !== undefined) pay(last);
      if (last !== undefined) steps.push(this.#staged.names[last] ?? '');
      for (const [actor, count] of folded.entries()) owed[actor] = (owed[actor] ?? 0) + count;
      if (last !== undefined) pay(last);
    }
    for (const actor of owed.keys()) pay(actor);
    return printSchedule(steps);
  }
}

async function judged(scene: Scene, staged: StagedScene, stage: Stage): Promise<Error | undefined> {
  const moment = staged.momentOf(stage);
  try {
    if (stage.seats.every(({ position }) => position.asks === undefined)) await scene.judgeEnd(moment);
    await scene.judgeCut?.(moment);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
