import type { Handle } from '../steps.js';
import type { NodeId } from './nodes.js';
import { diskError, releaseIfUnused, type Volume } from './volume.js';

/** One open file description; a lock belongs to it and dies with it. */
export interface OpenFile {
  readonly process: number;
  readonly node: NodeId;
  /** The name it was opened by. */
  readonly path: string;
  readonly isWritable: boolean;
  lock: 'none' | 'shared' | 'exclusive';
  /** Somebody else was told that what this file held was not made durable; the next sync by this handle is told too, as by Linux since 4.13. */
  untoldLoss?: Error;
}

/** The handles of all processes on one disk. A number is used once, so that a stale handle is always seen. */
export class Handles {
  readonly #open = new Map<Handle, OpenFile>();
  #next: Handle = 3;

  open(volume: Volume, file: Omit<OpenFile, 'lock'>): Handle {
    const handle = this.#next++;
    this.#open.set(handle, { ...file, lock: 'none' });
    volume.openCounts.set(file.node, (volume.openCounts.get(file.node) ?? 0) + 1);
    return handle;
  }

  /** What a process has open under a handle; EBADF for anything else. */
  get(process: number, handle: Handle): OpenFile {
    const file = this.#open.get(handle);
    if (file === undefined || file.process !== process) throw diskError('EBADF', `handle ${handle}`);
    return file;
  }

  /** The name that a handle of whatever process was opened by. */
  pathOf(handle: Handle): string | undefined {
    return this.#open.get(handle)?.path;
  }

  close(volume: Volume, process: number, handle: Handle): undefined {
    const { node } = this.get(process, handle);
    this.#open.delete(handle);
    const left = (volume.openCounts.get(node) ?? 1) - 1;
    if (left > 0) volume.openCounts.set(node, left);
    else volume.openCounts.delete(node);
    releaseIfUnused(volume, node);
  }

  closeAll(volume: Volume, process: number): void {
    for (const [handle, file] of [...this.#open]) if (file.process === process) this.close(volume, process, handle);
  }

  /** A sync by one handle failed, and forgot what it was to make durable: whoever else has the file open is yet to be told. */
  noteLoss(process: number, handle: Handle, loss: Error): void {
    const lost = this.get(process, handle);
    for (const other of this.#open.values()) if (other !== lost && other.node === lost.node) other.untoldLoss = loss;
  }

  /** Before a sync by a handle: what was lost is told once. */
  tellLoss(process: number, handle: Handle): void {
    const file = this.get(process, handle);
    const { untoldLoss } = file;
    delete file.untoldLoss;
    if (untoldLoss !== undefined) throw untoldLoss;
  }

  /** How many handles are open, of one process or of all: for leak checks. */
  count(process?: number): number {
    if (process === undefined) return this.#open.size;
    return [...this.#open.values()].filter((file) => file.process === process).length;
  }

  /** Like an open file description lock: never waits, conflicts between handles of one process, converts its own. */
  lock(process: number, handle: Handle, shared: boolean): boolean {
    const file = this.get(process, handle);
    if (!shared && !file.isWritable) throw diskError('EBADF', `an exclusive lock needs a handle for writing: ${handle}`);
    for (const other of this.#open.values()) {
      if (other === file || other.node !== file.node || other.lock === 'none') continue;
      if (!shared || other.lock === 'exclusive') return false;
    }
    file.lock = shared ? 'shared' : 'exclusive';
    return true;
  }

  unlock(process: number, handle: Handle): undefined {
    this.get(process, handle).lock = 'none';
  }
}
