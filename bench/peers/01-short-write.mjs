import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { inChild } from '../support/children.mjs';
import { model, newestGeneration, refusalOf, withCatalog } from '../support/ours.mjs';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'write-file-atomic';
export const version = '7.0.1';
export const issue = '1: a short write is ignored';
export const promise = 'no room half-way: told, and the old file stays';

// sh counts in blocks of 512 bytes, bash in 1024: either is less than what is written.
const littleRoom = ['sh', '-c', 'ulimit -f 256; exec "$@"', 'sh'];
const sizeBytes = 1 << 20;
const module = import.meta.url;

export const run = () =>
  inTemporary(async (directory) => {
    const file = join(directory, 'file');
    writeFileSync(file, 'old');
    const told = await inChild({ module, name: 'write', args: [file], command: littleRoom });
    const { length } = readFileSync(file);
    return { kept: told !== 'acknowledged' && length === 3, seen: `${told}; ${length} of ${sizeBytes} bytes in place of the old file` };
  });

export async function write(file) {
  return writeFileAtomic(file, Buffer.alloc(sizeBytes, 'n')).then(
    () => 'acknowledged',
    (error) => error.code,
  );
}

export const ours = () =>
  inTemporary(async (directory) => {
    const root = join(directory, 'root');
    await withCatalog(root, (catalog) => catalog.models.put(model('old')));
    const before = readFileSync(newestGeneration(root));
    const told = await inChild({ module, name: 'put', args: [root], command: littleRoom });
    const stays = readFileSync(newestGeneration(root)).equals(before);
    return { kept: told !== 'acknowledged' && stays, seen: `${told}; the index ${stays ? 'stays' : 'changed'}` };
  });

export const put = (root) =>
  withCatalog(root, async (catalog) => {
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`label-${n}`, 'v'.repeat(200)]));
    return refusalOf(() => Promise.all(Array.from({ length: 100 }, (_, n) => catalog.models.put(model(`new-${n}`, { labels })))));
  });
