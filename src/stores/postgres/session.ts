import type { Client, ClientConfig } from 'pg';
import { isCatalogError, refusal } from '../../core/errors.js';
import { Passing } from '../passing.js';
import type { Head, SeenHistory } from '../seen-history.js';
import type { Place } from './place.js';
import { checkVersion, makingStatements, type Tables } from './schema.js';
import { factsIn, factsQuery, type ServerFacts, weaknessOf } from './server-checks.js';
import { connectError, isLost } from './server-errors.js';

export type Row = Readonly<Record<string, string | null>>;

/** What every connection of a handle is made with. */
export interface Making {
  readonly place: Place;
  readonly tables: Tables;
  readonly seen: SeenHistory;
  readonly readOnly: boolean;
  /** How long the server may be away. */
  readonly unreachableMs: number;
  /** Whether it was open before: what passes for who was there before may be final for who comes. */
  readonly wasOpen: () => boolean;
  readonly found: (facts: ServerFacts) => void;
}

const [connectMs, idleMs, goodbyeMs] = [5_000, 10_000, 1_000];

/**
 * A connection to the server that takes writes, on which everything was checked that a catalog relies on: how it keeps what it
 * acknowledges (CAT-FLT-7005), its tables, and that its history is the one that was seen (CAT-FLT-7006).
 */
export async function connected(making: Making): Promise<Client> {
  const { place, wasOpen } = making;
  let refused: unknown;
  for (const url of place.urls) {
    try {
      return await connectedTo(url, making);
    } catch (error) {
      refused = connectError(error, place);
      if (!isNotTheOne(refused)) throw refused;
    }
  }
  // A standby becomes the one that takes writes while clients wait.
  const mayPass =
    isCatalogError(refused, 'WeakServer') && refused.details.setting === 'in_recovery' && (wasOpen() || place.urls.length > 1);
  throw mayPass ? new Passing(refused as Error) : refused;
}

/** The rows of a statement. */
export async function rowsOf(client: Client, text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>({ text, values: [...values] });
  return rows;
}

/** Ends a connection; where nobody answers the goodbye it is cut off. */
export async function ended(client: Client): Promise<void> {
  const cutOff = setTimeout(() => client.connection.stream.destroy(), goodbyeMs);
  await client.end().catch(() => {});
  clearTimeout(cutOff);
}

/** Ends a transaction in which something failed. Where the connection is gone, or does not answer, the server does that by itself. */
export async function rollBack(client: Client, failure: unknown): Promise<void> {
  if (!isLost(failure)) await client.query('ROLLBACK').catch(() => {});
}

/** The newest revision, and the version of the tables. */
export async function headOf(client: Client, { head }: Tables): Promise<Head & { readonly version: number; readonly floor: number }> {
  const [row] = await rowsOf(client, `SELECT version, lineage, revision, floor FROM ${head}`);
  if (row === undefined) throw refusal('IndexCorrupt', `${head} has no row`, { path: head, reason: 'no row' });
  return { version: Number(row.version), lineage: String(row.lineage), revision: Number(row.revision), floor: Number(row.floor) };
}

/** As `headOf`, of the history that was seen: `HistoryRewound` where the server has another one by now (CAT-FLT-7006). */
export async function headSeen(client: Client, tables: Tables, seen: SeenHistory): Promise<Awaited<ReturnType<typeof headOf>>> {
  const mark = seen.mark();
  const head = await headOf(client, tables);
  seen.take(head, mark);
  return head;
}

function isNotTheOne(refused: unknown): boolean {
  return refused instanceof Passing || isCatalogError(refused, 'WeakServer');
}

async function connectedTo(url: string, making: Making): Promise<Client> {
  const client = new (await clientClass())(configOf(url, making));
  // What becomes of it is told by the statement that fails, or by the next one.
  client.on('error', () => {});
  try {
    await client.connect();
    await check(client, making);
    return client;
  } catch (error) {
    await ended(client);
    throw error;
  }
}

function configOf(url: string, { unreachableMs }: Making): ClientConfig {
  return {
    connectionString: url,
    application_name: 'catalog-core',
    connectionTimeoutMillis: connectMs,
    // A server that does not answer is as one that is away.
    query_timeout: Math.max(unreachableMs, connectMs),
    keepAlive: true,
    // Numbers are read where they are used: a revision is more than 32 bits.
    types: { getTypeParser: () => String },
  };
}

async function clientClass(): Promise<typeof Client> {
  try {
    return (await import('pg')).Client;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw refusal('Unsupported', 'a catalog in PostgreSQL needs the package pg: install it with npm install pg', { needs: 'pg' });
  }
}

async function check(client: Client, making: Making): Promise<void> {
  const [row = {}] = await rowsOf(client, factsQuery);
  const facts = factsIn(row);
  const weakness = weaknessOf(facts);
  if (weakness !== undefined) throw weakness;
  // What was found holds for this connection, whatever is set meanwhile.
  await client.query(`SET synchronous_commit = ${facts.synchronous_commit}; SET default_transaction_isolation = 'read committed';
    SET statement_timeout = ${Math.max(making.unreachableMs, connectMs)}; SET lock_timeout = ${idleMs}; SET idle_in_transaction_session_timeout = ${idleMs}`);
  const mark = making.seen.mark();
  await make(client, making);
  const head = await headOf(client, making.tables);
  checkVersion(head.version);
  making.seen.take(head, mark);
  making.found(facts);
}

/** Makes the tables where there are none; one of those who find none makes them. */
async function make(client: Client, { tables, readOnly, place, seen }: Making): Promise<void> {
  if (await areThere(client, tables)) return;
  if (seen.lineage !== '')
    throw refusal('HistoryRewound', `the catalog in ${place.shown} is gone`, { expected: seen.lineage, seen: seen.revision });
  if (readOnly)
    throw refusal('NotFound', `there is no catalog in the schema ${tables.schema} of ${place.shown}`, { schema: tables.schema });
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${tables.lock})`);
  if (!(await areThere(client, tables))) for (const statement of makingStatements(tables)) await client.query(statement);
  await client.query('COMMIT');
}

/** By reading the tables of the server themselves: what a session remembers of names may be older than the lock that it waited for. */
async function areThere(client: Client, { schema }: Tables): Promise<boolean> {
  return (await rowsOf(client, `SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'head'`, [schema])).length > 0;
}
