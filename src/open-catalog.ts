import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ArtifactStore } from './artifacts/artifact-store.js';
import { hashingOn } from './artifacts/hashing.js';
import { HashingPool } from './artifacts/hashing-pool.js';
import { Catalog } from './catalog.js';
import type { CatalogContext } from './catalog-context.js';
import { finishClaim } from './claiming.js';
import { isCatalogError, refusal } from './core/errors.js';
import { knownOnly, type MembersOf } from './core/known-members.js';
import type { RootFile } from './core/root-file.js';
import { asCatalogError } from './disk/failure.js';
import { canonicalPath, makeFolderDurably } from './disk/folders.js';
import { type Clock, type Host, hostOf, type Random } from './disk/host.js';
import { type Disk, type Run, run } from './disk/program.js';
import { defaultDisk } from './disk/real-disk.js';

import { type Fetcher, FileFetcher } from './fetch/fetcher.js';
import type { Gate } from './journal/gates.js';
import { checkedLogger, type Logger } from './observe/logger.js';
import { Telling } from './observe/telling.js';
import { Platform, type PlatformOptions } from './platform/platform.js';
import { readKeepers } from './reachability.js';
import type { CatalogStore } from './stores/catalog-store.js';
import { FleetCopy } from './stores/fleet-copy/fleet-copy.js';
import { isFleetStore } from './stores/fleet-store.js';
import { FsCatalog, storeOfRoot } from './stores/fs/fs-catalog.js';
import { rootFile } from './stores/fs/place.js';
import { checkRootPath, checkSafeRoot } from './stores/fs/safe-root.js';
import type { JournalCatalog } from './stores/journal/journal-catalog.js';

/** Where a catalog is and how it is kept; without any the catalog of this machine, as two files. */
export interface OpenCatalogOptions extends PlatformOptions {
  /** The directory of the catalog; by default `defaultModelCacheDir()`. */
  root?: string | undefined;
  /** Which store; by default the one that the root says it is, `fs` for a new one. */
  store?: 'fs' | 'journal' | CatalogStore | undefined;
  readOnly?: boolean | undefined;
  lockTimeoutMs?: number | undefined;
  keepGenerations?: number | undefined;
  /** Use a root that others can write to, or that is another user's, which is else `UnsafeRoot` (CAT-SEC-6002). */
  allowUnsafeRoot?: boolean | undefined;
  clock?: Clock | undefined;
  random?: Random | undefined;
  disk?: Disk | undefined;
  /** Brings what is not on this machine; without one a remote reference is `FetcherRequired`. */
  fetcher?: Fetcher | undefined;
  /** Told of every operation when it has ended (CAT-OBS-6101): pino, or what logs as it does. Without one nothing is logged. */
  logger?: Logger | undefined;
  /** Asked before every change, in this order (CAT-HIS-3603); for the journal store. */
  gates?: readonly Gate[] | undefined;
}

const known = {
  ...{ root: true, store: true, readOnly: true, lockTimeoutMs: true, keepGenerations: true, allowUnsafeRoot: true },
  ...{ clock: true, random: true, disk: true, fetcher: true, logger: true, gates: true, platformProfilePath: true, platformProbe: true },
} satisfies MembersOf<OpenCatalogOptions>;

/** CAT-BLB-2101: `$CATALOG_ROOT`, else `$XDG_CACHE_HOME/models`, else `~/.cache/models`. */
export function defaultModelCacheDir(): string {
  const { CATALOG_ROOT, XDG_CACHE_HOME } = process.env;
  if (CATALOG_ROOT) return resolve(CATALOG_ROOT);
  return XDG_CACHE_HOME ? join(XDG_CACHE_HOME, 'models') : join(homedir(), '.cache', 'models');
}

/**
 * Opens the catalog of this machine, or another. A root that is not there is made by the first write, never by reading. An option that it
 * does not know is `InvalidArgument`.
 */
export async function openCatalog(options: OpenCatalogOptions = {}): Promise<Catalog> {
  const { root = defaultModelCacheDir() } = knownOnly('openCatalog', options, known);
  checkRootPath(root);
  try {
    return await openAt(root, options);
  } catch (error) {
    throw asCatalogError(error, `could not open the catalog in ${root}`);
  }
}

async function openAt(root: string, options: OpenCatalogOptions): Promise<Catalog> {
  const { disk = defaultDisk, fetcher = new FileFetcher(), readOnly = false, allowUnsafeRoot = false, logger } = options;
  const host = hostOf(disk, options);
  const path = await run(canonicalPath(resolve(root)), disk);
  // Whatever the store is, and before anything there is read: blobs lie in the root.
  if (!allowUnsafeRoot) await run(checkSafeRoot(path, host), disk);
  const store = await openStore(root, disk, options);
  const platform = hasRoot(store) ? store.platform : await platformOf(path, host, disk, options);
  const artifacts = new ArtifactStore({ root: path, disk: platform.over(disk), host });
  const prepare = hasRoot(store) ? () => store.prepare() : () => run(makeFolderDurably(path), disk);
  const runThere: Run = (program) => artifacts.run(program);
  // A disk that somebody gave is where it is: other threads have no such disk.
  const hashing = disk === defaultDisk ? new HashingPool({ run: runThere }) : hashingOn(runThere);
  const context: CatalogContext = {
    store,
    artifacts,
    hashing,
    host,
    fetcher,
    prepare,
    readOnly,
    telling: new Telling({ root: path, logger: checkedLogger(logger), monotonicMs: host.monotonicMs }),
    // Whoever works on the records of the fleet itself has no copy of them.
    ...(!isFleetStore(store) && { fleet: new FleetCopy(path, runThere) }),
    ...(hasRoot(store) && { reserve: { release: () => store.releaseReserve(), keep: () => store.keepReserve() } }),
  };
  if (!readOnly && (await run(platform.admitsWriting(), disk))) await recover(context);
  return new Catalog(context);
}

/** What is demanded of the machine where the store is somebody else's. */
async function platformOf(directory: string, host: Host, disk: Disk, options: OpenCatalogOptions): Promise<Platform> {
  const platform = new Platform({ directory, host, witness: rootFile(directory) }, options);
  await run(platform.atOpen({ readOnly: options.readOnly ?? false }), disk);
  return platform;
}

/** Who did not say which store gets the one to which the root is moved while it is opened. */
async function openStore(root: string, disk: Disk, options: OpenCatalogOptions): Promise<CatalogStore> {
  const { store } = options;
  if (typeof store === 'object' && hasRoot(store)) return store;
  for (;;) {
    const found = (await run(storeOfRoot(root), disk))?.store;
    try {
      return await openFound(root, found, disk, options);
    } catch (error) {
      const isMoved = store === undefined && isCatalogError(error, 'StoreMismatch');
      if (!isMoved || (await run(storeOfRoot(root), disk))?.store === found) throw error;
    }
  }
}

/** Opens what is asked for where that store was found, or none. */
async function openFound(
  root: string,
  found: RootFile['store'] | undefined,
  disk: Disk,
  options: OpenCatalogOptions,
): Promise<CatalogStore> {
  const { store, readOnly, lockTimeoutMs, keepGenerations, clock, random, gates, allowUnsafeRoot } = options;
  const { platformProfilePath, platformProbe } = options;
  if (typeof store === 'object' && found === undefined) return store;
  if (typeof store === 'object') {
    // Its blobs are of the records of the one, and would be removed for those of the other.
    throw refusal('StoreMismatch', `${root} holds a catalog of the ${found} store, not of ${store.name}`, { found, wanted: store.name });
  }
  if (store !== undefined && found !== undefined && store !== found) {
    throw refusal('StoreMismatch', `${root} holds a catalog of the ${found} store, not of ${store}`, { found, wanted: store });
  }
  const given = {
    root,
    disk,
    ...(readOnly !== undefined && { readOnly }),
    ...{ platformProfilePath, platformProbe },
    ...(allowUnsafeRoot !== undefined && { allowUnsafeRoot }),
    ...(lockTimeoutMs !== undefined && { lockTimeoutMs }),
    ...(clock && { clock }),
    ...(random && { random }),
  };
  const kind = store ?? found ?? 'fs';
  if (kind === 'journal') {
    // The code of the journal is loaded for who has one.
    const { JournalCatalog } = await import('./stores/journal/journal-catalog.js');
    return JournalCatalog.open({ ...given, ...(gates && { gates }) });
  }
  if (kind !== 'fs') throw refusal('Unsupported', `the ${String(kind)} store is not part of this version`);
  if (gates !== undefined) throw refusal('Unsupported', 'gates need a catalog with a journal', { argument: 'gates', needs: 'journal' });
  return FsCatalog.open({ ...given, ...(keepGenerations !== undefined && { keepGenerations }) });
}

/** Ours have a place on this machine; another's may be anywhere. */
function hasRoot(store: CatalogStore): store is FsCatalog | JournalCatalog {
  return 'root' in store && 'prepare' in store;
}

/**
 * What killed processes left: blobs in the trash come back where an entry names them, and links that were about to change are
 * shown as the newest record has them (CAT-GC-2305). A damaged index tells that to those who need it.
 */
async function recover(context: CatalogContext): Promise<void> {
  await trying('could not look through the trash', () => recoverTrash(context));
  await trying('could not look through the claims', () =>
    context.artifacts.endClaims((claim) => trying('could not show the links', () => finishClaim(context, claim, { mending: true }))),
  );
}

/** Puts back what a killed remover left in the trash although it is reached. */
async function recoverTrash(context: CatalogContext): Promise<void> {
  const trashed = await context.artifacts.trashed();
  if (trashed.length === 0) return;
  const keepers = await readKeepers(context);
  for (const one of trashed) if (keepers.has(one.digest)) await context.artifacts.putBack(one);
}

/** What cannot be mended now is left as it is, for the next open. */
async function trying(doing: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    asCatalogError(error, doing);
  }
}
