import type { Host } from './disk/host.js';
import type { ChangeNote } from './stores/catalog-store.js';

/** What a call of the catalog says of the changes that it makes; its id is drawn when a store asks for it. */
export function operationNote(operation: string, { random }: Pick<Host, 'random'>): ChangeNote {
  let id: string | undefined;
  return {
    operation,
    get operation_id() {
      id ??= uuid(random(16));
      return id;
    },
  };
}

/** A UUID of version 4, whose bits are random. */
function uuid(random: Uint8Array): string {
  const bytes = Buffer.from(random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
