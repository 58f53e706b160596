import { EtcdCatalog } from '../../src/stores/etcd/index.js';
import type { FleetEngine } from './engine.js';
import { EtcdServer, inBase64 } from './etcd.js';

export const etcdEngine: FleetEngine = {
  begin: () => EtcdServer.begin(),
  open: (url, prefix, options) => EtcdCatalog.open({ url, prefix, ...options }),
  compact: async (store, keep) => {
    await (store as EtcdCatalog).compact({ keep });
  },
  remove: async (server, prefix) => {
    await (server as EtcdServer).ask('/v3/kv/deleterange', { key: inBase64(`/${prefix}/`), range_end: inBase64(`/${prefix}0`) });
  },
  commitText: '"request_put"',
  wakeText: '"create_request"',
  kit: { name: 'etcd', variable: 'CATALOG_TEST_ETCD' },
};
