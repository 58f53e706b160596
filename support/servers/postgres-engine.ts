import { Client } from 'pg';
import { PostgresCatalog } from '../../src/stores/postgres/index.js';
import type { FleetEngine } from './engine.js';
import { PostgresServer } from './postgres.js';
import type { Server } from './server.js';

export const postgresEngine: FleetEngine = {
  begin: (settings) => PostgresServer.begin(settings),
  open: (url, schema, options) => PostgresCatalog.open({ url, schema, ...options }),
  compact: async (store, keep) => {
    await (store as PostgresCatalog).compact({ keep });
  },
  remove: async (server, schema) => {
    await asAdministrator(server, `DROP SCHEMA "${schema}" CASCADE`);
  },
  commitText: 'COMMIT',
  wakeText: 'LISTEN',
  kit: { name: 'postgres', variable: 'CATALOG_TEST_POSTGRES' },
};

/** What nobody does who uses the catalog. */
export async function asAdministrator(server: Pick<Server, 'url'>, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query(statement);
    return rows;
  } finally {
    await client.end();
  }
}
