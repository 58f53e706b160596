import type { KeyObject } from 'node:crypto';
import { refusal } from '../core/errors.js';
import type { Clock, Random } from '../disk/host.js';
import type { Disk } from '../disk/program.js';
import type { PlatformOptions } from '../platform/platform.js';
import { checkCount } from './count.js';
import { checkGates, type Gate } from './gates.js';
import type { OpenReport } from './open.js';
import { type ReceiptKey, signingKeyOf } from './receipts.js';

/** Where a journal is, who may write it, and how it is kept. */
export interface JournalOptions extends PlatformOptions {
  /** Made where it is missing. */
  readonly directory: string;
  /** Takes no lock, writes nothing, and may be beside a writer. */
  readonly readOnly?: boolean;
  /**
   * Whether others may write as well: the lock is taken for one append at a time, and what others appended is seen first
   * (CAT-JRN-3505). Fences and compaction are `Unsupported`.
   */
  readonly shared?: boolean;
  /** How long an append to a shared journal waits for the others before it is `JournalLocked`; 10,000 unless told. */
  readonly lockTimeoutMs?: number;
  /** When the event that says that the journal was opened is appended: at once, or with the first append. */
  readonly lifecycle?: 'eager' | 'lazy';
  /** From 512 bytes on; 16 MiB unless told. A single event may be larger, and then has a segment of its own. */
  readonly segmentMaxBytes?: number;
  /** After so many events they are synced; 1 unless told: then each is durable when it is acknowledged (CAT-JRN-3101). */
  readonly syncEveryNEvents?: number;
  /** Told what opening found; what it throws is not heard. */
  readonly onOpen?: (report: OpenReport) => void;
  /** Asked before every append, in this order (CAT-JRN-3006). */
  readonly gates?: readonly Gate[];
  /** Whether a denial leaves an event. */
  readonly recordDenials?: boolean;
  /** A private Ed25519 key, or its PEM: every receipt is signed (CAT-JRN-3007). */
  readonly signingKey?: ReceiptKey;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Must answer at once. */
  readonly disk?: Disk;
}

export interface Settings {
  readonly directory: string;
  readonly isShared: boolean;
  readonly lockTimeoutMs: number;
  readonly segmentMaxBytes: number;
  readonly syncEveryNEvents: number;
  readonly gates: readonly Gate[];
  readonly recordDenials: boolean;
  readonly signingKey: KeyObject | undefined;
}

const leastSegmentBytes = 512;
const defaultSegmentBytes = 16 * 1024 * 1024;
const maximumSegmentBytes = 2 ** 31;
const defaultLockTimeoutMs = 10_000;

/** What a journal is opened with, checked before anything is touched; else `InvalidArgument`. */
export function checkedSettings(options: JournalOptions): Settings {
  const { directory, syncEveryNEvents = 1, gates = [], signingKey } = options;
  const { shared: isShared = false, lockTimeoutMs = defaultLockTimeoutMs, recordDenials = false } = options;
  checkDirectory(directory);
  const segmentMaxBytes = checkSegmentBytes(options.segmentMaxBytes);
  checkCount('syncEveryNEvents', syncEveryNEvents, { least: 1 });
  checkCount('lockTimeoutMs', lockTimeoutMs, { least: 0 });
  checkGates(gates, {});
  const key = signingKey === undefined ? undefined : signingKeyOf(signingKey);
  return { directory, isShared, lockTimeoutMs, segmentMaxBytes, syncEveryNEvents, gates, recordDenials, signingKey: key };
}

export function checkDirectory(directory: string): string {
  if (typeof directory === 'string' && directory !== '' && !directory.includes('\0')) return directory;
  throw refusal('InvalidArgument', 'directory is the path of a directory', { argument: 'directory' });
}

export function checkSegmentBytes(bytes = defaultSegmentBytes): number {
  checkCount('segmentMaxBytes', bytes, { least: leastSegmentBytes, most: maximumSegmentBytes });
  return bytes;
}
