import fc from 'fast-check';
import { type GgufTensor, type GgufValue, ggufFile, llamaPairs, text, type ValueType } from './gguf-file.js';
import { wholeFiles } from './malformed-files.js';
import { harmless, numpyOf, pickles, tarOf, zipOf } from './other-files.js';

const integers: readonly (readonly [ValueType, number, number])[] = [
  ['uint8', 0, 255],
  ['int8', -128, 127],
  ['uint16', 0, 65_535],
  ['int16', -32_768, 32_767],
  ['uint32', 0, 2 ** 32 - 1],
  ['int32', -(2 ** 31), 2 ** 31 - 1],
  ['uint64', 0, Number.MAX_SAFE_INTEGER],
  ['int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
];

const scalar: fc.Arbitrary<GgufValue> = fc.oneof(
  ...integers.map(([type, min, max]) => fc.integer({ min, max }).map((value) => ({ type, value }) as GgufValue)),
  fc.double({ noNaN: true }).map((value) => ({ type: 'float64' as const, value })),
  fc.float({ noNaN: true }).map((value) => ({ type: 'float32' as const, value })),
  fc.boolean().map((value) => ({ type: 'bool' as const, value })),
  fc.string({ unit: 'binary', maxLength: 40 }).map(text),
);

const array: fc.Arbitrary<GgufValue> = scalar.chain((item) =>
  fc.nat({ max: 5 }).map((count) => ({ type: 'array' as const, of: item.type, items: Array.from({ length: count }, () => item) })),
);

const types: readonly (readonly [type: number, block: readonly [number, number]])[] = [
  [0, [1, 4]],
  [1, [1, 2]],
  [8, [32, 34]],
  [12, [256, 144]],
  [30, [1, 2]],
];

const tensor: fc.Arbitrary<Omit<GgufTensor, 'name'>> = fc
  .tuple(fc.constantFrom(...types), fc.nat({ max: 3 }), fc.array(fc.nat({ max: 5 }), { maxLength: 3 }))
  .map(([[type, block], first, rest]) => ({ type, block, shape: [first * block[0], ...rest] }));

/** A GGUF file as somebody may write it, of version 2 or 3, in either byte order. */
export const drawnGguf: fc.Arbitrary<Buffer> = fc
  .record({
    version: fc.constantFrom(2, 3),
    bigEndian: fc.boolean(),
    pairs: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z0-9_.]{1,20}$/), fc.oneof(scalar, array)), {
      selector: ([key]) => key,
      maxLength: 8,
    }),
    tensors: fc.array(tensor, { maxLength: 6 }),
  })
  .map(({ version, bigEndian, pairs, tensors }) =>
    ggufFile({
      version,
      bigEndian,
      pairs: [...llamaPairs(), ...pairs.map(([key, value]) => [`drawn.${key}`, value] as const)],
      tensors: tensors.map((one, place) => ({ ...one, name: `t.${place}` })),
    }),
  );

const seeds = [
  ...Object.entries(wholeFiles()),
  ...Object.entries(pickles).filter(([, bytes]) => bytes.byteLength < 5000),
  ...Object.entries(harmless).filter(([, bytes]) => bytes.byteLength < 5000),
  ['a.zip', zipOf(['a/data.pkl', 'b'])],
  ['a.tar', tarOf(['a', 'pickle'])],
  ['a.npy', numpyOf("'|O'")],
  ['config.json', Buffer.from('{"model_type":"llama","max_position_embeddings":4096}')],
  ['model.safetensors.index.json', Buffer.from('{"weight_map":{"a":"model.safetensors"}}')],
] as const;

export interface Garbled {
  readonly name: string;
  readonly bytes: Buffer;
  /** How long the file is said to be. */
  readonly size: number;
}

/** A file with some of its bytes changed to those that hurt most, and cut, or longer than its bytes, or any bytes at all. */
export const garbled: fc.Arbitrary<Garbled> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record({ seed: fc.constantFrom(...seeds), changes: changes(), cut: cuts(), more: fc.constantFrom(0, 0, 0, 1, 2 ** 40) })
      .map(asGarbled),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ name: fc.constantFrom('m.gguf', 'm.safetensors', 'm', 'config.json'), bytes: fc.uint8Array({ maxLength: 300 }) })
      .map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes), size: bytes.byteLength })),
  },
);

function changes(): fc.Arbitrary<[number, number][]> {
  const byte = fc.oneof(fc.constantFrom(0, 1, 0x10, 0x22, 0x5b, 0x7b, 0x7f, 0x80, 0xff), fc.nat({ max: 255 }));
  return fc.array(fc.tuple(fc.nat({ max: 2 ** 20 }), byte), { maxLength: 6 });
}

function cuts(): fc.Arbitrary<number | undefined> {
  return fc.option(fc.nat({ max: 2 ** 20 }), { nil: undefined, freq: 2 });
}

function asGarbled(drawn: {
  readonly seed: (typeof seeds)[number];
  readonly changes: readonly (readonly [number, number])[];
  readonly cut: number | undefined;
  readonly more: number;
}): Garbled {
  const [name, whole] = drawn.seed;
  const bytes = Buffer.from(whole.subarray(0, drawn.cut === undefined ? undefined : drawn.cut % (whole.byteLength + 1)));
  for (const [place, byte] of drawn.changes) if (bytes.byteLength > 0) bytes[place % bytes.byteLength] = byte;
  return { name, bytes, size: bytes.byteLength + drawn.more };
}
