import { createHash } from 'node:crypto';
import { refusal } from '../../core/errors.js';
import type { ConformanceModule, CreateContext } from '../module.js';

/** Each location is a schema of its own on the server of this URL, and stays there. */
const variable = 'CATALOG_TEST_POSTGRES';

async function open({ location, at }: CreateContext) {
  const url = process.env[variable];
  if (url === undefined) throw refusal('InvalidArgument', `$${variable} is the URL of the server: postgres://user@host:port/database`);
  const { PostgresCatalog } = await import('../../stores/postgres/postgres-catalog.js');
  const schema = `test_${createHash('sha256').update(location).digest('hex').slice(0, 24)}`;
  return PostgresCatalog.open({ url, schema, ...(at && { at }) });
}

export default {
  name: 'postgres',
  claims: {
    durable: 'full',
    multiProcess: true,
    watch: 'every',
    history: true,
    gapless: true,
    maxEntryBytes: 8 * 1024 * 1024,
    levels: ['core', 'crash', 'concurrency', 'history'],
  },
  create: open,
  actor: import.meta.url,
  points: ['begin', 'judge', 'write', 'commit', 'tell'],
} satisfies ConformanceModule;
