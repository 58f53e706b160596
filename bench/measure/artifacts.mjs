import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { openCatalog } from '../../dist/index.js';
import { bytesOf } from './values.mjs';

export const mebibyte = 1024 * 1024;

/** A file of so many bytes that no other file of the run has. */
export function makeFile(path, length, number) {
  const handle = fs.openSync(path, 'w');
  for (let from = 0; from < length; from += 8 * mebibyte) {
    fs.writeSync(handle, bytesOf(Math.min(8 * mebibyte, length - from), number * 1_000_003 + from / mebibyte));
  }
  fs.closeSync(handle);
}

/** Makes the first bytes of a file others than they were, and waits until the disk has it. */
export function change(path, number) {
  const handle = fs.openSync(path, 'r+');
  const bytes = Buffer.alloc(16);
  bytes.writeDoubleLE(number, 0);
  bytes.writeDoubleLE(-number, 8);
  fs.writeSync(handle, bytes, 0, 16, 0);
  fs.fsyncSync(handle);
  fs.closeSync(handle);
}

/** So many small files in a folder; gives their paths. */
export function makeFiles(folder, { count, length, number }) {
  fs.mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, place) => {
    const path = join(folder, `file-${String(place).padStart(5, '0')}.bin`);
    fs.writeFileSync(path, bytesOf(length, number * count + place));
    return path;
  });
}

export const catalogIn = (folder, store) => openCatalog({ root: join(folder, 'root'), ...(store && { store }) });

/** Does some work for each, so many at a time. */
export async function atOnce(most, all, work) {
  const left = all[Symbol.iterator]();
  const worker = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

/** Runs a program to its end; what it says is thrown away. */
export function runProgram(program, words) {
  const { status, stderr, error } = spawnSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${String(stderr).slice(0, 500)}`);
}

/** What was written before is on the disk, so that nobody waits for what another wrote. */
export function drained(folder) {
  runProgram('sync', ['-f', folder]);
}
