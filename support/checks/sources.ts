import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file as the checks see it; the path is relative to the project, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** What a check refuses, and where. Lines count from 1. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** The folder of package.json, from the sources and from what was built of them. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The files below these folders whose names end in one of these ways, in the order of their paths. */
export function readSources(root: string, folders: readonly string[], endings: readonly string[]): Source[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => namesBelow(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((name) => name.replaceAll('\\', '/'));
}

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}
