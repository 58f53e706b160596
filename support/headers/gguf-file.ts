import { ByteWriter } from './byte-writer.js';

/** The types of values by their names in the format's description, and their numbers; and one that is not there. */
export const valueTypes = {
  ...{ uint8: 0, int8: 1, uint16: 2, int16: 3, uint32: 4, int32: 5, float32: 6 },
  ...{ bool: 7, string: 8, array: 9, uint64: 10, int64: 11, float64: 12 },
  ...{ unknown: 13 },
} as const;
export type ValueType = keyof typeof valueTypes;

export type GgufValue =
  | { readonly type: Exclude<ValueType, 'array'>; readonly value: number | bigint | string | boolean }
  | { readonly type: 'array'; readonly of: ValueType; readonly items: readonly GgufValue[]; readonly count?: bigint };

export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly (number | bigint)[];
  /** Its number in `enum ggml_type`, and how many bytes a block of so many elements takes. */
  readonly type: number;
  readonly block: readonly [elements: number, bytes: number];
  /** Where it is, if not behind the one before. */
  readonly offset?: bigint;
}

/** A GGUF file as it is to be, also one that nobody should write: what is declared here stands in it instead of what is true. */
export interface GgufFile {
  readonly version?: number;
  readonly bigEndian?: boolean;
  readonly pairs?: readonly (readonly [key: string, value: GgufValue])[];
  readonly tensors?: readonly GgufTensor[];
  readonly alignment?: number;
  readonly declared?: { readonly tensors?: bigint; readonly pairs?: bigint; readonly firstKeyBytes?: bigint };
}

const sizes: Partial<Record<ValueType, number>> = { uint8: 1, int8: 1, uint16: 2, int16: 2, uint32: 4, int32: 4, uint64: 8, int64: 8 };

/** All that stands before the data, and how long the whole file is. */
export function ggufHeader(file: GgufFile): { readonly header: Buffer; readonly size: number } {
  const { version = 3, bigEndian = false, pairs = [], tensors = [], alignment = 32, declared = {} } = file;
  const long = version === 1 ? 4 : 8;
  const writer = new ByteWriter(bigEndian).bytes(Buffer.from('GGUF')).integer(version, 4);
  writer.integer(declared.tensors ?? tensors.length, long).integer(declared.pairs ?? pairs.length, long);
  pairs.forEach(([key, value], place) => {
    const bytes = Buffer.from(key);
    writer.integer(place === 0 ? (declared.firstKeyBytes ?? bytes.byteLength) : bytes.byteLength, long).bytes(bytes);
    writer.integer(valueTypes[value.type], 4);
    writeValue(writer, value, long);
  });
  let end = 0n;
  for (const tensor of tensors) end = writeTensor(writer, tensor, { after: end, alignment, long });
  const dataStart = Math.ceil(writer.length / alignment) * alignment;
  const header = writer.whole();
  return { header, size: tensors.length === 0 ? header.byteLength : dataStart + Number(end) };
}

/** The file with its data, which is zeros. */
export function ggufFile(file: GgufFile): Buffer {
  const { header, size } = ggufHeader(file);
  return Buffer.concat([header, Buffer.alloc(Math.max(0, size - header.byteLength))]);
}

export const text = (value: string): GgufValue => ({ type: 'string', value });
export const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });

/** What a converter of llama.cpp writes of a small model. */
export function llamaPairs(contextLength = 4096, fileType = 15): (readonly [string, GgufValue])[] {
  return [
    ['general.architecture', text('llama')],
    ['general.name', text('Tiny Llama')],
    ['general.file_type', uint32(fileType)],
    ['llama.context_length', uint32(contextLength)],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', items: ['<s>', '</s>', 'a', 'ä'].map(text) }],
  ];
}

/** Types of tensors by their names, and one that came later. */
export const ggmlTypes: Readonly<Record<string, Pick<GgufTensor, 'type' | 'block'>>> = {
  F32: { type: 0, block: [1, 4] },
  F16: { type: 1, block: [1, 2] },
  Q4_K: { type: 12, block: [256, 144] },
  NEW: { type: 77, block: [1, 0] },
};

/** 2 tensors of 1,024 and 256 elements. */
export const someTensors: readonly GgufTensor[] = [
  { name: 'token_embd.weight', shape: [256, 4], type: 12, block: [256, 144] },
  { name: 'output_norm.weight', shape: [256], type: 0, block: [1, 4] },
];

function writeTensor(
  writer: ByteWriter,
  tensor: GgufTensor,
  place: { readonly after: bigint; readonly alignment: number; readonly long: number },
): bigint {
  const { name, shape, type, block } = tensor;
  const [elements, bytes] = block;
  const alignment = BigInt(place.alignment);
  const offset = tensor.offset ?? ((place.after + alignment - 1n) / alignment) * alignment;
  const encoded = Buffer.from(name);
  writer.integer(encoded.byteLength, place.long).bytes(encoded).integer(shape.length, 4);
  for (const length of shape) writer.integer(length, place.long);
  writer.integer(type, 4).integer(offset, 8);
  const count = shape.reduce<bigint>((product, length) => product * BigInt(length), 1n);
  return offset + (count / BigInt(elements)) * BigInt(bytes);
}

function writeValue(writer: ByteWriter, value: GgufValue, long: number): void {
  if (value.type === 'array') {
    writer.integer(valueTypes[value.of], 4).integer(value.count ?? value.items.length, long);
    for (const item of value.items) writeValue(writer, item, long);
  } else if (value.type === 'string') {
    const bytes = Buffer.from(String(value.value));
    writer.integer(bytes.byteLength, long).bytes(bytes);
  } else if (value.type === 'float32') writer.float(Number(value.value), 4);
  else if (value.type === 'float64') writer.float(Number(value.value), 8);
  else if (value.type === 'bool') writer.integer(typeof value.value === 'number' ? value.value : value.value ? 1 : 0, 1);
  else writer.integer(BigInt(value.value), sizes[value.type] ?? 0);
}
