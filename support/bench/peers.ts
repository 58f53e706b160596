import type { Outcome } from './outcomes.js';
import type { SyncedStore } from './report.js';

/** What of an acknowledged put no power cut takes back. */
export const durability: Readonly<Record<SyncedStore['durable'], string>> = {
  full: 'all of it',
  'no directory': 'bytes, but not the name: the directory is not synced',
  none: 'nothing, or not all: a power cut may take back what was acknowledged',
};

/** CAT-PRF-6401: what is said beside a figure whose peer does less than ours; nothing where it does as much. */
export function peerRemark({ against }: Pick<Outcome, 'against'>, stores: readonly SyncedStore[]): string | undefined {
  const peer = stores.find(({ key }) => key === against);
  if (peer === undefined || peer.durable === 'full') return undefined;
  return `${peer.name} ${peer.durable === 'none' ? 'does not sync what it acknowledges' : 'syncs no directory'}`;
}
