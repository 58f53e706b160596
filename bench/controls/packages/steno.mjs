import { readFile } from 'node:fs/promises';
import { Writer } from 'steno';

export const label = 'steno';
export const options = 'no option for it';
export const save = (folder, value) => new Writer(`${folder}/value.txt`).write(value);
export const load = (folder) => readFile(`${folder}/value.txt`, 'utf8');
