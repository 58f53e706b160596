import { isNetworkFileSystem } from './file-systems.js';
import type { PlatformFacts, PlatformSummary } from './platform.js';
import { asWords, type DirectoryRights, unsafeBecause } from './safe-root.js';

/** What is weaker than it should be, and what to do about it. */
export interface Finding {
  id: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  remedy: string;
}

/** What was seen of the place of a catalog. */
export interface SeenPlace {
  readonly root: string;
  readonly platform: PlatformSummary & { readonly facts: PlatformFacts };
  /** Of the directory, where it is there. */
  readonly directory: DirectoryRights | undefined;
  /** When something of the catalog was changed last. */
  readonly changedNs: bigint | undefined;
  /** Whether a profile accepts that directories are not synced. */
  readonly isWeak: boolean;
  readonly user: number | undefined;
  /** What the clock shows: milliseconds since 1970. */
  readonly nowMs: number;
}

/** One model has more than this. */
const littleSpaceBytes = 1024 ** 3;
/** Clocks of machines that share a disk differ by seconds. */
const toleratedMs = 60_000;

const gravity: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** Errors before warnings before the rest; those of one severity stay in their order. */
export function gravestFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => gravity.indexOf(a.severity) - gravity.indexOf(b.severity));
}

/** What is to be told of a place, the gravest first. */
export function platformFindings(seen: SeenPlace): Finding[] {
  return [
    ...pathFindings(seen),
    ...syncFindings(seen),
    ...rightsFindings(seen),
    ...abilityFindings(seen),
    ...spaceFindings(seen),
    ...clockFindings(seen),
  ];
}

function pathFindings({ root, platform, directory }: SeenPlace): Finding[] {
  const { path_status: status } = platform.store_path;
  if (typeof status === 'string') return directory === undefined ? [noRoot(root)] : [];
  return [
    {
      id: 'directory-unreadable',
      severity: 'error',
      message: `the directory ${root} could not be looked at: ${status.ProbeFailed.reason}`,
      remedy: 'look at its rights (ls -ld) and at the disk (dmesg, smartctl) before anything is written',
    },
  ];
}

function noRoot(root: string): Finding {
  return {
    id: 'no-root',
    severity: 'info',
    message: `there is nothing at ${root}`,
    remedy: 'nothing, if none was made yet: the first command that writes makes it; else say where it is: --root DIR',
  };
}

function syncFindings({ root, platform, isWeak }: SeenPlace): Finding[] {
  const { parent_dir_sync, path_status } = platform.store_path;
  if (path_status !== 'ObservedDirectory' || parent_dir_sync === 'UnixFsync') return [];
  const isRefused = parent_dir_sync === 'RenameOnly';
  if (isRefused && isWeak)
    return [
      {
        id: 'weakly-durable',
        severity: 'warning',
        message: `directories are not synced in ${root}, as its profile says: a power cut may take back what was written last`,
        remedy: 'put the catalog on another file system where that matters',
      },
    ];
  return [
    {
      id: isRefused ? 'no-directory-sync' : 'directory-sync-failed',
      severity: 'error',
      message: isRefused
        ? `directories cannot be synced in ${root}: a power cut may take back what was written, and so nothing is written`
        : `syncing the directory ${root} failed: what is written there may not stay`,
      remedy: isRefused
        ? 'put the catalog on another file system; or accept it: catalog platform --write-profile FILE, and open with that profile'
        : 'look at the disk (dmesg, smartctl) before anything is written',
    },
  ];
}

function rightsFindings({ root, directory, user }: SeenPlace): Finding[] {
  if (directory === undefined) return [];
  return unsafeBecause(directory, user).map((reason) => ({
    id: reason === 'foreign-owner' ? 'foreign-owner' : 'writable-by-others',
    severity: 'warning',
    message: `${root} is not safe: ${asWords(reason, directory, user)}`,
    remedy:
      reason === 'foreign-owner' ? 'choose a root of your own: what is in this one is what its owner says' : `run: chmod go-w ${root}`,
  }));
}

function abilityFindings({ root, platform: { facts } }: SeenPlace): Finding[] {
  const findings: Finding[] = [];
  if (isNetworkFileSystem(facts.file_system))
    findings.push({
      id: 'network-file-system',
      severity: 'warning',
      message: `${root} is on ${facts.file_system}: locks, syncs and notices of changes may mean less there than on a local disk`,
      remedy: 'writing stays safe by compare-and-set; keep the catalog on a local disk where you can',
    });
  if (facts.lock_mechanism === 'owner-record')
    findings.push({
      id: 'no-kernel-lock',
      severity: 'warning',
      message: 'the kernel\u2019s lock cannot be had here (fs-native-extensions has no binary for this machine)',
      remedy: 'a record names who writes instead; after a crash on another host: catalog repair --break-lock',
    });
  if (facts.hard_links === 'ObservedUnsupported')
    findings.push({
      id: 'no-hard-links',
      severity: 'warning',
      message: `hard links cannot be made in ${root}: a commit takes more steps, and files are copied where they could be shared`,
      remedy: 'nothing: it works; put the catalog on another file system where that is too slow',
    });
  return findings;
}

function spaceFindings({ root, platform: { facts } }: SeenPlace): Finding[] {
  const { free_bytes: free, total_bytes: total } = facts;
  if (free === undefined || total === undefined || free >= littleSpaceBytes) return [];
  return [
    {
      id: 'low-space',
      severity: 'warning',
      message: `${root} has ${Math.floor(free / 1024 ** 2)} MiB left of ${Math.floor(total / 1024 ** 2)} MiB`,
      remedy: 'make room: catalog ls shows what is there, catalog rm removes it',
    },
  ];
}

function clockFindings({ root, changedNs, nowMs }: SeenPlace): Finding[] {
  if (changedNs === undefined) return [];
  const aheadMs = Number(changedNs / 1_000_000n) - nowMs;
  if (aheadMs <= toleratedMs) return [];
  return [
    {
      id: 'clock-behind',
      severity: 'warning',
      message: `the clock is ${Math.round(aheadMs / 1000)} s behind the last change of ${root}`,
      remedy:
        'set the clock (timedatectl set-ntp true): times that are written now look older than they are; nothing depends on their order',
    },
  ];
}
