import { expect } from 'chai';
import type { CatalogError } from '../src/core/errors.js';
import { admitted, evidenceValues, type PathStatus, type PlatformEvidence, type PlatformFacts } from '../src/core/platform.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { type PlatformProbe, realProbe } from '../src/platform/probe.js';
import type { Ran } from './cli.js';
import { type Opened, type Opening, open, type What, whats } from './opened-stores.js';
import type { CatalogWorld } from './world.js';

export interface PlatformWorld extends CatalogWorld {
  disk: SimulatedDisk;
  what: What;
  opened: Opened;
  probe: PlatformProbe;
  told: PlatformEvidence;
  facts: PlatformFacts;
  profile: string;
  refusals: readonly { readonly path: string; readonly error: CatalogError }[];
  observed: number;
  began: number;
  touches: unknown;
  ran: Ran;
}

export const place = '/place';
export const profilePath = '/profile.json';

export const isWhat = (what: string): What => whats.find((one) => one === what) ?? expect.fail(what);

/** What the seed expects of a machine that maps files. */
export const seedEvidence: PlatformEvidence = {
  host: { process_clock_epoch_marker_ns: 1n, monotonic_clock: 'ProcessLocalInstantAnchor' },
  store_path: {
    path_status: 'ObservedDirectory',
    parent_dir_sync: 'UnixFsync',
    lock_leaf_symlink_protection: 'AtomicNoFollow',
    mmap_index: 'FileBacked',
    sealed_segment_mmap: 'FileBacked',
    active_segment_read: 'UnixReadAt',
  },
};

export function probeOf(evidence: PlatformEvidence): PlatformProbe {
  return {
    ...realProbe,
    *evidence() {
      return evidence;
    },
  };
}

export const withMember = (name: string, value: string): PlatformEvidence => ({
  ...seedEvidence,
  store_path: { ...seedEvidence.store_path, [name]: value },
});

export const summaryOf = (evidence: PlatformEvidence) => ({ ...evidence, admission: admitted(evidence) });
export const honest = withHonestMmap(seedEvidence);

function withHonestMmap({ host, store_path }: PlatformEvidence): PlatformEvidence {
  return { host, store_path: { ...store_path, mmap_index: 'ObservedUnsupported', sealed_segment_mmap: 'ObservedUnsupported' } };
}

export async function openFor(world: PlatformWorld, what: What, opening: Opening): Promise<Opened> {
  const opened = await open(what, opening);
  world.onEnd(() => opened.close());
  return opened;
}

const pathStatuses: readonly PathStatus[] = [
  'ObservedDirectory',
  'UnknownMissing',
  'ObservedUnsupportedNotDirectory',
  { ProbeFailed: { reason: 'EIO' } },
];

export function* allEvidence(): Generator<PlatformEvidence> {
  for (const monotonic_clock of evidenceValues.monotonic_clock)
    for (const path_status of pathStatuses)
      for (const parent_dir_sync of evidenceValues.parent_dir_sync)
        for (const lock_leaf_symlink_protection of evidenceValues.lock_leaf_symlink_protection)
          for (const mmap_index of evidenceValues.mmap)
            for (const sealed_segment_mmap of evidenceValues.mmap)
              for (const active_segment_read of evidenceValues.active_segment_read)
                yield {
                  host: { process_clock_epoch_marker_ns: 1n, monotonic_clock },
                  store_path: {
                    path_status,
                    ...{ parent_dir_sync, lock_leaf_symlink_protection, mmap_index, sealed_segment_mmap, active_segment_read },
                  },
                };
}

export function plant(disk: SimulatedDisk, path: string, text: string): void {
  const handle = disk.perform({ op: 'open', kind: 'Open', path, access: 'create', mode: 0o600 }) as number;
  disk.perform({ op: 'write', kind: 'Write', handle, chunks: [Buffer.from(text)], position: 0 });
  disk.perform({ op: 'close', kind: 'Close', handle });
}
