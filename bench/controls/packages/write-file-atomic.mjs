import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';

export const label = 'write-file-atomic';
export const options = '`fsync: true`, the default';
export const save = (folder, value) => writeFileAtomic(`${folder}/value.txt`, value, { fsync: true });
export const load = (folder) => readFile(`${folder}/value.txt`, 'utf8');
