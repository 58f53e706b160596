import { CatalogError } from '../../core/errors.js';
import { decodeOrigin, type FleetOrigin, originVersion } from '../../core/fleet-origin.js';
import type { FleetCollectionName, FleetRecords, Generation } from '../../core/generation.js';
import { decodeIndex, maxIndexBytes } from '../../core/index-file.js';
import { type DiskProgram, statHandle } from '../../disk/program.js';
import type { FileStat, Handle } from '../../disk/steps.js';
import { closing, fewBytes, openIfThere, readOpenFile } from '../../disk/whole-file.js';
import { newerVersion } from '../fs/open-generation.js';
import { copyFile, originFile } from './place.js';

/** A file that was read, and which one it was. */
export interface ReadFile<T> {
  readonly status: FileStat;
  readonly value: T;
}

/** Where the copy comes from; `undefined` where there is none. */
export function readOrigin(root: string): DiskProgram<ReadFile<FleetOrigin> | undefined> {
  const path = originFile(root);
  return readWith(path, fewBytes, (bytes) => {
    const decoded = decodeOrigin(bytes);
    switch (decoded.kind) {
      case 'damaged':
        throw damagedCopy(path, decoded.reason, 'origin');
      case 'newer':
        throw newerVersion(path, decoded.version, originVersion);
      case 'intact':
        return decoded.origin;
    }
  });
}

/** One collection of a copy; `undefined` where its file is not there. */
export function readPart<C extends FleetCollectionName>(
  root: string,
  copy: string,
  collection: C,
): DiskProgram<ReadFile<Generation<FleetRecords[C]>> | undefined> {
  const path = copyFile(root, copy, collection);
  return readWith(path, maxIndexBytes, (bytes) => {
    const decoded = decodeIndex(collection, bytes);
    switch (decoded.kind) {
      case 'damaged':
        throw damagedCopy(path, decoded.reason);
      case 'newer':
        throw newerVersion(path, decoded.version);
      case 'intact':
        return decoded.generation;
    }
  });
}

/** What the copy says cannot be trusted; the catalog of the machine is another one and is whole. */
export function damagedCopy(path: string, reason: string, needs: 'sync' | 'origin' = 'sync'): CatalogError {
  return new CatalogError('IndexCorrupt', `${path}, the copy of the fleet, cannot be trusted: ${reason}`, { path, reason, needs });
}

function* readWith<T>(path: string, most: number, decode: (bytes: Buffer) => T): DiskProgram<ReadFile<T> | undefined> {
  const handle = yield* openIfThere(path);
  return handle === undefined ? undefined : yield* closing(handle, readOpened(handle, { path, most, decode }));
}

function* readOpened<T>(
  handle: Handle,
  { path, most, decode }: { readonly path: string; readonly most: number; readonly decode: (bytes: Buffer) => T },
): DiskProgram<ReadFile<T>> {
  const status = yield* statHandle(handle);
  if (status.type !== 'file') throw damagedCopy(path, 'it is not a regular file');
  return { status, value: decode(yield* readOpenFile(handle, most)) };
}
