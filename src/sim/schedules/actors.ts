import type { Host } from '../../disk/host.js';
import type { Disk } from '../../disk/program.js';
import type { Fingerprint } from '../../disk/simulated/fingerprint.js';
import { mix } from '../../disk/simulated/fingerprint.js';
import { simulatedSystem } from '../../disk/simulated/processes.js';
import { describeStep, type Step } from '../../disk/steps.js';
import { Memory, type ValueClass } from './memory.js';

/** Where actors say what they know, so that others, and who judges, hear of it in the order in which it happened. */
export interface Board {
  /** Says something, as plain data: that a write was acknowledged, what a reader was shown. */
  tell(what: unknown): Promise<void>;
  /** Where schedules begin, in a scene that begins when all are ready: what comes before is done by one actor after the other. */
  ready(): Promise<void>;
  /** All that the others have said until now. */
  heard(): Promise<readonly unknown[]>;
}

/**
 * One process of a schedule. It must be deterministic: what it asks for next may depend on nothing but what its disk and the
 * board have answered and on `disk.host`; of what a program met it keeps nothing but what that gave or threw (`run`); and it waits
 * for nothing else.
 */
export type Actor = (disk: Disk, board: Board) => Promise<unknown>;

export type Asked = Step | { readonly op: 'tell'; readonly what: unknown } | { readonly op: 'heard' } | { readonly op: 'ready' };

/** What a step gave, as data, so that it can be given again. Outcomes with one key are one to the actor. */
export interface Outcome {
  readonly key: string;
  readonly value?: unknown;
  readonly error?: Error;
  /** What a read filled its buffer with. */
  readonly bytes?: Uint8Array;
  /** How long a wait was. */
  readonly passedMs?: number;
}

/** How a process ended: with a value, or with an error. */
export type Ending = { readonly kind: 'returned'; readonly value: unknown } | { readonly kind: 'threw'; readonly error: unknown };

/** An actor, and the classes whose instances may be compared as data where its programs give them. */
export interface Role {
  readonly act: Actor;
  readonly values: readonly ValueClass[];
}

interface Waiting {
  readonly asked: Asked;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const firstPid = 1000;
const beganMs = Date.UTC(2026, 0, 2);

export function describeAsked(asked: Asked): string {
  switch (asked.op) {
    case 'tell':
      return `Tell ${JSON.stringify(asked.what)}`;
    case 'heard':
      return 'Hear';
    case 'ready':
      return 'Be ready';
    default:
      return describeStep(asked);
  }
}

/**
 * An actor that runs, and stands before its next step until that is answered. Steps it asks for at once are answered one by one
 * in the order in which they were asked. Dropped, it stands for ever.
 */
export class RunningActor {
  readonly #name: string;
  readonly #asked: Waiting[] = [];
  readonly #memory: Memory;
  #ending: Ending | undefined;
  #passedMs = 0;

  constructor(name: string, place: number, { act, values }: Role) {
    this.#name = name;
    this.#memory = new Memory(values, firstPid + place);
    const perform = (asked: Asked): Promise<unknown> => new Promise((resolve, reject) => this.#asked.push({ asked, resolve, reject }));
    const board: Board = {
      tell: async (what) => void (await perform({ op: 'tell', what })),
      ready: async () => void (await perform({ op: 'ready' })),
      heard: async () => (await perform({ op: 'heard' })) as readonly unknown[],
    };
    act({ perform, host: this.#host(place), programs: this.#memory }, board).then(
      (value) => {
        this.#ending = { kind: 'returned', value };
      },
      (error: unknown) => {
        this.#ending = { kind: 'threw', error };
      },
    );
  }

  /** What it asks for next; `undefined` once it has ended. */
  get asks(): Asked | undefined {
    return this.#asked[0]?.asked;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Equal for copies of an actor that go on alike: they know the same, and as much time has passed for them. */
  get knows(): Fingerprint {
    return mix(this.#memory.fingerprint, this.#passedMs);
  }

  /** The inode numbers that it may still compare; `undefined` for all that it met. */
  get kept(): ReadonlySet<bigint> | undefined {
    return this.#memory.kept;
  }

  /** Lets it run until it can do no more. All it may wait for are its steps, so a turn of the event loop is enough. */
  async settle(): Promise<void> {
    await new Promise(setImmediate);
    if (this.#asked.length === 0 && this.#ending === undefined) {
      throw new Error(`${this.#name} waits for something that is no step: it cannot be scheduled`);
    }
  }

  /** Answers its next step. */
  async answer({ key, value, error, bytes, passedMs = 0 }: Outcome): Promise<void> {
    const waiting = this.#asked.shift();
    if (waiting === undefined) throw new Error(`${this.#name} has ended`);
    if (waiting.asked.op === 'read' && bytes !== undefined) waiting.asked.into.set(bytes);
    this.#passedMs += passedMs;
    this.#memory.hear(key, { isStep: !('what' in waiting.asked) && waiting.asked.op !== 'heard' && waiting.asked.op !== 'ready' });
    if (error === undefined) waiting.resolve(value);
    else waiting.reject(error);
    await this.settle();
  }

  /** Time passes for an actor by its own waits alone: so what it does is a function of what it was answered. */
  #host(place: number): Host {
    const pid = firstPid + place;
    return {
      clock: () => beganMs + this.#passedMs,
      monotonicMs: () => this.#passedMs,
      random: (bytes) => this.#memory.random(bytes),
      identity: {
        pid,
        host: 'simulated',
        command: this.#name,
        boot_id: 'boot 1',
        pid_namespace: 'pid:[1]',
        process_start: String(pid),
      },
      liveness: () => 'alive',
      system: simulatedSystem(),
    };
  }
}
