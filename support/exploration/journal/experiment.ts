import type { Disk } from '../../../src/disk/program.js';
import type { Cursor } from '../../../src/journal/cursor.js';
import type { JournalEvent } from '../../../src/journal/event.js';
import type { Journal } from '../../../src/journal/journal.js';
import { type CrashExperiment, SimulatedDisk, type SimulatedDiskOptions } from '../../../src/sim/index.js';
import { directory, isLock, looked, of, opened, written } from './explored.js';

/** The operations of which every history of a journal is made (issue 5 of CAT-SIM-5005). */
export const journalOperations = [
  'append',
  'append to another',
  'batch',
  'append that fills a segment',
  'repeated key',
  'fence and commit',
  'fence and cancel',
  'fence that nobody ends',
  'compact',
  'cursor commit',
  'reopen',
] as const;
export type JournalOperation = (typeof journalOperations)[number];

/** What is explored: a history whose last operation is crashed. */
export interface JournalRun {
  readonly of: 'journal';
  readonly history: readonly JournalOperation[];
  readonly disk?: SimulatedDiskOptions;
}

/** A process that uses a journal, which is opened by its first operation. */
class Acting {
  readonly #disk: Disk;
  #journal: Journal | undefined;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get journal(): Journal {
    this.#journal ??= opened(this.#disk, { segmentMaxBytes });
    return this.#journal;
  }

  reopen(): void {
    this.#journal?.close();
    this.#journal = opened(this.#disk, { segmentMaxBytes });
  }
}

const segmentMaxBytes = 1024;

const perform: Readonly<Record<JournalOperation, (acting: Acting, nth: number) => void>> = {
  append: ({ journal }, nth) => void journal.append(of('a'), written, nth),
  'append to another': ({ journal }, nth) => void journal.append(of('b'), written, nth),
  batch: ({ journal }, nth) =>
    void journal.appendBatch(['a', 'b', 'a'].map((entity) => ({ coordinate: of(entity), kind: written, payload: `of ${nth}` }))),
  'append that fills a segment': ({ journal }, nth) => void journal.append(of('a'), written, `${nth}`.repeat(800)),
  'repeated key': ({ journal }, nth) => void journal.append(of('a'), written, { keyed: nth }, { idempotencyKey: 'once' }),
  'fence and commit': ({ journal }, nth) => {
    const fence = journal.fence();
    for (const entity of ['a', 'b']) fence.append(of(entity), written, `under a fence in ${nth}`);
    fence.commit();
  },
  'fence and cancel': ({ journal }, nth) => {
    const fence = journal.fence();
    for (const entity of ['a', 'b']) fence.append(of(entity), written, `cancelled in ${nth}`);
    fence.cancel();
  },
  'fence that nobody ends': (acting, nth) => {
    acting.journal.fence().append(of('a'), written, `left in ${nth}`);
    acting.reopen();
  },
  compact: ({ journal }) => {
    const { outcome, reason } = journal.compact({ strategy: 'merge' });
    if (outcome !== 'Performed') throw new Error(`${outcome}: ${reason}`);
  },
  'cursor commit': ({ journal }) => {
    const cursor = followerOf(journal);
    cursor.poll({ limit: 1000 });
    cursor.commit();
  },
  reopen: (acting) => acting.reopen(),
};

/** So much, each in a segment of its own, that there is something to compact. */
const filling = [1, 2, 3].map((nth) => `full ${nth}`.repeat(100));

/** What is done in peace before an operation. */
function getReady({ journal }: Acting, operation: JournalOperation | undefined, nth: number): void {
  if (operation === 'compact') for (const payload of filling) journal.append(of('b'), written, payload);
  if (operation === 'cursor commit') journal.append(of('a'), written, `to be passed in ${nth}`);
}

interface Meant {
  readonly entity: string;
  readonly payload: unknown;
}

/** What each operation adds to what is seen; written apart from the program, so that the two can disagree. */
const meaning: Readonly<Record<JournalOperation, (nth: number, before: readonly Meant[]) => readonly Meant[]>> = {
  append: (nth) => [{ entity: 'a', payload: nth }],
  'append to another': (nth) => [{ entity: 'b', payload: nth }],
  batch: (nth) => ['a', 'b', 'a'].map((entity) => ({ entity, payload: `of ${nth}` })),
  'append that fills a segment': (nth) => [{ entity: 'a', payload: `${nth}`.repeat(800) }],
  'repeated key': (nth, before) => (before.some(({ payload }) => isKeyed(payload)) ? [] : [{ entity: 'a', payload: { keyed: nth } }]),
  'fence and commit': (nth) => ['a', 'b'].map((entity) => ({ entity, payload: `under a fence in ${nth}` })),
  'fence and cancel': () => [],
  'fence that nobody ends': () => [],
  compact: () => filling.map((payload) => ({ entity: 'b', payload })),
  'cursor commit': (nth) => [{ entity: 'a', payload: `to be passed in ${nth}` }],
  reopen: () => [],
};

/** Whether a journal, in which nothing failed, shows what its history means, each event counted within its entity; gives what is wrong. */
export function whyJournalNotMeant(history: readonly JournalOperation[], view: string): string | undefined {
  const meant: Meant[] = [];
  let passed = 0;
  for (const [nth, operation] of history.entries()) {
    meant.push(...meaning[operation](nth, meant));
    if (operation === 'cursor commit') passed = meant.length;
  }
  const found: Seen = JSON.parse(view);
  const counted = (all: readonly Meant[]) =>
    all.map((one, at) => ({ ...one, version: all.slice(0, at + 1).filter(({ entity }) => entity === one.entity).length }));
  const events = found.events.map(({ coordinate: { entity }, payload, version }) => ({ entity, payload, version }));
  const seen = JSON.stringify({ events, passed: found.passed });
  const wanted = JSON.stringify({ events: counted(meant), passed });
  return seen === wanted ? undefined : `without any crash there is ${seen}; the history means ${wanted}`;
}

function isKeyed(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'keyed' in payload;
}

export function journalExperiment({ history, disk: options }: JournalRun): CrashExperiment<Acting> {
  const prefix = history.slice(0, -1);
  const last = history.at(-1);
  return {
    disk: () => new SimulatedDisk({ root: ['/home/user'], ...options }),
    prepare: async (disk) => {
      const acting = new Acting(disk);
      for (const [nth, operation] of prefix.entries()) {
        getReady(acting, operation, nth);
        perform[operation](acting, nth);
      }
      getReady(acting, last, prefix.length);
      return acting;
    },
    act: async (acting) => {
      if (last !== undefined) perform[last](acting, prefix.length);
    },
    isSynchronous: true,
    recover: async (disk) => looked(disk, viewOf, { segmentMaxBytes }),
    write: async (disk) => {
      const journal = opened(disk, { segmentMaxBytes });
      const { event_id } = journal.append(of('further'), written, 'one more');
      const view = viewOf(journal);
      if (!view.includes(`"${event_id}"`)) throw new Error('an append after a recovery is not there');
      return view;
    },
    inspect: expectTidy,
    // A temp is thrown away unread.
    unread: (name) => name.endsWith('.tmp') || isLock(name),
  };
}

interface Seen {
  /** All but those that say that the journal was opened, with all that is promised of each. */
  readonly events: readonly JournalEvent[];
  /** How many of them a consumer need not be told again. */
  readonly passed: number;
}

function viewOf(journal: Journal): string {
  const events = [...journal.read({ kind: written })];
  const { committed } = followerOf(journal);
  return JSON.stringify({ events, passed: events.filter(({ sequence }) => sequence <= committed).length } satisfies Seen);
}

function followerOf(journal: Journal): Cursor {
  return journal.cursor('follower', { kind: written });
}

/** What a recovery leaves in a journal's directory is what belongs there: nothing that was on its way, nothing that stands for what went wrong. */
function expectTidy(disk: SimulatedDisk): void {
  for (const path of disk.snapshotTree().keys()) {
    if (/\.(tmp|suspect)$/.test(path)) throw new Error(`${path} is left over`);
    if (path.startsWith('/home/user/') && !path.startsWith(directory)) throw new Error(`${path} is none of the journal's`);
  }
}
