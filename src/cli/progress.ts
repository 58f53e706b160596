import { basename } from 'node:path';
import type { Progress } from '../artifacts/hash-file.js';
import { fitted, shortened, widthOf } from './cells.js';
import type { SharedOptions } from './options.js';
import { jsonLine, printable, sizeText } from './render.js';

/** Tells how long work stands. */
export interface Meter {
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly end: () => void;
}

/** Short work shows nothing; long work, not more than an eye can follow. */
const everyMs = 200;
const mostBarCells = 24;
const leastBarCells = 4;
/** A name is cut down to so much before the bar gives way. */
const nameCells = 16;
const clearLine = '\r\u001b[K';

/** CAT-CLI-6202: a bar on a terminal, NDJSON for programs, else nothing; on standard error. */
export function meterFor(stream: NodeJS.WriteStream, options: SharedOptions): Meter {
  if (options.quiet) return { onProgress: undefined, end: () => {} };
  if (options.json) return meter((progress, elapsedMs) => stream.write(`${progressEvent(progress, elapsedMs)}\n`));
  if (!stream.isTTY) return { onProgress: undefined, end: () => {} };
  const show = (progress: Progress, elapsedMs: number) => stream.write(clearLine + progressLine(progress, elapsedMs, stream.columns || 80));
  return meter(show, () => stream.write(clearLine));
}

export function progressEvent(progress: Progress, elapsedMs: number): string {
  const { path, bytes, total_bytes, entries_done, entries_total } = progress;
  const event = { schema: 1, type: 'progress', path, bytes, total_bytes };
  if (entries_total === undefined) return jsonLine(event);
  const { perSecond, leftMs } = speedOf(progress, elapsedMs);
  return jsonLine({ ...event, entries_done, entries_total, bytes_per_second: Math.round(perSecond), eta_ms: leftMs });
}

/** `model.gguf  42% [##########--------------] 1.84 GB of 4.37 GB  612 MB/s  ETA 0:04`; of many entries `3 of 12` before it. */
export function progressLine(progress: Progress, elapsedMs: number, columns: number): string {
  const { path, bytes, total_bytes, entries_done, entries_total } = progress;
  const share = total_bytes === 0 ? 1 : Math.min(1, bytes / total_bytes);
  const { perSecond, leftMs } = speedOf(progress, elapsedMs);
  const eta = leftMs === undefined ? '' : `  ETA ${clock(leftMs / 1000)}`;
  const percent = `${Math.floor(share * 100)}%`;
  const numbers = `${sizeText(bytes)} of ${sizeText(total_bytes)}  ${sizeText(Math.round(perSecond))}/s${eta}`;
  const count = entries_total === undefined ? '' : `${entries_done} of ${entries_total}  `;
  // One cell stays free: a full line would break on some terminals.
  const room = columns - 1 - widthOf(`${count}  ${percent} ${numbers}`);
  const whole = printable(basename(path));
  const bar = barOf(share, room - Math.min(widthOf(whole), nameCells) - '[] '.length);
  const name = shortened(whole, Math.max(1, room - bar.length));
  return fitted(`${count}${name}  ${percent} ${bar}${numbers}`, columns - 1);
}

/** As long as there is room for it: the numbers tell more. */
function barOf(share: number, room: number): string {
  const cells = Math.min(mostBarCells, room);
  if (cells < leastBarCells) return '';
  const full = Math.floor(share * cells);
  return `[${'#'.repeat(full)}${'-'.repeat(cells - full)}] `;
}

/** How fast it went until now, and how long the rest takes at that; not known at the start. */
function speedOf({ bytes, total_bytes }: Progress, elapsedMs: number): { readonly perSecond: number; readonly leftMs: number | undefined } {
  const perSecond = elapsedMs > 0 ? (bytes * 1000) / elapsedMs : 0;
  return { perSecond, leftMs: perSecond > 0 ? Math.ceil((Math.max(0, total_bytes - bytes) * 1000) / perSecond) : undefined };
}

function meter(show: (progress: Progress, elapsedMs: number) => void, clear: () => void = () => {}): Meter {
  let file: { path: string; began: number; bytes: number } | undefined;
  let shownAt = performance.now();
  let isShown = false;
  const onProgress = (progress: Progress) => {
    const now = performance.now();
    const path = progress.entries_total === undefined ? progress.path : '';
    // Another file, or the same one once more from its beginning; work on many entries is one.
    if (file?.path !== path || (path !== '' && progress.bytes < file.bytes)) file = { path, began: now, bytes: 0 };
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
