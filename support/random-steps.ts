import fc from 'fast-check';
import { type Disk, list, runSync, stat } from '../src/disk/program.js';
import { type FileStat, type Handle, isDiskError, type OpenAccess, type Step } from '../src/disk/steps.js';

/** A step before it is known where it happens and which handle it finds: the same for every disk. */
export type Action =
  | { readonly type: 'open'; readonly path: string; readonly access: OpenAccess; readonly slot: number; readonly follow: boolean }
  | { readonly type: 'close'; readonly slot: number }
  | { readonly type: 'write'; readonly slot: number; readonly text: string; readonly position: number }
  | { readonly type: 'read'; readonly slot: number; readonly length: number; readonly position: number }
  | { readonly type: 'truncate'; readonly slot: number; readonly size: number }
  | { readonly type: 'change-mode'; readonly slot: number; readonly mode: number }
  | { readonly type: 'lock'; readonly slot: number; readonly shared: boolean }
  | { readonly type: 'unlock' | 'sync' | 'stat-handle'; readonly slot: number }
  | { readonly type: 'names'; readonly path: string; readonly slot: number }
  | { readonly type: 'link' | 'rename' | 'clone'; readonly from: string; readonly to: string }
  | { readonly type: 'symlink'; readonly target: string; readonly path: string }
  | {
      readonly type: 'unlink' | 'make-directory' | 'remove-directory' | 'list' | 'read-link' | 'real-path' | 'watch' | 'file-system';
      readonly path: string;
    }
  | { readonly type: 'stat'; readonly path: string; readonly follow: boolean };

/** What an action gave, comparable between disks: no inode numbers, no times, errors by code. */
export type Outcome = string;

const path = fc.constantFrom('a', 'b', 'd', 'd/a', 'd/e', 'd/e/b', 'e', 'e/a', 'l', 'l/a', 'd/../b', './a');
const slot = fc.nat(2);

/** Histories over few names and three handles, so that steps meet each other. */
export const actions = (maxLength: number): fc.Arbitrary<readonly Action[]> =>
  fc.array(fc.oneof({ weight: 3, arbitrary: opening }, { weight: 4, arbitrary: ofHandles }, { weight: 6, arbitrary: ofNames }), {
    minLength: 1,
    maxLength,
    size: 'max',
  });

/** Performs actions one after the other below a directory of one disk. */
export class Driver {
  readonly #disk: Disk;
  readonly #base: string;
  readonly #slots = new Map<number, Handle>();

  constructor(disk: Disk, base: string) {
    this.#disk = disk;
    this.#base = base;
  }

  perform(action: Action): Outcome {
    if (action.type === 'open' && this.#slots.has(action.slot)) this.#close(action.slot);
    const step = this.#stepOf(action);
    if (step === undefined) return 'no handle';
    try {
      return this.#outcomeOf(action, step, this.#disk.perform(step));
    } catch (error) {
      if (isDiskError(error)) return error.code;
      throw error;
    }
  }

  closeAll(): void {
    for (const slot of [...this.#slots.keys()]) this.#close(slot);
  }

  /** All names below the directory with what they bear; names of one file are told by the first of them. */
  tree(): readonly string[] {
    const first = new Map<bigint, string>();
    return this.#paths('').map((path) => {
      const found = runSync(stat(`${this.#base}${path}`), this.#disk);
      if (found === undefined) return `${path} vanished`;
      const same = first.get(found.inode) ?? path;
      first.set(found.inode, same);
      return `${path} ${describe(found)} ${same}`;
    });
  }

  #close(slot: number): void {
    this.perform({ type: 'close', slot });
  }

  #paths(above: string): string[] {
    const names = [...runSync(list(`${this.#base}${above}`), this.#disk)].sort();
    return names.flatMap((name) => {
      const path = `${above}/${name}`;
      const isDirectory = runSync(stat(`${this.#base}${path}`), this.#disk)?.type === 'directory';
      return isDirectory ? [path, ...this.#paths(path)] : [path];
    });
  }

  #stepOf(action: Action): Step | undefined {
    const at = (name: string) => `${this.#base}/${name}`;
    switch (action.type) {
      case 'open':
        return { op: 'open', kind: 'Open', path: at(action.path), access: action.access, mode: 0o600, follow: action.follow };
      case 'link':
        return { op: 'link', kind: 'Link', from: at(action.from), to: at(action.to) };
      case 'rename':
        return { op: 'rename', kind: 'Rename', from: at(action.from), to: at(action.to) };
      case 'clone':
        return { op: 'clone', kind: 'Clone', from: at(action.from), to: at(action.to) };
      case 'symlink':
        return { op: 'symlink', kind: 'Link', target: action.target, path: at(action.path) };
      case 'unlink':
        return { op: 'unlink', kind: 'RemoveFile', path: at(action.path) };
      case 'make-directory':
        return { op: 'make-directory', kind: 'MakeDirectory', path: at(action.path), mode: 0o700 };
      case 'remove-directory':
        return { op: 'remove-directory', kind: 'RemoveDirectory', path: at(action.path) };
      case 'list':
        return { op: 'list', kind: 'List', path: at(action.path) };
      case 'read-link':
        return { op: 'read-link', kind: 'Stat', path: at(action.path) };
      case 'real-path':
        return { op: 'real-path', kind: 'Stat', path: at(action.path) };
      case 'watch':
        return { op: 'watch', kind: 'Open', path: at(action.path) };
      case 'file-system':
        return { op: 'file-system', kind: 'Stat', path: at(action.path) };
      case 'stat':
        return { op: 'stat', kind: 'Stat', path: at(action.path), follow: action.follow };
      case 'names': {
        const handle = this.#slots.get(action.slot);
        return handle === undefined ? undefined : { op: 'names', kind: 'Stat', path: at(action.path), handle };
      }
      default: {
        const handle = this.#slots.get(action.slot);
        return handle === undefined ? undefined : handleStep(action, handle);
      }
    }
  }

  #outcomeOf(action: Action, step: Step, result: unknown): Outcome {
    if (action.type === 'open' && typeof result === 'number') {
      this.#slots.set(action.slot, result);
      return 'opened';
    }
    if (action.type === 'close') this.#slots.delete(action.slot);
    if (action.type === 'file-system') return 'a file system';
    if (action.type === 'watch' && typeof result === 'number') {
      this.#disk.perform({ op: 'close', kind: 'Close', handle: result });
      return 'watched';
    }
    if (step.op === 'read') return `${String(result)} ${new TextDecoder().decode(step.into)}`;
    if (Array.isArray(result)) return [...result].sort().join();
    if (typeof result === 'string') return result.replace(this.#base, '');
    return isStat(result) ? describe(result) : String(result);
  }
}

const opening: fc.Arbitrary<Action> = fc.record({
  type: fc.constant('open'),
  path,
  access: fc.constantFrom('read', 'update', 'create', 'update-or-create', 'directory'),
  slot,
  follow: fc.boolean(),
});

const ofHandles: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('close'), slot }),
  fc.record({ type: fc.constant('write'), slot, text: fc.constantFrom('', 'x', 'abc', '0123456789'), position: fc.nat(12) }),
  fc.record({ type: fc.constant('read'), slot, length: fc.integer({ min: 1, max: 12 }), position: fc.nat(12) }),
  fc.record({ type: fc.constant('truncate'), slot, size: fc.nat(12) }),
  fc.record({ type: fc.constant('change-mode'), slot, mode: fc.constantFrom(0o600, 0o640, 0o700) }),
  fc.record({ type: fc.constant('lock'), slot, shared: fc.boolean() }),
  fc.record({ type: fc.constantFrom('unlock', 'sync', 'stat-handle'), slot }),
  fc.record({ type: fc.constant('names'), path, slot }),
);

const ofNames: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constantFrom('link', 'rename', 'clone'), from: path, to: path }),
  fc.record({ type: fc.constant('symlink'), target: fc.constantFrom('a', 'd', '../b', 'l'), path }),
  fc.record({
    type: fc.constantFrom('unlink', 'make-directory', 'remove-directory', 'list', 'read-link', 'real-path', 'watch', 'file-system'),
    path,
  }),
  fc.record({ type: fc.constant('stat'), path, follow: fc.boolean() }),
);

function handleStep(
  action: Exclude<Extract<Action, { type: string; slot: number }>, { path: string; type: 'names' }>,
  handle: Handle,
): Step | undefined {
  switch (action.type) {
    case 'open':
      return undefined;
    case 'close':
      return { op: 'close', kind: 'Close', handle };
    case 'write':
      return { op: 'write', kind: 'Write', handle, chunks: [new TextEncoder().encode(action.text)], position: action.position };
    case 'read':
      return { op: 'read', kind: 'Read', handle, into: new Uint8Array(action.length), position: action.position };
    case 'truncate':
      return { op: 'truncate', kind: 'Truncate', handle, size: action.size };
    case 'change-mode':
      return { op: 'change-mode', kind: 'ChangeMode', handle, mode: action.mode };
    case 'lock':
      return { op: 'lock', kind: 'Lock', handle, shared: action.shared };
    case 'unlock':
      return { op: 'unlock', kind: 'Lock', handle };
    case 'sync':
      return { op: 'sync', kind: 'Sync', handle };
    case 'stat-handle':
      return { op: 'stat-handle', kind: 'Stat', handle };
  }
}

function isStat(result: unknown): result is FileStat {
  return typeof result === 'object' && result !== null && 'inode' in result;
}

/** Sizes and counts of names of a directory differ between file systems, and so does the mode of a link. */
function describe({ type, size, mode, links }: FileStat): string {
  switch (type) {
    case 'file':
      return `file ${size} ${mode.toString(8)} ${links}`;
    case 'directory':
      return `directory ${mode.toString(8)}`;
    case 'symlink':
      return `symlink ${size} ${links}`;
    case 'other':
      return 'other';
  }
}
