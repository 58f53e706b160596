import { join } from 'node:path';
import type { CollectionName } from '../../core/generation.js';
import { isProbeTemp } from '../../platform/try-out.js';

/** Where one index of a root lives. Pure: names alone. */
export interface IndexPlace {
  readonly collection: CollectionName;
  readonly root: string;
  /** The copy under a fixed name, for people and tools. */
  readonly index: string;
  readonly generations: string;
}

const indexNames: Readonly<Record<CollectionName, string>> = { models: 'catalog.json', engines: 'engines.json' };
const tempForm = /^((catalog|engines|root)\.json|catalog\.lock\.owner|reserve)\.[A-Za-z0-9_-]{22}\.tmp$/;

export function indexPlace(root: string, collection: CollectionName): IndexPlace {
  return { collection, root, index: join(root, indexNames[collection]), generations: join(generationsFolder(root), collection) };
}

export const generationsFolder = (root: string): string => join(root, 'generations');
/** Where the journal of a root lies that has one instead. */
export const journalFolder = (root: string): string => join(root, 'journal');
export const rootFile = (root: string): string => join(root, 'root.json');
/** There while the root file is replaced, and after a death in that moment: it may not be durable what the root says. */
export const movingFile = (root: string): string => `${rootFile(root)}.moving`;
export const policyFile = (root: string): string => join(root, 'policy.json');
export const lockFile = (root: string): string => join(root, 'catalog.lock');
/** CAT-IDX-1116 */
export const reserveFile = (root: string): string => join(root, 'reserve');
export const quarantineFolder = (root: string): string => join(root, 'quarantine');
export const generationPath = (place: IndexPlace, revision: number): string => join(place.generations, String(revision));

/** A sibling of the file that it is to become (CAT-IDX-1103). */
export const tempPath = (target: string, token: string): string => `${target}.${token}.tmp`;
export const isReserveTemp = (name: string): boolean => name.startsWith('reserve.') && tempForm.test(name);
export const isTempName = (name: string): boolean => tempForm.test(name) || isProbeTemp(name);

/** Where hard links are missing, a generation is a directory that holds the file under this name (CAT-IDX-1104). */
export const insideDirectory = (path: string): string => join(path, 'index.json');

/** The revisions among the names of a generations directory, lowest first. */
export function revisionsIn(names: readonly string[]): number[] {
  return names
    .filter((name) => /^(0|[1-9][0-9]{0,15})$/.test(name))
    .map(Number)
    .filter(Number.isSafeInteger)
    .sort((a, b) => a - b);
}
