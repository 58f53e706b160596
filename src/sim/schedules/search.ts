/** What a search has seen. */
export interface SearchCounts {
  /** Distinct states at which somebody was chosen. */
  readonly nodes: number;
  /** Distinct states in which all have ended. */
  readonly ends: number;
  /** Whether every schedule was explored, or stands for one that was. */
  readonly isComplete: boolean;
  /** The most interruptions among the schedules that were explored; `undefined` where nobody counted. */
  readonly switches: number | undefined;
}

/** A state that was judged wrong, by the schedule that leads there. */
export interface Wrong {
  readonly schedule: string;
  /** How often an actor was interrupted that could have gone on. */
  readonly switches: number;
  readonly error: Error;
}

/** A search ends with what it found, or because it must begin again, knowing more than when it began. */
export type Ended<Found> = 'broken' | { readonly found: Found | undefined };
