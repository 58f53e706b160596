import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { CatalogError, isCatalogError } from '../../core/errors.js';
import type { FleetCollectionName, FleetRecords, Verdict } from '../../core/generation.js';
import type { Author } from '../history.js';
import type { SeenHistory } from '../seen-history.js';
import type { Asked } from '../waiting-changes.js';
import { Drafted } from './drafted.js';
import type { HeldLeases } from './fences.js';
import { keyOf } from './keys.js';
import type { Link } from './link.js';
import { lockNumber, type Tables } from './schema.js';
import { isRefusedByServer } from './server-errors.js';
import { headSeen, rollBack, rowsOf } from './session.js';
import { settling, writing } from './statements.js';

/** What each group is committed with. */
export interface Committing {
  readonly link: Link;
  readonly tables: Tables;
  readonly author: Author;
  readonly maxEntryBytes: number;
  readonly seen: SeenHistory;
  /** Called at each of these moments, for those who hold or kill a writer there. */
  readonly at: (point: CommitPoint) => void;
}

/** Between two of these nothing happens that another could see. */
export const commitPoints = ['begin', 'judge', 'write', 'commit', 'tell'] as const;
export type CommitPoint = (typeof commitPoints)[number];

/** A group whose commit was asked for. */
interface Doubt<C extends FleetCollectionName> {
  readonly client: string;
  readonly revision: number;
  readonly verdicts: readonly Verdict<FleetRecords[C]>[];
}

/**
 * Commits a group of changes as one transaction, exactly once (CAT-FLT-7003). A connection that is lost before the commit was asked for
 * has changed nothing. One that is lost after that leaves a doubt, which the next attempt settles before anything else: it takes the
 * advisory lock that the first had from its beginning to its end, so that the first is over by then, with its session or by the
 * timeout of the server; then it looks for the id of the first change, which is there if and only if all of them are.
 * `CommitUnknown` where the server stays away for so long that nobody can tell.
 */
export async function committed<C extends FleetCollectionName>(
  committing: Committing,
  collection: C,
  asked: readonly Asked<FleetRecords[C]>[],
): Promise<readonly Verdict<FleetRecords[C]>[]> {
  const group = new CommittedGroup(committing, collection, asked);
  try {
    return await committing.link.use((client) => group.attempt(client));
  } catch (error) {
    // A history that went back is lost, with what was in doubt.
    if (!group.isInDoubt || !isCatalogError(error) || error.code === 'HistoryRewound') throw error;
    throw new CatalogError('CommitUnknown', `whether the change was made is not known: ${error.message}`, error.details, error);
  }
}

class CommittedGroup<C extends FleetCollectionName> {
  readonly #committing: Committing;
  readonly #collection: C;
  readonly #asked: readonly Asked<FleetRecords[C]>[];
  readonly #lock = lockNumber(randomUUID());
  #doubt: Doubt<C> | undefined;

  constructor(committing: Committing, collection: C, asked: readonly Asked<FleetRecords[C]>[]) {
    [this.#committing, this.#collection, this.#asked] = [committing, collection, asked];
  }

  get isInDoubt(): boolean {
    return this.#doubt !== undefined;
  }

  async attempt(client: Client): Promise<readonly Verdict<FleetRecords[C]>[]> {
    try {
      this.#committing.at('begin');
      await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${this.#lock})`);
      const verdicts = (await this.#settled(client)) ?? (await this.#written(client));
      this.#committing.at('tell');
      return verdicts;
    } catch (error) {
      await rollBack(client, error);
      throw error;
    }
  }

  /**
   * What was told by an attempt whose commit was not answered, where it was done. A server that was begun again shows it before its
   * standbys have it: a commit behind it waits for them, as its own did when it was cut off.
   */
  async #settled(client: Client): Promise<readonly Verdict<FleetRecords[C]>[] | undefined> {
    if (this.#doubt === undefined) return undefined;
    const { tables, seen } = this.#committing;
    const found = await rowsOf(client, settling(tables), [this.#doubt.client]);
    if (found.length > 0) await client.query(`UPDATE ${tables.head} SET revision = revision; COMMIT`);
    const { verdicts, revision } = this.#doubt;
    this.#doubt = undefined;
    if (found.length === 0) return undefined;
    seen.saw(revision);
    return verdicts;
  }

  async #written(client: Client): Promise<readonly Verdict<FleetRecords[C]>[]> {
    const { at, maxEntryBytes, seen } = this.#committing;
    at('judge');
    const leases = await this.#heldLeases(client);
    const drafted = new Drafted(this.#collection, await this.#stored(client));
    for (const asked of this.#asked) drafted.judge(asked, leases, maxEntryBytes);
    const [first] = drafted.changes;
    if (first === undefined) {
      await client.query('ROLLBACK');
      return drafted.verdicts(0);
    }
    at('write');
    const revision = await this.#write(client, drafted);
    const verdicts = drafted.verdicts(revision - drafted.changes.length);
    at('commit');
    this.#doubt = { client: first.client, revision, verdicts };
    await this.#commit(client);
    seen.saw(revision);
    return verdicts;
  }

  /** What the server itself refuses is not done; of anything else nobody knows. */
  async #commit(client: Client): Promise<void> {
    try {
      await client.query('COMMIT');
      this.#doubt = undefined;
    } catch (error) {
      if (isRefusedByServer(error)) this.#doubt = undefined;
      throw error;
    }
  }

  /** CAT-FLT-7007: whoever would take one of these waits until this transaction is over. */
  async #heldLeases(client: Client): Promise<HeldLeases> {
    const names = [...new Set(this.#asked.flatMap(({ fence }) => (fence === undefined ? [] : [fence.name])))];
    if (names.length === 0) return new Map();
    const { lease } = this.#committing.tables;
    const text = `SELECT name, epoch FROM ${lease} WHERE name = ANY($1) AND expires_at > clock_timestamp() ORDER BY name FOR SHARE`;
    return new Map((await rowsOf(client, text, [names])).map(({ name, epoch }) => [String(name), Number(epoch)]));
  }

  /** What is there stays as it is until this transaction is over. Who stores the same new id at the same time collides with it, and one of them tries again. */
  async #stored(client: Client) {
    const keys = this.#asked.map(({ mutation }) => keyOf(mutation.type === 'put' ? mutation.record.id : mutation.id));
    const { entry } = this.#committing.tables;
    const text = `SELECT id, revision, text FROM ${entry} WHERE collection = $1 AND key = ANY($2) ORDER BY key FOR UPDATE`;
    const rows = await rowsOf(client, text, [this.#collection, keys]);
    return rows.map((row) => ({ id: String(row.id), revision: Number(row.revision), text: String(row.text) }));
  }

  /** Gives the revision of the last change. CAT-FLT-7002: the counter is the last thing that is locked, and so nobody waits long for it. */
  async #write(client: Client, drafted: Drafted<C>): Promise<number> {
    const { added, changed, gone } = drafted.outcome();
    const { changes } = drafted;
    const { tables, seen, author } = this.#committing;
    const note = (member: 'operation' | 'reason' | 'operation_id') => changes.map((change) => change.note?.[member] ?? null);
    const column = <T, K extends keyof T>(rows: readonly T[], member: K): readonly T[K][] => rows.map((row) => row[member]);
    const keys = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => keyOf(id));
    const [row] = await rowsOf(client, writing(tables), [
      ...[this.#collection, changes.length, JSON.stringify(author)],
      ...[column(changes, 'id'), column(changes, 'text'), column(changes, 'client')],
      ...[note('operation'), note('reason'), note('operation_id')],
      ...[keys(added), column(added, 'id'), column(added, 'place'), column(added, 'text')],
      ...[keys(changed), column(changed, 'id'), column(changed, 'place'), column(changed, 'text')],
      ...[gone, seen.lineage],
    ]);
    if (row === undefined) await headSeen(client, tables, seen);
    return Number(row?.revision);
  }
}
