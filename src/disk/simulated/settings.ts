import { defaultOwner } from './processes.js';
import { type CrashProfile, type ProfileName, profiles, type TornTails } from './profiles.js';
import type { VolumeSettings } from './volume.js';

/** What kind of disk and machine is simulated; without any a POSIX disk that owes nobody an order. */
export interface SimulatedDiskOptions {
  readonly seed?: number;
  readonly profile?: ProfileName;
  /** What a chunk that was torn holds besides its old and its new bytes; `garbage` adds to `zeros`. */
  readonly tornTails?: TornTails;
  /** How many bytes persist together; writes tear at its multiples. */
  readonly chunkBytes?: number;
  readonly hardLinks?: boolean;
  readonly reflinks?: boolean;
  /** The user that owns and does everything; 0 passes every check of modes. */
  readonly owner?: number;
  readonly umask?: number;
  /** How much fits; without it the disk is never full. */
  readonly capacityBytes?: number;
  /** What the clock shows at the start: milliseconds since 1970. */
  readonly clockMs?: number;
  /** Directories that are there, durably, from the start. */
  readonly root?: readonly string[];
}

export function settingsOf({ profile = 'posix-weak', tornTails = 'zeros', ...options }: SimulatedDiskOptions): VolumeSettings {
  return {
    seed: options.seed ?? 1,
    profile: profileWith(profile, tornTails),
    chunkBytes: options.chunkBytes ?? 512,
    hardLinks: options.hardLinks ?? true,
    reflinks: options.reflinks ?? false,
    owner: options.owner ?? defaultOwner,
    umask: options.umask ?? 0o022,
    ...(options.capacityBytes !== undefined && { capacityBytes: options.capacityBytes }),
  };
}

/** Only where writes are not ordered do the blocks of a disk show what they held before. */
function profileWith(name: ProfileName, tornTails: TornTails): CrashProfile {
  const profile = profiles[name];
  if (tornTails === 'zeros') return profile;
  if (!profile.dataFates.includes('zeroed')) throw new RangeError(`a disk of the profile ${name} leaves no garbage`);
  return { ...profile, dataFates: [...profile.dataFates, 'garbage'] };
}
