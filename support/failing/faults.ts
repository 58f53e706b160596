import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { expect } from 'chai';
import { type CatalogError, type ErrorCode, isCatalogError } from '../../src/core/errors.js';
import type { Clock, Random } from '../../src/disk/host.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { reserveFile } from '../../src/stores/fs/place.js';
import { type Content, contentOf, expectRecovers, isSameContent, modelsIn } from '../interrupt/aftermath.js';
import type { History } from '../interrupt/history.js';
import type { Change } from '../interrupt/job.js';
import { modelEntry } from '../world.js';
import { type Asked, type Strike, StrikingDisk } from './striking-disk.js';

export const root = '/home/user/models';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'NoSpace',
  EDQUOT: 'NoSpace',
  EFBIG: 'NoSpace',
  EROFS: 'ReadOnly',
  EACCES: 'PermissionDenied',
  EMFILE: 'TooManyFiles',
  EIO: 'IoError',
  EINTR: 'IoError',
};

/** How many faults were tried, and how the commits ended that met them. */
export interface Struck {
  readonly faults: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** The kinds of steps that were struck. */
  readonly kinds: ReadonlySet<string>;
}

type Outcome = { readonly kind: 'acknowledged' } | { readonly kind: 'refused' | 'unknown'; readonly error: CatalogError };

interface Stage {
  readonly history: History;
  readonly strike: Strike;
  readonly volume: SimulatedDisk;
  readonly disk: StrikingDisk;
  readonly store: FsCatalog;
  readonly before: Files;
}

/**
 * CAT-IDX-1113: an operation meets a fault at each of its steps, one after the other, until it has no such step. Each time what
 * was acknowledged is there, what was refused is absent, and what is unknown is one or the other for everybody.
 */
export async function strikeEveryStep(history: History, strike: Omit<Strike, 'step'>): Promise<Struck> {
  const outcomes: Outcome['kind'][] = [];
  const kinds = new Set<string>();
  for (let step = 1; ; step++) {
    const stage = await staged(history, { ...strike, step });
    const outcome = await outcomeOf(() => perform(stage.store, history.change));
    stage.disk.disarm();
    const { struck } = stage.disk;
    if (struck === undefined) break;
    outcomes.push(outcome.kind);
    kinds.add(struck.kind);
    await naming(`${strike.errno} ${strike.when} step ${step}, ${struck.what}`, () => judge(stage, struck, outcome));
  }
  const count = (kind: Outcome['kind']): number => outcomes.filter((one) => one === kind).length;
  return {
    faults: outcomes.length,
    acknowledged: count('acknowledged'),
    refused: count('refused'),
    unknown: count('unknown'),
    kinds,
  };
}

async function staged(history: History, strike: Strike): Promise<Stage> {
  const volume = await prepared(history);
  const disk = new StrikingDisk(volume.process());
  const store = await FsCatalog.open({ disk, root, ...sameEachTime('writer'), keepGenerations: 2 });
  await store.models.list();
  disk.arm(strike);
  return { history, strike, volume, disk, store, before: filesOf(volume) };
}

/** A disk with what was done there before; its first process has gone. */
export async function prepared(history: Pick<History, 'prepared' | 'withoutHardLinks'>): Promise<SimulatedDisk> {
  const volume = new SimulatedDisk({ root: ['/home/user'], hardLinks: !history.withoutHardLinks });
  const store = await FsCatalog.open({ disk: volume.process(), root, ...sameEachTime('preparation'), keepGenerations: 2 });
  for (const change of history.prepared) await perform(store, change);
  await store.close();
  return volume;
}

async function judge(stage: Stage, struck: Asked, outcome: Outcome): Promise<void> {
  const { store, volume } = stage;
  const content = await contentAfter(stage, outcome);
  if (outcome.kind === 'refused') expectUntouched(stage, struck, outcome.error);
  const place = { disk: volume.process(), root, ...sameEachTime('next') };
  // A handle that is opened now settles it, whatever the writer could not tell.
  expect(await contentOf(place, { readOnly: true }), 'a new reader').to.deep.equal(content);
  expect(modelsIn(await store.snapshot()), 'reads of the same handle').to.deep.equal(content);
  expectSyncedOnce(stage.disk.asked);
  const again = modelEntry('y-again');
  const next = await outcomeOf(() => perform(store, { type: 'put', entry: again }));
  const isPoisoned = outcome.kind === 'unknown' || (outcome.kind === 'refused' && isSync(struck));
  expect(next.kind, 'the next put through the same handle').to.equal(isPoisoned ? 'refused' : 'acknowledged');
  if (next.kind !== 'acknowledged') {
    expect(next.error.code).to.equal('StorePoisoned');
    expect(next.error.cause).to.equal(outcome.kind === 'acknowledged' ? undefined : outcome.error);
  }
  await store.close();
  await expectRecovers(place, [isPoisoned ? content : [...content, again]]);
}

/** What everybody must see from now on. */
async function contentAfter({ history, volume }: Stage, outcome: Outcome): Promise<Content> {
  switch (outcome.kind) {
    case 'acknowledged':
      return history.after;
    case 'refused':
      return history.before;
    case 'unknown': {
      const found = await contentOf({ disk: volume.process(), root, ...sameEachTime('judge') }, { readOnly: true });
      expect(isSameContent(found, history.before) || isSameContent(found, history.after), 'what is there after CommitUnknown').to.equal(
        true,
      );
      return found;
    }
  }
}

/**
 * The refusal says what the disk said; the index is byte for byte as it was, and no temp remains that could be removed. What removes may
 * have given up what there was to make room of, where the disk stays full (CAT-IDX-1116).
 */
function expectUntouched({ strike, volume, before, history }: Stage, struck: Asked, error: CatalogError): void {
  expect(error.code, error.message).to.equal(codes[strike.errno]);
  expect(error.details).to.have.property('errno', strike.errno);
  const after = filesOf(volume);
  const temps = (files: Files): string[] => Object.keys(files).filter((path) => path.includes('.tmp'));
  const couldRemove = !strike.lasts && struck.kind !== 'RemoveFile' && struck.kind !== 'RemoveDirectory';
  if (couldRemove) expect(temps(after), 'temps that remain').to.deep.equal(temps(before));
  if (history.before.length === 0) return;
  const mayHaveGiven = strike.lasts === true && history.change.type === 'delete' && error.code === 'NoSpace';
  const given = (path: string): boolean => mayHaveGiven && !(path in after) && isForRoom(path, before);
  const kept = Object.entries(published(before)).filter(([path]) => !given(path));
  expect(published(after), 'indices and generations').to.deep.equal(Object.fromEntries(kept));
}

/** The reserve, and each generation that is not the newest of its index. */
function isForRoom(path: string, files: Files): boolean {
  const number = Number(basename(path));
  const newer = Object.keys(files).filter((other) => dirname(other) === dirname(path) && Number(basename(other)) > number);
  return basename(path) === basename(reserveFile(root)) || newer.length > 0;
}

/** CAT-IDX-1113: a file whose sync failed is never synced again. */
function expectSyncedOnce(asked: readonly Asked[]): void {
  const failed = asked.findIndex((one) => one.struck && one.kind === 'Sync');
  const path = asked[failed]?.path;
  expect(asked.slice(failed + 1).filter((one) => failed !== -1 && one.kind === 'Sync' && one.path === path)).to.deep.equal([]);
}

function isSync({ kind }: Asked): boolean {
  return kind === 'Sync' || kind === 'SyncDirectory';
}

export async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return { kind: 'acknowledged' };
  } catch (error) {
    if (!isCatalogError(error)) throw new Error(`an error without a type: ${(error as Error).stack}`, { cause: error });
    return { kind: error.code === 'CommitUnknown' ? 'unknown' : 'refused', error };
  }
}

export async function perform(store: FsCatalog, change: Change): Promise<void> {
  if (change.type === 'put') await store.models.put(change.entry);
  else await store.models.delete(change.id);
}

type Files = Readonly<Record<string, string>>;

/** All files below the root by their bytes, the lock apart: its text tells who wrote last. */
export function filesOf(disk: SimulatedDisk): Files {
  const files: Record<string, string> = {};
  for (const [path, entry] of disk.snapshotTree()) {
    if (entry.type === 'file' && !path.endsWith('catalog.lock')) files[path] = Buffer.from(entry.bytes).toString('latin1');
  }
  return files;
}

export function published(files: Files): Files {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.includes('.tmp')));
}

/** Bytes and times that are the same in each run. */
export function sameEachTime(seed: string): { readonly random: Random; readonly clock: Clock } {
  let calls = 0;
  const random: Random = (bytes) => createHash('sha256').update(`${seed} ${calls++}`).digest().subarray(0, bytes);
  return { random, clock: () => Date.UTC(2026, 0, 2) };
}

export async function naming<T>(name: string, judged: () => Promise<T>): Promise<T> {
  try {
    return await judged();
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
