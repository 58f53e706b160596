import { writeFile } from 'node:fs/promises';

/** What a GGUF file for tests is like: so large, and its weights drawn by this seed. */
export interface GgufOptions {
  readonly megabytes?: number;
  readonly seed?: number;
}

type Value = { readonly type: 4 | 8; readonly value: number | string };

const alignment = 32;
const float32 = 0;
const embedding = 256;
const count = (value: number): Value => ({ type: 4, value });
const text = (value: string): Value => ({ type: 8, value });

/**
 * A valid GGUF v3 file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): header, metadata, tensor infos, and their
 * data of about so many MiB, aligned. The same options give the same bytes.
 */
export function ggufBytes(options: GgufOptions = {}): Buffer {
  const { megabytes = 1, seed = 1 } = options;
  const tensors = tensorsOf(Math.max(1, Math.round(megabytes * 1024)));
  const metadata: Readonly<Record<string, Value>> = {
    'general.architecture': text('llama'),
    'general.name': text(`Test ${seed}`),
    'general.alignment': count(alignment),
    'general.file_type': count(float32),
    'llama.context_length': count(2048),
    'llama.embedding_length': count(embedding),
    'llama.block_count': count(tensors.length),
    'llama.feed_forward_length': count(embedding),
    'llama.attention.head_count': count(8),
  };
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(Object.keys(metadata).length),
    ...Object.entries(metadata).map(([key, { type, value }]) => Buffer.concat([string(key), uint32(type), valueBytes(value)])),
    ...tensors.map(({ name, rows, offset }) =>
      Buffer.concat([string(name), uint32(2), uint64(embedding), uint64(rows), uint32(float32), uint64(offset)]),
    ),
  ]);
  const data = noise(
    tensors.reduce((sum, { rows }) => sum + rows * embedding * 4, 0),
    seed,
  );
  return Buffer.concat([header, Buffer.alloc(padding(header.byteLength)), data]);
}

export async function writeGguf(path: string, options: GgufOptions = {}): Promise<Buffer> {
  const bytes = ggufBytes(options);
  await writeFile(path, bytes);
  return bytes;
}

/** One tensor of up to 1024 rows of 1 KiB for each MiB. */
function tensorsOf(kibibytes: number): { name: string; rows: number; offset: number }[] {
  const rowsOfEach = Array.from({ length: Math.ceil(kibibytes / 1024) }, (_, place) => Math.min(1024, kibibytes - place * 1024));
  return rowsOfEach.map((rows, place) => ({ name: `blk.${place}.ffn_up.weight`, rows, offset: place * 1024 * 1024 }));
}

/** Bytes that no disk can compress or share, by xorshift; every word is a small number as a float. */
function noise(length: number, seed: number): Buffer {
  const words = new Uint32Array(length / 4);
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  for (let place = 0; place < words.length; place++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    // Exponents that keep the number between -1 and 1.
    words[place] = (state & 0x807fffff) | 0x3e000000;
  }
  return Buffer.from(words.buffer);
}

function valueBytes(value: number | string): Buffer {
  return typeof value === 'string' ? string(value) : uint32(value);
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.byteLength), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function padding(length: number): number {
  return (alignment - (length % alignment)) % alignment;
}
