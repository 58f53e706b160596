import { createHash } from 'node:crypto';
import { refusal } from '../../core/errors.js';
import type { ConformanceModule } from '../module.js';
import { withHistory } from './with-history.js';

/** The etcd that is put to the test, each location under a prefix of its own. */
const variable = 'CATALOG_TEST_ETCD';

export default {
  name: 'etcd',
  claims: {
    ...withHistory,
    gapless: false,
    maxEntryBytes: 1024 * 1024,
  },
  create: async ({ location, at }) => {
    const url = process.env[variable];
    if (url === undefined) throw refusal('InvalidArgument', `${variable} names the etcd to be put to the test: etcd://127.0.0.1:2379`);
    const { EtcdCatalog } = await import('../../stores/etcd/index.js');
    const place = createHash('sha256').update(location).digest('hex').slice(0, 24);
    return EtcdCatalog.open({ url, prefix: `conformance-${place}`, ...(at && { at }) });
  },
  actor: import.meta.url,
  points: ['look', 'send', 'tell'],
} satisfies ConformanceModule;
