import { shownFleetUrl } from './core/fleet-url.js';
import type { RootFile } from './core/root-file.js';
import { hostOf } from './disk/host.js';
import { type Disk, run } from './disk/program.js';
import { openFleet } from './open-fleet.js';
import { operationNote } from './operation-note.js';
import type { FleetStore } from './stores/fleet-store.js';
import { FsCatalog, type FsCatalogOptions, storeOfRoot } from './stores/fs/fs-catalog.js';
import { JournalCatalog } from './stores/journal/journal-catalog.js';
import { type MachineRecords, planned } from './stores/moving/fleet-plan.js';
import { checkCopied, copyInto, recordsOfFleet } from './stores/moving/into-fleet.js';
import { notThere } from './stores/moving/records.js';

export interface FleetCopyOptions extends Omit<FsCatalogOptions, 'readOnly' | 'keepGenerations'> {
  /** A URL, or a catalog that is open and stays so. */
  readonly to: string | FleetStore;
  readonly disk: Disk;
  /** How long the server may be away. */
  readonly lockTimeoutMs: number;
}

export interface FleetCopyReport {
  readonly from: RootFile['store'];
  /** Without a password. */
  readonly to: string;
  readonly models: number;
  readonly engines: number;
  /** Put by this call, and there before. */
  readonly copied: number;
  readonly known: number;
  readonly verified: true;
}

/**
 * CAT-HIS-3604: the records of one moment of a root, put into a fleet and read back. Nothing of the root changes. Whatever ends it
 * leaves some of the records there, and whoever does the same again goes on with the rest.
 */
export async function copyToFleet({ to, ...options }: FleetCopyOptions): Promise<FleetCopyReport> {
  const { disk, lockTimeoutMs } = options;
  const said = await run(storeOfRoot(options.root), disk);
  if (said === undefined) throw notThere(options.root);
  const source = await recordsOf(said.store, options);
  const fleet = typeof to === 'string' ? await openFleet(to, { unreachableMs: lockTimeoutMs }) : to;
  try {
    const note = { ...operationNote('migrate', hostOf(disk, options)), reason: `copied from the ${said.store} store` };
    const { copied, known } = await copiedInto(fleet, source, note);
    const { length: models } = source.models;
    const { length: engines } = source.engines;
    const shown = typeof to === 'string' ? shownFleetUrl(to) : to.name;
    return { from: said.store, to: shown, models, engines, copied, known, verified: true };
  } finally {
    if (typeof to === 'string') await fleet.close();
  }
}

async function copiedInto(
  fleet: FleetStore,
  source: MachineRecords,
  note: Parameters<typeof copyInto>[2],
): Promise<Pick<FleetCopyReport, 'copied' | 'known'>> {
  const { lacking, known } = planned(source, await recordsOfFleet(fleet), fleet.claims.maxEntryBytes);
  const copied = await copyInto(fleet, lacking, note);
  checkCopied(source, await recordsOfFleet(fleet), { known, copied });
  const ours = copied.filter(({ isOurs }) => isOurs).length;
  return { copied: ours, known: source.models.length + source.engines.length - ours };
}

/** Takes no lock: writers go on, and what they write from then on is not among these. */
async function recordsOf(store: RootFile['store'], options: Omit<FleetCopyOptions, 'to'>): Promise<MachineRecords> {
  const given = { ...options, readOnly: true };
  const opened = await (store === 'journal' ? JournalCatalog.open(given) : FsCatalog.open(given));
  try {
    const { models, engines } = await opened.snapshot();
    return { models, engines, isOneSequence: store === 'journal' };
  } finally {
    await opened.close();
  }
}
