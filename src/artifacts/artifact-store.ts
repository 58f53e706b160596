// Over 300 lines: one facade: a method for each thing that is done with bytes under a root.
import { dirname, join } from 'node:path';
import { type Digest, manifestDigest } from '../core/digest.js';
import { CatalogError, refusal } from '../core/errors.js';
import { blobPath, mainFile, modelFolder } from '../core/model-layout.js';
import type { ArtifactFile, ModelEntry, ModelMetadata, StorageMode } from '../core/records.js';
import type { Host } from '../disk/host.js';
import { type Disk, type DiskProgram, run, stat } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { syncFolder, syncFolders } from '../disk/temp-file.js';
import { abandonClaim, type Claim, type ClaimedLinks, filesIn, makeClaim, removeClaim, takeAbandoned } from './claims.js';
import { containedFolders, DurableFolders } from './contained.js';
import { type FileContent, hashFile, identityOf, type LongWork } from './hash-file.js';
import { type ArrivalMode, discardOnFailure, drop, type Ingested, type IngestWork, ingest, publishBlob, settle } from './ingest.js';
import { linkModel, removeIfPossible, showModel, type Unlinked, unlinkFolder } from './links.js';
import { type HeaderFile, readMetadata } from './metadata.js';
import { folderOfItsOwn, letGo } from './partials.js';
import { setAside } from './quarantine.js';
import { checkRoom } from './room.js';
import { findSource, type Source, type SourceFile, unreadable } from './source.js';
import { blobsInTrash, deleteTrash, nameInTrash, putBack, type Trashed, takeName, trashFolder } from './trash.js';

/** What the catalog knows of blobs already, so that nothing is hashed or written twice without need. */
export interface KnownBlobs {
  /** Whether some entry has a file of this size: then it pays to hash before copying. */
  readonly hasSize: (bytes: number) => boolean;
  /** Whether this identity is the one under which a blob of this digest was last verified. */
  readonly isVerified: (digest: Digest, identity: string) => boolean;
}

export interface ArrivalWork extends LongWork {
  readonly mode: ArrivalMode;
  readonly also: Digest | undefined;
  readonly known: KnownBlobs;
  /** How much room is to be left for the records, in bytes (CAT-BLB-2108). */
  readonly beside: number;
}

/** How far the files of one source have come in. */
interface Receiving extends ArrivalWork {
  readonly left: Set<SourceFile>;
  /** What those that were read hold; `undefined` where that is not there. */
  readonly looked: Map<SourceFile, FileContent | undefined>;
  /** Whether there is room for all of them. */
  isJudged: boolean;
}

/** One file of a model on its way in; without ingested bytes its content is there already, or stays where it is. */
interface Piece {
  readonly source: SourceFile;
  readonly content: Ingested['content'];
  readonly identity: string | undefined;
  ingested: Ingested | undefined;
  /** How its bytes came in, also when they have their place. */
  cameIn?: Pick<Ingested, 'mode' | 'bytesWritten'> | undefined;
}

/** Content that was read and hashed, before it has its place. */
export interface Arrival {
  readonly source: Source;
  readonly pieces: readonly Piece[];
  readonly digest: Digest;
  /** The digest of the other algorithm that was asked for. */
  readonly other: Digest | undefined;
  readonly bytes: number;
  readonly bytesWritten: number;
  readonly mode: StorageMode;
  readonly work: ArrivalWork;
}

export interface Placed {
  readonly files: ArtifactFile[];
  readonly local_path: string;
}

const mostReceived = 64;
const mostReceivedBytes = 16 * 1024 * 1024;
/** How many blobs get their names before the folders that they are in are synced, and others have their turn. */
const mostPublished = 256;

/** The bytes of models under one root: where they come in, lie, are linked and leave (CAT-BLB). */
export class ArtifactStore {
  readonly root: string;
  readonly #disk: Disk;
  readonly #place: { readonly root: string; readonly host: Host; readonly durable: DurableFolders };

  constructor(options: { readonly root: string; readonly disk: Disk; readonly host: Host }) {
    this.root = options.root;
    this.#disk = options.disk;
    this.#place = { root: options.root, host: options.host, durable: new DurableFolders() };
  }

  find(path: string): Promise<Source> {
    return this.run(findSource(path));
  }

  /** Reads and hashes a source, into `ingest/` unless it stays where it is or is known; the caller drops what arrived. */
  async receive(source: Source, work: ArrivalWork): Promise<Arrival> {
    const pieces: Piece[] = [];
    const receiving: Receiving = { ...work, left: new Set(source.files), looked: new Map(), isJudged: false };
    try {
      for (const files of batchesOf(source.files)) pieces.push(...(await this.run(this.#receiveFiles(files, receiving))));
    } catch (error) {
      await this.#drop(pieces);
      throw error;
    }
    const bytes = pieces.reduce((sum, { content }) => sum + content.bytes, 0);
    const whole = pieces.length === 1 ? pieces[0]?.content : undefined;
    const digest = whole?.digest ?? manifestDigest(pieces.map(({ source: { name }, content }) => ({ path: name, ...content })));
    return {
      ...{ source, pieces, digest, other: whole?.other, bytes, work },
      // By how it is when it is asked: what was damaged where it has its place is written after all.
      get bytesWritten() {
        return pieces.reduce((sum, { cameIn }) => sum + (cameIn?.bytesWritten ?? 0), 0);
      },
      get mode() {
        return modeOf(pieces, work.mode);
      },
    };
  }

  /** CAT-ADO-2205: what the headers of the bytes that were hashed say of the model. Asked before they have their place. */
  describe(arrival: Arrival): Promise<ModelMetadata | undefined> {
    return this.run(readMetadata(arrival.pieces.map(hashedFile)));
  }

  /**
   * Gives what arrived its place, durably: blobs, then the links by which engines find them (CAT-BLB-2102), under the names of
   * `shown` where an entry shows the same content already.
   */
  place(id: string, arrival: Arrival, shown?: readonly ArtifactFile[]): Promise<Placed> {
    return this.run(arrival.mode === 'reference' ? this.#leave(arrival) : this.#placeAll(id, arrival, shown));
  }

  /** CAT-GC-2305: looks again that every blob is there, now that a record names it; whoever removed one did not see the record. */
  async confirm(arrival: Arrival): Promise<void> {
    if (arrival.mode === 'reference') return;
    await this.run(this.#confirm(arrival));
  }

  async drop(arrival: Arrival): Promise<void> {
    await this.#drop(arrival.pieces);
  }

  /** Does some work with a folder of its own under `ingest/`, which is removed when the work is done, if the disk lets us. */
  async inOwnFolder<T>(prepare: () => Promise<void>, work: (folder: string) => Promise<T>): Promise<T> {
    await prepare();
    const { folder, alive } = await this.run(folderOfItsOwn(this.#place));
    try {
      return await work(folder);
    } finally {
      await this.run(removeIfPossible(folder));
      await this.run(letGo(alive));
    }
  }

  /** Links an entry's files anew where other links are found, and removes those that are not its own. */
  async show(entry: ModelEntry, options: { readonly mending: boolean }): Promise<void> {
    await this.run(showModel(entry.id, entry.files ?? [], { ...this.#place, ...options }));
  }

  /** CAT-GC-2305: tells, durably, that the links of a model are about to change, and which blobs are relied on. */
  claim(of: ClaimedLinks, digests: readonly Digest[]): Promise<Claim> {
    return this.run(makeClaim({ of, digests }, this.#place));
  }

  removeClaim(claim: Claim): Promise<void> {
    return this.run(removeClaim(claim));
  }

  abandonClaim(claim: Claim): Promise<void> {
    return this.run(abandonClaim(claim));
  }

  /** Ends the work of each claim whose maker is dead; a claim stays until that is done. */
  async endClaims(finish: (claim: Claim) => Promise<void>): Promise<void> {
    for (const path of await this.run(filesIn(this.root))) {
      const claim = await this.run(takeAbandoned(path, this.#place.host));
      if (claim !== undefined) await finish(claim);
    }
  }

  /** Removes the folder of links of a model. */
  unlinkModel(of: ClaimedLinks): Promise<Unlinked> {
    return this.run(unlinkFolder(folderOf(of), { root: this.root }));
  }

  /** Gives a blob a name in the trash, first half of moving it there; `undefined` when it is not there (CAT-GC-2305). */
  nameInTrash(digest: Digest): Promise<Trashed | undefined> {
    return this.run(nameInTrash(digest, this.#place));
  }

  /** The folder of the trash, which is made where it is not there. */
  trashFolder(): Promise<string> {
    return this.run(trashFolder(this.root));
  }

  /** Makes the names in a folder durable. */
  syncFolder(folder: string): Promise<void> {
    return this.run(syncFolder(folder));
  }

  /** Second half, when the trash is durable: the blob has its old name no more. */
  takeName(digest: Digest): Promise<void> {
    return this.run(takeName(digest, this.root));
  }

  /** What a blob takes, and what would be freed with it: nothing while it has other names. */
  async sizeOfBlob(digest: Digest): Promise<{ readonly bytes: number; readonly freed: number }> {
    const found = await this.run(stat(join(this.root, blobPath(digest))));
    return found === undefined ? { bytes: 0, freed: 0 } : { bytes: found.size, freed: found.links === 1 ? found.allocated : 0 };
  }

  putBack(trashed: Trashed): Promise<void> {
    return this.run(putBack(trashed, this.root));
  }

  /** The bytes that were freed. */
  deleteTrash(trashed: Trashed): Promise<number> {
    return this.run(deleteTrash(trashed));
  }

  /** What a killed remover left, or one that is at work now. */
  trashed(): Promise<Trashed[]> {
    return this.run(blobsInTrash(this.root));
  }

  run<T>(program: DiskProgram<T>): Promise<T> {
    return run(program, this.#disk);
  }

  async #drop(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) await this.run(dropPiece(piece));
  }

  /** Several files at a time, made durable together: a disk that syncs many at once needs little more for them than for one. */
  *#receiveFiles(files: readonly SourceFile[], work: Receiving): DiskProgram<Piece[]> {
    const pieces: Piece[] = [];
    try {
      for (const file of files) {
        pieces.push(yield* this.#receiveFile(file, work));
        work.left.delete(file);
      }
      yield* settle(pieces.flatMap(({ ingested }) => ingested ?? []));
      return pieces;
    } catch (error) {
      for (const piece of pieces) yield* dropPiece(piece);
      throw error;
    }
  }

  *#receiveFile(source: SourceFile, work: Receiving): DiskProgram<Piece> {
    if (work.mode === 'reference') return yield* inPlace(source, work);
    const content = yield* this.#contentThere(source, work);
    if (content !== undefined) return { source, content, identity: undefined, ingested: undefined };
    const ingested = yield* this.#ingest(source, { ...work, beforeCopying: () => this.#checkRoom(work) });
    return { source, content: ingested.content, identity: undefined, ingested, cameIn: ingested };
  }

  /** What a file holds, if that is there already: it is read, and once, only where some entry has a file of its size. */
  *#contentThere(source: SourceFile, { looked, ...work }: Receiving): DiskProgram<FileContent | undefined> {
    if (!work.known.hasSize(source.bytes)) return undefined;
    if (!looked.has(source)) {
      const content = yield* hashFile(source.path, work);
      const there = content.kind === 'content' && (yield* stat(join(this.root, blobPath(content.digest))));
      looked.set(source, content.kind === 'content' && there ? content : undefined);
    }
    return looked.get(source);
  }

  /** CAT-BLB-2108: before the first byte is copied, room for all that is left to be copied, and for the records. */
  *#checkRoom(work: Receiving): DiskProgram<void> {
    if (work.isJudged) return;
    let needed = work.beside;
    for (const file of work.left) if ((yield* this.#contentThere(file, work)) === undefined) needed += file.bytes;
    yield* checkRoom(this.root, needed);
    work.isJudged = true;
  }

  #ingest(
    source: SourceFile,
    { also, onProgress, signal, ...work }: ArrivalWork & Pick<IngestWork, 'beforeCopying'>,
  ): DiskProgram<Ingested> {
    const mode = work.mode === 'reference' ? 'auto' : work.mode;
    return ingest(source, { ...this.#place, mode, also, onProgress, signal, beforeCopying: work.beforeCopying });
  }

  *#leave(arrival: Arrival): DiskProgram<Placed> {
    const files = arrival.pieces.map(({ source, content, identity }) => fileOf(source, content, identity));
    const main = mainFile(files);
    const { type, path, files: sources } = arrival.source;
    const folder = type === 'directory' ? path : dirname(path);
    return { files, local_path: main === undefined ? folder : (sources.find(({ name }) => name === main)?.path ?? path) };
  }

  *#placeAll(id: string, arrival: Arrival, shown?: readonly ArtifactFile[]): DiskProgram<Placed> {
    const files: ArtifactFile[] = [];
    for (let from = 0; from < arrival.pieces.length; from += mostPublished) {
      files.push(...(yield* this.#publish(arrival.pieces.slice(from, from + mostPublished), arrival.work)));
    }
    return { files, local_path: yield* linkModel(id, shown ?? files, this.#place) };
  }

  /** Gives pieces their names, all of which are durable then, whoever gave them (CAT-BLB-2102); the files that they are. */
  *#publish(pieces: readonly Piece[], work: ArrivalWork): DiskProgram<ArtifactFile[]> {
    const folders = [...new Set(pieces.map(({ content }) => dirname(blobPath(content.digest))))];
    yield* containedFolders(this.root, folders, this.#place.durable);
    for (const piece of pieces) yield* this.#giveName(piece, work);
    yield* syncFolders(folders.map((folder) => join(this.root, folder)));
    for (const piece of pieces) yield* dropPiece(piece);
    const files: ArtifactFile[] = [];
    for (const { source, content } of pieces) {
      // Taken last: a second name more or less changes the time of a file's last change of status.
      const status = yield* stat(join(this.root, blobPath(content.digest)));
      files.push(fileOf(source, content, status && identityOf(status)));
    }
    return files;
  }

  *#giveName(piece: Piece, work: ArrivalWork): DiskProgram<void> {
    const isGood = (path: string) => this.#isGood(path, piece, work);
    if (piece.ingested === undefined && (yield* isGood(join(this.root, blobPath(piece.content.digest))))) return;
    piece.ingested ??= yield* this.#ingestAgain(piece, work);
    piece.cameIn ??= piece.ingested;
    const aside = (path: string) => setAside(path, 'its bytes are not those of its digest', this.#place);
    yield* publishBlob(piece.ingested, this.root, { isGood, setAside: aside });
  }

  *#confirm({ pieces, work }: Arrival): DiskProgram<void> {
    for (const piece of pieces) {
      const isKept = yield* isThere(join(this.root, blobPath(piece.content.digest)), piece.content.bytes);
      if (!isKept) yield* this.#publish([piece], work);
    }
  }

  *#ingestAgain(piece: Piece, work: ArrivalWork): DiskProgram<Ingested> {
    const again = yield* this.#ingest(piece.source, work);
    if (again.content.digest === piece.content.digest) return yield* discardOnFailure(again, settled(again));
    yield* drop(again);
    throw unreadable(piece.source.path, { reason: 'changed-during-verification' });
  }

  /** CAT-DIG-1405: present is not correct; the size is looked at always, the bytes unless the file is the one that was verified. */
  *#isGood(path: string, piece: Piece, work: ArrivalWork): DiskProgram<boolean> {
    const found = yield* stat(path);
    if (found?.type !== 'file' || found.size !== piece.content.bytes) return false;
    if (work.known.isVerified(piece.content.digest, identityOf(found))) return true;
    const reading = yield* hashFile(path, { signal: work.signal });
    return reading.kind === 'content' && reading.digest === piece.content.digest;
  }
}

function* settled(ingested: Ingested): DiskProgram<Ingested> {
  yield* settle([ingested]);
  return ingested;
}

/** Files that come in together: not so many that their bytes, or their descriptors, count. */
function batchesOf(files: readonly SourceFile[]): SourceFile[][] {
  const batches: SourceFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const batch = batches.at(-1);
    if (batch !== undefined && batch.length < mostReceived && bytes + file.bytes <= mostReceivedBytes) batch.push(file);
    else batches.push([file]);
    bytes = batch === batches.at(-1) ? bytes + file.bytes : file.bytes;
  }
  return batches;
}

/** Where the links of a model lie. */
export const folderOf = (of: ClaimedLinks): string => ('id' in of ? modelFolder(of.id) : of.folder);

/** The blobs that an entry with this content relies on. */
export function blobsOf(arrival: Arrival): Digest[] {
  return arrival.mode === 'reference' ? [] : arrival.pieces.map(({ content }) => content.digest);
}

/** CAT-BLB-2103: content that is not what was expected does not become visible. */
export function checkArrival(arrival: Arrival, expected: Digest | undefined): void {
  if (expected === undefined) return;
  const actual = expected.startsWith('sha256:') ? arrival.digest : arrival.other;
  if (actual === expected) return;
  if (actual === undefined) throw refusal('InvalidDigest', 'a model of many files has the sha256 of its manifest as its digest');
  const details = { expected, actual, bytes: arrival.bytes };
  throw new CatalogError('DigestMismatch', `${arrival.source.path} has ${actual}, not ${expected}`, details);
}

function* inPlace(source: SourceFile, work: ArrivalWork): DiskProgram<Piece> {
  const content = yield* hashFile(source.path, work);
  if (content.kind === 'trouble') throw unreadable(source.path, content);
  return { source, content, identity: identityOf(content.status), ingested: undefined };
}

/** Whether a blob is there with its size, as far as the disk lets anybody look. */
function* isThere(path: string, bytes: number): DiskProgram<boolean> {
  // An error that comes once is met by a second look. Where that fails too the add stands: its record is durable, so a refusal would
  // be wrong of it, and the blob was durable when it was placed; that nobody can look does not say that it went.
  return (yield* seen(path, bytes)) ?? (yield* seen(path, bytes)) ?? true;
}

/** What one look says; `undefined` where the disk refuses it. */
function* seen(path: string, bytes: number): DiskProgram<boolean | undefined> {
  try {
    const found = yield* stat(path);
    return found?.type === 'file' && found.size === bytes;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return undefined;
  }
}

function* dropPiece(piece: Piece): DiskProgram<void> {
  if (piece.ingested === undefined) return;
  yield* drop(piece.ingested);
  piece.ingested = undefined;
}

/** Where the bytes lie that were hashed: ours alone, or somebody's, as they were then. */
function hashedFile({ source, content, ingested }: Piece): HeaderFile {
  return { name: source.name, path: ingested?.path ?? source.path, bytes: content.bytes, status: content.status };
}

function fileOf(source: SourceFile, content: Piece['content'], identity: string | undefined): ArtifactFile {
  return { path: source.name, digest: content.digest, bytes: content.bytes, ...(identity !== undefined && { identity }) };
}

function modeOf(pieces: readonly Piece[], wanted: ArrivalMode): StorageMode {
  if (wanted === 'reference') return 'reference';
  const modes = pieces.flatMap(({ cameIn }) => cameIn?.mode ?? []);
  // Many files may come in by several ways; the one that cost most speaks for all.
  for (const mode of ['copy', 'reflink', 'link'] as const) if (modes.includes(mode)) return mode;
  return 'present';
}
