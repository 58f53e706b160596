import { type HostEvidence, mmapOfPath, type ParentDirSyncEvidence, type PathStatus, type PlatformEvidence } from '../core/platform.js';
import { saysNoSync } from '../disk/failure.js';
import type { Host } from '../disk/host.js';
import { close, type DiskProgram, openDirectory, stat, sync } from '../disk/program.js';
import { type Handle, isDiskError } from '../disk/steps.js';
import { quietly } from '../disk/whole-file.js';

/** CAT-PLT-4001: a directory as it is, without changing anything in it; it is opened and synced. */
export function* observe({ directory, host }: { readonly directory: string; readonly host: Host }): DiskProgram<PlatformEvidence> {
  const { noFollow, positionalReads } = host.system;
  const path_status = yield* pathStatus(directory);
  // CAT-PLT-4002: nothing is mapped, and so it is told of a directory.
  const mmap = mmapOfPath(path_status) ?? 'ObservedUnsupported';
  return {
    host: hostEvidence(host),
    store_path: {
      path_status,
      parent_dir_sync: path_status === 'ObservedDirectory' ? yield* dirSync(directory, host) : 'Unknown',
      lock_leaf_symlink_protection: noFollow ? 'AtomicNoFollow' : 'BestEffortCheckThenOpen',
      mmap_index: mmap,
      sealed_segment_mmap: mmap,
      active_segment_read: positionalReads ? 'UnixReadAt' : 'LockedSeekRead',
    },
  };
}

function hostEvidence({ clock, monotonicMs }: Host): HostEvidence {
  const [first, second] = [monotonicMs(), monotonicMs()];
  const marker = BigInt(Math.round((clock() - second) * 1000)) * 1000n;
  return {
    process_clock_epoch_marker_ns: marker > 0n ? marker : 1n,
    monotonic_clock: second >= first ? 'ProcessLocalInstantAnchor' : 'ProbeFailed',
  };
}

function* pathStatus(directory: string): DiskProgram<PathStatus> {
  try {
    const found = yield* stat(directory);
    if (found === undefined) return 'UnknownMissing';
    return found.type === 'directory' ? 'ObservedDirectory' : 'ObservedUnsupportedNotDirectory';
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return { ProbeFailed: { reason: error.code } };
  }
}

function* dirSync(directory: string, host: Host): DiskProgram<ParentDirSyncEvidence> {
  let handle: Handle | undefined;
  try {
    handle = yield* openDirectory(directory);
    yield* sync(handle, 'SyncDirectory');
    yield* quietly(close(handle));
    return 'UnixFsync';
  } catch (error) {
    if (!isDiskError(error)) throw error;
    if (handle !== undefined) yield* quietly(close(handle));
    // Windows opens no directory to sync it.
    const isRefused = handle === undefined ? host.system.platform === 'win32' : saysNoSync(error);
    return isRefused ? 'RenameOnly' : 'ProbeFailed';
  }
}
