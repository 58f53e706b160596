import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { CatalogError } from 'catalog-core';
import { recordIn, syncPath, textOf, writeWhole } from './part-file.js';
import { bytesOf } from './spans.js';

/** A download that has not come to its end. */
export interface PartialDownload {
  readonly ref: string;
  /** What is there of it, in bytes. */
  readonly bytes: number;
  /** What there will be, of the files that have begun; absent where that is unknown. */
  readonly total_bytes?: number;
  /** Milliseconds since anything of it was changed. */
  readonly age_ms: number;
  readonly path: string;
}

/** The folder of the download of a reference: `about.json`, `parts/` for what comes in, `files/` for what is there. */
export async function folderOf(downloads: string, ref: string): Promise<string> {
  await ownFolder(downloads);
  const folder = join(downloads, nameOf(ref));
  await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
  const about = JSON.stringify({ schema: 'catalog-core-provisioner/download', version: 1, ref });
  if ((await textOf(join(folder, 'about.json'))) === undefined) await writeWhole(join(folder, 'about.json'), `${about}\n`);
  return folder;
}

/** Removes a download and what there is of it; whether there was any. */
export async function discard(downloads: string, ref: string): Promise<boolean> {
  if (!hasBegun(downloads, ref)) return false;
  await fs.promises.rm(join(downloads, nameOf(ref)), { recursive: true, force: true });
  await syncPath(downloads);
  return true;
}

/** Whether there is anything of a download. */
export const hasBegun = (downloads: string, ref: string): boolean => fs.existsSync(join(downloads, nameOf(ref)));

/** What is there and has not come to its end, the oldest first. */
export async function partialsIn(downloads: string, nowMs: number): Promise<PartialDownload[]> {
  const names = await namesIn(downloads);
  const found = await Promise.all(
    names.filter((name) => /^[0-9a-f]{32}$/.test(name)).map((name) => partialAt(join(downloads, name), nowMs)),
  );
  return found.sort((a, b) => b.age_ms - a.age_ms);
}

async function partialAt(path: string, nowMs: number): Promise<PartialDownload> {
  let [bytes, total, isKnown, newest] = [0, 0, true, 0];
  const files = (await fs.promises.readdir(path, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  for (const file of files) {
    const at = join(file.parentPath, file.name);
    newest = Math.max(newest, await changedAt(at));
    if (file.parentPath !== join(path, 'parts') || !file.name.endsWith('.json')) continue;
    const record = recordIn(await textOf(at));
    bytes += bytesOf((record?.done ?? []).map(([from, to]) => ({ from, to })));
    total += record?.size ?? 0;
    isKnown &&= record?.size !== undefined;
  }
  const ref = aboutIn(await textOf(join(path, 'about.json')));
  return { ref, bytes, ...(isKnown && total > 0 && { total_bytes: total }), age_ms: Math.max(0, Math.round(nowMs - newest)), path };
}

/** What is renamed or removed at this moment was changed at no time. */
async function changedAt(path: string): Promise<number> {
  try {
    return (await fs.promises.lstat(path)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}

/** Of which reference a download is, where anything says so. */
export function aboutIn(text: string | undefined): string {
  try {
    const found = JSON.parse(text ?? 'null') as { ref?: unknown } | null;
    return typeof found?.ref === 'string' ? found.ref : 'unknown';
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return 'unknown';
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await fs.promises.readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Nothing is written through a link, which may lead to somebody's files. */
async function ownFolder(path: string): Promise<void> {
  await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
  const found = await fs.promises.lstat(path);
  if (!found.isDirectory()) throw new CatalogError('UnsafeRoot', `${path} is to hold downloads, and is a link`, { path });
}

const nameOf = (ref: string): string => createHash('sha256').update(ref).digest('hex').slice(0, 32);
