import pg from 'pg';
import { PostgresCatalog } from '../../src/stores/postgres/index.js';
import { PostgresServer } from '../servers/postgres.js';
import { NoServer } from '../servers/server.js';

let shared: Promise<PostgresServer> | undefined;
let made = 0;

/** A server for the nodes of a run, begun by the first scenario that needs one; why there is none, where this machine has none. */
export async function postgresForNodes(): Promise<PostgresServer | string> {
  shared ??= PostgresServer.begin();
  try {
    return await shared;
  } catch (error) {
    if (!(error instanceof NoServer)) throw error;
    return error.message;
  }
}

export async function stopPostgresForNodes(): Promise<void> {
  const server = await shared?.catch(() => undefined);
  await server?.stop();
}

/** A fleet in a database of its own. */
export async function fleetOn(server: PostgresServer): Promise<{ readonly fleet: PostgresCatalog; readonly url: string }> {
  const name = `nodes_${++made}`;
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = server.url.replace(/[^/]*$/, name);
  return { fleet: await PostgresCatalog.open({ url }), url };
}
