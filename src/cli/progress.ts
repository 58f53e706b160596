import { basename } from 'node:path';
import type { Progress } from '../artifacts/hash-file.js';
import type { SharedOptions } from './options.js';
import { fitted, jsonLine, printable, sizeText, widthOf } from './render.js';

/** Tells how long work stands. */
export interface Meter {
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly end: () => void;
}

/** Short work shows nothing; long work, not more than an eye can follow. */
const everyMs = 200;
const barCells = 24;
const clearLine = '\r\u001b[K';

/** CAT-CLI-6202: a bar on a terminal, NDJSON for programs, else nothing; on standard error. */
export function meterFor(stream: NodeJS.WriteStream, options: SharedOptions): Meter {
  if (options.quiet) return { onProgress: undefined, end: () => {} };
  if (options.json) return meter((progress) => stream.write(`${progressEvent(progress)}\n`));
  if (!stream.isTTY) return { onProgress: undefined, end: () => {} };
  const show = (progress: Progress, elapsedMs: number) => stream.write(clearLine + progressLine(progress, elapsedMs, stream.columns || 80));
  return meter(show, () => stream.write(clearLine));
}

export function progressEvent({ path, bytes, total_bytes }: Progress): string {
  return jsonLine({ schema: 1, type: 'progress', path, bytes, total_bytes });
}

/** `model.gguf  42% [##########--------------] 1.84 GB of 4.37 GB  612 MB/s  ETA 0:04` */
export function progressLine({ path, bytes, total_bytes }: Progress, elapsedMs: number, columns: number): string {
  const share = total_bytes === 0 ? 1 : Math.min(1, bytes / total_bytes);
  const full = Math.floor(share * barCells);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(barCells - full)}]`;
  const perSecond = elapsedMs > 0 ? (bytes * 1000) / elapsedMs : 0;
  const eta = perSecond > 0 ? `  ETA ${clock((total_bytes - bytes) / perSecond)}` : '';
  const rest = `${Math.floor(share * 100)}% ${bar} ${sizeText(bytes)} of ${sizeText(total_bytes)}  ${sizeText(Math.round(perSecond))}/s${eta}`;
  const name = fitted(printable(basename(path)), Math.max(8, columns - widthOf(rest) - 3));
  // One cell stays free: a full line would break on some terminals.
  return fitted(`${name}  ${rest}`, columns - 1);
}

function meter(show: (progress: Progress, elapsedMs: number) => void, clear: () => void = () => {}): Meter {
  let file: { path: string; began: number; bytes: number } | undefined;
  let shownAt = performance.now();
  let isShown = false;
  const onProgress = (progress: Progress) => {
    const now = performance.now();
    // Another file, or the same one once more from its beginning.
    if (file?.path !== progress.path || progress.bytes < file.bytes) file = { path: progress.path, began: now, bytes: 0 };
    file.bytes = progress.bytes;
    if (now - shownAt < everyMs) return;
    shownAt = now;
    isShown = true;
    show(progress, now - file.began);
  };
  return { onProgress, end: () => (isShown ? clear() : undefined) };
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
