import {
  checkExpectedRevision,
  checkedRecord,
  type FleetCollectionName,
  type FleetRecords,
  type Mutation,
  type Verdict,
  type Versioned,
} from '../core/generation.js';
import type { ChangeNote, DeleteOptions, LeaseFence, PutOptions } from './catalog-store.js';
import { checkFence, checkNote, checkUnfenced } from './unfenced.js';

/** What somebody asked for. */
export interface Asked<R> {
  readonly mutation: Mutation<R>;
  readonly note: ChangeNote | undefined;
  readonly fence?: LeaseFence | undefined;
}

interface Waiting<R> extends Asked<R> {
  readonly settle: (verdict: Verdict<R>) => void;
  readonly reject: (error: unknown) => void;
}

/** What a store does with the changes that wait. */
export interface Committer<R> {
  /** Whether a change may be guarded by a lease of the fleet. */
  readonly heedsFences?: boolean;
  /** Throws where nothing may be asked for. */
  checkWritable(): void;
  /** Takes some of those that wait once nobody else commits, and tells them what became of them. What it throws they are told as it is. */
  commit(group: Group<R>): Promise<void>;
}

/** CAT-IDX-1110: the changes of one collection, each of which waits in the group that the next commit takes as a whole. */
export class WaitingChanges<C extends FleetCollectionName, R extends { id: string } = FleetRecords[C]> {
  readonly #collection: C;
  readonly #committer: Committer<R>;
  readonly #waiting: Waiting<R>[] = [];
  #committing: Promise<void> | undefined;

  constructor(collection: C, committer: Committer<R>) {
    this.#collection = collection;
    this.#committer = committer;
  }

  put(record: R, options: PutOptions = {}): Promise<Versioned<R>> {
    return this.#committed(
      () => {
        this.#check(options);
        const { ifRevision, note, fence } = options;
        const checked = checkedRecord(this.#collection, record) as unknown as R;
        return { mutation: { type: 'put', record: checked, ifRevision }, note, fence };
      },
      (verdict) => (verdict as Extract<Verdict<R>, { kind: 'put' }>).versioned,
    );
  }

  delete(id: string, options: DeleteOptions = {}): Promise<boolean> {
    return this.#committed(
      () => {
        this.#check(options);
        const { ifRevision, note, fence } = options;
        return { mutation: { type: 'delete', id, ifRevision }, note, fence };
      },
      (verdict) => verdict.kind === 'deleted' && verdict.existed,
    );
  }

  /** When all that was asked for is done. */
  async settled(): Promise<void> {
    while (this.#committing) await this.#committing;
  }

  #check(options: PutOptions | DeleteOptions): void {
    checkExpectedRevision(options.ifRevision);
    if (this.#committer.heedsFences) {
      checkFence(options);
      checkNote(options);
    } else checkUnfenced(options);
  }

  /** One promise a change: what is thrown where it is asked for, or its verdict is told, is what it is rejected with. */
  #committed<T>(ask: () => Asked<R>, told: (verdict: Verdict<R>) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { mutation, note, fence } = ask();
      this.#committer.checkWritable();
      const settle = (verdict: Verdict<R>) => (verdict.kind === 'refused' ? reject(verdict.error) : resolve(told(verdict)));
      this.#waiting.push({ mutation, note, fence, settle, reject });
      this.#committing ??= this.#commitAll();
    });
  }

  async #commitAll(): Promise<void> {
    // Callers of the same turn of the event loop go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = new Group(this.#waiting);
      try {
        await this.#committer.commit(group);
      } catch (error) {
        group.fail(error);
      }
    }
    this.#committing = undefined;
  }
}

/** Those whose changes are committed together: the first of those that wait. */
export class Group<R> {
  readonly #waiting: Waiting<R>[];
  #taken = 0;
  #isTold = false;

  constructor(waiting: Waiting<R>[]) {
    this.#waiting = waiting;
  }

  /** Whether all of them still wait. */
  get isUntaken(): boolean {
    return this.#taken === 0;
  }

  waitsFor(type: Mutation<R>['type']): boolean {
    return this.#waiting.some(({ mutation }, place) => place >= this.#taken && mutation.type === type);
  }

  /** The next of those that wait, if there is one. */
  take(): Asked<R> | undefined {
    const next = this.#waiting[this.#taken];
    if (next !== undefined) this.#taken++;
    return next;
  }

  /** All who wait, and who were taken before them. */
  takeAll(): readonly Asked<R>[] {
    this.#taken = this.#waiting.length;
    return this.#waiting.slice();
  }

  /** One verdict each, in the order in which they were taken. */
  tell(verdicts: readonly Verdict<R>[]): void {
    this.#isTold = true;
    for (const [place, { settle }] of this.#waiting.splice(0, this.#taken).entries()) settle(verdicts[place] as Verdict<R>);
  }

  /** Tells all who were taken and not told. */
  fail(error: unknown): void {
    if (this.#isTold) return;
    // Without the lock nobody was taken: all who wait are told.
    for (const { reject } of this.#waiting.splice(0, this.#taken || this.#waiting.length)) reject(error);
  }
}
