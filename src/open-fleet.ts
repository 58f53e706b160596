import { refusal } from './core/errors.js';
import { redactText } from './core/redact.js';
import type { FleetStore } from './stores/fleet-store.js';

export interface FleetOptions {
  readonly readOnly?: boolean | undefined;
  /** How long the server may be away before callers are told. */
  readonly unreachableMs?: number | undefined;
}

/** Whether a text is the URL of a fleet, be there one or not. */
export function isFleetUrl(text: string): boolean {
  return /^(postgres(ql)?|etcds?):\/\//i.test(text);
}

/** The catalog of a fleet by its URL; the code for a server is loaded for who asks one. Any other scheme is `InvalidArgument`. */
export async function openFleet(url: string, { readOnly = false, unreachableMs }: FleetOptions = {}): Promise<FleetStore> {
  const options = { url, readOnly, ...(unreachableMs !== undefined && { unreachableMs }) };
  const [scheme = ''] = isFleetUrl(url) ? url.toLowerCase().split(':') : [];
  switch (scheme) {
    case 'postgres':
    case 'postgresql': {
      const { PostgresCatalog } = await import('./stores/postgres/index.js');
      return PostgresCatalog.open(options);
    }
    case 'etcd':
    case 'etcds': {
      const { EtcdCatalog } = await import('./stores/etcd/index.js');
      return EtcdCatalog.open(options);
    }
    default:
      throw refusal('InvalidArgument', `${JSON.stringify(redactText(url))} is no fleet: that is postgres://… or etcd://…`, {
        argument: 'from',
      });
  }
}
