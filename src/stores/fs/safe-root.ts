import { refusal } from '../../core/errors.js';
import { asWords, unsafeBecause } from '../../core/safe-root.js';
import type { Host } from '../../disk/host.js';
import { type DiskProgram, stat } from '../../disk/program.js';

/** A root is named by a path; else `InvalidArgument`. */
export function checkRootPath(root: unknown): void {
  if (typeof root === 'string' && root !== '' && !root.includes('\0')) return;
  throw refusal('InvalidArgument', 'root is the path of a directory', { argument: 'root' });
}

/** CAT-SEC-6002: whoever else can write to a root can make the catalog say anything; `UnsafeRoot`. */
export function* checkSafeRoot(root: string, { system }: Host): DiskProgram<void> {
  const found = yield* stat(root);
  if (found === undefined || found.type === 'file') return;
  // Its path was without links when it was opened.
  if (found.type === 'symlink') throw refusal('UnsafeRoot', `${root} is a symbolic link now`, { path: root, reason: 'symbolic-link' });
  const [reason] = unsafeBecause(found, system.user);
  if (reason === undefined) return;
  const { mode, owner } = found;
  throw refusal('UnsafeRoot', `${root} is not safe: ${asWords(reason, found, system.user)}`, {
    path: root,
    reason,
    mode: mode & 0o7777,
    owner,
  });
}
