import type { CatalogStore } from '../stores/catalog-store.js';
import type { Actors } from './actors/actors.js';
import type { ConformanceModule, CreateContext, Level } from './module.js';

/** What a case needs of a store beyond its level: a claim, or a means by which it can be shown. */
export type Need = 'durable' | 'durable in full' | 'watch' | 'watch every' | 'history' | 'gapless' | 'max entry' | 'several processes';

/** One promise, and how it is put to the test (CAT-CNF-5201): data and a function, for any test runner or none. */
export interface Case {
  /** `core.round-trip`: the level it belongs to, and a name of its own. It never changes. */
  readonly id: string;
  readonly level: Level;
  /** A fact that holds for a store that conforms. */
  readonly title: string;
  readonly requirements: readonly string[];
  readonly needs?: readonly Need[];
  /** Throws what is not as it should be. */
  readonly run: (context: CaseContext) => Promise<void>;
  /** Where a need is not claimed: throws unless the store refuses what it does not claim (CAT-CNF-5202). */
  readonly refuses?: (context: CaseContext) => Promise<void>;
}

/** What a case is given: the store under test, a place of its own, and processes. */
export interface CaseContext {
  readonly module: ConformanceModule;
  /** Nothing is there before the case began; what is there is removed when it ends. */
  readonly location: string;
  readonly signal: AbortSignal;
  /** How long something is waited for that a store owes. */
  readonly patienceMs: number;
  /** A handle on the location, closed when the case ends. */
  readonly open: (more?: Partial<CreateContext>) => Promise<CatalogStore>;
  /** The processes of their own that work on the location; none outlives the case. */
  readonly actors: Actors | undefined;
}

/**
 * `unsupported`: the store does not claim it, and refuses it. `disabled`: it was not asked for. `not-applicable`: there is no means to
 * show it. `error`: the store, or the kit, did what no case can judge.
 */
export const caseStatuses = ['pass', 'fail', 'unsupported', 'disabled', 'not-applicable', 'error'] as const;
/** How a case may end. */
export type CaseStatus = (typeof caseStatuses)[number];

/** What became of a case. */
export interface CaseResult {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly status: CaseStatus;
  /** Why it is not a pass. */
  readonly message?: string;
  readonly duration_ms: number;
}

/** Thrown by a case for which there is no means in this store, such as a disk that it does not use. */
export class NotApplicable extends Error {}
