import type { Finding } from '../../core/findings.js';
import { affordableBytes, reserveBytes, reserveChunks, reserveMark } from '../../core/reserve.js';
import { FailedSync, saysNoRoom } from '../../disk/failure.js';
import { type Host, newToken } from '../../disk/host.js';
import { createExclusive, type DiskProgram, fileSystem, rename, stat, tryLock, unlink } from '../../disk/program.js';
import { type FileStat, type Handle, isDiskError } from '../../disk/steps.js';
import { discard, syncFolder, syncOnce } from '../../disk/temp-file.js';
import { closeQuietly, closing, openIfThere, readFully, unlessMissing, writeAll } from '../../disk/whole-file.js';
import { reserveFile, tempPath } from './place.js';

const privateMode = 0o600;
/** Others give it up only on a full disk, and whoever does makes it again. */
const commitsBetweenLooks = 64;

interface ReservePlace {
  readonly root: string;
  /** The files whose size says how much a deletion writes; none for a journal, to which it only adds. */
  readonly indices: readonly string[];
  readonly host: Host;
}

/** CAT-IDX-1116: room that is kept back while there is some, so that a full disk can be written to for once: to remove what fills it. */
export class Reserve {
  readonly #place: ReservePlace;
  /** Whether the disk can be full at all; not known before somebody looked. */
  #isLimited: boolean | undefined;
  #isRefused = false;
  /** How many commits need not look for it: it was there, as large as it should be. */
  #unlooked = 0;
  /** Whether there was one before we needed it. */
  #wasGivenUp = false;

  constructor(place: ReservePlace) {
    this.#place = place;
  }

  /** Makes the reserve where there is none, or one for a larger index, if there is as much room again. Fails nobody. */
  *keep(): DiskProgram<void> {
    if (this.#isRefused || this.#isLimited === false) return;
    this.#unlooked = 0;
    try {
      this.#isLimited ??= isLimit((yield* fileSystem(this.#place.root)).totalBytes);
      const isThere = this.#isLimited && (yield* keepReserve(this.#place, { wasGivenUp: this.#wasGivenUp }));
      // An index grows with every commit, and what it takes to remove something from it.
      if (isThere && this.#place.indices.length === 0) this.#unlooked = commitsBetweenLooks;
    } catch (error) {
      if (!isDiskError(error) && !(error instanceof FailedSync)) throw error;
      // What others have filled meanwhile may be free again; another refusal would be met with every commit.
      this.#isRefused = !saysNoRoom(error);
    }
  }

  /** Whether it is time to look after a commit. */
  isDue(): boolean {
    return this.#isLimited !== false && !this.#isRefused && --this.#unlooked < 0;
  }

  /** Gives the reserve to the disk; whether there was one. */
  *release(): DiskProgram<boolean> {
    const path = reserveFile(this.#place.root);
    if (!(yield* isReserve(path))) return false;
    if (!(yield* unlessMissing(unlink(path)))) return false;
    // Some file systems give room to others only when it is durable that it was given up.
    yield* syncFolder(this.#place.root);
    this.#wasGivenUp = true;
    this.#unlooked = 0;
    return true;
  }
}

/** What is called like the reserve and is none: then none is kept. */
export function* examineReserve(root: string): DiskProgram<Finding[]> {
  const path = reserveFile(root);
  if ((yield* stat(path)) === undefined || (yield* isReserve(path))) return [];
  return [
    {
      id: 'reserve-not-ours',
      severity: 'warning',
      message: `${path} is not the reserve of a catalog, and is left alone: on a full disk nothing can be removed from the catalog`,
      remedy: 'move it away: the next command that writes makes the reserve',
    },
  ];
}

/** A disk without a limit says that all has room that can be counted. */
const isLimit = (totalBytes: number): boolean => totalBytes < Number.MAX_SAFE_INTEGER;

/** Whether there was one, and nothing to do. */
function* keepReserve({ root, indices, host }: ReservePlace, { wasGivenUp }: { readonly wasGivenUp: boolean }): DiskProgram<boolean> {
  const path = reserveFile(root);
  const wanted = reserveBytes(yield* largest(indices));
  const found = yield* stat(path);
  if (found !== undefined && (found.size >= wanted || !(yield* isReserve(path)))) return true;
  const { freeBytes } = yield* fileSystem(root);
  const bytes = affordableBytes(wanted, freeBytes, { wasGivenUp: wasGivenUp && found === undefined });
  if (bytes > 0) yield* makeReserve(path, bytes, host);
  return false;
}

/** Under its name it is whole: the bytes are on the disk before. That the name is durable is no promise; a temp is swept. */
function* makeReserve(path: string, bytes: number, host: Host): DiskProgram<void> {
  const temp = tempPath(path, newToken(host));
  const handle = yield* createExclusive(temp, privateMode);
  try {
    yield* tryLock(handle);
    yield* fill(handle, bytes, host);
    yield* syncOnce(handle);
    // Whoever took the temp for abandoned has removed it: another commit makes the reserve.
    yield* unlessMissing(rename(temp, path, 'PersistTemp'));
  } catch (error) {
    yield* discard({ path: temp, handle });
    throw error;
  }
  yield* closeQuietly(handle);
}

function* fill(handle: Handle, bytes: number, { random }: Host): DiskProgram<void> {
  let at = 0;
  for (const chunk of reserveChunks(bytes, random)) {
    yield* writeAll(handle, [chunk], at);
    at += chunk.byteLength;
  }
}

function* largest(paths: readonly string[]): DiskProgram<number> {
  let bytes = 0;
  for (const path of paths) bytes = Math.max(bytes, (yield* stat(path))?.size ?? 0);
  return bytes;
}

/** CAT-SEC-6002: a file with this name alone that says what it is; a link is never followed, and what others need is not given up. */
function* isReserve(path: string): DiskProgram<boolean> {
  const found = yield* stat(path);
  if (found === undefined || !isAlone(found)) return false;
  const handle = yield* openIfThere(path);
  return handle !== undefined && (yield* closing(handle, bearsMark(handle)));
}

const isAlone = ({ type, links }: FileStat): boolean => type === 'file' && links === 1;

function* bearsMark(handle: Handle): DiskProgram<boolean> {
  const begins = new Uint8Array(reserveMark.byteLength);
  yield* readFully(handle, begins, 0);
  return Buffer.from(begins).equals(reserveMark);
}
