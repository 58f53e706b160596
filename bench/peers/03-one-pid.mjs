import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { inChild, startChild } from '../support/children.mjs';
import { model, withCatalog } from '../support/ours.mjs';
import { pause } from '../support/pause.mjs';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'write-file-atomic';
export const version = '7.0.1';
export const issue = '3: containers of one pid share a temp';
export const promise = 'two processes with one pid do not mix their bytes';

const module = import.meta.url;
const pid = 1;

/** One stops when it has made its temp; the other writes meanwhile, whole; the first goes on. */
export const run = () =>
  inTemporary(async (directory) => {
    const file = join(directory, 'file');
    const first = startChild({ module, name: 'write', args: [file, 'a', 1000, true], pid });
    await first.stopped;
    const second = await inChild({ module, name: 'write', args: [file, 'b', 2000, false], pid });
    first.go();
    const told = await first.result;
    const letters = [...new Set(readFileSync(file, 'utf8'))].join('+');
    return { kept: told === 'acknowledged' && letters.length === 1, seen: `${second}, then ${told}; the file is of ${letters}` };
  });

export async function write(file, letter, length, stops) {
  const options = stops ? { tmpfileCreated: pause } : {};
  return writeFileAtomic(file, letter.repeat(length), options).then(
    () => 'acknowledged',
    (error) => error.code,
  );
}

export const ours = () =>
  inTemporary(async (root) => {
    const each = 10;
    await Promise.all(['a', 'b'].map((letter) => inChild({ module, name: 'put', args: [root, letter, each], pid })));
    const { length } = await withCatalog(root, (catalog) => catalog.models.list());
    return { kept: length === 2 * each, seen: `${length} of ${2 * each} puts of two processes are there` };
  });

export const put = (root, letter, count) =>
  withCatalog(root, async (catalog) => {
    for (let n = 0; n < count; n++) await catalog.models.put(model(`${letter}-${n}`));
  });
