import type { Disk } from '../../../src/disk/program.js';
import type { Fence, Journal, JournalOptions } from '../../../src/journal/index.js';
import { Journal as Journals } from '../../../src/journal/journal.js';
import { kind } from '../../../src/journal/kind.js';
import { lockPath, suspectPath } from '../../../src/journal/place.js';
import type { SimulatedDisk } from '../../../src/sim/index.js';

export const directory = '/home/user/journal';
export const fact = kind(0x1, 0x001);
export const segmentMaxBytes = 1024;

/** One operation of a journal, on a disk where something was done before (CAT-SIM-5004). */
export interface JournalOperation {
  readonly name: string;
  /** What was done before, by processes that have ended. */
  readonly before?: (disk: SimulatedDisk) => void;
  readonly options?: Partial<JournalOptions>;
  /** What the same handle did before; nothing where the operation opens it. */
  readonly warm?: (journal: Journal) => Fence | undefined;
  /** Gives what was told; a report of a failure counts as an error that left everything as it was. */
  readonly act: (journal: Journal, fence: Fence | undefined) => unknown;
  /** The payloads that are there then, and how many of them a consumer has passed. */
  readonly leaves: { readonly payloads: readonly unknown[]; readonly passed?: number };
  /** Whether what is refused may be there all the same: whoever repeats it does no harm. */
  readonly mayHaveHappened?: boolean;
  readonly reads?: boolean;
  /** Whether the handle is closed by it. */
  readonly closes?: boolean;
  /** What the disk does to whoever acts. */
  readonly handicap?: (disk: Disk) => Disk;
}

export const large = 'x'.repeat(600);
const before = ['one', 'two'];

export function opened(disk: Disk, options: Partial<JournalOptions> = {}): Journal {
  return Journals.open({ directory, disk, lifecycle: 'lazy', segmentMaxBytes, ...options });
}

export const append = (journal: Pick<Journal, 'append'>, ...payloads: readonly unknown[]): void => {
  for (const payload of payloads) journal.append({ entity: 'a', scope: 'test' }, fact, payload);
};

/** A journal of two events, and of what else is done then; and a clean end. */
const closed =
  (work: (journal: Journal) => void = () => {}) =>
  (disk: SimulatedDisk): void => {
    const journal = opened(disk.process());
    append(journal, ...before);
    work(journal);
    journal.close();
  };

/** The same by a process that was killed then. */
const killed =
  (work: (journal: Journal) => void = () => {}, options: Partial<JournalOptions> = {}) =>
  (disk: SimulatedDisk): void => {
    const journal = opened(disk.process(), options);
    append(journal, ...before);
    work(journal);
  };

const warm = (): undefined => undefined;
const batch = (...payloads: readonly unknown[]) =>
  payloads.map((payload) => ({ coordinate: { entity: 'a', scope: 'test' }, kind: fact, payload }));
const full = [large, `${large}2`, `${large}3`];

const fenced = (journal: Journal): Fence => {
  const fence = journal.fence();
  append(fence, 'three', 'four');
  return fence;
};

const passAll = (journal: Journal): void => {
  const cursor = journal.cursor('follower', { kind: fact });
  cursor.poll();
  cursor.commit();
};

function refusedAsStale(journal: Journal): void {
  try {
    journal.append({ entity: 'a', scope: 'test' }, fact, 'three', { expected: 7 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'SequenceMismatch') return;
    throw error;
  }
  throw new Error('what was not expected was appended');
}

/** Only half of what was written last is there. */
function tearLast(disk: SimulatedDisk): void {
  const path =
    [...disk.snapshotTree().keys()]
      .filter((name) => name.endsWith('.seg'))
      .sort()
      .at(-1) ?? '';
  const bytes = Buffer.from(disk.bytesAt(path));
  const end = bytes.findLastIndex((byte) => byte !== 0);
  disk.plant(path, bytes.fill(0, end - 60));
}

export const journalOperations: readonly JournalOperation[] = [
  { name: 'append', before: closed(), warm, act: (journal) => append(journal, 'three'), leaves: { payloads: [...before, 'three'] } },
  {
    name: 'append by a fresh handle',
    before: closed(),
    act: (journal) => append(journal, 'three'),
    leaves: { payloads: [...before, 'three'] },
  },
  { name: 'first append on an empty machine', act: (journal) => append(journal, 'one'), leaves: { payloads: ['one'] } },
  {
    name: 'append that is told first',
    before: closed(),
    options: { lifecycle: 'eager' },
    act: (journal) => append(journal, 'three'),
    leaves: { payloads: [...before, 'three'] },
    mayHaveHappened: true,
  },
  {
    name: 'batch',
    before: closed(),
    warm,
    act: (journal) => journal.appendBatch(batch(3, 4, 5)),
    leaves: { payloads: [...before, 3, 4, 5] },
  },
  {
    name: 'append that fills a segment',
    before: closed(),
    warm,
    act: (journal) => append(journal, large),
    leaves: { payloads: [...before, large] },
  },
  {
    name: 'batch larger than a segment',
    before: closed(),
    warm,
    act: (journal) => journal.appendBatch(batch(large, large, large)),
    leaves: { payloads: [...before, large, large, large] },
  },
  { name: 'refused append', before: closed(), warm, act: refusedAsStale, leaves: { payloads: before } },
  {
    name: 'sync',
    before: closed(),
    options: { syncEveryNEvents: 100 },
    warm: (journal) => {
      append(journal, 'three', 'four');
      return undefined;
    },
    act: (journal) => journal.sync(),
    leaves: { payloads: [...before, 'three', 'four'] },
  },
  {
    name: 'commit a fence',
    before: closed(),
    warm: fenced,
    act: (_journal, fence) => fence?.commit(),
    leaves: { payloads: [...before, 'three', 'four'] },
  },
  {
    name: 'append under a fence',
    before: closed(),
    warm: fenced,
    act: (_journal, fence) => fence && append(fence, 'five'),
    leaves: { payloads: before },
  },
  { name: 'cancel a fence', before: closed(), warm: fenced, act: (_journal, fence) => fence?.cancel(), leaves: { payloads: before } },
  {
    name: 'compact',
    before: closed((journal) => append(journal, ...full)),
    warm,
    act: compacted,
    leaves: { payloads: [...before, ...full] },
  },
  {
    name: 'commit a cursor',
    before: closed(),
    warm,
    act: passAll,
    leaves: { payloads: before, passed: 2 },
    mayHaveHappened: true,
  },
  {
    name: 'commit a cursor again by a reader',
    before: closed((journal) => {
      passAll(journal);
      append(journal, 'three');
    }),
    options: { readOnly: true },
    act: passAll,
    leaves: { payloads: [...before, 'three'], passed: 3 },
    mayHaveHappened: true,
  },
  {
    name: 'close',
    before: closed(),
    options: { syncEveryNEvents: 100 },
    warm: (journal) => {
      append(journal, 'three');
      return undefined;
    },
    act: (journal) => journal.close(),
    leaves: { payloads: [...before, 'three'] },
    closes: true,
  },
  {
    name: 'close with a fence',
    before: closed(),
    warm: fenced,
    act: (journal) => journal.close(),
    leaves: { payloads: before },
    closes: true,
  },
  { name: 'open', before: closed(), act: shown, leaves: { payloads: before } },
  { name: 'open what was killed', before: killed(), act: shown, leaves: { payloads: before } },
  {
    name: 'open what was killed before its sync',
    before: killed((journal) => append(journal, 'three'), { syncEveryNEvents: 100 }),
    act: shown,
    leaves: { payloads: [...before, 'three'] },
  },
  {
    name: 'open what was killed in a write',
    before: (disk) => {
      killed((journal) => void journal.appendBatch(batch(3, 4)))(disk);
      tearLast(disk);
    },
    act: shown,
    leaves: { payloads: before },
  },
  { name: 'open what was killed in a fence', before: killed((journal) => void fenced(journal)), act: shown, leaves: { payloads: before } },
  {
    name: 'open after a failed sync',
    before: (disk) => {
      killed()(disk);
      disk.plant(suspectPath(directory, 1), '');
    },
    act: shown,
    leaves: { payloads: before },
  },
  { name: 'open for reading', before: killed(), options: { readOnly: true }, act: shown, leaves: { payloads: before }, reads: true },
  {
    name: 'verify',
    before: closed((journal) => append(journal, ...full)),
    warm,
    act: verified,
    leaves: { payloads: [...before, ...full] },
    reads: true,
  },
];

/** Files whose bytes nobody reads after a crash. */
export const unread = (name: string): boolean => name.endsWith('.tmp') || lockPath(directory).endsWith(`/${name}`);

function shown(journal: Journal): unknown {
  return [...journal.read({ kind: fact })].map(({ payload }) => payload);
}

function compacted(journal: Journal): unknown {
  const { outcome } = journal.compact({ strategy: 'merge' });
  if (outcome === 'Skipped') throw new Error('there was nothing to compact');
  return outcome;
}

function verified(journal: Journal): void {
  const { ok, problems } = journal.verify();
  if (!ok) throw new Error(`an intact journal is told to be damaged: ${JSON.stringify(problems)}`);
}
