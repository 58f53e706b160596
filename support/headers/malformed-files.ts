import { type GgufFile, type GgufValue, ggufFile, llamaPairs, someTensors, text, uint32 } from './gguf-file.js';
import { safetensorsFile, safetensorsOf, someSafeTensors } from './safetensors-file.js';

const huge = 2n ** 60n;

/** Files that nobody should write, by what is wrong with them. */
export const malformedGguf: Readonly<Record<string, () => Buffer>> = {
  'another magic': () => Buffer.from('GGML and so on, for a while'),
  'version 4': () => withPairs({ version: 4 }),
  'version 0': () => withPairs({ version: 0 }),
  '2^60 tensors': () => withPairs({ declared: { tensors: huge } }),
  '2^60 pairs': () => withPairs({ declared: { pairs: huge } }),
  'a million pairs too many': () => withPairs({ declared: { pairs: 1_000_000n } }),
  'a key of 2^60 bytes': () => withPairs({ declared: { firstKeyBytes: huge } }),
  'a key of 60 MiB': () => withPairs({ declared: { firstKeyBytes: 60n * 2n ** 20n } }),
  'an array of 2^60 items': () => withValue({ type: 'array', of: 'uint64', items: [], count: huge }),
  'an array of 2^60 texts': () => withValue({ type: 'array', of: 'string', items: [], count: huge }),
  'an array of 2^60 arrays': () => withValue({ type: 'array', of: 'array', items: [], count: huge }),
  'arrays 9 deep': () => withValue(nested(9)),
  'a value of type 13': () => withValue({ type: 'unknown', value: 0 }),
  'an array of type 13': () => withValue({ type: 'array', of: 'unknown', items: [] }),
  'a truth value of 2': () => withValue({ type: 'bool', value: 2 }),
  'a key twice': () => ggufFile({ pairs: [...llamaPairs(), ...llamaPairs()], tensors: someTensors }),
  'a tensor twice': () => withPairs({ tensors: [...someTensors, ...someTensors] }),
  'an alignment of 0': () => withPairs({ pairs: [['general.alignment', uint32(0)]] }),
  'an alignment of 24': () => withPairs({ pairs: [['general.alignment', uint32(24)]] }),
  'an alignment of text': () => withPairs({ pairs: [['general.alignment', text('32')]] }),
  'a tensor of 5 dimensions': () => withPairs({ tensors: [{ name: 'a', shape: [1, 1, 1, 1, 1], type: 0, block: [1, 4] }] }),
  'a tensor of 2^80 elements': () => withPairs({ tensors: [{ name: 'a', shape: [2n ** 40n, 2n ** 40n], type: 0, block: [1, 0] }] }),
  'a tensor of half a block': () => withPairs({ tensors: [{ name: 'a', shape: [16], type: 2, block: [1, 2] }] }),
  'a tensor at an odd place': () => withPairs({ tensors: [{ name: 'a', shape: [8], type: 0, block: [1, 4], offset: 7n }] }),
  'a tensor at 2^60': () => cut({ tensors: [{ name: 'a', shape: [8], type: 0, block: [1, 4], offset: huge }] }),
  'a tensor behind its end': () => cut({ tensors: [{ name: 'a', shape: [8], type: 0, block: [1, 4], offset: 2n ** 30n }] }),
};

export const malformedSafetensors: Readonly<Record<string, () => Buffer>> = {
  'a header of 2^60 bytes': () => safetensorsOf('{}', 0, huge),
  'a header that is longer than it': () => safetensorsOf('{}', 0, 3n),
  'a header of nothing': () => safetensorsOf(''),
  'a header of a list': () => safetensorsOf('[]'),
  'a header that is no JSON': () => safetensorsOf('{"a":}'),
  'a header that is no UTF-8': () => Buffer.concat([safetensorsOf('{"a\xff":{}}'.replace('\xff', '?'))]).fill(0xff, 11, 12),
  'a tensor of that name twice': () => safetensorsOf(`{"a":${tensor(0, 4)},"a":${tensor(0, 4)}}`, 4),
  'its type twice': () => safetensorsOf('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
  'metadata of numbers': () => safetensorsOf(`{"__metadata__":{"a":1},"a":${tensor(0, 4)}}`, 4),
  'a tensor that is a number': () => safetensorsOf('{"a":1}'),
  'a tensor without type': () => safetensorsOf('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4),
  'a shape of text': () => safetensorsOf('{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}', 4),
  'a shape below 0': () => safetensorsOf('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4),
  'a shape of 2^60': () => safetensorsOf(`{"a":{"dtype":"F32","shape":[${2 ** 60}],"data_offsets":[0,4]}}`, 4),
  'shapes of 2^80 together': () => safetensorsOf(`{"a":{"dtype":"F32","shape":[${2 ** 40},${2 ** 40}],"data_offsets":[0,4]}}`, 4),
  'places backwards': () => safetensorsOf(`{"a":${tensor(4, 0)}}`, 4),
  'three places': () => safetensorsOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 8),
  'another size than its places': () => safetensorsOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4),
  'a hole': () => safetensorsOf(`{"a":${tensor(0, 4)},"b":${tensor(8, 12)}}`, 12),
  'an overlap': () => safetensorsOf(`{"a":${tensor(0, 4)},"b":${tensor(2, 6)}}`, 6),
  'bytes behind its end': () => Buffer.concat([safetensorsFile(someSafeTensors), Buffer.alloc(1)]),
  'a tensor that inherits all it has': () => safetensorsOf(`{"a":{"__proto__":${tensor(0, 4)}}}`, 4),
  'values 100 deep': () => safetensorsOf(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`),
  '900,000 brackets': () => safetensorsOf(`{"a":${'['.repeat(900_000)}`),
  '2 million items': () => safetensorsOf(`{"a":[${'0,'.repeat(2_000_000)}0]}`),
};

/** Whole files of every form that is read, small enough to be cut at every byte. */
export function wholeFiles(): Readonly<Record<string, Buffer>> {
  const forms: [string, Buffer][] = [1, 2, 3].flatMap((version) =>
    [false, true].map((bigEndian): [string, Buffer] => [
      `v${version}-${bigEndian ? 'big' : 'little'}.gguf`,
      ggufFile({ version, bigEndian, pairs: [...allKinds, ...llamaPairs()], tensors: someTensors }),
    ]),
  );
  const metadata = { format: 'pt', 'ä "quoted" \\': '\u{1f600}' };
  return { ...Object.fromEntries(forms), 'model.safetensors': safetensorsFile(someSafeTensors, metadata) };
}

/** A value of each type, and arrays of each, in each other too. */
export const allKinds: readonly (readonly [string, GgufValue])[] = [
  ['a.uint8', { type: 'uint8', value: 255 }],
  ['a.int8', { type: 'int8', value: -128 }],
  ['a.uint16', { type: 'uint16', value: 65_535 }],
  ['a.int16', { type: 'int16', value: -32_768 }],
  ['a.uint32', { type: 'uint32', value: 4_294_967_295 }],
  ['a.int32', { type: 'int32', value: -2_147_483_648 }],
  ['a.float32', { type: 'float32', value: 1.5 }],
  ['a.bool', { type: 'bool', value: true }],
  ['a.string', text('text – with dashes')],
  ['a.uint64', { type: 'uint64', value: 2n ** 53n - 1n }],
  ['a.int64', { type: 'int64', value: -(2n ** 40n) }],
  ['a.float64', { type: 'float64', value: Math.PI }],
  ['an.array.of.int16', { type: 'array', of: 'int16', items: [-1, 2].map((value) => ({ type: 'int16', value })) }],
  ['an.array.of.bool', { type: 'array', of: 'bool', items: [{ type: 'bool', value: false }] }],
  ['an.array.of.string', { type: 'array', of: 'string', items: ['', 'ä', 'abc'].map(text) }],
  ['an.array.of.float64', { type: 'array', of: 'float64', items: [{ type: 'float64', value: -0.25 }] }],
  ['an.empty.array', { type: 'array', of: 'string', items: [] }],
];

/** Not every reader knows arrays of arrays. */
export const nestedArrays: readonly (readonly [string, GgufValue])[] = [['an.array.of.arrays', nested(8)]];

function nested(depth: number): GgufValue {
  const inner: GgufValue = depth === 1 ? { type: 'array', of: 'string', items: [text('a'), text('b')] } : nested(depth - 1);
  return depth === 1 ? inner : { type: 'array', of: 'array', items: [inner, inner].slice(0, depth > 4 ? 1 : 2) };
}

function withPairs(file: GgufFile): Buffer {
  return ggufFile({ tensors: someTensors, ...file, pairs: [...llamaPairs(), ...(file.pairs ?? [])] });
}

function withValue(value: GgufValue): Buffer {
  return withPairs({ pairs: [['a.value', value]] });
}

/** Without the bytes in between, which would be many. */
function cut(file: GgufFile): Buffer {
  const tensors = (file.tensors ?? []).map((one) => ({ ...one, shape: [0], offset: 0n }));
  const small = withPairs({ ...file, tensors });
  const offset = file.tensors?.[0]?.offset ?? 0n;
  const bytes = Buffer.concat([small, Buffer.alloc(64)]);
  const at = small.lastIndexOf(Buffer.from('a')) + 1 + 4;
  bytes.writeBigUInt64LE(8n, at);
  bytes.writeBigUInt64LE(offset, at + 8 + 4);
  return bytes;
}

function tensor(begin: number, end: number): string {
  return `{"dtype":"F32","shape":[1],"data_offsets":[${begin},${end}]}`;
}
