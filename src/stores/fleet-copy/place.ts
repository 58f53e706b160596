import { join } from 'node:path';
import type { FleetCollectionName } from '../../core/generation.js';

/** Where the last copy of a fleet lies in the root of a node. */
export const fleetFolder = (root: string): string => join(root, 'fleet');
export const originFile = (root: string): string => join(fleetFolder(root), 'origin.json');
export const syncLock = (root: string): string => join(fleetFolder(root), 'sync.lock');
export const copyFolder = (root: string, copy: string): string => join(fleetFolder(root), copy);
export const copyFile = (root: string, copy: string, collection: FleetCollectionName): string =>
  join(copyFolder(root, copy), `${collection}.json`);
