import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { Digest } from '../core/digest.js';
import { type ErrorCode, type ErrorDetails, isCatalogError } from '../core/errors.js';
import { runSync } from '../disk/program.js';
import { RealDisk } from '../disk/real-disk.js';
import { type FileContent, type FileReading, type FileTrouble, hashFile, type Progress } from './hash-file.js';

/** What a thread is asked: to read a file, one at a time, or to give it up. */
export type Asked = { readonly kind: 'read'; readonly path: string; readonly also: Digest | undefined } | { readonly kind: 'abort' };

/** What a thread tells; an error of the disk loses its code between threads, so that goes beside it. */
export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'read'; readonly reading: FileContent | Omit<FileTrouble, 'cause'>; readonly cause?: DiskWords }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails }
  | { readonly kind: 'mistake'; readonly story: string };

export interface DiskWords {
  readonly code: string;
  readonly message: string;
}

const port = parentPort;
if (port === null) throw new Error('this is the work of a thread');
const disk = new RealDisk({ blocking: true });
const tell = (told: Told): void => port.postMessage(told);
port.on('message', (asked: Asked) => {
  // An abort that comes after the end of its file says nothing of the next one.
  if (asked.kind === 'read') tell(answerTo(asked));
});
tell({ kind: 'ready' });

/** The same program as everywhere, on a disk that answers at once: nothing but this file is thought of until it is read. */
function answerTo({ path, also }: Extract<Asked, { kind: 'read' }>): Told {
  const aborting = new AbortController();
  const onProgress = (progress: Progress): void => {
    tell({ kind: 'progress', progress });
    if (port !== null && receiveMessageOnPort(port)?.message.kind === 'abort') aborting.abort();
  };
  try {
    return toldOf(runSync(hashFile(path, { also, onProgress, signal: aborting.signal }), disk));
  } catch (error) {
    if (isCatalogError(error)) return { kind: 'refused', code: error.code, message: error.message, details: error.details };
    return { kind: 'mistake', story: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function toldOf(reading: FileReading): Told {
  if (reading.kind === 'content') return { kind: 'read', reading };
  const { cause, ...rest } = reading;
  return { kind: 'read', reading: rest, ...(cause && { cause: { code: cause.code, message: cause.message } }) };
}
