import { isCatalogError, refusal } from '../../core/errors.js';
import { type CollectionName, emptyGeneration } from '../../core/generation.js';
import { encodeIndex } from '../../core/index-file.js';
import { decodeRoot, encodeRoot, newLineage, type RootFile, rootVersion } from '../../core/root-file.js';
import { makeFolder, syncAncestors } from '../../disk/folders.js';
import { type Host, newToken } from '../../disk/host.js';
import { linkOrMove } from '../../disk/link-or-move.js';
import { type DiskProgram, stat } from '../../disk/program.js';
import { isDiskError } from '../../disk/steps.js';
import { discard, syncFolder, type TempFile, writeTemp } from '../../disk/temp-file.js';
import { fewBytes, readFileIfThere } from '../../disk/whole-file.js';
import { showNewest } from './commit.js';
import { corrupt, newerVersion, newestRevision } from './open-generation.js';
import { generationPath, generationsFolder, type IndexPlace, indexPlace, policyFile, rootFile, tempPath } from './place.js';
import { publish } from './publish.js';

export const collections: readonly CollectionName[] = ['models', 'engines'];

/** What a root says that it is; `undefined` where it says nothing yet. Another store's root is `StoreMismatch`. */
export function* readRoot(root: string): DiskProgram<RootFile | undefined> {
  const path = rootFile(root);
  const bytes = yield* readFileIfThere(path, fewBytes);
  if (bytes === undefined) return undefined;
  const decoded = decodeRoot(bytes);
  switch (decoded.kind) {
    case 'damaged':
      throw corrupt(path, decoded.reason);
    case 'newer':
      throw newerVersion(path, decoded.version, rootVersion);
    case 'intact':
      return { store: decoded.store, lineage: decoded.lineage };
  }
}

export function checkStore(root: string, found: RootFile | undefined, wanted: RootFile['store']): void {
  if (found === undefined || found.store === wanted) return;
  throw refusal('StoreMismatch', `${root} holds a catalog of the ${found.store} store, not of ${wanted}`, { found: found.store, wanted });
}

/** CAT-HIS-3603: a store that asks no gates takes no policy, rather than not to heed it. */
export function* checkNoPolicy(root: string): DiskProgram<void> {
  const path = policyFile(root);
  if ((yield* stat(path)) === undefined) return;
  const message = `${path} is there, and the fs store heeds no policy; the journal store does`;
  throw refusal('Unsupported', message, { path, needs: 'journal' });
}

/** Whether a root says what it is: that comes last when it is made. */
export function* isMade(root: string): DiskProgram<boolean> {
  return (yield* stat(rootFile(root))) !== undefined;
}

/**
 * CAT-IDX-1118: makes a root, or goes on where somebody was killed while making it: folders, each durable in its parent, also
 * where a killed process made it; revision 0 of both indices; and last, never over an existing one, what the root says that it
 * is. Nothing else is made before that.
 */
export function* makeRoot(root: string, host: Host): DiskProgram<void> {
  if (yield* isMade(root)) return;
  for (const part of partsOfRoot(root, host)) yield* part();
}

/** What makes a root that is not there yet, one program after the other: none needs to know what another met. */
export function partsOfRoot(root: string, host: Host): readonly (() => DiskProgram<void>)[] {
  return [
    ...collections.map((collection) => () => refuseLostIndex(indexPlace(root, collection))),
    ...collections.map((collection) => () => makeFolder(indexPlace(root, collection).generations)),
    () => syncFolder(generationsFolder(root)),
    () => syncFolder(root),
    () => syncAncestors(root),
    ...collections.flatMap((collection) => partsOfFirstGeneration(indexPlace(root, collection), host)),
    () => publishRootFile(root, 'fs', host),
    () => syncFolder(root),
  ];
}

/** CAT-IDX-1118: an index without a generation is lost, not empty, where something is that only a root that was made can hold. */
export function* refuseLostIndex(place: IndexPlace): DiskProgram<void> {
  if ((yield* newestRevision(place)) !== undefined) return;
  const trace = yield* traceOfCatalog(place.root);
  // The root may have been made since we looked.
  if (trace === undefined || (yield* newestRevision(place)) !== undefined) return;
  throw corrupt(place.index, `it has no generation, although ${trace} is there`);
}

function* traceOfCatalog(root: string): DiskProgram<string | undefined> {
  if ((yield* stat(rootFile(root))) !== undefined) return rootFile(root);
  for (const collection of collections) {
    const place = indexPlace(root, collection);
    const newest = yield* newestRevision(place);
    if (newest !== undefined && newest > 0) return `generation ${newest} of ${collection}`;
    const isAlone = newest === undefined && (yield* stat(place.index)) !== undefined;
    // Where somebody is making the root its first generation has come meanwhile, before the index that shows it.
    if (isAlone && (yield* newestRevision(place)) === undefined) return place.index;
  }
  return undefined;
}

function partsOfFirstGeneration(place: IndexPlace, host: Host): readonly (() => DiskProgram<void>)[] {
  return [() => publishFirstGeneration(place, host), () => syncFolder(place.generations), () => showFirstGeneration(place, host)];
}

function* publishFirstGeneration(place: IndexPlace, host: Host): DiskProgram<void> {
  // An opener may sweep a temp that is not locked yet: then nothing was published, and it is done again.
  while ((yield* newestRevision(place)) === undefined) {
    const bytes = encodeIndex(emptyGeneration(place.collection, newToken(host))).chunks;
    const temp = yield* writeTemp(tempPath(place.index, newToken(host)), bytes);
    yield* publishFirst(temp, generationPath(place, 0));
    yield* discard(temp);
  }
}

function* showFirstGeneration(place: IndexPlace, host: Host): DiskProgram<void> {
  if ((yield* stat(place.index)) === undefined) yield* showNewest({ place, newToken: () => newToken(host) }, undefined);
}

/** Another process may be making the same root: whoever comes first, its revision 0 is as empty as ours. */
function* publishFirst(temp: TempFile, path: string): DiskProgram<void> {
  try {
    yield* publish(temp, path);
  } catch (error) {
    yield* discard(temp);
    // Whether it is there or not: nothing of the caller's was in it.
    throw isCatalogError(error, 'CommitUnknown') ? error.cause : error;
  }
}

/** What a root is, whoever says so first. */
export function* publishRootFile(root: string, store: RootFile['store'], host: Host): DiskProgram<void> {
  const path = rootFile(root);
  while ((yield* stat(path)) === undefined) yield* tryRootFile(path, store, host);
}

/** Somebody else's may be there first, and a temp that an opener swept before it was locked was given no name. */
function* tryRootFile(path: string, store: RootFile['store'], host: Host): DiskProgram<void> {
  const bytes = encodeRoot({ store, lineage: newLineage(host.random(16)) });
  const temp = yield* writeTemp(tempPath(path, newToken(host)), [bytes], 0o600);
  try {
    yield* linkOrMove(temp.path, path);
  } catch (error) {
    const wasThere = yield* discard(temp);
    if (wasThere || !isDiskError(error, 'ENOENT')) throw error;
    return;
  }
  yield* discard(temp);
}
