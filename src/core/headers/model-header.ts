import { boundedJson, type JsonObject } from './bounded-json.js';
import { type OtherFormat, otherFormat } from './code-bearing.js';
import { type GgufHeader, isGguf, readGguf } from './gguf.js';
import { type HeaderReading, type HeaderTroubleCode, malformed, mostHeaderBytes, type NeedsMore } from './reading.js';
import { isSafetensors, readSafetensors, readSafetensorsIndex, type SafetensorsHeader } from './safetensors.js';

/** What the start of one file of a model says; of a malformed one the format that its bytes claim. */
export type FileHeader =
  | { readonly kind: 'gguf'; readonly header: GgufHeader }
  | { readonly kind: 'safetensors'; readonly header: SafetensorsHeader }
  | { readonly kind: 'shards'; readonly names: readonly string[] }
  | { readonly kind: 'config'; readonly config: JsonObject }
  | ({ readonly kind: 'other' } & OtherFormat)
  | {
      readonly kind: 'malformed';
      readonly format?: 'gguf' | 'safetensors';
      readonly code: HeaderTroubleCode | FileTroubleCode;
      readonly reason: string;
    }
  | { readonly kind: 'unknown' };

/** What is wrong with a file before anything is said of its header. */
export type FileTroubleCode = 'changed' | 'unreadable';

const mostConfigBytes = 1024 * 1024;
const tooLong: FileHeader = { kind: 'malformed', code: 'over-limit', reason: 'is longer than we read' };

/**
 * What a file is by its first bytes. Its name says only what is expected of it: that `model.gguf` begins with GGUF, and which of
 * the JSON files beside a model tell of it.
 */
export function readHeader(bytes: Uint8Array, file: { readonly name: string; readonly bytes: number }): FileHeader | NeedsMore {
  const { name, bytes: size } = file;
  if (bytes.byteLength < Math.min(size, 512)) return { kind: 'more', bytes: Math.min(size, 512) };
  if (name.endsWith('.safetensors.index.json')) return size > mostHeaderBytes ? tooLong : wholeFile(bytes, size, indexOf);
  if (isConfig(name)) return size > mostConfigBytes ? tooLong : wholeFile(bytes, size, configOf);
  if (size >= 4 && isGguf(bytes)) return as('gguf', readGguf(bytes, size));
  if (isSafetensors(bytes)) return as('safetensors', readSafetensors(bytes, size));
  return otherHeader(bytes, size) ?? expectedOf(bytes, file);
}

/** What a name promises of the bytes. */
export function promisedFormat(name: string): 'gguf' | 'safetensors' | undefined {
  if (/\.gguf$/i.test(name)) return 'gguf';
  return /\.safetensors$/i.test(name) ? 'safetensors' : undefined;
}

export function isConfig(name: string): boolean {
  return name === 'config.json' || name.endsWith('/config.json');
}

function otherHeader(bytes: Uint8Array, size: number): FileHeader | NeedsMore | undefined {
  const other = otherFormat(bytes, size);
  return other === undefined || 'kind' in other ? other : { kind: 'other', ...other };
}

/** A file that is nothing we know, and is called as if it were. */
function expectedOf(bytes: Uint8Array, { name, bytes: size }: { readonly name: string; readonly bytes: number }): FileHeader | NeedsMore {
  const promised = promisedFormat(name);
  if (promised === undefined) return { kind: 'unknown' };
  const read = promised === 'gguf' ? as('gguf', readGguf(bytes, size)) : as('safetensors', readSafetensors(bytes, size));
  return read.kind === 'malformed' && read.code === 'bad-magic' ? { kind: 'malformed', code: read.code, reason: read.reason } : read;
}

function as(format: 'gguf', read: HeaderReading<GgufHeader>): FileHeader | NeedsMore;
function as(format: 'safetensors', read: HeaderReading<SafetensorsHeader>): FileHeader | NeedsMore;
function as(format: 'gguf' | 'safetensors', read: HeaderReading<GgufHeader | SafetensorsHeader>): FileHeader | NeedsMore {
  if (read.kind === 'malformed') return { ...read, format };
  return read.kind === 'parsed' ? ({ kind: format, header: read.header } as FileHeader) : read;
}

function wholeFile(bytes: Uint8Array, size: number, read: (bytes: Uint8Array) => FileHeader): FileHeader | NeedsMore {
  return bytes.byteLength < size ? { kind: 'more', bytes: size } : read(bytes);
}

function indexOf(bytes: Uint8Array): FileHeader {
  const read = readSafetensorsIndex(bytes);
  return read.kind === 'parsed' ? { kind: 'shards', names: read.header } : tellable(read);
}

function configOf(bytes: Uint8Array): FileHeader {
  const read = boundedJson(bytes);
  return read.kind === 'parsed' ? { kind: 'config', config: read.value } : tellable(read);
}

function tellable(
  trouble: NeedsMore | { readonly kind: 'malformed'; readonly code: HeaderTroubleCode; readonly reason: string },
): FileHeader {
  return trouble.kind === 'malformed' ? trouble : malformed('truncated', 'ends within itself');
}
