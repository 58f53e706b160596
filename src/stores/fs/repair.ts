import { basename, join, resolve } from 'node:path';
import { type CatalogError, refusal } from '../../core/errors.js';
import type { CollectionName, Generation } from '../../core/generation.js';
import { decodeIndex, maxIndexBytes } from '../../core/index-file.js';
import { filePlaces } from '../../core/model-layout.js';
import type { ModelEntry } from '../../core/records.js';
import { restoredGeneration, withoutBytes } from '../../core/repairing.js';
import { makeFolder } from '../../disk/folders.js';
import { type Host, newToken } from '../../disk/host.js';
import { noHardLinks } from '../../disk/link-or-move.js';
import { type DiskProgram, link, list, stat } from '../../disk/program.js';
import { isDiskError } from '../../disk/steps.js';
import { discard, syncFolder, writeTemp } from '../../disk/temp-file.js';
import { closeQuietly, readFileIfThere } from '../../disk/whole-file.js';
import { commitGeneration } from './commit.js';
import { madeQuarantine, quarantineIndex, showNewestIndex } from './index-copy.js';
import { type AnyRecord, corrupt, type GenerationFile, newerVersion, revisions } from './open-generation.js';
import {
  generationPath,
  generationsFolder,
  type IndexPlace,
  indexPlace,
  insideDirectory,
  quarantineFolder,
  rootFile,
  tempPath,
} from './place.js';
import { publish } from './publish.js';
import { collections, makeRoot } from './root.js';

/** What a repair found and did with one index. */
export interface CollectionRepair {
  collection: CollectionName;
  found_revision: number;
  restored_revision: number;
  published_revision: number;
  quarantined: string[];
}

/** What a repair restored, and the entries whose bytes are gone. */
export interface RepairReport {
  changed: boolean;
  collections: CollectionRepair[];
  /** The ids of entries whose bytes are gone. */
  missing: string[];
}

export interface Repairing {
  readonly root: string;
  readonly host: Host;
  /** A copy of an index that was kept elsewhere, to be published in place of what is there. */
  readonly from?: { readonly path: string; readonly bytes: Buffer } | undefined;
}

/**
 * CAT-IDX-1107, under the lock: publishes the newest intact content of each index under a number above every number that was
 * seen, through the same compare-and-set as any commit; keeps what was damaged; reuses no number and deletes nothing. A healthy
 * root is left as it is.
 */
export function* repairRoot(repairing: Repairing): DiskProgram<RepairReport> {
  const given = repairing.from && givenGeneration(repairing.from);
  const report: RepairReport = { changed: false, collections: [], missing: [] };
  // A newer version in any of them is met here, before anything is touched (CAT-IDX-1105).
  const all: Survey[] = [];
  for (const collection of collections) all.push(yield* survey(indexPlace(repairing.root, collection)));
  if (!(yield* isCatalog(repairing.root, all))) {
    if (given === undefined) return report;
    yield* makeRoot(repairing.root, repairing.host);
    return yield* repairRoot(repairing);
  }
  const surveys = all.filter(({ place }) => given === undefined || given.collection === place.collection);
  const repair: IndexRepair = { ...repairing, given, report };
  const [lost] = surveys.filter((found) => (given ?? found.intact) === undefined);
  for (const found of surveys) if (found !== lost) yield* repairIndex(found, repair);
  if (lost !== undefined) throw corrupt(lost.place.index, 'nothing intact is left of it; repair it from a copy that was kept elsewhere');
  return report;
}

interface IndexRepair extends Repairing {
  readonly given: Generation<AnyRecord> | undefined;
  readonly report: RepairReport;
}

/** Where nothing is there at all, or a root that was not finished, there is nothing to repair. */
function* isCatalog(root: string, surveys: readonly Survey[]): DiskProgram<boolean> {
  if ((yield* stat(rootFile(root))) !== undefined) return true;
  return surveys.some(
    ({ highest, damaged, isIndexDamaged, isOnlyCopy }) => highest > 0 || damaged.length > 0 || isIndexDamaged || isOnlyCopy,
  );
}

function* repairIndex(found: Survey, repair: IndexRepair): DiskProgram<void> {
  const { place, intact } = found;
  const source = repair.given ?? intact;
  if (source === undefined) return;
  const missing = yield* idsWithoutBytes(source, repair.root);
  repair.report.missing.push(...missing);
  const highest = Math.max(found.highest, source.revision);
  const restored = restoredFrom(source, highest + 1, missing, newToken(repair.host));
  const isNewest = found.damaged.length === 0 && !found.isOnlyCopy && source.revision === highest;
  if (repair.given === undefined && isNewest && !restored.changed) {
    const shown = yield* showNewestIndex(place, repair.host);
    repair.report.changed ||= shown.changed;
    repair.report.collections.push({ ...numbers(place, highest, source.revision, source.revision), quarantined: shown.quarantined });
    return;
  }
  if (!Number.isSafeInteger(restored.generation.revision)) throw corrupt(place.generations, 'no number is left above those that were seen');
  const quarantined = yield* keepAll(found, repair);
  yield* publishRestored(found, restored.generation, repair.host);
  repair.report.changed = true;
  repair.report.collections.push({ ...numbers(place, highest, source.revision, restored.generation.revision), quarantined });
}

/** What is damaged, and an index under the fixed name that is the only copy of what it holds, stay in quarantine. */
function* keepAll({ place, damaged, isIndexDamaged, isOnlyCopy }: Survey, { given, host }: IndexRepair): DiskProgram<string[]> {
  const quarantined: string[] = [];
  for (const path of damaged) quarantined.push(...(yield* keepDamaged(place, path, host)));
  if (isIndexDamaged) quarantined.push(yield* quarantineIndex(place, newToken(host)));
  // It keeps its place until the next is published: nothing else holds what it holds.
  else if (given !== undefined && isOnlyCopy) quarantined.push(...(yield* keepDamaged(place, place.index, host)));
  return quarantined;
}

interface Survey {
  readonly place: IndexPlace;
  /** The numbers of the generations that have a name, whatever they hold; lowest first. */
  readonly names: readonly number[];
  /** The highest number that any name, any copy in quarantine or an intact index bears. */
  readonly highest: number;
  readonly intact: Generation<AnyRecord> | undefined;
  /** The paths of the damaged generations above the newest intact one. */
  readonly damaged: readonly string[];
  readonly isIndexDamaged: boolean;
  /** Whether the newest intact content is under the fixed name alone. */
  readonly isOnlyCopy: boolean;
}

function* survey(place: IndexPlace): DiskProgram<Survey> {
  const names = yield* revisions(place);
  const damaged: string[] = [];
  let newest: Generation<AnyRecord> | undefined;
  for (const revision of [...names].reverse()) {
    newest = yield* intactIn(place, yield* fileOf(generationPath(place, revision)), revision);
    if (newest !== undefined) break;
    damaged.push(generationPath(place, revision));
  }
  const index = yield* intactIn(place, place.index, undefined);
  const isOnlyCopy = index !== undefined && index.revision > (newest?.revision ?? -1);
  const numbers = [...names, ...(yield* quarantinedRevisions(place)), index?.revision ?? 0];
  const isIndexDamaged = index === undefined && (yield* stat(place.index)) !== undefined;
  const intact = isOnlyCopy ? index : newest;
  return { place, names, highest: Math.max(0, ...numbers), intact, damaged, isIndexDamaged, isOnlyCopy };
}

/** The generation in a file, if it is whole; a newer version stops a repair before it has touched anything (CAT-IDX-1105). */
function* intactIn(place: IndexPlace, path: string, revision: number | undefined): DiskProgram<Generation<AnyRecord> | undefined> {
  const found = yield* stat(path);
  if (found?.type !== 'file' || found.size > maxIndexBytes) return undefined;
  const decoded = decodeIndex(place.collection, (yield* readFileIfThere(path)) ?? Buffer.alloc(0));
  if (decoded.kind === 'newer') throw newerVersion(path, decoded.version);
  if (decoded.kind === 'damaged' || (revision !== undefined && decoded.generation.revision !== revision)) return undefined;
  return decoded.generation as Generation<AnyRecord>;
}

function* fileOf(path: string): DiskProgram<string> {
  return (yield* stat(path))?.type === 'directory' ? insideDirectory(path) : path;
}

/** The file or the folder under a name: while it is there no later name was ever free. */
function* baseOf(place: IndexPlace, revision: number | undefined): DiskProgram<GenerationFile | undefined> {
  if (revision === undefined) return undefined;
  const path = generationPath(place, revision);
  const found = yield* stat(path);
  return found && { path, device: found.device, inode: found.inode };
}

function* quarantinedRevisions(place: IndexPlace): DiskProgram<number[]> {
  try {
    const form = new RegExp(`^${place.collection}-([0-9]{1,16})-[A-Za-z0-9_-]{22}\\.json$`);
    return (yield* list(quarantineFolder(place.root))).flatMap((name) => form.exec(name)?.[1] ?? []).map(Number);
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A second name in quarantine for what is damaged, or a copy; its own name stays until it is pruned in its turn. */
function* keepDamaged(place: IndexPlace, path: string, host: Host): DiskProgram<string[]> {
  const file = yield* fileOf(path);
  // A folder that has lost its file holds nothing that could be kept.
  if ((yield* stat(file)) === undefined) return [];
  const folder = yield* madeQuarantine(place.root);
  const revision = path === place.index ? '' : `${basename(path)}-`;
  const kept = join(folder, `${place.collection}-${revision}${newToken(host)}.json`);
  yield* linkedOrCopied(file, kept);
  yield* syncFolder(folder);
  return [kept];
}

function* linkedOrCopied(from: string, to: string): DiskProgram<void> {
  try {
    yield* link(from, to);
  } catch (error) {
    if (!isDiskError(error, ...noHardLinks)) throw error;
    const bytes = (yield* readFileIfThere(from)) ?? Buffer.alloc(0);
    const copy = yield* writeTemp(to, bytes.byteLength > 0 ? [bytes] : []);
    yield* closeQuietly(copy.handle);
  }
}

function* publishRestored({ place, names }: Survey, next: Generation<AnyRecord>, host: Host): DiskProgram<void> {
  yield* makeFolder(place.generations);
  yield* syncFolder(generationsFolder(place.root));
  yield* syncFolder(place.root);
  const newest = yield* closedGap(place, { top: names.at(-1), next: next.revision }, host);
  const outcome = yield* commitGeneration({ place, newToken: () => newToken(host) }, yield* baseOf(place, newest), next);
  if (outcome.kind === 'lost') throw overtaken(place);
  yield* closeQuietly(outcome.open.handle);
}

/**
 * A handle that holds the newest of the names that are left looks for the next name, and a writer would take it for free: where
 * numbers above it are gone, a file without content stands under that name, durably, before anything later is published.
 */
function* closedGap(place: IndexPlace, gap: { top: number | undefined; next: number }, host: Host): DiskProgram<number | undefined> {
  if (gap.top === undefined || gap.top + 1 === gap.next) return gap.top;
  const temp = yield* writeTemp(tempPath(place.index, newToken(host)), []);
  const published = yield* publish(temp, generationPath(place, gap.top + 1));
  yield* discard(temp);
  if (published.kind === 'lost') throw overtaken(place);
  yield* syncFolder(place.generations);
  return gap.top + 1;
}

function overtaken(place: IndexPlace): CatalogError {
  return refusal('Busy', `another process wrote ${place.index} while it was repaired; look again`);
}

function* idsWithoutBytes(generation: Generation<AnyRecord>, root: string): DiskProgram<string[]> {
  const ids: string[] = [];
  if (generation.collection !== 'models') return ids;
  for (const block of generation.blocks) {
    for (const { record } of block.versioned) {
      const entry = record as ModelEntry;
      if (yield* lacksBytes(entry, root)) ids.push(entry.id);
    }
  }
  return ids;
}

function* lacksBytes(entry: ModelEntry, root: string): DiskProgram<boolean> {
  for (const { path } of filePlaces(entry)) {
    if ((yield* stat(resolve(root, path), { follow: true }))?.type !== 'file') return true;
  }
  return false;
}

function restoredFrom(source: Generation<AnyRecord>, revision: number, missing: readonly string[], commit: string) {
  const gone = new Set(missing);
  let changed = false;
  const generation = restoredGeneration(source, revision, commit, (record) => {
    if (!gone.has(record.id)) return record;
    const next = withoutBytes(record as ModelEntry);
    changed ||= next !== record;
    return next;
  });
  return { generation, changed };
}

function givenGeneration(from: { readonly path: string; readonly bytes: Buffer }): Generation<AnyRecord> {
  for (const collection of collections) {
    const decoded = decodeIndex(collection, from.bytes);
    if (decoded.kind === 'newer') throw newerVersion(from.path, decoded.version);
    if (decoded.kind === 'intact') return decoded.generation as Generation<AnyRecord>;
  }
  throw corrupt(from.path, 'it is not an intact index');
}

function numbers(place: IndexPlace, found_revision: number, restored_revision: number, published_revision: number) {
  return { collection: place.collection, found_revision, restored_revision, published_revision };
}
