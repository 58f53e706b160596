import type { Coverage } from './coverage.js';
import type { ReadFeature } from './features.js';
import type { Lock } from './lock.js';
import type { ReadRun } from './messages.js';
import type { Stated } from './requirements.js';
import type { TriedSaboteur } from './saboteurs.js';
import type { Place, Waiver } from './trace.js';

/** Where the sources cite a requirement. */
export interface Mention {
  readonly id: string;
  readonly place: Place;
  /** The line of code that it stands at, where it stands in code. */
  readonly code?: number;
}

/** All that a trace is made of: plain data, read by whoever has the files. */
export interface Inputs {
  readonly title: string;
  /** What was read, by path. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** A regular expression of the ids. */
  readonly id: string;
  readonly requirements: readonly Stated[];
  /** Ids in the documents of the specification. */
  readonly mentions: readonly Mention[];
  /** Ids in code. */
  readonly citations: readonly Mention[];
  readonly features: readonly ReadFeature[];
  readonly runs: readonly ReadRun[];
  /** Patterns of results that were named and find no file. */
  readonly resultsMissed?: readonly string[];
  readonly saboteurs: readonly TriedSaboteur[];
  /** Without it nobody knows what scenarios run. */
  readonly coverage?: Coverage | undefined;
  /** Without one nothing is open by consent, and nothing has drifted from it. */
  readonly lock: Lock | undefined;
  readonly policy: Policy;
  /** ISO date: what waivers are measured by. */
  readonly today: string;
}

/** What a project decided: what is normative, waived, external or optional. */
export interface Policy {
  /** The tag of the scenarios that are the specification's words. */
  readonly normative: string;
  /** Ids that others define, and why they stand here. */
  readonly external: Readonly<Record<string, string>>;
  readonly waivers: readonly Waiver[];
  /** What is decided where two requirements contradict each other: by both ids, `"REQ-1 REQ-2"`. */
  readonly rulings: Readonly<Record<string, string>>;
  /** Tags of scenarios that need not have run. */
  readonly optional: readonly string[];
  /** A regular expression of the ids for which a saboteur must be caught; without it none must. */
  readonly teeth: string | undefined;
  /** Whether a scenario may claim nothing. */
  readonly mayClaimNothing: boolean;
}
