import { basename } from 'node:path';
import type { Step } from '../../disk/steps.js';

/**
 * Watches over a promise: that no process reads the bytes of files under certain names, nor gives such a file, unless it made it
 * itself, a name under which they would be read. While it holds, disks that differ in nothing else are recovered alike.
 */
export class UnreadFiles {
  readonly #isUnread: (name: string) => boolean;
  readonly #handles = new Set<number>();
  readonly #own = new Set<string>();
  /** How the promise was broken first. */
  broken: string | undefined;

  constructor(isUnread: (name: string) => boolean) {
    this.#isUnread = isUnread;
  }

  note(step: Step, result: unknown): void {
    switch (step.op) {
      case 'open':
        if (!this.#isUnreadPath(step.path)) return;
        if (step.access === 'create') this.#own.add(step.path);
        else this.#handles.add(Number(result));
        return;
      case 'close':
        this.#handles.delete(step.handle);
        return;
      case 'read':
        if (this.#handles.has(step.handle)) this.broken ??= 'bytes were read that nobody reads';
        return;
      case 'link':
      case 'rename':
      case 'clone':
        this.#noteName(step.from, step.to);
        return;
      default:
        return;
    }
  }

  #noteName(from: string, to: string): void {
    const isOwn = this.#own.has(from);
    if (this.#isUnreadPath(to)) {
      if (isOwn || !this.#isUnreadPath(from)) this.#own.add(to);
    } else if (this.#isUnreadPath(from) && !isOwn) this.broken ??= `bytes that nobody reads were brought to ${to}`;
  }

  #isUnreadPath(path: string): boolean {
    return this.#isUnread(basename(path));
  }
}
