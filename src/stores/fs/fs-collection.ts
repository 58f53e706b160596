import type { Change } from '../../core/changes.js';
import { refusal } from '../../core/errors.js';
import {
  afterMutations,
  type CollectionName,
  type CollectionRecords,
  emptyGeneration,
  find,
  type Generation,
  type Mutation,
  records,
  type Verdict,
  type Versioned,
} from '../../core/generation.js';
import { newToken } from '../../disk/host.js';
import { type DiskProgram, statHandle } from '../../disk/program.js';
import { type FileStat, isDiskError } from '../../disk/steps.js';
import { closeQuietly } from '../../disk/whole-file.js';
import type { Collection } from '../catalog-store.js';
import { FolderWatch } from '../folder-watch.js';
import type { Group } from '../waiting-changes.js';
import { WaitingCollection } from '../waiting-collection.js';
import { type Watched, type WatchOptions, watchGenerations } from '../watch-generations.js';
import { commitGeneration, prune } from './commit.js';
import type { FsRoot } from './fs-root.js';
import { corrupt, isCurrent, isUnchanged, type OpenGeneration, revisions } from './open-generation.js';
import { generationPath, type IndexPlace, indexPlace } from './place.js';
import { openForReading, readKept } from './read.js';
import { committedInRoom, inRoom, makeRoom, type WorkInRoom } from './room.js';
import { collections } from './root.js';

/** One index of a root, seen through one handle: cached generations for reading, group commit for writing. */
export class FsCollection<C extends CollectionName>
  extends WaitingCollection<C, CollectionRecords[C]>
  implements Collection<CollectionRecords[C]>
{
  readonly #root: FsRoot;
  readonly #place: IndexPlace;
  readonly #watches = new Set<FolderWatch>();
  #held: Held | undefined;

  constructor(root: FsRoot, collection: C) {
    super(collection, { checkWritable: () => root.checkWritable() });
    this.#root = root;
    this.#place = indexPlace(root.path, collection);
  }

  async get(id: string): Promise<Versioned<CollectionRecords[C]> | undefined> {
    return find(await this.#shown(), id);
  }

  async list(): Promise<Versioned<CollectionRecords[C]>[]> {
    return records(await this.#shown());
  }

  watch(options: WatchOptions = {}): AsyncIterable<Change<CollectionRecords[C]>> {
    this.#root.checkOpen();
    const watch = new FolderWatch(this.#place.generations, (program) => this.#root.run(program));
    const opened = watch.open();
    this.#watches.add(watch);
    options.signal?.addEventListener('abort', () => void watch.close(), { once: true });
    const watched: Watched<CollectionRecords[C]> = {
      newest: () => this.#newestDurable(),
      kept: (revision) => this.#kept(revision),
      keptRevisions: () => this.#root.run(revisions(this.#place)),
      change: async () => {
        await opened;
        await watch.change();
      },
      isClosed: () => this.#root.isClosed,
    };
    return closedAtEnd(watchGenerations(watched, options), async () => {
      this.#watches.delete(watch);
      await watch.close();
    });
  }

  /** The newest generation: every write that any process was acknowledged before this call is in it (CAT-IDX-1111). */
  async newest(): Promise<{ readonly generation: Generation<CollectionRecords[C]>; readonly durable: boolean }> {
    this.#root.checkOpen();
    try {
      const held = await this.#current().catch(async (error) => {
        // What was found where the catalog is no more says nothing.
        await this.#root.checkInForce();
        throw error;
      });
      if (held) await this.#release(held);
      await this.#root.checkInForce();
      const generation = held?.open.generation ?? emptyGeneration(this.collection, '');
      return { generation: generation as Generation<CollectionRecords[C]>, durable: held?.open.durable ?? true };
    } catch (error) {
      throw this.#root.failure(error, 'could not read the catalog in');
    }
  }

  async #shown(): Promise<Generation<CollectionRecords[C]>> {
    const held = this.#held;
    if (held !== undefined && (await this.#isUnchanged(held))) return held.open.generation as Generation<CollectionRecords[C]>;
    return (await this.newest()).generation;
  }

  /** Whether nothing has happened since it was found to be the newest; where it cannot be known, who looks in full meets the reason. */
  async #isUnchanged(held: Held): Promise<boolean> {
    this.#root.checkOpen();
    const { seen } = held;
    if (seen === undefined) return false;
    held.retained();
    try {
      return await this.#root.run(this.#unchanged(held, seen));
    } catch (error) {
      if (isDiskError(error)) return false;
      throw error;
    } finally {
      await this.#release(held);
    }
  }

  *#unchanged({ open, next }: Held, seen: FileStat): DiskProgram<boolean> {
    return (yield* isUnchanged(next, open, seen)) && (yield* this.#root.isInForce());
  }

  /** When all that was asked for is done. */
  override async close(): Promise<void> {
    await super.close();
    for (const watch of this.#watches) await watch.close();
    await this.#hold(undefined);
  }

  /** Only what no power cut can take back is told to watchers. */
  async #newestDurable(): Promise<Generation<CollectionRecords[C]> | undefined> {
    const { generation, durable } = await this.newest();
    return durable ? generation : undefined;
  }

  async #kept(revision: number): Promise<Generation<CollectionRecords[C]> | undefined> {
    try {
      const kept = await this.#root.run(readKept(this.#place, revision));
      return kept as Generation<CollectionRecords[C]> | undefined;
    } catch (error) {
      throw this.#root.failure(error, 'could not read an earlier generation in');
    }
  }

  protected async commit(group: Group<CollectionRecords[C]>): Promise<void> {
    // The lock may need room as well: where the kernel has none, a record is it.
    const mayRelease = () => Promise.resolve(group.isUntaken && group.waitsFor('delete') && this.#root.run(this.#root.reserve.release()));
    try {
      await inRoom(() => this.#commitLocked(group), mayRelease);
    } catch (error) {
      throw this.#root.failure(error, 'could not write the catalog in');
    }
  }

  #commitLocked(group: Group<CollectionRecords[C]>): Promise<void> {
    return this.#root.locked(async () => {
      const asked = group.takeAll();
      // What was asked for before the handle was closed is done.
      this.#root.checkTrusted();
      const verdicts = await this.#committedInRoom(asked.map(({ mutation }) => mutation));
      // All of it is durable. Who was told finds the root as it stays.
      await this.#root.run(this.#root.reserve.keep());
      group.tell(verdicts);
      await this.#prune();
    });
  }

  /** CAT-IDX-1116: where there is no room for all, it is made for what removes; the rest is refused. */
  async #committedInRoom(mutations: readonly Mutation<CollectionRecords[C]>[]): Promise<readonly Verdict<CollectionRecords[C]>[]> {
    const others = collections.filter((name) => name !== this.collection);
    const places = [this.#place, ...others.map((name) => indexPlace(this.#root.path, name))];
    const work: WorkInRoom<CollectionRecords[C]> = {
      commit: (some) => this.#committed(some),
      makeRoom: () => this.#root.run(makeRoom(this.#root.reserve, places)),
      refuse: (error) => this.#root.failure(error, 'could not write the catalog in'),
    };
    return committedInRoom(mutations, work);
  }

  async #committed(mutations: readonly Mutation<CollectionRecords[C]>[]): Promise<readonly Verdict<CollectionRecords[C]>[]> {
    const { host, lockTimeoutMs } = this.#root;
    const deadline = host.monotonicMs() + lockTimeoutMs;
    do {
      const verdicts = await this.#tryCommit(mutations);
      if (verdicts !== 'lost') return verdicts;
    } while (host.monotonicMs() < deadline);
    throw refusal('Busy', `other writers won every revision of ${this.#place.index} for ${lockTimeoutMs} ms`);
  }

  async #tryCommit(mutations: readonly Mutation<CollectionRecords[C]>[]): Promise<readonly Verdict<CollectionRecords[C]>[] | 'lost'> {
    const base = await this.#current();
    if (base === undefined)
      throw refusal('IndexCorrupt', `${this.#place.index} is missing`, { path: this.#place.index, reason: 'it is missing' });
    try {
      return await this.#commitOn(base.open, mutations);
    } finally {
      await this.#release(base);
    }
  }

  async #commitOn(
    base: OpenGeneration,
    mutations: readonly Mutation<CollectionRecords[C]>[],
  ): Promise<readonly Verdict<CollectionRecords[C]>[] | 'lost'> {
    const newName = () => newToken(this.#root.host);
    const { next, verdicts } = afterMutations(base.generation as Generation<CollectionRecords[C]>, mutations, newName());
    if (next === undefined) return verdicts;
    const outcome = await this.#root.run(commitGeneration({ place: this.#place, newToken: newName }, base, next));
    if (outcome.kind === 'lost') return 'lost';
    this.#root.learnForm(outcome.form);
    await this.#hold(new Held(this.#place, outcome.open));
    return verdicts;
  }

  /** Pruning is housekeeping after the acknowledgement: what it cannot remove now, the next commit will. */
  async #prune(): Promise<void> {
    try {
      await this.#root.run(prune(this.#place, this.#root.keepGenerations));
    } catch (error) {
      this.#root.failure(error, 'could not remove old generations of');
    }
  }

  /** What is held, if it is the newest, else the newest; its file stays open until the caller releases it. */
  async #current(): Promise<Held | undefined> {
    const held = this.#held?.retained();
    if (held && (await this.#isCurrent(held))) return held;
    const open = await this.#root.run(openForReading(this.#place, 'lines'));
    // Neither this handle nor its caller takes a catalog that vanished for an empty one.
    if (open === undefined && this.#root.wasMade) throw corrupt(this.#place.index, 'it was there, and is gone');
    if (open !== undefined && open.generation.revision > 0) this.#root.learnMade();
    const next = open && new Held(this.#place, open).retained();
    // Closed meanwhile: the caller has its answer, and nobody holds on to its file.
    if (this.#root.isClosed) next?.forget();
    else await this.#hold(next);
    return next;
  }

  /** Whether what was retained is still the newest; if it is not, or cannot be known, it is released. */
  async #isCurrent(held: Held): Promise<boolean> {
    let current = false;
    try {
      const seen = await this.#root.run(statHandle(held.open.handle));
      current = await this.#root.run(isCurrent(this.#place, held.open));
      held.seen = current ? seen : undefined;
    } finally {
      if (!current) await this.#release(held);
    }
    return current;
  }

  async #hold(next: Held | undefined): Promise<Held | undefined> {
    const before = this.#held;
    this.#held = next;
    if (before) await this.#release(before);
    return next;
  }

  async #release(held: Held): Promise<void> {
    held.uses--;
    if (held.uses === 0) await this.#root.run(closeQuietly(held.open.handle));
  }
}

async function* closedAtEnd<T>(changes: AsyncGenerator<T>, close: () => Promise<void>): AsyncGenerator<T> {
  try {
    yield* changes;
  } finally {
    await close();
  }
}

/** A generation with its open file, and how many need that file to stay open. */
class Held {
  readonly open: OpenGeneration;
  /** Where the one after it will lie. */
  readonly next: string;
  /** What its file said of itself before it was last found to be the newest. */
  seen: FileStat | undefined;
  uses = 1;

  constructor(place: IndexPlace, open: OpenGeneration) {
    this.open = open;
    this.next = generationPath(place, open.generation.revision + 1);
  }

  forget(): void {
    this.uses--;
  }

  retained(): this {
    this.uses++;
    return this;
  }
}
