import { dirname } from 'node:path';
import fs from 'node:fs';

// No package: the protocol as it must be, through the same functions. It shows that what is found in others is not of our making.

export const label = 'by hand';
export const options = 'temp, fsync, rename, fsync of the directory';

export async function save(folder, value) {
  const [path, temp] = [`${folder}/value.txt`, `${folder}/value.txt.tmp`];
  fs.writeFileSync(temp, value, { flush: true });
  fs.renameSync(temp, path);
  const directory = fs.openSync(dirname(path), 'r');
  fs.fsyncSync(directory);
  fs.closeSync(directory);
}

export const isSynchronous = true;
export const load = async (folder) => fs.readFileSync(`${folder}/value.txt`, 'utf8');
