import { dirname } from 'node:path';
import { expect } from 'chai';
import { isCatalogError } from '../../src/core/errors.js';
import { hostOf } from '../../src/disk/host.js';
import type { Disk } from '../../src/disk/program.js';
import type { TreeEntry } from '../../src/disk/simulated/tree.js';
import type { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { Step } from '../../src/disk/steps.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelsIn, snapshotOf } from '../interrupt/aftermath.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';
import type { History } from '../interrupt/history.js';
import { modelEntry } from '../world.js';
import { naming, outcomeOf, perform, prepared, root, sameEachTime } from './faults.js';

type Tree = ReadonlyMap<string, TreeEntry>;

export type Forgets = 'files' | 'files and names';

/**
 * A kernel that tells of a failed write-back once and forgets it: one sync fails, and what it was to make durable never will be,
 * although it can be read and every later sync says that it went well. Names are forgotten by few file systems: most go
 * read-only when their journal fails.
 */
class ForgetfulDisk implements Disk {
  readonly volume: SimulatedDisk;
  hasFailed = false;
  readonly #disk: Disk;
  readonly #paths = new HandlePaths();
  readonly #forgottenFiles = new Set<string>();
  /** Names as they were durable when a directory's sync failed, with what was seen under them then. */
  readonly #forgottenNames = new Map<string, { readonly durable: TreeEntry | undefined; readonly seen: TreeEntry | undefined }>();
  readonly #forgets: Forgets;
  #syncsToGo: number;

  constructor(volume: SimulatedDisk, failingSync: number, forgets: Forgets) {
    this.#forgets = forgets;
    this.volume = volume;
    this.#disk = volume.process();
    this.#syncsToGo = failingSync;
  }

  get host(): NonNullable<Disk['host']> {
    return hostOf(this.#disk, {});
  }

  perform(step: Step): unknown {
    if (step.op === 'sync') {
      const path = this.#paths.of(step);
      if (step.kind === 'Sync' || this.#forgets === 'files and names') this.#syncsToGo--;
      if (this.#syncsToGo === 0 && !this.hasFailed) this.#forget(step.kind, path);
      if (this.#forgottenFiles.has(path)) return undefined;
    }
    return whenPerformed(this.#disk, step, (result) => this.#paths.note(step, result));
  }

  /** What a power cut leaves; what was forgotten is not there. */
  cut(choice: 'lost' | 'kept'): SimulatedDisk {
    const seenNow = this.volume.snapshotTree();
    const left = this.volume.crash(choice);
    for (const [path, { durable, seen }] of this.#forgottenNames) {
      if (seenNow.get(path)?.inode !== seen?.inode) continue;
      if (left.snapshotTree().has(path)) left.uproot(path);
      if (durable?.type === 'file') left.plant(path, durable.bytes, durable.mode);
    }
    return left;
  }

  #forget(kind: 'Sync' | 'SyncDirectory', path: string): never {
    this.hasFailed = true;
    if (kind === 'Sync') this.#forgottenFiles.add(path);
    else this.#forgetNames(path);
    throw Object.assign(new Error('EIO: the write-back failed'), { code: 'EIO' });
  }

  #forgetNames(directory: string): void {
    const [seen, durable] = [this.volume.snapshotTree(), this.volume.crash('lost').snapshotTree()];
    for (const path of new Set([...childrenIn(seen, directory), ...childrenIn(durable, directory)])) {
      const [now, then] = [seen.get(path), durable.get(path)];
      if (now?.inode !== then?.inode) this.#forgottenNames.set(path, { durable: then, seen: now });
    }
  }
}

function childrenIn(tree: Tree, directory: string): string[] {
  return [...tree.keys()].filter((path) => dirname(path) === directory && tree.get(path)?.type === 'file');
}

/**
 * Each sync of an operation fails once and is forgotten; then the catalog is opened again and written to, and the power is cut.
 * What was acknowledged is there, what was refused is not. Gives how many syncs were tried.
 */
export async function forgetEverySync(history: History, forgets: Forgets): Promise<number> {
  for (let sync = 1; ; sync++) {
    const disk = new ForgetfulDisk(await prepared(history), sync, forgets);
    const wasReached = await naming(`sync ${sync}`, () => forgetOne(history, disk));
    if (!wasReached) return sync - 1;
  }
}

async function forgetOne(history: History, disk: ForgetfulDisk): Promise<boolean> {
  const store = await openedAtLast(disk);
  const outcome = await outcomeOf(() => perform(store, history.change));
  if (!disk.hasFailed) return false;
  const tried = await outcomeOf(() => perform(store, { type: 'put', entry: modelEntry('x-tried') }));
  const later = modelEntry('y-later');
  const again = await FsCatalog.open({ disk, root, ...sameEachTime('third writer') });
  await perform(again, { type: 'put', entry: later });
  const content = outcome.kind === 'acknowledged' ? history.after : history.before;
  const more = tried.kind === 'acknowledged' ? [modelEntry('x-tried')] : [];
  for (const choice of ['lost', 'kept'] as const) {
    const found = modelsIn(await snapshotOf({ disk: disk.cut(choice), root }, { readOnly: true }));
    const legal = outcome.kind === 'unknown' ? [history.before, history.after] : [content];
    expect(
      legal.map((models) => [...models, ...more, later]),
      `${outcome.kind}, and then a power cut, all pending ${choice}`,
    ).to.deep.include(found);
  }
  return true;
}

/** The sync may fail while the catalog is opened; whoever opens it again is not told. */
async function openedAtLast(disk: ForgetfulDisk): Promise<FsCatalog> {
  const open = (): Promise<FsCatalog> => FsCatalog.open({ disk, root, ...sameEachTime('writer') });
  try {
    return await open();
  } catch (error) {
    if (!isCatalogError(error, 'IoError') || !disk.hasFailed) throw error;
    return open();
  }
}
