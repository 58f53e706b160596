import { refusal } from './core/errors.js';
import { redactText } from './core/redact.js';
import type { FleetStore } from './stores/fleet-store.js';

/** The catalog of a fleet by its URL; the code for a server is loaded for who asks one. Any other scheme is `InvalidArgument`. */
export async function openFleet(url: string): Promise<FleetStore> {
  const [, scheme] = /^([a-z]+):\/\//i.exec(url) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'postgres':
    case 'postgresql': {
      const { PostgresCatalog } = await import('./stores/postgres/index.js');
      return PostgresCatalog.open({ url });
    }
    case 'etcd':
    case 'etcds': {
      const { EtcdCatalog } = await import('./stores/etcd/index.js');
      return EtcdCatalog.open({ url });
    }
    default:
      throw refusal('InvalidArgument', `${JSON.stringify(redactText(url))} is no fleet: that is postgres://… or etcd://…`, {
        argument: 'from',
      });
  }
}
