import type { Fingerprint } from '../../disk/simulated/fingerprint.js';
import type { Footprints } from './footprints.js';
import type { Scene, StagedScene } from './scene.js';
import type { Stage } from './stage.js';
import { type KeyOptions, keyOf } from './state-key.js';
import type { Way } from './way.js';

/** A state in which somebody is to be chosen: nobody has a step left that nobody else can notice. */
export interface Reached {
  readonly stage: Stage;
  readonly way: Way;
  readonly key: Fingerprint;
}

/** Who has taken so many steps, and still has one to take, counts as one that does not end. */
const endlessSteps = 1000;

/** Goes from state to state as one search does, and learns on the way what the steps touch. */
export class Walk {
  readonly staged: StagedScene;
  readonly footprints: Footprints;
  readonly #scene: Scene;
  readonly #keyOptions: KeyOptions;

  constructor(scene: Scene, staged: StagedScene, footprints: Footprints) {
    this.#scene = scene;
    this.staged = staged;
    this.footprints = footprints;
    this.#keyOptions = {
      withCuts: scene.judgeCut !== undefined,
      isContentSeen: (stage, file) => footprints.isContentSeen(stage, file),
    };
  }

  async begin(): Promise<Reached> {
    return this.#settled(await this.staged.first(), undefined, undefined);
  }

  /** Where the next step of an actor leads. A stage that is used up goes on itself, where others go on as copies. */
  async after(reached: Reached, actor: number, { usesUp = false } = {}): Promise<Reached> {
    const stage = usesUp ? reached.stage : reached.stage.fork();
    await this.#grant(stage, actor);
    return this.#settled(stage, actor, reached.way);
  }

  /** What is wrong in a state. */
  judged({ stage }: Reached): Promise<Error | undefined> {
    return judged(this.#scene, this.staged, stage);
  }

  async #settled(stage: Stage, last: number | undefined, before: Way | undefined): Promise<Reached> {
    const folded = await this.#fold(stage);
    return { stage, way: { last, folded, before }, key: keyOf(stage, this.#keyOptions) };
  }

  async #grant(stage: Stage, actor: number): Promise<void> {
    this.footprints.record(stage, actor);
    await this.staged.grant(stage, actor);
  }

  /** Takes all steps that nobody else can notice. */
  async #fold(stage: Stage): Promise<readonly number[]> {
    const folded = stage.seats.map(() => 0);
    for (let moved = true; moved; ) {
      moved = false;
      for (const actor of folded.keys()) {
        while (this.footprints.isLocal(stage, actor) && !isEndless(stage, actor)) {
          await this.#grant(stage, actor);
          folded[actor] = (folded[actor] ?? 0) + 1;
          moved = true;
        }
      }
    }
    return folded;
  }
}

export async function judged(scene: Scene, staged: StagedScene, stage: Stage): Promise<Error | undefined> {
  const endless = staged.names.find((_name, actor) => isEndless(stage, actor));
  if (endless !== undefined) return new Error(`${endless} has taken ${endlessSteps} steps, and has not ended`);
  const hasEnded = stage.seats.every(({ position }) => position.asks === undefined);
  if (!hasEnded && scene.judgeCut === undefined) return undefined;
  const moment = staged.momentOf(stage);
  try {
    if (hasEnded) await scene.judgeEnd(moment);
    await scene.judgeCut?.(moment);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isEndless(stage: Stage, actor: number): boolean {
  const position = stage.seats[actor]?.position;
  return position?.asks !== undefined && position.depth >= endlessSteps;
}
