import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import { pendingOf } from './journal.js';
import type { FileChange, NameChange, Place } from './nodes.js';
import type { Volume } from './volume.js';

/** Of all that is pending, in its order, with the bytes of each change: equal only where a crash can do the same to both. */
export function markOfPending(volume: Volume): Fingerprint {
  const changes = volume.names.map((change) => [change.index, markOfName(change)] as const);
  for (const node of volume.nodes.values()) {
    for (const change of pendingOf(node)) changes.push([change.index, fingerprint.mix(node.id, markOfChange(change))]);
  }
  return changes.sort(([a], [b]) => a - b).reduce((mark, [, change]) => fingerprint.mix(mark, change), 17);
}

function markOfName(change: NameChange): Fingerprint {
  if (change.type !== 'rename')
    return fingerprint.mix(fingerprint.ofText(change.type), fingerprint.mix(markOfPlace(change.at), change.node));
  const { from, to, node, replaced = 0, settled = '' } = change;
  const places = fingerprint.mix(markOfPlace(from), markOfPlace(to));
  return fingerprint.mix(fingerprint.mix(places, fingerprint.ofText(settled)), fingerprint.mix(node, replaced));
}

function markOfChange(change: FileChange): Fingerprint {
  switch (change.type) {
    case 'data': {
      const bytes = fingerprint.ofChangingBytes(change.source.subarray(change.from, change.to));
      return fingerprint.mix(fingerprint.mix(change.from, change.to), fingerprint.mix(bytes, Number(change.isFresh)));
    }
    case 'size':
      return fingerprint.mix(fingerprint.mix(change.size, 19), 2 * Number(change.isWritten) + Number(change.isCommitted ?? false));
    case 'mode':
      return fingerprint.mix(change.mode, 23);
  }
}

function markOfPlace({ directory, name }: Place): Fingerprint {
  return fingerprint.mix(directory, fingerprint.ofText(name));
}
