import type { Client } from 'pg';
import { type CatalogError, refusal } from '../../core/errors.js';
import type { CollectionName } from '../../core/generation.js';
import { jsonIn } from '../../core/json.js';
import {
  type Author,
  checkedMoment,
  checkThere,
  collections,
  type HistoryEntry,
  type HistoryOptions,
  isAuthor,
  kindOf,
  type Moment,
  memberChanges,
  type PastState,
} from '../history.js';
import { recordIn, timeIn } from '../stored-text.js';
import type { Tables } from './schema.js';
import { headOf, type Row, rowsOf } from './session.js';

export interface EntriesWanted extends Omit<HistoryOptions, 'newest'> {
  readonly after: number;
  readonly limit: number;
}

const removedAtOnce = 10_000;
const kept = `c.collection IN ('models', 'engines')`;

/** CAT-HIS-3602: the next entries after a revision. What compaction removed has no story any more. */
export async function entriesAfter(client: Client, tables: Tables, { id, after, limit }: EntriesWanted): Promise<readonly HistoryEntry[]> {
  const { head, change } = tables;
  const text = `SELECT c.revision, c.collection, c.id, c.text, c.client, (extract(epoch FROM c.at) * 1000)::bigint AS ms, c.author,
      c.operation, c.reason, c.operation_id, earlier.text AS before, cause.client AS cause
    FROM ${change} c JOIN ${head} h ON c.revision > h.floor
    LEFT JOIN LATERAL (SELECT b.text FROM ${change} b WHERE b.collection = c.collection AND b.id = c.id AND b.revision < c.revision
      ORDER BY b.revision DESC LIMIT 1) earlier ON true
    LEFT JOIN LATERAL (SELECT b.client FROM ${change} b WHERE b.operation_id = c.operation_id AND b.revision < c.revision
      ORDER BY b.revision DESC LIMIT 1) cause ON true
    WHERE ${kept} AND c.revision > $1 AND ($2::text IS NULL OR c.id = $2) ORDER BY c.revision LIMIT $3`;
  return (await rowsOf(client, text, [after, id ?? null, limit])).map(entryIn);
}

/** After which revision the newest so-many entries begin; 0 where there are not as many. */
export async function beforeNewest(client: Client, { change }: Tables, id: string | undefined, newest: number): Promise<number> {
  if (newest === 0) return Number.MAX_SAFE_INTEGER;
  const text = `SELECT c.revision FROM ${change} c WHERE ${kept} AND ($1::text IS NULL OR c.id = $1) ORDER BY c.revision DESC OFFSET $2 LIMIT 1`;
  const [row] = await rowsOf(client, text, [id ?? null, newest - 1]);
  return row === undefined ? 0 : Number(row.revision) - 1;
}

/** CAT-HIS-3602: all records as they were at a moment, or as they are. */
export async function stateAt(client: Client, tables: Tables, moment: Moment | undefined): Promise<PastState> {
  const revision = moment === undefined ? Number.MAX_SAFE_INTEGER : await revisionAt(client, tables, moment);
  const text = `SELECT * FROM (SELECT DISTINCT ON (c.collection, c.id) c.collection, c.id, c.revision, c.text FROM ${tables.change} c
    WHERE ${kept} AND c.revision <= $1 ORDER BY c.collection, c.id, c.revision DESC) newest WHERE text IS NOT NULL`;
  const rows = await rowsOf(client, text, [revision]);
  const of = <C extends CollectionName>(collection: C) =>
    rows
      .filter((row) => row.collection === collection)
      .map((row) => recordIn(collection, { id: String(row.id), text: String(row.text), revision: Number(row.revision) }));
  return { models: of('models'), engines: of('engines') };
}

/** Up to which revision the story may be removed from now on. Who watches after an earlier one is told so before anything is gone. */
export async function raiseFloor(client: Client, { head, change }: Tables, keep: number): Promise<number> {
  const [row] = await rowsOf(
    client,
    `UPDATE ${head} h SET floor = greatest(floor, revision - $1::bigint),
      floor_at = coalesce((SELECT at FROM ${change} c WHERE c.revision = greatest(h.floor, h.revision - $1::bigint)), h.floor_at) RETURNING floor`,
    [keep],
  );
  return Number(row?.floor);
}

/**
 * Removes of the changes after a revision, as many as are removed at once, what nobody needs to tell what was there at the floor, or has
 * become of it since. Gives up to where that is done; nobody who writes waits for it.
 */
export async function removeSome(client: Client, { change, compacted }: Tables, after: number, floor: number): Promise<number> {
  const upTo = Math.min(floor, after + removedAtOnce);
  await rowsOf(
    client,
    `WITH removed AS (DELETE FROM ${change} c WHERE c.revision > $1 AND c.revision <= $2 AND (c.text IS NULL OR EXISTS
      (SELECT 1 FROM ${change} later WHERE later.collection = c.collection AND later.id = c.id AND later.revision > c.revision AND later.revision <= $3))
      RETURNING client, at)
    INSERT INTO ${compacted} (client, at) SELECT client, at FROM removed WHERE at > clock_timestamp() - interval '1 day'`,
    [after, upTo, floor],
  );
  return upTo;
}

/** Nobody waits so long for the answer to a commit. */
export async function forgetOld(client: Client, { compacted }: Tables): Promise<void> {
  await rowsOf(client, `DELETE FROM ${compacted} WHERE at < clock_timestamp() - interval '1 day'`);
}

async function revisionAt(client: Client, tables: Tables, moment: Moment): Promise<number> {
  const wanted = checkedMoment(moment);
  const { revision: newest, floor } = await headOf(client, tables);
  if ('revision' in wanted) {
    checkThere(wanted.revision, newest);
    if (wanted.revision < floor) throw keptNoMore(wanted.revision, floor);
    return wanted.revision;
  }
  const text = `SELECT coalesce((SELECT max(revision) FROM ${tables.change} WHERE at <= to_timestamp($1::double precision / 1000)), 0) AS revision,
    coalesce(floor_at > to_timestamp($1::double precision / 1000), false)::text AS early FROM ${tables.head}`;
  const [row] = await rowsOf(client, text, [wanted.ms]);
  if (row?.early === 'true') throw keptNoMore(new Date(wanted.ms).toISOString(), floor);
  return Math.max(floor, Number(row?.revision));
}

function keptNoMore(wanted: number | string, floor: number) {
  return refusal('Compacted', `what was there at ${wanted} is kept no more; the history begins at ${floor}`, { wanted, floor });
}

/** What a row of the history tells; `IndexCorrupt` for what no catalog wrote. */
export function entryIn(row: Row): HistoryEntry {
  const [id, revision] = [String(row.id), Number(row.revision)];
  const collection = collections.find((one) => one === row.collection);
  if (collection === undefined) throw corruptEntry(revision, 'it is of no collection that has a history');
  const record = (text: string | null | undefined) => (text == null ? undefined : recordIn(collection, { id, text, revision }).record);
  const [before, after] = [record(row.before), record(row.text)];
  return {
    revision,
    event_id: String(row.client),
    at: timeIn(row.ms),
    collection,
    id,
    change: kindOf(before, after),
    by: authorIn(row.author, revision),
    ...(row.operation != null && { operation: row.operation }),
    ...(row.reason != null && { reason: row.reason }),
    ...(row.cause != null && { because_of: row.cause }),
    part_of: row.operation_id ?? String(row.client),
    members: memberChanges(before, after),
  };
}

function authorIn(text: string | null | undefined, revision: number): Author {
  const author = jsonIn(String(text));
  if (isAuthor(author)) return author;
  throw corruptEntry(revision, 'it does not say who made it');
}

function corruptEntry(revision: number, reason: string): CatalogError {
  return refusal('IndexCorrupt', `the change of revision ${revision} cannot be read: ${reason}`, { path: `change/${revision}`, reason });
}
