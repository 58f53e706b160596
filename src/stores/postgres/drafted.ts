import { randomUUID } from 'node:crypto';
import { isCatalogError } from '../../core/errors.js';
import { type FleetCollectionName, type FleetRecords, nameTaken, revisionConflict, type Verdict } from '../../core/generation.js';
import type { ChangeNote } from '../catalog-store.js';
import { recordIn, textOf } from '../stored-text.js';
import type { Asked } from '../waiting-changes.js';
import { fenceRefusal, type HeldLeases } from './fences.js';
import { keyOf } from './keys.js';

/** What is stored under a key: a record of the server, or one that this group is about to store. */
interface Stored {
  readonly id: string;
  readonly text: string;
  /** The place in the group, for what is about to be stored: its revision is known when it is counted. */
  readonly place: number | undefined;
  readonly revision: number;
}

/** A change that is to be. */
export interface Change {
  readonly client: string;
  readonly key: string;
  readonly id: string;
  readonly text: string | null;
  readonly note: ChangeNote | undefined;
}

type Judged<R> = (base: number) => Verdict<R>;

/** A group of changes, each judged after those before it: what is to be written, and what each caller is told. */
export class Drafted<C extends FleetCollectionName> {
  readonly changes: Change[] = [];
  readonly #collection: C;
  readonly #found: ReadonlyMap<string, Stored>;
  readonly #stored: Map<string, Stored>;
  readonly #judged: Judged<FleetRecords[C]>[] = [];

  constructor(collection: C, found: readonly Omit<Stored, 'place'>[]) {
    this.#collection = collection;
    this.#found = new Map(found.map((one) => [keyOf(one.id), { ...one, place: undefined }]));
    this.#stored = new Map(this.#found);
  }

  judge(asked: Asked<FleetRecords[C]>, leases: HeldLeases, maxEntryBytes: number): void {
    try {
      this.#judged.push(this.#verdictOn(asked, leases, maxEntryBytes));
    } catch (error) {
      if (!isCatalogError(error)) throw error;
      // It does not fail its neighbours (CAT-IDX-1110).
      this.#judged.push(() => ({ kind: 'refused', error }));
    }
  }

  /** When the revision before the first of them is known. */
  verdicts(base: number): readonly Verdict<FleetRecords[C]>[] {
    return this.#judged.map((judged) => judged(base));
  }

  /** What becomes of each key: new there, another than it was, or gone. */
  outcome(): { readonly added: readonly Stored[]; readonly changed: readonly Stored[]; readonly gone: readonly string[] } {
    const keys = new Set(this.changes.map(({ key }) => key));
    const left = [...this.#stored].filter(([key]) => keys.has(key));
    return {
      added: left.filter(([key]) => !this.#found.has(key)).map(([, stored]) => stored),
      changed: left.filter(([key]) => this.#found.has(key)).map(([, stored]) => stored),
      gone: [...keys].filter((key) => this.#found.has(key) && !this.#stored.has(key)),
    };
  }

  #verdictOn(asked: Asked<FleetRecords[C]>, leases: HeldLeases, maxEntryBytes: number): Judged<FleetRecords[C]> {
    const { mutation } = asked;
    const id = mutation.type === 'put' ? mutation.record.id : mutation.id;
    const key = keyOf(id);
    const there = this.#stored.get(key);
    const current = there?.id === id ? there : undefined;
    const fenced = asked.fence && fenceRefusal(asked.fence, leases);
    if (fenced) return () => ({ kind: 'refused', error: fenced });
    if (isConflict(mutation.ifRevision, current)) return (base) => refusedAt(id, mutation.ifRevision, current, base);
    if (mutation.type === 'delete') {
      if (current === undefined) return () => ({ kind: 'deleted', existed: false });
      this.#stored.delete(key);
      this.#note({ key, id, text: null, note: asked.note });
      return () => ({ kind: 'deleted', existed: true });
    }
    if (there !== undefined && current === undefined) {
      const error = nameTaken(id, recordIn(this.#collection, there).record);
      return () => ({ kind: 'refused', error });
    }
    const { record } = mutation;
    const text = textOf(record, maxEntryBytes);
    const place = this.#note({ key, id, text, note: asked.note });
    this.#stored.set(key, { id, text, place, revision: 0 });
    return (base) => ({ kind: 'put', versioned: Object.freeze({ record, revision: base + place }) });
  }

  /** Its place in the group, counted from 1. */
  #note(change: Omit<Change, 'client'>): number {
    return this.changes.push({ ...change, client: randomUUID() });
  }
}

/** What is about to be stored has a revision that nobody can have seen. */
function isConflict(expected: number | 'absent' | undefined, current: Stored | undefined): boolean {
  if (expected === undefined) return false;
  return current === undefined ? expected !== 'absent' : current.place !== undefined || expected !== current.revision;
}

function refusedAt<R>(id: string, expected: number | 'absent' | undefined, current: Stored | undefined, base: number): Verdict<R> {
  const actual = current && { revision: current.place === undefined ? current.revision : base + current.place };
  const error = revisionConflict(id, expected, actual) ?? revisionConflict(id, expected, undefined);
  if (error === undefined) throw new Error('a conflict was judged, and there is none');
  return { kind: 'refused', error };
}
