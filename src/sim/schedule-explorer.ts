import { describeAsked } from './schedules/actors.js';
import { Footprints } from './schedules/footprints.js';
import { LayeredSearch } from './schedules/layered-search.js';
import type { Moment, Scene } from './schedules/scene.js';
import { StagedScene } from './schedules/scene.js';
import { parseSchedule } from './schedules/schedule.js';
import type { Ended, SearchCounts, Wrong } from './schedules/search.js';
import { judged, Walk } from './schedules/walk.js';
import { WholeSearch } from './schedules/whole-search.js';

export type { Actor, Board, Ending } from './schedules/actors.js';
export type { Moment, Scene } from './schedules/scene.js';

/** How many switches between processes are tried, and how many orders at most. */
export interface ScheduleOptions {
  /** Only schedules in which an actor that could go on was interrupted at most so often; without it, all of them. */
  readonly switches?: number;
  /** Give up after so many states. */
  readonly limit?: number;
  /**
   * Whether nothing is expected: all orders are tried then in the way that is quickest to its end, and only if one of them is
   * wrong once more in the order of interruptions. Means nothing together with `switches`.
   */
  readonly expectsNothing?: boolean;
  /** False leaves no step and no order out, for whoever doubts that those which are left out change nothing. */
  readonly reduces?: boolean;
}

/** An order of steps that breaks a promise, and what happens in it. */
export interface ScheduleCounterexample extends Wrong {
  /** The steps, each with its actor. */
  readonly trace: readonly string[];
}

/** How many orders were tried, and the first that breaks a promise. */
export interface ScheduleReport extends SearchCounts {
  /** Distinct histories of answers that the actors had, all together. */
  readonly histories: number;
  /** How often the search began again because it had learnt what a step meets that was taken to meet nothing. */
  readonly restarts: number;
  /** Of all schedules that fail one with the fewest interruptions; `replaySchedule` brings it back. */
  readonly counterexample: ScheduleCounterexample | undefined;
}

/** What happens in an order of steps, and what is wrong there. */
export interface Replayed {
  readonly moment: Moment;
  readonly trace: readonly string[];
  /** What is wrong there; `undefined` where nothing is, and while somebody has not ended. */
  readonly error: Error | undefined;
}

/**
 * Runs the actors of a scene in every order of their steps (CAT-SIM-5007), from schedules with few interruptions to those with
 * many, and stops at the first that is judged wrong. Equal states are explored once, and steps that nobody else can notice are
 * taken without asking who is next. An actor that has taken 1,000 steps and not ended counts as wrong: it never would.
 */
export async function exploreSchedules(scene: Scene, options: ScheduleOptions = {}): Promise<ScheduleReport> {
  const { switches = Number.POSITIVE_INFINITY, limit = Number.POSITIVE_INFINITY, expectsNothing = false, reduces = true } = options;
  const exploration = new Exploration(scene, reduces);
  const isWhole = expectsNothing && switches === Number.POSITIVE_INFINITY;
  const whole = isWhole ? await exploration.ended((walk) => new WholeSearch(walk, limit)) : undefined;
  if (whole !== undefined && whole.found === undefined) return { ...whole.counts, ...exploration.counts(), counterexample: undefined };
  const { found, counts } = await exploration.ended((walk) => new LayeredSearch(walk, { switches, limit }));
  if (whole?.found && !found) throw new Error(`${whole.found.schedule} fails (${whole.found.error.message}), and was not found again`);
  const counterexample = found && { ...found, trace: await confirmed(scene, found) };
  return { ...counts, ...exploration.counts(), counterexample };
}

/** Searches one after the other on one scene; what is learnt of its steps stays. */
class Exploration {
  readonly #scene: Scene;
  readonly #staged: StagedScene;
  readonly #footprints: Footprints;
  #restarts = 0;

  constructor(scene: Scene, reduces: boolean) {
    this.#scene = scene;
    const { inodesComeBack = true, judgeCut } = scene;
    const footprints = new Footprints({ inodesComeBack, withCuts: judgeCut !== undefined, reduces });
    this.#footprints = footprints;
    this.#staged = new StagedScene(scene, reduces ? (position, parent) => footprints.reachedFrom(position, parent) : undefined);
  }

  /** Begins a search again until nothing that it counted on was wrong. */
  async ended<Found>(searchOn: (walk: Walk) => Search<Found>): Promise<{ found: Found | undefined; counts: SearchCounts }> {
    for (; ; this.#restarts++) {
      this.#footprints.begin();
      const search = searchOn(new Walk(this.#scene, this.#staged, this.#footprints));
      const ended = await search.run();
      if (ended !== 'broken') return { found: ended.found, counts: search.counts() };
    }
  }

  counts(): Pick<ScheduleReport, 'histories' | 'restarts'> {
    const histories = this.#staged.positions.reduce((sum, { count }) => sum + count, 0);
    return { histories, restarts: this.#restarts };
  }
}

interface Search<Found> {
  run(): Promise<Ended<Found>>;
  counts(): SearchCounts;
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
