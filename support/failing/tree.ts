import { type BigIntStats, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';

/** Each path below a folder with its bytes and all that its inode tells, the time of access apart. */
export function treeBelow(path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(linesBelow(path));
}

/** Gives a tree to a user who may read it, and may make, change and remove nothing. */
export async function giveWithoutWriting(path: string, user: number): Promise<void> {
  const status = lstatSync(path);
  if (status.isDirectory()) for (const name of readdirSync(path)) await giveWithoutWriting(join(path, name), user);
  await chmod(path, status.isDirectory() ? 0o500 : 0o400);
  await chown(path, user, user);
}

function* linesBelow(path: string): Generator<[string, string]> {
  const status = lstatSync(path, { bigint: true });
  yield [path, told(path, status)];
  if (status.isDirectory()) for (const name of readdirSync(path)) yield* linesBelow(join(path, name));
}

function told(path: string, { mode, uid, ino, nlink, size, mtimeNs, ctimeNs, ...status }: BigIntStats): string {
  const isFile = (mode & 0o170000n) === 0o100000n;
  return [mode, uid, ino, nlink, size, mtimeNs, ctimeNs, status.rdev, isFile ? readFileSync(path, 'latin1') : ''].join(' ');
}
