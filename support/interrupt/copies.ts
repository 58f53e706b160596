import { copyFile, link, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Copies a tree so that names of one file stay names of one file: a catalog tells its newest generation by that. */
export async function copyTree(from: string, to: string, copied = new Map<bigint, string>()): Promise<void> {
  const found = await lstat(from, { bigint: true });
  if (found.isDirectory()) {
    await mkdir(to, { mode: Number(found.mode & 0o7777n) });
    for (const name of await readdir(from)) await copyTree(join(from, name), join(to, name), copied);
    return;
  }
  const twin = copied.get(found.ino);
  if (twin !== undefined) return link(twin, to);
  await copyFile(from, to);
  copied.set(found.ino, to);
}
