import type { Disk } from '../../../src/disk/program.js';
import type { Coordinate } from '../../../src/journal/coordinate.js';
import { Journal } from '../../../src/journal/journal.js';
import { kind } from '../../../src/journal/kind.js';
import type { JournalOptions } from '../../../src/journal/settings.js';

/** Where the journal is that is explored. */
export const directory = '/home/user/journal';
/** What is appended to it; all else is the journal's own. */
export const written = kind(0x1, 0x001);
export const of = (entity: string): Coordinate => ({ entity, scope: 'test' });

/** Without an event of its own, so that to open a journal twice changes nothing. */
export function opened(disk: Disk, options: Partial<JournalOptions> = {}): Journal {
  return Journal.open({ directory, segmentMaxBytes: 512, ...options, disk, lifecycle: 'lazy' });
}

/** What is to be seen of a journal that is opened for that. */
export function looked<T>(disk: Disk, view: (journal: Journal) => T, options: Partial<JournalOptions> = {}): T {
  const journal = opened(disk, options);
  const seen = view(journal);
  journal.close();
  return seen;
}

/** The events that were appended, of a journal that is what was written. */
export function verifiedEvents(journal: Journal): string {
  const { ok, problems } = journal.verify();
  if (!ok) throw new Error(`what was opened is not verified: ${JSON.stringify(problems)}`);
  return JSON.stringify([...journal.read({ kind: written })]);
}

/** Its text is for people who wait. */
export const isLock = (name: string): boolean => name === 'journal.lock';
