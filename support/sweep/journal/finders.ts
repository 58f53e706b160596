import { isCatalogError } from '../../../src/core/errors.js';
import type { Journal } from '../../../src/journal/index.js';
import type { CrashState, SimulatedDisk } from '../../../src/sim/index.js';
import { append, directory, fact, opened, unread } from './operations.js';

/** What a journal shows, as text: its events, and how far a consumer has come; or that it refuses. */
export type View = string;

export interface Seen {
  readonly events: readonly (readonly [id: string, sequence: number, version: number, payload: unknown])[];
  readonly passed: number;
}

/** What processes find that open a disk some process has left, each disk judged once (CAT-SIM-5006). */
export class JournalFinders {
  readonly #known = new Map<string, View>();

  get judged(): number {
    return this.#known.size;
  }

  /** On the disk as it is, everybody killed. */
  found(disk: SimulatedDisk): View {
    return this.#once(`now ${disk.fingerprint(unread)} ${disk.stateMark()}`, () => disk.fork());
  }

  /** On each disk that a power cut may leave now. */
  foundAfterCuts(disk: SimulatedDisk): ReadonlySet<View> {
    const views = new Set<View>();
    const states = disk.crashStates({ unread, exhaustUpTo: 16 });
    for (const state of states) views.add(this.#foundIn(state));
    if (states.coverage !== 'exhausted') throw new Error('a power cut may leave more disks than were judged');
    return views;
  }

  #foundIn(state: CrashState): View {
    return this.#once(`cut ${state.alike}`, () => state.disk);
  }

  #once(key: string, disk: () => SimulatedDisk): View {
    const known = this.#known.get(key) ?? recovered(disk());
    this.#known.set(key, known);
    return known;
  }
}

export function viewThrough(journal: Journal): View {
  const events = [...journal.read({ kind: fact })];
  const { committed } = journal.cursor('follower', { kind: fact });
  return JSON.stringify({
    events: events.map(({ event_id, sequence, version, payload }) => [event_id, sequence, version, payload]),
    passed: events.filter(({ sequence }) => sequence <= committed).length,
  } satisfies Seen);
}

/** A reader, which changes nothing; a writer, which finds the same and leaves no trace of what failed; and then an append. */
function recovered(disk: SimulatedDisk): View {
  const read = shownOn(disk, { readOnly: true });
  const found = shownOn(disk, {});
  if (found !== read) throw new Error(`a reader was shown ${read}, and then a writer ${found}`);
  const left = [...disk.snapshotTree().keys()].filter((path) => /\.(tmp|suspect)$/.test(path) && path.startsWith(directory));
  if (left.length > 0) throw new Error(`${left.join()} is left over`);
  const journal = opened(disk.process());
  append(journal, 'further');
  const written = viewThrough(journal);
  if (shownOn(disk.crash(), {}) !== written) throw new Error('a further append was lost');
  if (JSON.stringify(JSON.parse(written).events.slice(0, -1)) !== JSON.stringify(JSON.parse(found).events)) {
    throw new Error(`after a further append there is ${written}; before there was ${found}`);
  }
  return found;
}

function shownOn(disk: SimulatedDisk, options: { readonly readOnly?: boolean }): View {
  const process = disk.process();
  const shown = answerOf(() => {
    const journal = opened(process, options);
    const view = viewThrough(journal);
    journal.close();
    return view;
  });
  if (process.openHandles() > 0) throw new Error('a process that only looked left something open');
  return shown;
}

function answerOf(work: () => View): View {
  try {
    return work();
  } catch (error) {
    if (isCatalogError(error)) throw new Error(`it is refused with ${error.code}: ${error.message}`);
    throw error;
  }
}
