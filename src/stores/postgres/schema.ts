import { createHash, randomUUID } from 'node:crypto';
import { refusal } from '../../core/errors.js';

/** The version of the tables that this code knows. */
export const schemaVersion = 1;

/** The names of the tables in a schema, for statements. */
export interface Tables {
  readonly schema: string;
  readonly head: string;
  readonly entry: string;
  readonly change: string;
  readonly compacted: string;
  readonly lease: string;
  /** Where commits are told: a channel of NOTIFY. */
  readonly channel: string;
  /** Of the advisory lock under which tables are made. */
  readonly lock: string;
}

/** The name of a schema was checked: it needs no quotes, and has them for words that mean something to SQL. */
export function tablesOf(schema: string): Tables {
  const [head, entry, change, compacted, lease] = ['head', 'entry', 'change', 'compacted', 'lease'].map((name) => `"${schema}"."${name}"`);
  const names = { head, entry, change, compacted, lease } as Record<'head' | 'entry' | 'change' | 'compacted' | 'lease', string>;
  return { schema, ...names, channel: `catalog_${schema}`, lock: lockNumber(`catalog-core ${schema}`) };
}

/** A number for an advisory lock, as text: 63 bits of the digest of a name. */
export function lockNumber(name: string): string {
  return String(createHash('sha256').update(name).digest().readBigUInt64BE() >> 1n);
}

/** All that there is to make, each statement safe to be met by another maker: it is done under a lock. */
export function makingStatements({ schema, head, entry, change, compacted, lease }: Tables): readonly string[] {
  return [
    // Who may not make one may be given one.
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${schema}') THEN CREATE SCHEMA "${schema}"; END IF; END $$`,
    // CAT-FLT-7002: one row that counts. Its lock is the order of commits, and a rollback takes its number back.
    `CREATE TABLE ${head} (single boolean PRIMARY KEY DEFAULT true CHECK (single), version integer NOT NULL, lineage uuid NOT NULL,
      revision bigint NOT NULL, floor bigint NOT NULL, floor_at timestamptz) WITH (fillfactor = 10)`,
    // The key stands for all ids that cannot be told from each other: the digest of what they have in common.
    `CREATE TABLE ${entry} (collection text NOT NULL, key text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
      revision bigint NOT NULL, text text NOT NULL, PRIMARY KEY (collection, key))`,
    // CAT-FLT-7003: the client names each change before it asks for it.
    `CREATE TABLE ${change} (revision bigint PRIMARY KEY, collection text NOT NULL, id text COLLATE "C" NOT NULL, text text,
      client uuid NOT NULL UNIQUE, at timestamptz NOT NULL, author text NOT NULL, operation text, reason text, operation_id text)`,
    `CREATE INDEX ON ${change} (collection, id, revision)`,
    `CREATE INDEX ON ${change} (operation_id, revision) WHERE operation_id IS NOT NULL`,
    // What compaction removed from the changes, for those who still ask whether it was done.
    `CREATE TABLE ${compacted} (client uuid PRIMARY KEY, at timestamptz NOT NULL)`,
    `CREATE TABLE ${lease} (name text COLLATE "C" PRIMARY KEY, holder text NOT NULL, epoch bigint NOT NULL, expires_at timestamptz NOT NULL)`,
    `INSERT INTO ${head} (version, lineage, revision, floor) VALUES (${schemaVersion}, '${randomUUID()}', 0, 0)`,
  ];
}

/** Refuses tables that a newer version made. */
export function checkVersion(found: number): void {
  if (found === schemaVersion) return;
  const message = `the tables are of version ${found}, and this version knows ${schemaVersion}`;
  throw refusal('SchemaVersionUnsupported', message, { found, supported: schemaVersion });
}
