import { resolve } from 'node:path';
import { copyToFleet } from './copy-to-fleet.js';
import { CatalogError, refusal } from './core/errors.js';
import { redactText } from './core/redact.js';
import type { RootFile } from './core/root-file.js';
import { asCatalogError } from './disk/failure.js';
import { canonicalPath } from './disk/folders.js';
import { type Clock, type Host, hostOf, type Random } from './disk/host.js';
import { releaseLock } from './disk/lock.js';
import { type Disk, run } from './disk/program.js';
import { defaultDisk } from './disk/real-disk.js';
import { lockJournal } from './journal/open.js';
import { defaultModelCacheDir } from './open-catalog.js';
import { isFleetUrl } from './open-fleet.js';
import { operationNote } from './operation-note.js';
import { Platform, type PlatformOptions } from './platform/platform.js';
import type { FleetStore } from './stores/fleet-store.js';
import { FsRoot } from './stores/fs/fs-root.js';
import { settleMove } from './stores/fs/known-root.js';
import { policyFile, rootFile } from './stores/fs/place.js';
import { readRoot } from './stores/fs/root.js';
import { checkRootPath, checkSafeRoot } from './stores/fs/safe-root.js';
import { journalFolder } from './stores/journal/journal-root.js';
import { readPolicy } from './stores/journal/policy-file.js';
import { writeIndices } from './stores/moving/new-indices.js';
import { recordsOfJournal, writeJournal } from './stores/moving/new-journal.js';
import { type AllRecords, checkCopy, notThere, recordsOfIndices } from './stores/moving/records.js';
import { setAside } from './stores/moving/set-aside.js';
import { switchRoot } from './stores/moving/switch-root.js';

type Store = RootFile['store'];

/** Which catalog is copied, and into what. */
export interface MigrateOptions extends PlatformOptions {
  /** The directory of the catalog; by default `defaultModelCacheDir()`. */
  root?: string | undefined;
  /**
   * `fs` or `journal`, into which it is moved; or a server, into which it is copied: `postgres://…`, `etcd://…`, or the catalog of a fleet, which is
   * open and stays so.
   */
  to: string | FleetStore;
  /** How long to wait for those who write, or for a server that is away; 10,000 by default. */
  lockTimeoutMs?: number | undefined;
  /** How large the files of a new journal become; 16 MiB by default. */
  segmentMaxBytes?: number | undefined;
  /** As of `openCatalog`. */
  allowUnsafeRoot?: boolean | undefined;
  clock?: Clock | undefined;
  random?: Random | undefined;
  disk?: Disk | undefined;
}

/** What was copied; what was there before is kept where `set_aside` says. */
export interface MigrateReport {
  /** The same as `to` where the catalog was there already, and nothing was changed. */
  from: Store;
  /** The store, or the URL of the server without a password. */
  to: string;
  /** How many records there are. */
  models: number;
  engines: number;
  /** Whether all that was copied was read back, and is the same. */
  verified: boolean;
  /** Of a copy to a server: how many were put there, and how many were there before, the same. */
  copied?: number;
  known?: number;
  /** The folder in which there is now what the store had left from an earlier time. */
  set_aside?: string;
  duration_ms: number;
}

interface Move {
  readonly root: string;
  readonly from: Store;
  readonly to: Store;
  readonly lockTimeoutMs: number;
  readonly segmentMaxBytes: number | undefined;
  readonly host: Host;
  readonly disk: Disk;
  readonly platform: Platform;
}

/**
 * CAT-HIS-3604: moves the catalog of a root into another store, in place. Every record is copied, in the order of their revisions, and
 * read back; what the old store holds stays as it is, and the root file is replaced as the very last step, so that a crash leaves the
 * one in force or the other, whole. Writers wait meanwhile; handles that were open before are refused with `StoreMismatch`. A journal
 * begins with its own revisions; a move to files keeps those of the journal. `NotFound` where there is no catalog.
 *
 * To a server it is a copy of the records of one moment, and nothing of the root changes: it stays in force, with its blobs. A record that
 * is there already, and the same, was copied before, so that whoever does it again goes on; another one under its id is `AlreadyExists`, and one that
 * the server would not take `EntryTooLarge`, before anything is written. A history is not copied.
 */
export async function migrateCatalog(options: MigrateOptions): Promise<MigrateReport> {
  const { root = defaultModelCacheDir(), to, disk = defaultDisk } = options;
  checkRootPath(root);
  checkDestination(to);
  const host = hostOf(disk, options);
  const began = host.monotonicMs();
  try {
    const done = await (isOfMachine(to) ? migrated(to, root, options) : copied(to, root, options));
    return { ...done, duration_ms: Math.round(host.monotonicMs() - began) };
  } catch (error) {
    throw asCatalogError(error, `could not ${isOfMachine(to) ? 'move' : 'copy'} the catalog in ${root}`);
  }
}

/** CAT-HIS-3604: refuses, with `InvalidArgument`, what a catalog cannot be brought into. */
export function checkDestination(to: string | FleetStore): void {
  if (typeof to === 'object' || isOfMachine(to) || isFleetUrl(to)) return;
  const isKind = to === 'postgres' || to === 'etcd';
  const message = isKind
    ? `a catalog is copied to ${to} by the URL of the server: ${to}://…`
    : `a catalog is moved to fs or to journal, or copied to postgres://… or etcd://…, not to ${JSON.stringify(redactText(String(to)))}`;
  throw refusal('InvalidArgument', message, { argument: 'to' });
}

function isOfMachine(to: string | FleetStore): to is Store {
  return to === 'fs' || to === 'journal';
}

function copied(to: string | FleetStore, root: string, options: MigrateOptions): Promise<Done> {
  const { lockTimeoutMs = 10_000, disk = defaultDisk, allowUnsafeRoot, clock, random } = options;
  const { platformProfilePath, platformProbe } = options;
  return copyToFleet({
    ...{ to, root, lockTimeoutMs, disk, platformProfilePath, platformProbe },
    ...(allowUnsafeRoot !== undefined && { allowUnsafeRoot }),
    ...(clock && { clock }),
    ...(random && { random }),
  });
}

async function migrated(to: Store, root: string, options: MigrateOptions): Promise<Done> {
  const { lockTimeoutMs = 10_000, segmentMaxBytes, disk = defaultDisk } = options;
  const host = hostOf(disk, options);
  const place = await run(canonicalPath(resolve(root)), disk);
  if (!options.allowUnsafeRoot) await run(checkSafeRoot(place, host), disk);
  const platform = new Platform({ directory: place, host, witness: rootFile(place) }, options);
  await run(platform.atOpen({ readOnly: true }), disk);
  if (!(await run(platform.admitsWriting(), disk))) await run(platform.beforeWriting(), disk);
  const wanted = { root: place, to, lockTimeoutMs, segmentMaxBytes, host, platform, disk: platform.over(disk) };
  const from = await storeOf(wanted);
  return from === to ? alreadyThere({ ...wanted, from }) : withoutWriters(wanted);
}

type Done = Omit<MigrateReport, 'duration_ms'>;

async function alreadyThere(move: Move): Promise<Done> {
  const { models, engines } = await recordsIn(move.to, move);
  return { from: move.to, to: move.to, models: models.length, engines: engines.length, verified: false };
}

/** Under the lock of the indices, which is that of moving as well, and under that of the journal where there is one to be left. */
async function withoutWriters(wanted: Omit<Move, 'from'>): Promise<Done> {
  const { root, disk, host, lockTimeoutMs, platform } = wanted;
  const fsRoot = new FsRoot({
    root,
    disk,
    host,
    lockTimeoutMs,
    platform,
    known: undefined,
    readOnly: false,
    keepGenerations: 1,
    allowUnsafeRoot: true,
  });
  return fsRoot.lockedAsItIs(async () => {
    // Another may have moved it meanwhile.
    const move = { ...wanted, from: await storeOf(wanted) };
    if (move.from === move.to) return alreadyThere(move);
    await checkPolicy(move);
    return move.from === 'journal' ? withoutAppends(move, () => moved(move)) : moved(move);
  });
}

async function withoutAppends<T>({ root, disk, host, lockTimeoutMs }: Move, work: () => Promise<T>): Promise<T> {
  const lock = await run(lockJournal(journalFolder(root), { host, timeoutMs: lockTimeoutMs }), disk);
  try {
    return await work();
  } finally {
    await run(releaseLock(lock, host), disk);
  }
}

async function moved(move: Move): Promise<Done> {
  const { root, from, to, host, disk } = move;
  const source = await recordsIn(from, move);
  const aside = await run(setAside(root, to, host), disk);
  await run(written(source, move), disk);
  checkCopy(source, await recordsIn(to, move));
  await switched(move);
  const { length: models } = source.models;
  const { length: engines } = source.engines;
  return { from, to, models, engines, verified: true, ...(aside !== undefined && { set_aside: aside }) };
}

async function switched({ root, to, host, disk }: Move): Promise<void> {
  try {
    await run(switchRoot(root, to, host), disk);
  } catch (error) {
    const said = await run(readRoot(root), disk);
    if (said?.store !== to) throw error;
    throw new CatalogError('CommitUnknown', `${root} is of the ${to} store now, and the disk did not say that this is durable`, {}, error);
  }
}

function written(source: AllRecords, { root, to, segmentMaxBytes, host }: Move) {
  const note = { ...operationNote('migrate', host), reason: 'moved from the fs store' };
  return to === 'journal' ? writeJournal(root, source, { host, note, segmentMaxBytes }) : writeIndices(root, source, host);
}

function recordsIn(store: Store, { root, host, disk }: Move): Promise<AllRecords> {
  return run(store === 'journal' ? recordsOfJournal(root, host) : recordsOfIndices(root), disk);
}

async function storeOf({ root, disk }: Pick<Move, 'root' | 'disk'>): Promise<Store> {
  const said = await run(readRoot(root), disk);
  if (said === undefined) throw notThere(root);
  await run(settleMove(root, { readOnly: false }), disk);
  return said.store;
}

/** A policy that could not be heeded there is not left behind in silence. */
async function checkPolicy({ root, to, disk }: Move): Promise<void> {
  const policy = await run(readPolicy(root), disk);
  if (policy === undefined || to === 'journal') return;
  throw refusal('Unsupported', `${policyFile(root)} is there, and the fs store heeds no policy`, {
    path: policyFile(root),
    needs: 'no policy',
  });
}
