/** What may become of one pending change in a crash. A rename that is `kept` is kept whole. */
export type Fate = 'lost' | 'kept' | 'zeroed' | 'garbage' | 'source-kept' | 'destination-old';
/** What a crash may make of a rename. */
export type RenameMode = Extract<Fate, 'kept' | 'source-kept' | 'destination-old'>;

/** What a kind of disk promises about a crash (CAT-SIM-5003). */
export interface CrashProfile {
  readonly name: ProfileName;
  readonly syncs: 'persist' | 'do-nothing';
  /** How the disk answers the sync of a directory. */
  readonly directorySyncs: 'as-files' | 'refused';
  readonly volatile: 'what-is-pending' | 'nothing';
  /** The fates of a chunk of data beside `lost`. */
  readonly dataFates: readonly Fate[];
  /** The fates of a rename beside `lost`. */
  readonly renameFates: readonly RenameMode[];
  /**
   * Which pending changes may survive without those before them. `one-journal`: names, modes and truncated sizes of the whole
   * disk survive in the order in which they happened; a sync of anything that is dirty writes the journal to its end.
   */
  readonly order: 'any-subset' | 'prefix-per-directory' | 'one-journal';
  /**
   * In a journal, the size that a write gives a file: `with-bytes` is journaled once the blocks it adds are written, maybe long
   * after later names; `in-order` at its place, and bytes beyond what was written by then read as zeros.
   */
  readonly writtenSizes: 'in-order' | 'with-bytes';
}

/** A kind of disk, by the order in which it makes things durable; the `liar` acknowledges syncs that it did not do. */
export type ProfileName = 'posix-weak' | 'posix-ordered' | 'ext4-ordered' | 'ntfs-like' | 'process-kill' | 'liar';

const posixWeak: CrashProfile = {
  name: 'posix-weak',
  syncs: 'persist',
  directorySyncs: 'as-files',
  volatile: 'what-is-pending',
  dataFates: ['kept', 'zeroed'],
  renameFates: ['kept', 'source-kept', 'destination-old'],
  order: 'any-subset',
  writtenSizes: 'in-order',
};

const atomicRenames = { dataFates: ['kept'], renameFates: ['kept'] } as const;

/**
 * `posix-weak` keeps any subset of what no sync has ordered; `posix-ordered` any subset of bytes, sizes and modes, and of the
 * names of each directory the first so many; `ext4-ordered` and `ntfs-like` keep a journal; `process-kill` keeps all that was
 * visible; `liar` answers a sync and makes nothing durable.
 */
export const profiles: Readonly<Record<ProfileName, CrashProfile>> = {
  'posix-weak': posixWeak,
  'posix-ordered': { ...posixWeak, ...atomicRenames, name: 'posix-ordered', order: 'prefix-per-directory' },
  'ext4-ordered': { ...posixWeak, ...atomicRenames, name: 'ext4-ordered', order: 'one-journal', writtenSizes: 'with-bytes' },
  'ntfs-like': { ...posixWeak, ...atomicRenames, name: 'ntfs-like', order: 'one-journal', directorySyncs: 'refused' },
  'process-kill': { ...posixWeak, name: 'process-kill', volatile: 'nothing' },
  liar: { ...posixWeak, name: 'liar', syncs: 'do-nothing' },
};

/** What torn bytes may look like besides old and new: blocks of zeros, or also what nobody wrote. */
export type TornTails = 'zeros' | 'garbage';
