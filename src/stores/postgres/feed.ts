import type { Client } from 'pg';
import { refusal } from '../../core/errors.js';
import type { SeenHistory } from '../seen-history.js';
import type { Link } from './link.js';
import type { Listening } from './listening.js';
import type { Tables } from './schema.js';
import { headSeen, type Row, rowsOf } from './session.js';
import { changesAfter } from './statements.js';

/** A change as the server tells it. */
export interface ToldChange {
  readonly revision: number;
  readonly collection: string;
  readonly id: string;
  /** `null` where it is gone. */
  readonly text: string | null;
}

/** How far somebody is. */
export interface Cursor {
  readonly revision: number;
  /** The floor of the replay from 0 on that he is in: below it is all there is of what was before it. */
  readonly floor: number;
}

export interface Batch {
  readonly changes: readonly ToldChange[];
  readonly cursor: Cursor;
}

const changesAtOnce = 256;

/** The changes of a server for all who watch with one handle: those who are at the same place are told from one answer (CAT-FLT-7012). */
export class Feed {
  readonly #link: Link;
  readonly #tables: Tables;
  readonly #seen: SeenHistory;
  readonly #listening: Listening;
  readonly #lookEveryMs: number;
  readonly #waiting = new Set<() => void>();
  readonly #batches = new Map<string, Promise<Batch>>();
  #looking: NodeJS.Timeout | undefined;
  /** How often there may have been something new. */
  nudges = 0;

  constructor(of: { link: Link; tables: Tables; seen: SeenHistory; listening: Listening; lookEveryMs: number }) {
    [this.#link, this.#tables, this.#seen, this.#listening, this.#lookEveryMs] = [
      of.link,
      of.tables,
      of.seen,
      of.listening,
      of.lookEveryMs,
    ];
  }

  /** Where a watch begins; `HistoryRewound` and `Compacted` where there is no such place. */
  async startAt(after: number | undefined): Promise<Cursor> {
    const { revision, floor } = await this.#link.use((client) => headSeen(client, this.#tables, this.#seen));
    if (after === 0) return { revision: 0, floor };
    if (after === undefined) return { revision, floor: 0 };
    if (after > revision)
      throw refusal('HistoryRewound', `revision ${after} was seen, and the newest is ${revision}`, { after, newest: revision });
    if (after < floor) throw compacted(after, floor);
    return { revision: after, floor: 0 };
  }

  /** The next changes after a place, in their order. */
  after(cursor: Cursor): Promise<Batch> {
    const name = `${cursor.revision} ${cursor.floor}`;
    const known = this.#batches.get(name);
    if (known !== undefined) return known;
    const batch = this.#link.use((client) => this.#fetch(client, cursor));
    this.#batches.set(name, batch);
    batch.catch(() => this.#batches.delete(name));
    return batch;
  }

  /** Waits until there may be something new, since it was so often that there might be. */
  async news(nudges: number, signal: AbortSignal): Promise<void> {
    if (this.nudges !== nudges || signal.aborted) return;
    this.#listening.begin(() => this.nudge());
    this.#looking ??= setTimeout(() => this.nudge(), this.#lookEveryMs);
    await unlessAborted(new Promise<void>((resolve) => this.#waiting.add(resolve)), signal);
  }

  /** There may be something new: a commit was told, a while is over, or nobody knows what was missed. */
  nudge(): void {
    this.nudges++;
    this.#batches.clear();
    clearTimeout(this.#looking);
    this.#looking = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Nobody looks any more. */
  close(): void {
    clearTimeout(this.#looking);
  }

  /** Changes and the newest revision in one statement: whatever is committed, all that is below it is in the answer. */
  async #fetch(client: Client, cursor: Cursor): Promise<Batch> {
    const { head } = this.#tables;
    const mark = this.#seen.mark();
    const rows = await rowsOf(client, changesAfter(this.#tables), [cursor.revision, changesAtOnce]);
    const [first] = rows;
    if (first === undefined) throw refusal('IndexCorrupt', `${head} has no row`, { path: head, reason: 'no row' });
    const [newest, floor] = [Number(first.newest), Number(first.floor)];
    this.#seen.take({ lineage: String(first.lineage), revision: newest }, mark);
    // Who began at 0 is told what is left of what was before the floor; nobody else finds a gap.
    if (cursor.revision !== 0 && cursor.revision < floor && floor !== cursor.floor) throw compacted(cursor.revision, floor);
    const changes = rows.flatMap((row) => (row.revision === null ? [] : [changeIn(row)]));
    const revision = changes.length === changesAtOnce ? (changes.at(-1)?.revision ?? newest) : newest;
    return { changes, cursor: { revision, floor: cursor.revision === 0 ? floor : cursor.floor } };
  }
}

/** What was promised, or nothing once it is aborted; nothing is left behind on the signal. */
export async function unlessAborted<T>(promised: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop = (): void => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promised, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function changeIn(row: Row): ToldChange {
  return { revision: Number(row.revision), collection: String(row.collection), id: String(row.id), text: row.text ?? null };
}

function compacted(after: number, floor: number) {
  return refusal('Compacted', `what was after revision ${after} is kept only after ${floor}; begin again from 0`, { after, floor });
}
