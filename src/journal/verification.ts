import { isCatalogError } from '../core/errors.js';
import type { DiskProgram } from '../disk/program.js';
import type { EventIndex } from './event-index.js';
import type { Readers } from './journal-writer.js';
import type { OpenJournal } from './open-journal.js';
import { type HashedEvent, nothingKnown, readJournal } from './recover.js';

/** Where in a journal something is wrong, and what. */
export interface JournalProblem {
  readonly segment: number;
  readonly offset: number;
  readonly reason: string;
}

/** What was read of a journal, and everything that is wrong with it. */
export interface JournalVerification {
  readonly ok: boolean;
  readonly events: number;
  readonly frames: number;
  readonly segments: number;
  /** The first place where the journal is not what was written. */
  readonly problems: readonly JournalProblem[];
}

/** Reads the whole journal, and says what is wrong (CAT-JRN-3005). */
export function* verifyJournal({ directory, durableFrame, index: known, writer }: OpenJournal<Readers>): DiskProgram<JournalVerification> {
  try {
    let events = 0;
    const judged = judgedBy(known);
    const judges = (hashed: HashedEvent): string | undefined => {
      if (!hashed.event.isGone) events++;
      return judged(hashed);
    };
    const { segments, chain, torn } = yield* readJournal(directory, nothingKnown(durableFrame), { verifies: true, judges });
    // Another one may be writing it at this moment.
    const isAlone = writer?.isShared === false;
    const problems = torn === undefined || !isAlone ? [] : [torn];
    return { ok: problems.length === 0, events, frames: chain.next - 1, segments: segments.length, problems };
  } catch (error) {
    if (!isCatalogError(error, 'CorruptSegment')) throw error;
    const { segment, offset, reason } = error.details as unknown as JournalProblem;
    return { ok: false, events: 0, frames: 0, segments: 0, problems: [{ segment, offset, reason }] };
  }
}

/** The hashes of full segments are kept, and compared by the next one (CAT-JRN-3003). */
function judgedBy(known: EventIndex): (hashed: HashedEvent) => string | undefined {
  return ({ sequence, segment, hash }) => {
    const kept = known.hashOf(sequence);
    if (kept === undefined && segment < known.lastSegment) known.keepHash(sequence, hash);
    return kept === undefined || kept.equals(hash) ? undefined : `the hash of event ${sequence} is not the one that was kept of it`;
  };
}
