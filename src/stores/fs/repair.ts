import { join, resolve } from 'node:path';
import { refusal } from '../../core/errors.js';
import type { CollectionName, Generation } from '../../core/generation.js';
import { decodeIndex, maxIndexBytes } from '../../core/index-file.js';
import { filePlaces } from '../../core/model-layout.js';
import type { ModelEntry } from '../../core/records.js';
import { restoredGeneration, withoutBytes } from '../../core/repairing.js';
import { type Host, newToken } from '../../disk/host.js';
import { linkOrMove } from '../../disk/link-or-move.js';
import { type DiskProgram, list, stat } from '../../disk/program.js';
import { isDiskError } from '../../disk/steps.js';
import { closeQuietly, readFileIfThere, syncDirectory } from '../../disk/whole-file.js';
import { commitGeneration } from './commit.js';
import { madeQuarantine, quarantineIndex, showNewestIndex } from './index-copy.js';
import { type AnyRecord, corrupt, type GenerationFile, newerVersion, revisions } from './open-generation.js';
import { generationPath, type IndexPlace, indexPlace, insideDirectory, quarantineFolder } from './place.js';
import { collections, makeFolder } from './root.js';

/** What a repair found and did with one index. */
export interface CollectionRepair {
  collection: CollectionName;
  found_revision: number;
  restored_revision: number;
  published_revision: number;
  quarantined: string[];
}

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
  for (const collection of collections) {
    if (given !== undefined && given.collection !== collection) continue;
    yield* repairIndex(indexPlace(repairing.root, collection), { ...repairing, given, report });
  }
  return report;
}

interface IndexRepair extends Repairing {
  readonly given: Generation<AnyRecord> | undefined;
  readonly report: RepairReport;
}

function* repairIndex(place: IndexPlace, repair: IndexRepair): DiskProgram<void> {
  const found = yield* survey(place);
  const source = repair.given ?? found.intact;
  if (source === undefined) throw corrupt(place.index, 'nothing intact is left of it; repair it from a copy that was kept elsewhere');
  const missing = yield* idsWithoutBytes(source, repair.root);
  repair.report.missing.push(...missing);
  const restored = restoredFrom(source, found.highest + 1, missing, newToken(repair.host));
  if (repair.given === undefined && source.revision === found.highest && !restored.changed) {
    const shown = yield* showNewestIndex(place, repair.host);
    repair.report.changed ||= shown.changed;
    repair.report.collections.push({ ...numbers(place, found.highest, source.revision, source.revision), quarantined: shown.quarantined });
    return;
  }
  const quarantined: string[] = [];
  for (const path of found.damaged) quarantined.push(yield* keepDamaged(place, path, repair.host));
  if (found.isIndexDamaged) quarantined.push(yield* quarantineIndex(place, newToken(repair.host)));
  yield* publishRestored(place, found.base, restored.generation, repair.host);
  repair.report.changed = true;
  repair.report.collections.push({ ...numbers(place, found.highest, source.revision, restored.generation.revision), quarantined });
}

interface Survey {
  /** The highest number that any name, any copy in quarantine or an intact index bears. */
  readonly highest: number;
  readonly intact: Generation<AnyRecord> | undefined;
  /** The paths of the damaged generations above the newest intact one. */
  readonly damaged: readonly string[];
  readonly isIndexDamaged: boolean;
  /** The file under the highest name: while it is there no later name was ever free. */
  readonly base: GenerationFile | undefined;
}

function* survey(place: IndexPlace): DiskProgram<Survey> {
  const names = yield* revisions(place);
  const damaged: string[] = [];
  let intact: Generation<AnyRecord> | undefined;
  for (const revision of [...names].reverse()) {
    intact = yield* intactIn(place, yield* fileOf(generationPath(place, revision)), revision);
    if (intact !== undefined) break;
    damaged.push(generationPath(place, revision));
  }
  const index = yield* intactIn(place, place.index, undefined);
  if (index !== undefined && index.revision > (intact?.revision ?? -1)) intact = index;
  const numbers = [...names, ...(yield* quarantinedRevisions(place)), index?.revision ?? 0];
  const isIndexDamaged = index === undefined && (yield* stat(place.index)) !== undefined;
  return { highest: Math.max(0, ...numbers), intact, damaged, isIndexDamaged, base: yield* baseOf(place, names.at(-1)) };
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

function* baseOf(place: IndexPlace, revision: number | undefined): DiskProgram<GenerationFile | undefined> {
  if (revision === undefined) return undefined;
  const path = yield* fileOf(generationPath(place, revision));
  const found = yield* stat(path);
  return found && { path, device: found.device, inode: found.inode };
}

function* quarantinedRevisions(place: IndexPlace): DiskProgram<number[]> {
  try {
    const form = new RegExp(`^${place.collection}-([0-9]{1,15})-[A-Za-z0-9_-]{22}\\.json$`);
    return (yield* list(quarantineFolder(place.root))).flatMap((name) => form.exec(name)?.[1] ?? []).map(Number);
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A second name in quarantine for what is damaged; its own name stays until it is pruned in its turn. */
function* keepDamaged(place: IndexPlace, path: string, host: Host): DiskProgram<string> {
  const folder = yield* madeQuarantine(place.root);
  const revision = path.slice(place.generations.length + 1);
  const kept = join(folder, `${place.collection}-${revision}-${newToken(host)}.json`);
  yield* linkOrMove(yield* fileOf(path), kept);
  yield* syncDirectory(folder);
  return kept;
}

function* publishRestored(place: IndexPlace, base: GenerationFile | undefined, next: Generation<AnyRecord>, host: Host): DiskProgram<void> {
  if (!Number.isSafeInteger(next.revision)) throw corrupt(place.generations, 'no number is left above those that were seen');
  yield* makeFolder(place.generations);
  const outcome = yield* commitGeneration({ place, newToken: () => newToken(host) }, base, next);
  if (outcome.kind === 'lost') throw refusal('Busy', `another process wrote ${place.index} while it was repaired; look again`);
  yield* closeQuietly(outcome.open.handle);
}

function* idsWithoutBytes(generation: Generation<AnyRecord>, root: string): DiskProgram<string[]> {
  const ids: string[] = [];
  if (generation.collection !== 'models') return ids;
  for (const block of generation.blocks) {
    for (const { versioned } of block.records) {
      const entry = versioned.record as ModelEntry;
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
