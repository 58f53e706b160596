import { chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { isCatalogError } from '../../src/core/errors.js';
import { type Content, contentOf, expectTidy, type Place } from './aftermath.js';

/**
 * CAT-INT-3301, CAT-IDX-1106: whatever of a written index is cut off or flipped, it never loads: as the newest generation it is
 * refused, as `catalog.json` it is not served and replaced, as a temp it is nothing at all. Gives how many were tried.
 */
export async function expectGarbledNeverLoads(place: Place, content: Content): Promise<number> {
  const newest = await newestGeneration(place.root);
  const intact = await readFile(newest);
  const garbled = [...garblings(intact)];
  for (const bytes of garbled) {
    await replace(newest, bytes);
    expect(await outcomeOf(place), `${bytes.byteLength} of ${intact.byteLength} bytes`).to.equal('IndexCorrupt');
  }
  await replace(newest, intact);
  expect(await contentOf(place, { readOnly: true })).to.deep.equal(content);
  for (const bytes of garbled.filter((_, at) => at % 50 === 0)) {
    for (const name of ['catalog.json', 'catalog.json.AAAAAAAAAAAAAAAAAAAAAA.tmp']) {
      await replace(join(place.root, name), bytes);
      expect(await contentOf(place, { readOnly: true })).to.deep.equal(content);
      expect(await contentOf(place, { readOnly: false })).to.deep.equal(content);
      await expectTidy(place);
    }
  }
  return garbled.length;
}

/** Every beginning of some bytes, and they with one bit of each byte flipped. */
function* garblings(intact: Buffer): Generator<Buffer> {
  for (let size = 0; size < intact.byteLength; size++) yield intact.subarray(0, size);
  for (let at = 0; at < intact.byteLength; at++) {
    const flipped = Buffer.from(intact);
    flipped.writeUInt8(intact.readUInt8(at) ^ (1 << (at % 8)), at);
    yield flipped;
  }
}

async function outcomeOf(place: Place): Promise<string> {
  try {
    return `loaded ${JSON.stringify(await contentOf(place, { readOnly: true }))}`;
  } catch (error) {
    if (isCatalogError(error)) return error.code;
    throw error;
  }
}

/** Published files do not change: other bytes come as another file. */
async function replace(path: string, bytes: Buffer): Promise<void> {
  await rm(`${path}.new`, { force: true });
  await writeFile(`${path}.new`, bytes);
  await chmod(`${path}.new`, 0o400);
  await rename(`${path}.new`, path);
}

async function newestGeneration(root: string): Promise<string> {
  const folder = join(root, 'generations/models');
  const newest = Math.max(...(await readdir(folder)).map(Number));
  return join(folder, String(newest));
}
