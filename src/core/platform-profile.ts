import { crc32 } from 'node:zlib';
import { hasDuplicateMember } from './duplicate-members.js';
import {
  admissionValues,
  admittedDirSync,
  admittedLock,
  admittedMmap,
  evidenceValues,
  type MmapAdmission,
  type MmapEvidence,
  mmapOfPath,
  type PathStatus,
  type PlatformAdmission,
  type PlatformSummary,
  type StorePathEvidence,
} from './platform.js';

/** What a machine was found to be, to be compared with what it is found to be later (CAT-PLT-4004). */
export interface PlatformProfile {
  readonly schema_version: 1;
  readonly host: { readonly monotonic_clock: PlatformSummary['host']['monotonic_clock'] };
  readonly store_path: StorePathEvidence;
  readonly admission: PlatformAdmission;
}

/** CAT-PLT-4005: in this order. */
export type ProfileInvalidKind =
  | 'Io'
  | 'DecodeJson'
  | 'UnsupportedSchemaVersion'
  | 'FingerprintMismatch'
  | 'InconsistentLockAdmission'
  | 'InconsistentParentDirSyncAdmission'
  | 'InconsistentMmapPath'
  | 'InconsistentMmapAdmission';

export interface InvalidProfile {
  readonly kind: ProfileInvalidKind;
  readonly reason: string;
}

const schemaVersion = 1;
export const mostProfileBytes = 64 * 1024;

/** The profile of what was observed. */
export function profileOf({ host, store_path, admission }: PlatformSummary): PlatformProfile {
  return canonical({ schema_version: schemaVersion, host, store_path, admission });
}

/** CRC-32 of the compact JSON of a profile in its order; tells drift, and proves nothing. */
export function fingerprintOf(profile: PlatformProfile): number {
  return crc32(JSON.stringify(canonical(profile)));
}

/** A profile as a file has it. */
export function formatProfile(profile: PlatformProfile): string {
  return `${JSON.stringify({ ...canonical(profile), fingerprint_crc32: fingerprintOf(profile) }, undefined, 2)}\n`;
}

/** Reads a profile, and judges it by itself. Members that are not known are not looked at. */
export function parseProfile(text: string): PlatformProfile | InvalidProfile {
  const decoded = decode(text);
  if ('kind' in decoded) return decoded;
  const { version, fingerprint, ...profile } = decoded;
  if (version !== schemaVersion) return invalid('UnsupportedSchemaVersion', `its schema_version is ${version}, not ${schemaVersion}`);
  const known: PlatformProfile = { schema_version: schemaVersion, ...profile };
  const computed = fingerprintOf(known);
  if (fingerprint !== computed)
    return invalid('FingerprintMismatch', `its fingerprint_crc32 is ${fingerprint}, that of what it says ${computed}`);
  return inconsistencyOf(known) ?? known;
}

/** Whether two profiles say the same. */
export function isSameProfile(one: PlatformProfile, other: PlatformProfile): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/** In the order of which the fingerprint is made. */
function canonical({ host, store_path, admission }: PlatformProfile | (PlatformSummary & { schema_version: 1 })): PlatformProfile {
  const { path_status, parent_dir_sync, lock_leaf_symlink_protection, mmap_index, sealed_segment_mmap, active_segment_read } = store_path;
  return {
    schema_version: schemaVersion,
    host: { monotonic_clock: host.monotonic_clock },
    store_path: {
      path_status,
      parent_dir_sync,
      lock_leaf_symlink_protection,
      mmap_index,
      sealed_segment_mmap,
      active_segment_read,
    },
    admission: {
      store_lock: admission.store_lock,
      parent_dir_sync: admission.parent_dir_sync,
      mmap_index: admission.mmap_index,
      sealed_segment_mmap: admission.sealed_segment_mmap,
    },
  };
}

function inconsistencyOf({ store_path, admission }: PlatformProfile): InvalidProfile | undefined {
  const { lock_leaf_symlink_protection: lock, parent_dir_sync: dirSync, path_status } = store_path;
  if (admission.store_lock !== admittedLock(lock))
    return invalid('InconsistentLockAdmission', `${lock} does not admit a lock as ${admission.store_lock}`);
  if (admission.parent_dir_sync !== admittedDirSync(dirSync))
    return invalid(
      'InconsistentParentDirSyncAdmission',
      `${dirSync} does not admit the sync of directories as ${admission.parent_dir_sync}`,
    );
  const maps = [
    ['mmap_index', store_path.mmap_index, admission.mmap_index],
    ['sealed_segment_mmap', store_path.sealed_segment_mmap, admission.sealed_segment_mmap],
  ] as const;
  return maps.map((map) => wrongPath(map, path_status)).find(Boolean) ?? maps.map(wrongAdmission).find(Boolean);
}

function wrongPath([member, evidence]: readonly [string, MmapEvidence, unknown], status: PathStatus): InvalidProfile | undefined {
  const expected = mmapOfPath(status);
  if (expected === undefined || evidence === expected) return undefined;
  return invalid('InconsistentMmapPath', `${member} is ${evidence}, and ${expected} where the path is ${JSON.stringify(status)}`);
}

function wrongAdmission([member, evidence, admission]: readonly [string, MmapEvidence, MmapAdmission]): InvalidProfile | undefined {
  if (admission === admittedMmap(evidence)) return undefined;
  return invalid('InconsistentMmapAdmission', `${evidence} does not admit ${member} as ${admission}`);
}

type Decoded = Pick<PlatformProfile, 'host' | 'store_path' | 'admission'> & { readonly version: number; readonly fingerprint: number };

function decode(text: string): Decoded | InvalidProfile {
  try {
    const value: unknown = JSON.parse(text);
    if (hasDuplicateMember(text)) throw new Misshapen('it has a member twice');
    return decodedFrom(membersOf(value, 'it'));
  } catch (error) {
    if (error instanceof Misshapen || error instanceof SyntaxError) return invalid('DecodeJson', error.message);
    throw error;
  }
}

function decodedFrom(profile: Members): Decoded {
  const [host, path, admission] = ['host', 'store_path', 'admission'].map((name) => membersOf(member(profile, name), name)) as [
    Members,
    Members,
    Members,
  ];
  return {
    version: integer(profile, 'schema_version', 0xffff),
    fingerprint: integer(profile, 'fingerprint_crc32', 0xffffffff),
    host: { monotonic_clock: word(host, 'monotonic_clock', evidenceValues.monotonic_clock) },
    store_path: {
      path_status: pathStatus(member(path, 'path_status')),
      parent_dir_sync: word(path, 'parent_dir_sync', evidenceValues.parent_dir_sync),
      lock_leaf_symlink_protection: word(path, 'lock_leaf_symlink_protection', evidenceValues.lock_leaf_symlink_protection),
      mmap_index: word(path, 'mmap_index', evidenceValues.mmap),
      sealed_segment_mmap: word(path, 'sealed_segment_mmap', evidenceValues.mmap),
      active_segment_read: word(path, 'active_segment_read', evidenceValues.active_segment_read),
    },
    admission: {
      store_lock: word(admission, 'store_lock', admissionValues.store_lock),
      parent_dir_sync: word(admission, 'parent_dir_sync', admissionValues.parent_dir_sync),
      mmap_index: word(admission, 'mmap_index', admissionValues.mmap),
      sealed_segment_mmap: word(admission, 'sealed_segment_mmap', admissionValues.mmap),
    },
  };
}

/** What is told of JSON that is no profile. */
class Misshapen extends Error {}

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown, name: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misshapen(`${name} is no object`);
  return value as Members;
}

function member(of: Members, name: string): unknown {
  if (!Object.hasOwn(of, name)) throw new Misshapen(`it has no ${name}`);
  return of[name];
}

function integer(of: Members, name: string, most: number): number {
  const value = member(of, name);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    throw new Misshapen(`${name} is no integer from 0 to ${most}`);
  return value;
}

function word<Word extends string>(of: Members, name: string, known: readonly Word[]): Word {
  const value = member(of, name);
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Misshapen(`${name} is none of ${known.join(', ')}`);
  return found;
}

function pathStatus(value: unknown): PathStatus {
  if (value === 'ObservedDirectory' || value === 'UnknownMissing' || value === 'ObservedUnsupportedNotDirectory') return value;
  const { ProbeFailed, ...others } = membersOf(value, 'path_status');
  const { reason } = membersOf(ProbeFailed, 'path_status');
  if (typeof reason !== 'string' || Object.keys(others).length > 0) throw new Misshapen('path_status is no variant that is known');
  return { ProbeFailed: { reason } };
}

function invalid(kind: ProfileInvalidKind, reason: string): InvalidProfile {
  return { kind, reason };
}
