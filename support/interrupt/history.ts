import type { Content } from './aftermath.js';
import type { Change } from './job.js';

/** One operation on a simulated disk, and what was done there before it. */
export interface History {
  readonly prepared: readonly Change[];
  readonly change: Change;
  readonly before: Content;
  readonly after: Content;
  readonly withoutHardLinks?: boolean;
}
