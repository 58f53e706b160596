import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { containedFolder } from '../../src/artifacts/contained.js';
import { hashFile } from '../../src/artifacts/hash-file.js';
import { drop, ingest, publishBlob, settle } from '../../src/artifacts/ingest.js';
import { linkModel } from '../../src/artifacts/links.js';
import { afterMutations, type Generation } from '../../src/core/generation.js';
import { blobPath } from '../../src/core/model-layout.js';
import type { ModelEntry } from '../../src/core/records.js';
import { type Host, newToken } from '../../src/disk/host.js';
import { acquireLock, releaseLock } from '../../src/disk/lock.js';
import { type Disk, type DiskProgram, runSync } from '../../src/disk/program.js';
import type { Step } from '../../src/disk/steps.js';
import { describeStep } from '../../src/disk/steps.js';
import { Journal } from '../../src/journal/journal.js';
import { SimulatedDisk } from '../../src/sim/index.js';
import { commitGeneration, prune } from '../../src/stores/fs/commit.js';
import { mend } from '../../src/stores/fs/mend.js';
import { type OpenGeneration, openNewestDurably } from '../../src/stores/fs/open-generation.js';
import { indexPlace } from '../../src/stores/fs/place.js';
import { makeRoot } from '../../src/stores/fs/root.js';
import { projectRoot } from '../checks/sources.js';
import { modelEntry } from '../model-entry.js';
import { attempted } from '../saboteurs/records.js';
import { brokenBy } from '../saboteurs/sabotaged.js';
import type { AnySaboteur, DiskSaboteur, ProgramSaboteur } from '../saboteurs/saboteur.js';

const root = '/home/root';
const place = indexPlace(root, 'models');

/** CAT-SIM-5009: whether something is done otherwise under a saboteur, on a simulated disk or with a module's own arguments. */
export async function changesBehaviour(saboteur: AnySaboteur): Promise<boolean> {
  if (!('module' in saboteur)) return !isDeepStrictEqual(await lifeOf(saboteur), await usualLife());
  const original: object = await moduleOf(saboteur.module);
  const [before, after] = [await saboteur.shows(original), await saboteur.shows({ ...original, ...saboteur.substitutes(original) })];
  return !isDeepStrictEqual(before, after);
}

let usual: Promise<readonly string[]> | undefined;
/** The same each time. */
function usualLife(): Promise<readonly string[]> {
  usual ??= lifeOf(undefined);
  return usual;
}

/** From the sources where those are run, else from what was built of them. */
async function moduleOf(path: string): Promise<object> {
  const isBuilt = import.meta.url.endsWith('.js');
  const here = isBuilt ? new URL(`../../${path.replace(/\.ts$/, '.js')}`, import.meta.url) : pathToFileURL(join(projectRoot, path));
  return import(here.href);
}

/** What a disk was asked and how it answered while a catalog was made, written, read, mended and failed, in short. */
async function lifeOf(saboteur: DiskSaboteur | ProgramSaboteur | undefined): Promise<readonly string[]> {
  const told: string[] = [];
  const broken = saboteur && brokenBy(saboteur);
  for (const scene of scenes) {
    const disk = new SimulatedDisk({ root: ['/home'], reflinks: true });
    const hook: Hook = {};
    const noted = noting(hooked(limited(disk), hook), told);
    const seen = broken ? broken.disk(noted) : noted;
    const perform = <T>(program: DiskProgram<T>): T | undefined => {
      try {
        return runSync(broken ? broken.program(program) : program, seen);
      } catch (error) {
        told.push(`refused: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    };
    await scene({ disk, seen, host: disk.host, hook, perform });
  }
  return told;
}

/** What somebody else does once, right after the next listing. */
interface Hook {
  afterList?: (() => void) | undefined;
}

interface Scene {
  readonly disk: SimulatedDisk;
  /** The same as a saboteur shows it. */
  readonly seen: Disk;
  readonly hook: Hook;
  readonly host: Host;
  readonly perform: <T>(program: DiskProgram<T>) => T | undefined;
}

const scenes: readonly ((scene: Scene) => void | Promise<void>)[] = [
  putThrice,
  (scene) => {
    putThrice(scene);
    scene.disk.faultOn('Sync', 1);
    put(scene, 'd');
  },
  (scene) => {
    putThrice(scene);
    scene.disk.faultOn('SyncDirectory', 1);
    put(scene, 'd');
  },
  twoOnOneBase,
  prunedUnderReader,
  mendAfterOther,
  addFile,
  // Not every saboteur's disk answers at once.
  (scene) => void attempted(() => failingJournal(scene)),
];

function putThrice(scene: Scene): void {
  scene.perform(makeRoot(root, scene.host));
  for (const id of ['a', 'b', 'c']) put(scene, id);
  scene.perform(prune(place, 2));
  // A second name of the lock's file, as long as a first process holds it.
  scene.disk.process().perform({ op: 'stat', kind: 'Stat', path: root, follow: false });
}

function put(scene: Scene, id: string): void {
  const { host, perform } = scene;
  const lock = perform(acquireLock(join(root, 'catalog.lock'), { timeoutMs: 0, host }));
  const base = perform(openNewestDurably(place));
  if (base !== undefined) perform(commitOn(base, id, host));
  if (lock !== undefined) perform(releaseLock(lock, host));
}

function commitOn(base: OpenGeneration, id: string, host: Host): DiskProgram<unknown> {
  const { next } = afterMutations(base.generation as Generation<ModelEntry>, [{ type: 'put', record: modelEntry(id) }], newToken(host));
  if (next === undefined) throw new Error('a put changes something');
  return commitGeneration({ place, newToken: () => newToken(host) }, base, next);
}

/** Both hold the lock, or believe it; the second comes when names were pruned. */
function twoOnOneBase(scene: Scene): void {
  const { host, perform } = scene;
  perform(makeRoot(root, host));
  const base = perform(openNewestDurably(place));
  perform(acquireLock(join(root, 'catalog.lock'), { timeoutMs: 0, host }));
  put(scene, 'a');
  if (base !== undefined) perform(commitOn(base, 'b', host));
  put(scene, 'c');
  perform(prune(place, 1));
  if (base !== undefined) perform(commitOn(base, 'd', host));
}

/** What a reader has listed is gone when he opens it. */
function prunedUnderReader(scene: Scene): void {
  putThrice(scene);
  scene.hook.afterList = () => scene.disk.uproot(`${place.generations}/3`);
  scene.perform(openNewestDurably(place));
}

/** A temp whose maker lives is there, and a link that looks like one. */
async function mendAfterOther(scene: Scene): Promise<void> {
  const { disk, host, perform } = scene;
  putThrice(scene);
  const other = disk.process();
  const path = `${place.index}.${'A'.repeat(22)}.tmp`;
  const handle = other.perform({ op: 'open', kind: 'Open', path, access: 'create' }) as number;
  other.perform({ op: 'lock', kind: 'Lock', handle, shared: false });
  disk.perform({ op: 'symlink', kind: 'Link', target: '/home', path: `${place.index}.${'B'.repeat(22)}.tmp` });
  await mend(root, host, async (program) => perform(program) as never);
}

function addFile(scene: Scene): void {
  const { disk, host, perform } = scene;
  perform(makeRoot(root, host));
  disk.plant('/home/a.gguf', 'some bytes');
  for (const mode of ['auto', 'copy'] as const) {
    const source = { path: '/home/a.gguf', name: 'a.gguf', bytes: 10 };
    const ingested = perform(ingest(source, { root, host, mode, also: undefined }));
    if (ingested === undefined) continue;
    perform(settle([ingested]));
    perform(containedFolder(root, dirname(blobPath(ingested.content.digest))));
    perform(publishBlob(ingested, root, { isGood: () => hashed('/home/a.gguf'), setAside: () => hashed('/home/a.gguf') as never }));
    perform(drop(ingested));
    perform(linkModel('a', [{ path: 'a.gguf', ...ingested.content }], { root, host }));
  }
}

/** A write fails, and later a sync; who comes next is one who also came before. */
function failingJournal({ disk, seen }: Scene): void {
  const open = (): Journal => Journal.open({ directory: '/home/journal', disk: seen, segmentMaxBytes: 2048 });
  const append = (journal: Journal): unknown => attempted(() => journal.append({ entity: 'a', scope: 's' }, 0x1001, 'x'.repeat(400)));
  const journal = open();
  append(journal);
  disk.faultOn('Write', 2);
  append(journal);
  disk.disarm().faultOn('Sync', 1);
  append(journal);
  disk.disarm();
  attempted(open);
  journal.close();
  open().close();
}

function* hashed(path: string): DiskProgram<boolean> {
  return (yield* hashFile(path, {})).kind === 'content';
}

/** Takes at most so many bytes at a time. */
function limited(disk: SimulatedDisk): Disk {
  return {
    host: disk.host,
    perform: (step) => disk.perform(step.op === 'write' ? { ...step, chunks: [Buffer.concat(step.chunks).subarray(0, 300)] } : step),
  };
}

function hooked(disk: Disk, hook: Hook): Disk {
  return {
    ...(disk.host && { host: disk.host }),
    perform: (step) => {
      const answer = disk.perform(step);
      if (step.op !== 'list' || hook.afterList === undefined) return answer;
      hook.afterList();
      hook.afterList = undefined;
      return answer;
    },
  };
}

function noting(disk: Disk, told: string[]): Disk {
  return {
    ...(disk.host && { host: disk.host }),
    perform: (step: Step) => {
      told.push(describeStep(step));
      return disk.perform(step);
    },
  };
}
