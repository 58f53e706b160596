import { join } from 'node:path';
import { isCatalogError } from '../../core/errors.js';
import { fileSystemName, isNetworkFileSystem } from '../../core/file-systems.js';
import { type DiskProgram, fileSystem, list, stat, tryLock } from '../../disk/program.js';
import { closeQuietly, closing, openIfThere } from '../../disk/whole-file.js';
import { indexState } from './index-copy.js';
import { openNewest } from './open-generation.js';
import { type IndexPlace, indexPlace, isTempName, lockFile } from './place.js';
import { openForReading } from './read.js';
import { collections } from './root.js';

export interface Finding {
  id: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  remedy: string;
}

export interface DoctorReport {
  /** Whether nothing was found that is an error. */
  ok: boolean;
  findings: Finding[];
  platform: { file_system: string; free_bytes: number; kernel_lock: boolean | undefined };
}

/** Looks a root over without changing anything: what is damaged, what a dead writer left, what is weaker here than it should be. */
export function* examineRoot(root: string): DiskProgram<DoctorReport> {
  const findings: Finding[] = [];
  for (const collection of collections) findings.push(...(yield* examineIndex(indexPlace(root, collection))));
  findings.push(...(yield* examineLeftovers(root)));
  const platform = yield* examinePlatform(root);
  if (isNetworkFileSystem(platform.type)) findings.push(onNetwork(root, platform.file_system));
  if (platform.kernel_lock === false) findings.push(withoutKernelLock);
  const { file_system, free_bytes, kernel_lock } = platform;
  return { ok: !findings.some(({ severity }) => severity === 'error'), findings, platform: { file_system, free_bytes, kernel_lock } };
}

function* examineIndex(place: IndexPlace): DiskProgram<Finding[]> {
  const damage = yield* damageOf(place);
  if (damage !== undefined) return [damage];
  const state = yield* indexState(place);
  if (state === 'damaged' || state === 'lags') {
    const what = state === 'damaged' ? 'is damaged' : 'does not show the newest generation';
    return [
      {
        id: state === 'damaged' ? 'index-damaged' : 'index-lags',
        severity: 'warning',
        message: `${place.index} ${what}; the catalog itself is whole`,
        remedy: 'the next command that writes puts it right; or run: catalog repair',
      },
    ];
  }
  return [];
}

/** What every call that needs this index would be told. */
function* damageOf(place: IndexPlace): DiskProgram<Finding | undefined> {
  try {
    const newest = (yield* openForReading(place)) ?? (yield* openNewest(place));
    if (newest !== undefined) yield* closeQuietly(newest.handle);
    return undefined;
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    const isNewer = error.code === 'SchemaVersionUnsupported';
    return {
      id: isNewer ? 'newer-version' : `${place.collection}-corrupt`,
      severity: 'error',
      message: error.message,
      remedy: isNewer ? 'use the program that wrote it, or a newer one' : 'run: catalog repair',
    };
  }
}

function* examineLeftovers(root: string): DiskProgram<Finding[]> {
  if ((yield* stat(root)) === undefined) return [];
  const names = (yield* list(root)).filter((name) => isTempName(name.replace(/\.d$/, '')));
  return names.map((name) => ({
    id: 'temp-left',
    severity: 'info',
    message: `${join(root, name)} is of a writer that has not finished`,
    remedy: 'nothing: if that writer is dead, the next command that writes removes it',
  }));
}

function* examinePlatform(root: string): DiskProgram<DoctorReport['platform'] & { type: number }> {
  const place = (yield* stat(root)) === undefined ? '/' : root;
  const { type, freeBytes } = yield* fileSystem(place);
  return { type, file_system: fileSystemName(type), free_bytes: freeBytes, kernel_lock: yield* hasKernelLock(root) };
}

/** Whether the kernel's lock can be had; not known before there is a lock file to ask for. */
function* hasKernelLock(root: string): DiskProgram<boolean | undefined> {
  const handle = yield* openIfThere(lockFile(root));
  return handle === undefined ? undefined : (yield* closing(handle, tryLock(handle, { shared: true }))) !== 'unsupported';
}

function onNetwork(root: string, name: string): Finding {
  return {
    id: 'network-file-system',
    severity: 'warning',
    message: `${root} is on ${name}: locks, syncs and notices of changes may mean less there than on a local disk`,
    remedy: 'writing stays safe by compare-and-set; keep the catalog on a local disk where you can',
  };
}

const withoutKernelLock: Finding = {
  id: 'no-kernel-lock',
  severity: 'warning',
  message: 'the kernel\u2019s lock cannot be had here (fs-native-extensions has no binary for this machine)',
  remedy: 'a record names who writes instead; after a crash on another host: catalog repair --break-lock',
};
