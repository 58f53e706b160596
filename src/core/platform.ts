/**
 * What was observed of a machine and of one directory on it (CAT-PLT-4001), what that admits (CAT-PLT-4003), and what else is worth
 * telling (CAT-PLT-4009). Evidence describes: it never claims what was not observed.
 */
export interface ProbeFailure {
  readonly ProbeFailed: { readonly reason: string };
}
/** What was found where the catalog is to be. */
export type PathStatus = 'ObservedDirectory' | 'UnknownMissing' | 'ObservedUnsupportedNotDirectory' | ProbeFailure;

/** The values of each member of evidence that is one word. */
export const evidenceValues = {
  monotonic_clock: ['ProcessLocalInstantAnchor', 'Unknown', 'ProbeFailed'],
  parent_dir_sync: ['UnixFsync', 'RenameOnly', 'Unknown', 'ProbeFailed'],
  lock_leaf_symlink_protection: ['AtomicNoFollow', 'BestEffortCheckThenOpen', 'Unknown', 'ObservedUnsupported', 'ProbeFailed'],
  mmap: ['FileBacked', 'Unknown', 'ObservedUnsupported', 'ProbeFailed'],
  active_segment_read: ['UnixReadAt', 'LockedSeekRead', 'Unknown', 'ProbeFailed'],
} as const;

type Word<Member extends keyof typeof evidenceValues> = (typeof evidenceValues)[Member][number];
export type MmapEvidence = Word<'mmap'>;
export type ParentDirSyncEvidence = Word<'parent_dir_sync'>;
export type LockLeafEvidence = Word<'lock_leaf_symlink_protection'>;

/** What was found of the machine: its clocks. */
export interface HostEvidence {
  /** When this process's monotonic clock began: nanoseconds since 1970, above zero; a decimal string in JSON. */
  readonly process_clock_epoch_marker_ns: bigint;
  readonly monotonic_clock: Word<'monotonic_clock'>;
}

/** Of the directory in use. `mmap_*` read ObservedUnsupported where nothing is mapped (CAT-PLT-4002). */
export interface StorePathEvidence {
  readonly path_status: PathStatus;
  readonly parent_dir_sync: ParentDirSyncEvidence;
  readonly lock_leaf_symlink_protection: LockLeafEvidence;
  readonly mmap_index: MmapEvidence;
  readonly sealed_segment_mmap: MmapEvidence;
  readonly active_segment_read: Word<'active_segment_read'>;
}

/** What was found of the machine and of the directory, before anything is concluded. */
export interface PlatformEvidence {
  readonly host: HostEvidence;
  readonly store_path: StorePathEvidence;
}

/** The values of each member of what is admitted. */
export const admissionValues = {
  store_lock: ['AtomicNoFollow', 'BestEffortCheckThenOpen', 'Rejected'],
  parent_dir_sync: ['UnixFsync', 'RenameOnly', 'Rejected'],
  mmap: ['FileBacked', 'Rejected'],
} as const;

export type MmapAdmission = (typeof admissionValues)['mmap'][number];

/** What the library may do on this platform, by the evidence. */
export interface PlatformAdmission {
  readonly store_lock: (typeof admissionValues)['store_lock'][number];
  readonly parent_dir_sync: (typeof admissionValues)['parent_dir_sync'][number];
  readonly mmap_index: MmapAdmission;
  readonly sealed_segment_mmap: MmapAdmission;
}

/** Evidence, and what it admits. */
export interface PlatformSummary extends PlatformEvidence {
  readonly admission: PlatformAdmission;
}

/** Whether the machine can do something: as it was tried, or `Unknown` where nothing could be tried. */
export type Ability = 'Observed' | 'ObservedUnsupported' | 'Unknown';

/** What is told beside the profile (CAT-PLT-4009). */
export interface PlatformFacts {
  /** What keeps writers apart: the kernel's lock, or a record that names its owner where there is none. */
  readonly lock_mechanism: 'kernel' | 'owner-record' | 'Unknown';
  readonly hard_links: Ability;
  readonly reflinks: Ability;
  readonly case_sensitivity: 'sensitive' | 'insensitive' | 'Unknown';
  /** What becomes of names that Unicode can spell in two ways. */
  readonly unicode_normalisation: 'preserved' | 'folded' | 'Unknown';
  readonly file_system: string;
  /** Of the file system that the directory is on, or would be; `undefined` where it cannot be asked. */
  readonly free_bytes: number | undefined;
  readonly total_bytes: number | undefined;
  readonly node_version: string;
}

/** CAT-PLT-4003: a function of the evidence alone, each member by itself. */
export function admitted({ store_path }: PlatformEvidence): PlatformAdmission {
  const { parent_dir_sync, lock_leaf_symlink_protection, mmap_index, sealed_segment_mmap } = store_path;
  return {
    store_lock: admittedLock(lock_leaf_symlink_protection),
    parent_dir_sync: admittedDirSync(parent_dir_sync),
    mmap_index: admittedMmap(mmap_index),
    sealed_segment_mmap: admittedMmap(sealed_segment_mmap),
  };
}

export function admittedLock(evidence: LockLeafEvidence): PlatformAdmission['store_lock'] {
  return evidence === 'AtomicNoFollow' || evidence === 'BestEffortCheckThenOpen' ? evidence : 'Rejected';
}

export function admittedDirSync(evidence: ParentDirSyncEvidence): PlatformAdmission['parent_dir_sync'] {
  return evidence === 'UnixFsync' || evidence === 'RenameOnly' ? evidence : 'Rejected';
}

export function admittedMmap(evidence: MmapEvidence): MmapAdmission {
  return evidence === 'FileBacked' ? evidence : 'Rejected';
}

/** What a path that is no directory says of mapping what is in it; `undefined` for a directory, where that is a matter of trying. */
export function mmapOfPath(status: PathStatus): MmapEvidence | undefined {
  switch (status) {
    case 'ObservedDirectory':
      return undefined;
    case 'ObservedUnsupportedNotDirectory':
      return 'ObservedUnsupported';
    case 'UnknownMissing':
      return 'Unknown';
    default:
      return 'ProbeFailed';
  }
}
