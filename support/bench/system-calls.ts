/** What a program that was traced did for its acknowledged operations. */
export interface CallCounts {
  readonly operations: number;
  /** Of each operation. */
  readonly writes: readonly number[];
  readonly syncs: readonly number[];
  /** Of directories, which are among the syncs. */
  readonly directorySyncs: readonly number[];
  /** Operations that were acknowledged while bytes of a file, or a name in a directory, were not synced since they were written. */
  readonly unsyncedFiles: number;
  readonly unsyncedNames: number;
}

/** What whoever is traced writes to its standard error when an operation is acknowledged, and before the first. */
export const acknowledgement = 'acknowledged';

interface Call {
  readonly name: string;
  /** The descriptor that it is given, and what strace -y says that it is. */
  readonly descriptor: string | undefined;
  readonly file: string | undefined;
  readonly text: string;
}

const writing = new Set(['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2']);
const syncing = new Set(['fsync', 'fdatasync', 'msync', 'sync_file_range', 'syncfs', 'sync']);
const naming = new Set(['rename', 'renameat', 'renameat2', 'link', 'linkat']);

/** What has to be traced for that. */
export const tracedCalls = ['open', 'openat', ...writing, ...syncing, ...naming].map((name) => `?${name}`).join(',');

/** A lock promises nothing that a power cut could break: what it says need not be synced. */
const isLock = (path: string): boolean => /lock[^/]*$/.test(path);

/** Reads what `strace -f -y` tells of a program: whether all that it wrote below a folder was synced when it said so. */
export function countedCalls(trace: string, folder: string): CallCounts {
  const operations: Operation[] = [];
  const synchronous = new Set<string>();
  let current: Operation | undefined;
  for (const call of callsOf(trace)) {
    noteOpening(call, synchronous);
    if (call.name === 'write' && call.text.includes(`"${acknowledgement}`)) {
      if (current !== undefined) operations.push(current);
      current = new Operation(folder, synchronous, current);
    } else current?.take(call);
  }
  return {
    operations: operations.length,
    writes: operations.map(({ writes }) => writes),
    syncs: operations.map(({ syncs }) => syncs),
    directorySyncs: operations.map(({ directorySyncs }) => directorySyncs),
    unsyncedFiles: operations.filter(({ dirty }) => dirty.size > 0).length,
    unsyncedNames: operations.filter(({ dirtyFolders }) => dirtyFolders.size > 0).length,
  };
}

/** What is written by a descriptor that was opened so is durable when it is written. */
function noteOpening({ name, text }: Call, synchronous: Set<string>): void {
  const opened = name.startsWith('open') ? /= (\d+)<[^>]*>$/.exec(text)?.[1] : undefined;
  if (opened === undefined) return;
  if (/O_D?SYNC/.test(text)) synchronous.add(opened);
  else synchronous.delete(opened);
}

/** What happened until an operation was acknowledged. */
class Operation {
  writes = 0;
  syncs = 0;
  directorySyncs = 0;
  readonly dirty: Set<string>;
  readonly dirtyFolders: Set<string>;
  readonly #folder: string;
  readonly #synchronous: ReadonlySet<string>;

  constructor(folder: string, synchronous: ReadonlySet<string>, before: Operation | undefined) {
    this.#folder = folder;
    this.#synchronous = synchronous;
    this.dirty = new Set(before?.dirty);
    this.dirtyFolders = new Set(before?.dirtyFolders);
  }

  take({ name, descriptor = '', file, text }: Call): void {
    if (naming.has(name)) this.#named(text);
    if (!file?.startsWith(this.#folder) || isLock(file)) return;
    if (writing.has(name)) {
      this.writes++;
      if (!this.#synchronous.has(descriptor)) this.dirty.add(file);
    }
    if (!syncing.has(name)) return;
    this.syncs++;
    if (this.dirtyFolders.delete(file)) this.directorySyncs++;
    this.dirty.delete(file);
  }

  /** A name that is made or changed is durable when its directory was synced; the file goes on under its new name. */
  #named(text: string): void {
    const [from, to] = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) => path);
    if (from === undefined || !to?.startsWith(this.#folder)) return;
    this.dirtyFolders.add(to.slice(0, to.lastIndexOf('/')));
    if (this.dirty.delete(from)) this.dirty.add(to);
  }
}

/** Calls that succeeded, in the order in which they ended; one that another thread interrupted is told in two lines. */
function* callsOf(trace: string): Generator<Call> {
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(?:\[pid\s+)?(\d+)?\]?\s*(.*)$/.exec(line) ?? [];
    const unfinished = rest.indexOf(' <unfinished ...>');
    if (unfinished >= 0) {
      begun.set(thread, rest.slice(0, unfinished));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const text = resumed === null ? rest : `${begun.get(thread) ?? ''}${resumed[1]}`;
    const [, name] = /^(\w+)\(/.exec(text) ?? [];
    if (name === undefined || /= -1 E/.test(text)) continue;
    const [, descriptor, file] = /^\w+\((\d+)<([^>]*)>/.exec(text) ?? [];
    yield { name, descriptor, file, text };
  }
}
