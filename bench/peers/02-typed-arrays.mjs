import { statSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { model, withCatalog } from '../support/ours.mjs';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'write-file-atomic';
export const version = '7.0.1';
export const issue = '2: elements are counted, not bytes';
export const promise = 'all that was given is in the file';

export const run = () =>
  inTemporary(async (directory) => {
    const [file, data] = [join(directory, 'file'), new Float64Array(1000).fill(1)];
    await writeFileAtomic(file, data);
    const { size } = statSync(file);
    return { kept: size === data.byteLength, seen: `acknowledged; ${size} of ${data.byteLength} bytes` };
  });

/** Ours is given records, not arrays: there it is characters that are not bytes. */
export const ours = () =>
  inTemporary(async (directory) => {
    const name = 'aé字😀'.repeat(60);
    await withCatalog(directory, (catalog) => catalog.models.put(model('it', { name })));
    const found = await withCatalog(directory, (catalog) => catalog.models.get('it'));
    const kept = JSON.stringify(found).includes(name);
    return { kept, seen: `a name of 1 to 4 bytes a character is ${kept ? 'whole' : 'not whole'}` };
  });
