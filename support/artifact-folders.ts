import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every name below a folder, with its type, mode, size, owner, times and content. */
export function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const found = lstatSync(path);
      const content = found.isFile()
        ? readFileSync(path).toString('base64').slice(0, 100)
        : found.isSymbolicLink()
          ? readlinkSync(path)
          : '';
      // Another name more or less changes the links and the time of the last change of status of somebody's file.
      return `${name} ${found.mode.toString(8)} ${found.size} ${found.uid} ${found.mtimeMs} ${content}`;
    });
}

export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => !lstatSync(path).isDirectory());
}
