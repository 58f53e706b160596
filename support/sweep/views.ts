import { dirname, join, relative } from 'node:path';
import type { Catalog } from '../../src/catalog.js';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { isCatalogError } from '../../src/core/errors.js';
import { blobPath, filePlaces, isManaged } from '../../src/core/model-layout.js';
import type { EngineEntry, ModelEntry } from '../../src/core/records.js';
import type { Disk } from '../../src/disk/program.js';
import type { CrashState, SimulatedDisk, SimulatedProcess } from '../../src/sim/index.js';
import type { Snapshot } from '../../src/stores/catalog-store.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { opened, root } from '../exploration/alphabet.js';
import { expectTidy } from '../exploration/tidy.js';
import { modelEntry } from '../model-entry.js';
import type { Scenario } from './scenario.js';

/**
 * What a catalog shows, as text: all of it, or that it refuses. Times, inodes, how bytes came in and why nothing is known of their
 * headers are apart, which a fault may change.
 */
export type View = string;

type Shown = Pick<Snapshot, 'models' | 'engines' | 'revision'>;

const refusedAs = 'refused with ';

/** A temp is thrown away unread, and the lock's text is for people who wait. */
export const unread = (name: string): boolean => name.endsWith('.tmp') || name === 'catalog.lock';

export async function viewThrough(catalog: Catalog): Promise<View> {
  return asView(await answerOf(() => shownBy(catalog)));
}

export function asView(shown: string): View {
  return shown
    .replace(/"(registered_at|verified_at|last_verified_ms|last_used_ms|identity)":("[^"]*"|\d+)/g, '"$1":0')
    .replace(/"mode":"[a-z]+"/g, '"mode":0')
    .replace(/"metadata":\{"warnings":\["[^"]*"\]\}/g, '"metadata":0')
    .replace(/,"durable":(true|false)/, '');
}

export function isRefusal(view: View): boolean {
  return view.startsWith(refusedAs);
}

/** Each model with its state, each engine. */
export function leftIn(view: View): string[] {
  const { models, engines } = parsed(view);
  return [...models.map(({ record }) => `${record.id} ${record.state}`), ...engines.map(({ record }) => `engine ${record.id}`)];
}

/** The same with one model changed. */
export function withModel(view: View, id: string, change: (entry: ModelEntry) => ModelEntry): View {
  const { models, ...rest } = parsed(view);
  return JSON.stringify({
    models: models.map((one) => (one.record.id === id ? { ...one, record: JSON.parse(canonicalJson(change(one.record))) } : one)),
    ...rest,
  });
}

/** The same without a model, and without the revisions that its coming changed. */
export function recordsBut(view: View, id: string): string {
  const { models, engines } = parsed(view);
  return JSON.stringify({ models: models.filter(({ record }) => record.id !== id), engines });
}

export function recordsOf(view: View): string {
  const { models, engines } = parsed(view);
  return JSON.stringify([models.map(({ record }) => record), engines.map(({ record }) => record)]);
}

function parsed(view: View): {
  models: { record: ModelEntry; revision: number }[];
  engines: { record: EngineEntry }[];
  revision: Shown['revision'];
} {
  return JSON.parse(view);
}

/** What processes find that open a disk some process has left, each disk judged once (CAT-SIM-5006). */
export class Finders {
  readonly #scenario: Scenario;
  readonly #known = new Map<string, View>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  get judged(): number {
    return this.#known.size;
  }

  /** On the disk as it is, everybody killed. */
  found(disk: SimulatedDisk): Promise<View> {
    return this.#once(`now ${disk.fingerprint()}`, () => disk.fork());
  }

  foundAfterCut(state: CrashState): Promise<View> {
    return this.#once(`cut ${state.alike}`, () => state.disk);
  }

  async #once(key: string, disk: () => SimulatedDisk): Promise<View> {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const view = asView(await recovered(disk(), this.#scenario));
    this.#known.set(key, view);
    return view;
  }
}

/** A reader, which changes nothing; a writer, which finds the same and leaves no trace of what failed; and then a put. */
async function recovered(disk: SimulatedDisk, scenario: Scenario): Promise<string> {
  const { keepGenerations = 8, remedy, undamage, othersComeAfterMs = 0 } = scenario;
  disk.jumpClock(othersComeAfterMs);
  const left: Left = { disk, handicap: scenario.handicap };
  const before = disk.fingerprint();
  const read = await shownOn(left, { readOnly: true });
  if (disk.fingerprint() !== before) throw new Error('a reader changed the disk');
  const found = await shownOn(left, { keepGenerations });
  if (found !== read) throw new Error(`a reader was shown ${read}, and then a writer ${found}`);
  if (isRefusal(found) && remedy === undefined) throw new Error(`it is ${found}`);
  const whole = isRefusal(found) ? await remedied(left, remedy) : found;
  undamage?.(disk);
  expectTidy(asLinked(disk, whole), whole);
  await expectWritable(left, keepGenerations, whole);
  return found;
}

/** A disk that some process has left, and what processes on it cannot do. */
interface Left {
  readonly disk: SimulatedDisk;
  readonly handicap: Scenario['handicap'];
}

/** One more process on it; what it has open is counted apart. */
function another({ disk, handicap }: Left): { readonly process: SimulatedProcess; readonly seen: Disk } {
  const process = disk.process();
  return { process, seen: handicap?.(process) ?? process };
}

async function remedied(left: Left, remedy: Scenario['remedy']): Promise<string> {
  const catalog = await opened(another(left).seen);
  await remedy?.(catalog);
  const shown = await shownBy(catalog);
  await catalog.close();
  return shown;
}

async function expectWritable(left: Left, keepGenerations: number, whole: string): Promise<void> {
  const further = modelEntry('zz-further');
  const catalog = await opened(another(left).seen, { keepGenerations });
  await catalog.put(further);
  await catalog.close();
  const shown = await shownOn(left, { readOnly: true });
  if (recordsBut(asView(shown), further.id) !== recordsBut(asView(whole), further.id) || !shown.includes(further.id)) {
    throw new Error(`after a further put there is ${shown}; before there was ${whole}`);
  }
}

/** Where no symbolic link could be made, a second name of the blob is as good: shown as the link that it stands for. */
function asLinked(disk: SimulatedDisk, shown: string): SimulatedDisk {
  const { models } = parsed(shown);
  const tree = disk.snapshotTree();
  const linked = disk.fork();
  for (const { record } of models) {
    for (const { file, path: place } of isManaged(record) ? filePlaces(record) : []) {
      const [path, blob] = [join(root, place), join(root, blobPath(file.digest))];
      const [link, bytes] = [tree.get(path), tree.get(blob)];
      if (link?.type !== 'file' || bytes?.type !== 'file' || link.inode !== bytes.inode) continue;
      linked.perform({ op: 'unlink', kind: 'RemoveFile', path });
      linked.perform({ op: 'symlink', kind: 'Link', target: relative(dirname(path), blob), path });
    }
  }
  return linked;
}

function shownOn(left: Left, options: { readonly readOnly?: boolean; readonly keepGenerations?: number }): Promise<string> {
  return answerOf(async () => {
    const { process, seen } = another(left);
    const catalog = await opened(seen, options);
    const shown = await shownBy(catalog);
    await catalog.close();
    if (process.openHandles() > 0) throw new Error('a process that only read left something open');
    return shown;
  });
}

async function answerOf(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (isCatalogError(error)) return `${refusedAs}${error.code}`;
    throw error;
  }
}

async function shownBy({ store }: Catalog): Promise<string> {
  if (!(store instanceof FsCatalog)) throw new Error('the catalog of a file system was asked for');
  return JSON.stringify(await store.snapshot());
}
