import type { CrashStateOptions, CrashStates } from '../../disk/simulated/crash-states.js';
import { settingsOf } from '../../disk/simulated/settings.js';
import { newVolume } from '../../disk/simulated/volume.js';
import { SimulatedDisk, type SimulatedDiskOptions } from '../../disk/simulated-disk.js';
import type { Actor, Ending } from './actors.js';
import type { ValueClass } from './memory.js';
import { type Merged, Positions } from './positions.js';
import { Stage } from './stage.js';

/** What is seen of one state of a schedule by those who judge it. */
export interface Moment {
  /** A disk of its own, on which every actor is dead. */
  disk(): SimulatedDisk;
  /** Every distinct disk that a power cut at this moment can leave. */
  crashStates(options?: CrashStateOptions): CrashStates;
  /** What each actor has said. */
  readonly told: Readonly<Record<string, readonly unknown[]>>;
  /** How those have ended that have. */
  readonly endings: Readonly<Record<string, Ending>>;
}

/** Some processes on one disk, and what must be true whatever the order of their steps. */
export interface Scene {
  readonly disk?: SimulatedDiskOptions;
  /** Leaves the disk as all schedules find it; pending changes stay pending. */
  readonly prepare?: (disk: SimulatedDisk) => Promise<void>;
  readonly actors: Readonly<Record<string, Actor>>;
  /** Throws what is wrong when all actors have ended. */
  readonly judgeEnd: (moment: Moment) => void | Promise<void>;
  /** Throws what is wrong with a power cut at this moment; asked at every state where it is given. */
  readonly judgeCut?: (moment: Moment) => void | Promise<void>;
  /** Files of which nobody judges what they hold, by the paths they are made under: a note of who holds a lock, say. */
  readonly unjudged?: readonly string[];
  /** Whether the schedules begin when every actor is ready, and not with its first step. */
  readonly beginsWhenReady?: boolean;
  /**
   * Classes whose instances are no more than what their enumerable members say. Programs that give them and plain data are
   * forgotten but for what they gave, which leaves far fewer states; a program that gives anything else is remembered whole.
   */
  readonly values?: readonly ValueClass[];
  /** Whether the inode number of a file that is gone may come back at once. True unless told. */
  readonly inodesComeBack?: boolean;
}

/** A scene of which the beginning was made. */
export class StagedScene {
  readonly names: readonly string[];
  readonly positions: readonly Positions[];
  readonly #scene: Scene;
  #first: Stage | undefined;

  constructor(scene: Scene, merged?: Merged) {
    this.#scene = scene;
    const { values = [] } = scene;
    this.names = Object.keys(scene.actors);
    this.positions = Object.entries(scene.actors).map(([name, act], place) => new Positions(name, place, { act, values }, merged));
  }

  /** The state in which nobody has taken a step. */
  async first(): Promise<Stage> {
    this.#first ??= await this.#staged();
    return this.#first.fork();
  }

  /** Lets an actor take its next step. */
  async grant(stage: Stage, actor: number): Promise<void> {
    const { position } = stage.seats[actor] as Stage['seats'][number];
    const outcome = stage.perform(actor);
    if (this.#scene.inodesComeBack === false) stage.volume.freeNumbers.length = 0;
    const next = position.next.get(outcome.key) ?? (await (this.positions[actor] as Positions).learn(position, outcome));
    stage.move(actor, next);
  }

  momentOf(stage: Stage): Moment {
    const named = <T>(of: (place: number) => T | undefined): Record<string, T> =>
      Object.fromEntries(this.names.flatMap((name, place) => (of(place) === undefined ? [] : [[name, of(place) as T]])));
    return {
      disk: () => stage.disk(),
      crashStates: (options) => stage.disk().crashStates(options),
      told: named((place) => stage.seats[place]?.position.told),
      endings: named((place) => stage.seats[place]?.position.ending),
    };
  }

  async #staged(): Promise<Stage> {
    const { disk: options = {}, prepare } = this.#scene;
    const volume = newVolume(settingsOf(options), options.clockMs);
    const disk = new SimulatedDisk(options, volume);
    await prepare?.(disk);
    const seats = [];
    for (const positions of this.positions) {
      seats.push({ position: await positions.start(), aliases: new Map(), refused: undefined, isWoken: true });
    }
    const stage = new Stage(volume, seats, new Set(this.#scene.unjudged));
    if (this.#scene.beginsWhenReady) for (const actor of seats.keys()) await this.#untilReady(stage, actor);
    return stage;
  }

  async #untilReady(stage: Stage, actor: number): Promise<void> {
    for (;;) {
      const asks = stage.seats[actor]?.position.asks;
      if (asks === undefined) throw new Error(`${this.names[actor]} ended before it was ready`);
      if (asks.op === 'ready') return;
      await this.grant(stage, actor);
    }
  }
}
