import type { Tables } from './schema.js';

/** CAT-FLT-7002: one statement for all that a group changes, and for the numbers that it takes from the one row that counts. */
export function writing({ head, change, entry, channel }: Tables): string {
  const rows = (first: number): string =>
    `unnest($${first}::text[], $${first + 1}::text[], $${first + 2}::bigint[], $${first + 3}::text[]) AS w(key, id, place, text)`;
  return `WITH counted AS (UPDATE ${head} SET revision = revision + $2::bigint WHERE lineage = $19 RETURNING revision, revision - $2::bigint AS base),
    noted AS (INSERT INTO ${change} (revision, collection, id, text, client, at, author, operation, reason, operation_id)
      SELECT base + place, $1, w.id, w.text, w.client, date_trunc('milliseconds', clock_timestamp()), $3, w.operation, w.reason, w.operation_id
      FROM counted, unnest($4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[])
        WITH ORDINALITY AS w(id, text, client, operation, reason, operation_id, place)),
    added AS (INSERT INTO ${entry} (collection, key, id, revision, text) SELECT $1, w.key, w.id, base + w.place, w.text FROM counted, ${rows(10)}),
    changed AS (UPDATE ${entry} e SET id = w.id, revision = base + w.place, text = w.text FROM counted, ${rows(14)}
      WHERE e.collection = $1 AND e.key = w.key),
    gone AS (DELETE FROM ${entry} WHERE collection = $1 AND key = ANY($18::text[]))
    SELECT revision, pg_notify('${channel}', revision::text) FROM counted`;
}

/** CAT-FLT-7003: whether the change of a client was made, be its story kept or not. */
export function settling({ change, compacted }: Tables): string {
  return `SELECT 1 FROM ${change} WHERE client = $1 UNION ALL SELECT 1 FROM ${compacted} WHERE client = $1`;
}

/** CAT-FLT-7004: the next changes after a revision, and where the history is, as of one moment. */
export function changesAfter({ head, change }: Tables): string {
  return `SELECT h.lineage, h.revision AS newest, h.floor, c.revision, c.collection, c.id, c.text FROM ${head} h
    LEFT JOIN LATERAL (SELECT * FROM ${change} WHERE revision > $1 ORDER BY revision LIMIT $2) c ON true ORDER BY c.revision`;
}
