import type { EngineEntry, ModelEntry } from '../../src/core/records.js';
import type { StepKind } from '../../src/disk/steps.js';

/** What an actor is told, as its only argument: JSON, so that an actor of another store can take the same jobs. */
export type Job = Surroundings &
  (
    | { readonly role: 'writer'; readonly changes: readonly Change[]; readonly together?: number }
    | { readonly role: 'provisioner'; readonly entry: EngineEntry }
    | { readonly role: 'incrementer'; readonly id: string; readonly times: number }
    | ({ readonly role: 'loaded' } & Load)
    | { readonly role: 'reader' }
    | { readonly role: 'reopener'; readonly readOnly: boolean }
  );

export interface Surroundings {
  readonly root: string;
  readonly keepGenerations?: number;
  readonly lockTimeoutMs?: number;
  /** The lock always succeeds: two writers both believe that they hold it. */
  readonly lockDisabled?: boolean;
  readonly withoutHardLinks?: boolean;
  readonly plan?: Plan;
}

export type Change = { readonly type: 'put'; readonly entry: ModelEntry } | { readonly type: 'delete'; readonly id: string };

/** What a writer under load does, drawn from its seed: it works on ids of its own, and by compare-and-set on one that all share. */
export interface Load {
  /** What its own ids begin with. */
  readonly name: string;
  readonly seed: string;
  /** Where the same seed is drawn from again the contents differ by this. */
  readonly cycle: number;
  /** After how many operations it ends; without it, when it is killed. */
  readonly operations?: number;
  /** A control: it says that an operation was acknowledged before it asks for it. */
  readonly acknowledgesEarly?: boolean;
}

/** One operation under load, told as a whole before it is asked for. An increment is a put decided on what was read. */
export type Operation = Change | { readonly type: 'increment'; readonly entry: ModelEntry; readonly ifRevision: number | 'absent' };

export type Moment = 'before' | 'after';

/** Dies or waits at a point. Steps are counted from the first change on, or from the opening. */
export interface Plan {
  readonly act: 'die' | 'hold';
  readonly at: PlannedPoint;
  readonly since?: 'open' | 'change';
}

/** `advancing`: the first step of the first change, the second of the second, and so on until a change has no such step. */
export type PlannedPoint =
  | { readonly type: 'step'; readonly step: number; readonly when: Moment }
  | { readonly type: 'advancing'; readonly when: Moment }
  | { readonly type: 'matching'; readonly kind: StepKind; readonly path?: string; readonly nth: number; readonly when: Moment };

/** A point that was met. */
export interface Point {
  readonly step: number;
  readonly when: Moment;
  readonly what: string;
  /** Of the root's lock in this process: whether it is taken, and whether its file names this process already. */
  readonly lock: 'free' | 'taken' | 'named';
}

export interface Acknowledged {
  readonly id: string;
  readonly revision: number | undefined;
  /** Of a delete under load: whether there was one. */
  readonly existed?: boolean;
}

export interface Refused {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** What a reader or a reopener saw. */
export interface Seen {
  readonly revision: { readonly models: number; readonly engines: number };
  readonly models: readonly ModelEntry[];
  readonly engines: readonly EngineEntry[];
}

/** What became of an incrementer's compare-and-set puts of one record. */
export interface Counted {
  readonly increments: number;
  readonly conflicts: number;
  /** The longest that any one put took, whatever its outcome. */
  readonly longestPutMs: number;
}

/** What an actor tells at its end. */
export interface Done {
  /** The steps since counting began, of the last change alone where a plan is advancing. */
  readonly steps: readonly string[];
  readonly seen?: Seen;
  readonly counted?: Counted;
  readonly refused?: Refused;
}
