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
  readonly resolve: (verdict: Verdict<R>) => void;
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

  async put(record: R, options: PutOptions = {}): Promise<Versioned<R>> {
    const { ifRevision, note, fence } = options;
    checkExpectedRevision(ifRevision);
    this.#check(options);
    const checked = checkedRecord(this.#collection, record) as unknown as R;
    const verdict = await this.#committed({ mutation: { type: 'put', record: checked, ifRevision }, note, fence });
    if (verdict.kind !== 'put') throw new Error(`a put ended as ${verdict.kind}`);
    return verdict.versioned;
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<boolean> {
    const { ifRevision, note, fence } = options;
    checkExpectedRevision(ifRevision);
    this.#check(options);
    const verdict = await this.#committed({ mutation: { type: 'delete', id, ifRevision }, note, fence });
    return verdict.kind === 'deleted' && verdict.existed;
  }

  /** When all that was asked for is done. */
  async settled(): Promise<void> {
    while (this.#committing) await this.#committing;
  }

  #check(options: PutOptions | DeleteOptions): void {
    if (this.#committer.heedsFences) {
      checkFence(options);
      checkNote(options);
    } else checkUnfenced(options);
  }

  async #committed(asked: Asked<R>): Promise<Verdict<R>> {
    this.#committer.checkWritable();
    const verdict = await new Promise<Verdict<R>>((resolve, reject) => {
      this.#waiting.push({ ...asked, resolve, reject });
      this.#committing ??= this.#commitAll();
    });
    if (verdict.kind === 'refused') throw verdict.error;
    return verdict;
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

/** Those whose changes are committed together. */
export class Group<R> {
  readonly #waiting: Waiting<R>[];
  readonly #taken: Waiting<R>[] = [];

  constructor(waiting: Waiting<R>[]) {
    this.#waiting = waiting;
  }

  /** Whether all of them still wait. */
  get isUntaken(): boolean {
    return this.#taken.length === 0;
  }

  waitsFor(type: Mutation<R>['type']): boolean {
    return this.#waiting.some(({ mutation }) => mutation.type === type);
  }

  /** The next of those that wait, if there is one. */
  take(): Asked<R> | undefined {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#taken.push(next);
    return next;
  }

  /** All who wait, and who were taken before them. */
  takeAll(): readonly Asked<R>[] {
    this.#taken.push(...this.#waiting.splice(0));
    return this.#taken;
  }

  /** One verdict each, in the order in which they were taken. */
  tell(verdicts: readonly Verdict<R>[]): void {
    for (const [place, { resolve }] of this.#taken.entries()) resolve(verdicts[place] as Verdict<R>);
  }

  fail(error: unknown): void {
    // Without the lock nobody was taken: all who wait are told.
    if (this.#taken.length === 0) this.takeAll();
    for (const { reject } of this.#taken) reject(error);
  }
}
