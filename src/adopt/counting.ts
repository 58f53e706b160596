import type { Digest } from '../core/digest.js';
import type { KnownContent, LookedFile } from './looking.js';

/** Bytes of these files, each file once, however many names it has. */
export function bytesOf(files: readonly LookedFile[]): number {
  return [...new Map(files.map(({ inode, bytes }) => [inode, bytes])).values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** CAT-ADO-2204: bytes of these files whose content lies elsewhere too, among them or where the catalog knows of it. */
export function duplicateBytes(files: readonly LookedFile[], known: KnownContent): number {
  const places = new Map<Digest, Map<string, number>>();
  for (const { digest, promised, inode, bytes } of files) {
    const content = digest ?? promised.sha256;
    if (content === undefined) continue;
    const here = places.get(content) ?? new Map<string, number>();
    places.set(content, here.set(inode, bytes));
  }
  let total = 0;
  for (const [content, here] of places) {
    const isElsewhere = [...(known.copies.get(content) ?? [])].some((inode) => !here.has(inode));
    const [, ...more] = [...here.values()];
    total += (isElsewhere ? [...here.values()] : more).reduce((sum, bytes) => sum + bytes, 0);
  }
  return total;
}
