import { createHash } from 'node:crypto';
import { refusal } from '../../core/errors.js';
import type { ConformanceModule, CreateContext } from '../module.js';
import { withHistory } from './with-history.js';

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
    ...withHistory,
    gapless: true,
    maxEntryBytes: 8 * 1024 * 1024,
  },
  create: open,
  actor: import.meta.url,
  points: ['begin', 'judge', 'write', 'commit', 'tell'],
} satisfies ConformanceModule;
