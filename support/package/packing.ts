import { join } from 'node:path';
import { type DirectoryResult, dir } from 'tmp-promise';
import { projectRoot } from '../checks/sources.js';
import { published } from './notices.js';
import { npm } from './npm.js';

export interface PackedFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

/** A package as npm would publish it. */
export interface Packed {
  readonly name: string;
  readonly folder: string;
  readonly tarball: string;
  /** The size of the tarball, and of what it holds. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

let made: Promise<DirectoryResult> | undefined;

/** A folder of this process alone, there until `clear`. */
export async function placeOf(): Promise<string> {
  made ??= dir({ unsafeCleanup: true, prefix: 'catalog-core-package' });
  return (await made).path;
}

/** Removes what was packed and installed, when nothing needs it any more. */
export async function clear(): Promise<void> {
  await (await made)?.cleanup();
}

/** The packages of this project, packed once for all scenarios of a process. */
export const packed = once(async (): Promise<readonly Packed[]> => Promise.all(published.map(({ folder }) => pack(folder))));

/** The answer of the first call, for every later one. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= work();
    return answer;
  };
}

async function pack(folder: string): Promise<Packed> {
  const place = await placeOf();
  const said = await npm(['pack', '--json', '--pack-destination', place], join(projectRoot, folder));
  const told = JSON.parse(said) as Record<string, Omit<Packed, 'tarball' | 'folder'> & { readonly filename: string }>;
  const [only] = Object.values(told);
  if (only === undefined) throw new Error(`npm packed nothing of ${folder}: ${said}`);
  return { ...only, folder, tarball: join(place, only.filename) };
}
