import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimulatedDisk } from '../../src/disk/simulated-disk.js';

/** What lies under a folder, by path: bytes, a link, a FIFO, an empty folder, or so many bytes that take no room. */
export type Tree = Readonly<Record<string, string | Buffer | { readonly link: string } | { readonly sparse: number } | 'FIFO' | 'folder'>>;

export const fifo = 'FIFO';

export function writeTree(folder: string, tree: Tree): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, what] of Object.entries(tree)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (what === 'folder') mkdirSync(path, { recursive: true });
    else if (what === 'FIFO') spawnSync('mkfifo', [path]);
    else if (typeof what === 'string' || Buffer.isBuffer(what)) writeFileSync(path, what);
    else if ('link' in what) symlinkSync(what.link, path);
    else {
      writeFileSync(path, '');
      truncateSync(path, what.sparse);
    }
  }
}

/** The same on a simulated disk; what takes no room there is not to be had. */
export function plantTree(disk: SimulatedDisk, folder: string, tree: Tree): SimulatedDisk {
  disk.plantDirectory(folder);
  for (const [name, what] of Object.entries(tree)) {
    const path = join(folder, name);
    if (typeof what === 'object' && 'link' in what) {
      disk.plantDirectory(dirname(path));
      disk.perform({ op: 'symlink', kind: 'Link', target: what.link, path });
    } else if (typeof what === 'string' || Buffer.isBuffer(what)) disk.plant(path, what);
  }
  return disk;
}

/** Every name below a folder, with all that a look at it and its bytes tell: equal before and after, nothing was changed. */
export function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mode, size, uid, nlink, ino, mtimeMs, ctimeMs } = lstatSync(path);
      return [name, mode.toString(8), size, uid, nlink, ino, mtimeMs, ctimeMs, contentOf(path)].join(' ');
    });
}

export function sha256Hex(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The SHA-1 by which Git names a file. */
export function gitBlobHex(content: string | Buffer): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex');
}

function contentOf(path: string): string {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return readlinkSync(path);
  return found.isFile() && found.size < 100_000_000 ? sha256Hex(readFileSync(path)) : '';
}
