import { dirname, join } from 'node:path';
import { fileSystemName } from '../core/file-systems.js';
import type { Ability, PlatformFacts } from '../core/platform.js';
import { type Host, newToken } from '../disk/host.js';
import { clone, createExclusive, type DiskProgram, fileSystem, link, stat, tryLock, unlink } from '../disk/program.js';
import { type FileSystemStatus, type Handle, isDiskError } from '../disk/steps.js';
import { closing, openIfThere, quietly, writeAll } from '../disk/whole-file.js';

type Tried = Pick<PlatformFacts, 'lock_mechanism' | 'hard_links' | 'reflinks' | 'case_sensitivity' | 'unicode_normalisation'>;

const nothingTried: Tried = {
  lock_mechanism: 'Unknown',
  hard_links: 'Unknown',
  reflinks: 'Unknown',
  case_sensitivity: 'Unknown',
  unicode_normalisation: 'Unknown',
};

const privateMode = 0o600;
const composed = 'probe-\u00e9';
const decomposed = composed.normalize('NFD');
const tempForm = new RegExp(`^(probe|${composed}|${decomposed})\\.[A-Za-z0-9_-]{22}\\.tmp$`);

/** Whether a file was made to see what a disk can do; whoever made it has died where it is not locked. */
export const isProbeTemp = (name: string): boolean => tempForm.test(name);

interface TriedPlace {
  readonly directory: string;
  readonly host: Host;
  /** A file of the store that nobody locks. */
  readonly witness: string;
}

/**
 * CAT-PLT-4009: what a disk can do, seen by doing it with files of its own, which are removed. Where they cannot be made nothing is
 * known.
 */
export function* tryOut({ directory, host, witness }: TriedPlace, { mayTry }: { readonly mayTry: boolean }): DiskProgram<PlatformFacts> {
  const tried = mayTry ? yield* orElse(nothingTried, triedIn(directory, host)) : nothingTried;
  const mechanism = tried.lock_mechanism === 'Unknown' ? yield* orElse('Unknown' as const, lockMechanism(witness)) : tried.lock_mechanism;
  const system = yield* orElse(undefined, fileSystemOf(directory));
  return {
    ...tried,
    lock_mechanism: mechanism,
    file_system: system === undefined ? 'Unknown' : fileSystemName(system.type),
    free_bytes: system?.freeBytes,
    total_bytes: system?.totalBytes,
    node_version: host.system.nodeVersion,
  };
}

/** What a program gives, or what is told where the disk refuses. */
function* orElse<T>(otherwise: T, program: DiskProgram<T>): DiskProgram<T> {
  try {
    return yield* program;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return otherwise;
  }
}

/** That of a directory that is missing is that of the nearest one above it. */
function* fileSystemOf(directory: string): DiskProgram<FileSystemStatus> {
  let place = directory;
  while ((yield* stat(place)) === undefined && dirname(place) !== place) place = dirname(place);
  return yield* fileSystem(place);
}

/** Not by the lock itself: whoever tries to take that meanwhile would take us for a writer. */
function* lockMechanism(witness: string): DiskProgram<PlatformFacts['lock_mechanism']> {
  const handle = yield* openIfThere(witness);
  return handle === undefined ? 'Unknown' : mechanismOf(yield* closing(handle, tryLock(handle, { shared: true })));
}

const mechanismOf = (locked: boolean | 'unsupported'): 'kernel' | 'owner-record' => (locked === 'unsupported' ? 'owner-record' : 'kernel');

function* triedIn(directory: string, host: Host): DiskProgram<Tried> {
  // With letters of both cases in it, whatever is drawn.
  const token = `aB${newToken(host).slice(2)}`;
  const place = join(directory, `${composed}.${token}.tmp`);
  const handle = yield* createExclusive(place, privateMode);
  const tried = yield* orElse(nothingTried, closing(handle, triedWith(handle, { directory, place, token, host })));
  yield* quietly(unlink(place));
  return tried;
}

interface TriedFile {
  readonly directory: string;
  readonly place: string;
  readonly token: string;
  readonly host: Host;
}

function* triedWith(handle: Handle, { directory, place, token, host }: TriedFile): DiskProgram<Tried> {
  // Whoever sweeps takes a temp that is locked for one of who lives.
  const locked = yield* tryLock(handle);
  yield* quietly(writeAll(handle, [Buffer.from('probe')]));
  const other = (): string => join(directory, `probe.${newToken(host)}.tmp`);
  return {
    lock_mechanism: mechanismOf(locked),
    hard_links: yield* tried(linked(place, other())),
    reflinks: yield* tried(cloned(place, other())),
    case_sensitivity: (yield* isThere(directory, `${composed}.${swapped(token)}.tmp`)) ? 'insensitive' : 'sensitive',
    unicode_normalisation: (yield* isThere(directory, `${decomposed}.${token}.tmp`)) ? 'folded' : 'preserved',
  };
}

function* tried(program: DiskProgram<boolean>): DiskProgram<Ability> {
  try {
    return (yield* program) ? 'Observed' : 'ObservedUnsupported';
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return isDiskError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK') ? 'ObservedUnsupported' : 'Unknown';
  }
}

function* linked(from: string, to: string): DiskProgram<boolean> {
  yield* link(from, to);
  yield* quietly(unlink(to));
  return true;
}

function* cloned(from: string, to: string): DiskProgram<boolean> {
  const isCloned = yield* clone(from, to);
  if (isCloned) yield* quietly(unlink(to));
  return isCloned;
}

function* isThere(directory: string, name: string): DiskProgram<boolean> {
  return (yield* stat(join(directory, name))) !== undefined;
}

const swapped = (text: string): string => text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
