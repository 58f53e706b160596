/** What the tracer knows of a specification and its proof: plain data, the same for the same input, byte for byte as `traceability.json` (CAT-TRC-5101). */
export interface Trace {
  readonly schema: 1;
  readonly title: string;
  /** By path. */
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
  /** In the order of the specification. */
  readonly requirements: readonly Requirement[];
  /** Every example of every scenario, by path and line. */
  readonly scenarios: readonly Scenario[];
  readonly runs: readonly Run[];
  readonly saboteurs: readonly Saboteur[];
  /** What the gate judges, the gravest first. */
  readonly findings: readonly Finding[];
  readonly totals: Totals;
}

/** A line of a file; lines count from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

/** Where code cites a requirement. */
export interface Citation extends Place {
  /** Scenarios of the requirement that run this code, where that was measured. */
  readonly reachedBy?: readonly string[];
}

/** In this order: what comes first wins where several are true (CAT-TRC-5104). */
export const statuses = [
  'failed',
  'drifted',
  'flaky',
  'waived',
  'external',
  'verified',
  'vacuous',
  'passing',
  'linked',
  'uncovered',
] as const;
/** How far a requirement is proved. */
export type Status = (typeof statuses)[number];
/** The words that oblige, as RFC 2119 has them; the longer ones first. */
export const keywords = ['MUST NOT', 'MUST', 'SHALL NOT', 'SHALL', 'SHOULD NOT', 'SHOULD', 'MAY'] as const;
/** One of the words that oblige. */
export type Keyword = (typeof keywords)[number];

/** What is demanded: its words, where they stand, and what becomes of them. */
export interface Requirement {
  readonly id: string;
  readonly title: string;
  /** As it stands, its blanks made one. */
  readonly text: string;
  readonly source: Place;
  /** The headings above it. */
  readonly section: readonly string[];
  /** Of the normalised text: blanks, quotes and hyphens of all kinds are the same. */
  readonly hash: string;
  /** The strongest of its obligations; MUST where it has none. */
  readonly level: 'MUST' | 'SHOULD' | 'MAY';
  readonly parent: string | undefined;
  /** GIVEN, WHEN, THEN, where it has them. */
  readonly clauses: readonly { readonly role: 'given' | 'when' | 'then'; readonly text: string; readonly line: number }[];
  readonly obligations: readonly Obligation[];
  readonly status: Status;
  /** What led to the status, in words: `direct`, or through which child. */
  readonly because: readonly string[];
  readonly drift: Drift | undefined;
  /** Ids of scenarios, see `Scenario.id`. */
  readonly scenarios: readonly string[];
  readonly citations: readonly Citation[];
  /** By name. */
  readonly caught: readonly string[];
  readonly survived: readonly string[];
  readonly waiver: Waiver | undefined;
  /** Status by the name of a store or run, where runs are told apart. */
  readonly byRun: Readonly<Record<string, Status>>;
}

/** One of the sentences of a requirement that oblige, and which scenarios claim it. */
export interface Obligation {
  /** `CAT-INT-3301#1` */
  readonly id: string;
  readonly keyword: Keyword;
  readonly text: string;
  readonly status: Status;
  readonly scenarios: readonly string[];
}

/** How the words of a scenario differ from those of its requirement. */
export interface Drift {
  readonly kind: 'exact' | 'normalised' | 'reworded' | 'missing' | 'changed since it was accepted';
  readonly scenario: string | undefined;
  readonly words: readonly { readonly kind: 'same' | 'gone' | 'new'; readonly text: string }[];
}

/** Why a requirement need not be proved, and until when. */
export interface Waiver {
  readonly id: string;
  readonly reason: string;
  /** ISO date. */
  readonly until: string;
}

/** A scenario, or one row of an outline, as a feature has it. */
export interface Scenario {
  /** `features/x.feature:12`, the line of the example where it is one of an outline. */
  readonly id: string;
  readonly place: Place;
  readonly feature: string;
  readonly rule: string | undefined;
  readonly name: string;
  /** The line of the outline that it is an example of, and its cells. */
  readonly outline: { readonly line: number; readonly cells: Readonly<Record<string, string>> } | undefined;
  readonly tags: readonly string[];
  readonly isNormative: boolean;
  readonly requirements: readonly string[];
  readonly steps: readonly ScenarioStep[];
  readonly results: readonly Result[];
}

/** A step of a scenario, with what stands below it. */
export interface ScenarioStep {
  readonly keyword: string;
  readonly text: string;
  /** What stands below it: the rows of a data table, or the lines of a doc string. */
  readonly argument?: { readonly table: readonly (readonly string[])[] } | { readonly text: string };
}

/** How a scenario ended in a run. */
export interface Result {
  readonly run: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'undefined' | 'ambiguous';
  readonly attempts: number;
  readonly durationMs: number;
  readonly steps: readonly { readonly status: Result['status']; readonly durationMs: number }[];
  readonly message: string | undefined;
  readonly attachments: readonly { readonly mediaType: string; readonly name: string | undefined; readonly text: string }[];
}

/** The only place where a clock is told. */
export interface Run {
  readonly id: string;
  readonly store: string | undefined;
  readonly platform: string;
  readonly node: string;
  readonly startedAt: string;
  readonly path: string;
}

/** A change that breaks a promise on purpose, and the requirements that went red under it. */
export interface Saboteur {
  readonly name: string;
  readonly breaks: string;
  readonly does: string;
  /** Requirements that went red. */
  readonly caughtBy: readonly string[];
}

/** In the order of their exit codes (CAT-TRC-5106). */
export const findingKinds = {
  failed: 1,
  uncovered: 3,
  drift: 4,
  conflict: 5,
  orphan: 6,
  'not reached': 6,
  vacuous: 7,
  flaky: 8,
  'expired waiver': 8,
  'nothing ran': 9,
  undefined: 9,
} as const;
/** What may be wrong with a trace. */
export type FindingKind = keyof typeof findingKinds;

/** Something that is wrong with a trace, where, and whether it counts. */
export interface Finding {
  readonly kind: FindingKind;
  /** Of a requirement or a scenario. */
  readonly id: string | undefined;
  readonly places: readonly Place[];
  readonly message: string;
  /** Whether the gate counts it: what the lock lists as open, and what only a SHOULD lacks, is told all the same. */
  readonly counts: boolean;
}

/** How many requirements and scenarios there are of each status. */
export interface Totals {
  readonly requirements: Readonly<Record<Status, number>>;
  readonly must: Readonly<Record<Status, number>>;
  readonly scenarios: Readonly<Record<Result['status'] | 'not run', number>>;
}
