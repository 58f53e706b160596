import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOf, type Span, withSpan } from './spans.js';

/** What is known of a download that has begun. */
export interface PartState {
  readonly size?: number;
  readonly validator?: string;
  readonly etag?: string;
  readonly sha256?: string;
  readonly gitSha1?: string;
  readonly commit?: string;
  /** The SHA-256 that it was found to have when it was whole. */
  readonly found?: string;
  /** Present where an origin or the caller said what it must be. */
  readonly vouched?: string;
}

/** What of it is durable: never more than what was synced before this was written. */
interface Record extends PartState {
  readonly schema: 'catalog-core-provisioner/part';
  readonly version: 1;
  readonly done: readonly (readonly [number, number])[];
}

const privateMode = 0o600;
const mostStateBytes = 1024 * 1024;
/** Larger files are kept beside git, under their SHA-256. */
const mostInGit = 64 * 1024 * 1024;

/**
 * A file that comes in by spans, in any order, and what is known of it beside it. What a kill or a power cut leaves is taken up again: the
 * record names only bytes that were synced before it was written.
 */
export class PartFile {
  readonly path: string;
  state: PartState = {};
  #handle: fs.promises.FileHandle;
  #spans: readonly Span[] = [];
  #durable: readonly Span[] = [];
  #keeping: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: fs.promises.FileHandle) {
    [this.path, this.#handle] = [path, handle];
  }

  static async open(path: string): Promise<PartFile> {
    await fs.promises.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
    const handle = await fs.promises.open(path, O_RDWR | O_CREAT | (O_NOFOLLOW ?? 0), privateMode);
    const part = new PartFile(path, handle);
    const record = recordIn(await textOf(`${path}.json`));
    const { size } = await handle.stat();
    if (record === undefined || record.done.some(([, to]) => to > size) || size > (record.size ?? size)) return part;
    const { schema, version, done, ...state } = record;
    part.state = state;
    part.#spans = part.#durable = done.map(([from, to]) => ({ from, to }));
    return part;
  }

  get spans(): readonly Span[] {
    return this.#spans;
  }

  get bytes(): number {
    return bytesOf(this.#spans);
  }

  /** How much would be lost if the machine stopped now. */
  get unkept(): number {
    return this.bytes - bytesOf(this.#durable);
  }

  /** Whether all of it is there; not where nobody knows how much that is. */
  get isWhole(): boolean {
    return this.state.size !== undefined && this.bytes === this.state.size;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.byteLength - done, at + done);
      done += bytesWritten;
    }
    this.#spans = withSpan(this.#spans, { from: at, to: at + bytes.byteLength });
  }

  /** Makes durable what was written until now: the bytes, then the record that names them. One at a time. */
  keep(): Promise<void> {
    const kept = this.#keeping.then(async () => {
      const spans = this.#spans;
      await this.#handle.datasync();
      const record: Record = {
        ...{ schema: 'catalog-core-provisioner/part', version: 1 },
        ...this.state,
        done: spans.map(({ from, to }) => [from, to]),
      };
      await writeWhole(`${this.path}.json`, `${JSON.stringify(record)}\n`);
      this.#durable = spans;
    });
    this.#keeping = kept.catch(() => undefined);
    return kept;
  }

  /** Nothing is known of it any more, and nothing is there. */
  async begin(): Promise<void> {
    await this.#keeping;
    await fs.promises.rm(`${this.path}.json`, { force: true });
    // Else a power cut could bring it back, beside other bytes than those that it names.
    await syncPath(dirname(this.path));
    await this.#handle.truncate(0);
    [this.state, this.#spans, this.#durable] = [{}, [], []];
  }

  /** Cuts off what is behind the end that was told. */
  async end(size: number): Promise<void> {
    this.state = { ...this.state, size };
    await this.#handle.truncate(size);
  }

  /** What is there, read again. */
  digests(signal?: AbortSignal): Promise<FileDigests> {
    return digestsOf(this.#handle, signal);
  }

  /** Gives what is whole its name, durably. The record stays, and tells what it was found to be. */
  async publish(target: string, more: PartState): Promise<void> {
    this.state = { ...this.state, ...more };
    await this.keep();
    await fs.promises.mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await fs.promises.rename(this.path, target);
    await syncPath(dirname(target));
  }

  async close(): Promise<void> {
    await this.#keeping;
    await this.#handle.close();
  }
}

/** The SHA-256 of a file, and the SHA-1 by which git names its content; both in hex. */
export interface FileDigests {
  readonly sha256: string;
  readonly gitSha1: string;
  readonly bytes: number;
}

async function digestsOf(handle: fs.promises.FileHandle, signal?: AbortSignal): Promise<FileDigests> {
  const { size: bytes } = await handle.stat();
  const [sha256, git] = [createHash('sha256'), createHash('sha1').update(`blob ${bytes}\0`)];
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  for (let at = 0; at < bytes; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, at);
    if (bytesRead === 0) break;
    sha256.update(chunk.subarray(0, bytesRead));
    // Git has small files only; to hash a large one twice would cost as much again.
    if (bytes <= mostInGit) git.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  return { sha256: sha256.digest('hex'), gitSha1: bytes <= mostInGit ? git.digest('hex') : '', bytes };
}

/**
 * What an earlier process brought to its end, and what its record says of it; `undefined` where there is none. It is only read: the
 * catalog may have taken it, and have it as a blob.
 */
export async function finishedAt(
  places: { readonly part: string; readonly target: string },
  signal?: AbortSignal,
): Promise<(FileDigests & PartState) | undefined> {
  const record = recordIn(await textOf(`${places.part}.json`));
  if (record?.found === undefined) return undefined;
  const { O_RDONLY, O_NOFOLLOW } = fs.constants;
  const handle = await unlessMissing(fs.promises.open(places.target, O_RDONLY | (O_NOFOLLOW ?? 0)));
  if (handle === undefined) return undefined;
  try {
    const { schema, version, done, ...state } = record;
    const { sha256, ...more } = await digestsOf(handle, signal);
    return { ...state, ...more, sha256 };
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces a small file: who looks sees it as it was, or as it is. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temp = `${path}.tmp`;
  const handle = await fs.promises.open(temp, 'w', privateMode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.promises.rename(temp, path);
}

/** Makes a file durable, or the names in a folder. */
export async function syncPath(path: string): Promise<void> {
  const handle = await fs.promises.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The text of a small file; none where it is not there, or not small. */
export async function textOf(path: string): Promise<string | undefined> {
  return unlessMissing(
    fs.promises.lstat(path).then(({ size }) => (size > mostStateBytes ? undefined : fs.promises.readFile(path, 'utf8'))),
  );
}

/** What a record says; `undefined` for what is none: then it is begun anew. */
export function recordIn(text: string | undefined): Record | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text ?? 'null');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return isRecord(found) ? found : undefined;
}

function isRecord(found: unknown): found is Record {
  if (typeof found !== 'object' || found === null) return false;
  const { schema, version, size, done, ...rest } = found as { [Member in keyof Record]?: unknown };
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const isSpan = (value: unknown): boolean =>
    Array.isArray(value) && value.length === 2 && value.every(isCount) && (value[0] as number) < (value[1] as number);
  const isInOrder = (spans: readonly (readonly number[])[]): boolean =>
    spans.every(([from = 0], place) => place === 0 || from > (spans[place - 1]?.[1] ?? 0));
  return (
    schema === 'catalog-core-provisioner/part' &&
    version === 1 &&
    (size === undefined || isCount(size)) &&
    Object.values(rest).every((value) => typeof value === 'string') &&
    Array.isArray(done) &&
    done.every(isSpan) &&
    isInOrder(done)
  );
}

export const nameOfPart = (folder: string, name: string): string =>
  join(folder, 'parts', createHash('sha256').update(name).digest('hex').slice(0, 32));
