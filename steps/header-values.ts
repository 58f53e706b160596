import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { describeModel } from '../src/core/headers/describe.js';
import { readGguf } from '../src/core/headers/gguf.js';
import type { ReadFile } from '../src/core/headers/read-files.js';
import {
  type GgufFile,
  type GgufTensor,
  type GgufValue,
  ggmlTypes,
  ggufHeader,
  text,
  uint32,
  type ValueType,
} from '../support/headers/gguf-file.js';
import { spokenHeader } from '../support/headers/spoken-headers.js';
import { unfolded } from '../support/table-cells.js';

type Pair = readonly [string, GgufValue];

const small = (items: number): GgufValue => ({
  type: 'array',
  of: 'uint8',
  items: Array.from({ length: items }, () => ({ type: 'uint8', value: 1 })),
});
const arrayOf = (of: ValueType, items: readonly GgufValue[]): GgufValue => ({ type: 'array', of, items });
const last: Pair = ['z', uint32(1)];

function deep(levels: number): GgufValue {
  return levels === 1 ? arrayOf('uint8', []) : arrayOf('array', [deep(levels - 1)]);
}

/** A file by what features say of it; how long it says that it is, where that is not how long it is. */
const files: readonly (readonly [
  form: RegExp,
  file: (...words: string[]) => GgufFile & { readonly size?: number; readonly cut?: number },
])[] = [
  [/^the values (.+)$/, (json = '') => ({ pairs: pairsOf(unfolded(json)) })],
  [/^a text of (\d+) bytes$/, (bytes) => ({ pairs: [['text', text('x'.repeat(Number(bytes)))], last] })],
  [/^a key of (\d+) bytes$/, (bytes) => ({ pairs: [['k'.repeat(Number(bytes)), uint32(1)]] })],
  [/^the key (.+) twice$/, (key = '') => ({ pairs: [unfolded(key), unfolded(key)].map((one): Pair => [one, uint32(1)]) })],
  [/^an array of 3 uint8$/, () => ({ pairs: [['a', small(3)], last] })],
  [/^an array of 3 texts$/, () => ({ pairs: [['a', arrayOf('string', ['', 'b', 'cc'].map(text))], last] })],
  [/^arrays (\d) deep$/, (levels) => ({ pairs: [['a', deep(Number(levels))], last] })],
  [
    /^arrays of (\d+) and (\d+) uint8$/,
    (one, other) => ({ pairs: [['a', arrayOf('array', [small(Number(one)), small(Number(other))])], last] }),
  ],
  [/^an array of the unknown type 13$/, () => ({ pairs: [['a', arrayOf('unknown', [])]] })],
  [/^(\d+) pairs in (\d+) bytes$/, (count = '', size) => ({ declared: { pairs: BigInt(count) }, size: Number(size), cut: 24 })],
  [/^(\d+) tensors in (\d+) bytes$/, (count = '', size) => ({ declared: { tensors: BigInt(count) }, size: Number(size), cut: 24 })],
  [
    /^(\d+) pairs of version 1 in (\d+) bytes$/,
    (count = '', size) => ({ version: 1, declared: { pairs: BigInt(count) }, size: Number(size), cut: 16 }),
  ],
  [
    /^(\d+) tensors of version 1 in (\d+) bytes$/,
    (count = '', size) => ({ version: 1, declared: { tensors: BigInt(count) }, size: Number(size), cut: 16 }),
  ],
  [/^no tensors$/, () => ({})],
  [/^the tensors (.+)$/, (tensors = '') => ({ tensors: tensors.split(', ').map(tensorOf) })],
  [/^a tensor called (.+) twice$/, (name = '') => ({ tensors: [0, 1].map(() => ({ ...tensorOf('F32 of 1', 0), name: unfolded(name) })) })],
];

function pairsOf(json: string): Pair[] {
  const values = JSON.parse(json) as Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  return Object.entries(values).map(([key, given]) => {
    const [[type, value] = ['uint8', 0]] = Object.entries(given);
    return [key, { type, value } as GgufValue];
  });
}

function tensorOf(words: string, place: number): GgufTensor {
  const [, type = '', shape = '', offset] = /^(\w+) of ([\dx]+|nothing)(?: at (\d+))?$/.exec(words) ?? expect.fail(words);
  const lengths = shape === 'nothing' ? [] : shape.split('x').map(BigInt);
  const known = ggmlTypes[type] ?? expect.fail(type);
  return { name: `t${place}`, shape: lengths, ...known, ...(offset !== undefined && { offset: BigInt(offset) }) };
}

function fileOf(what: string): { readonly bytes: Buffer; readonly size: number } {
  for (const [form, file] of files) {
    const found = form.exec(what);
    if (found === null) continue;
    const { size, cut, ...of } = file(...found.slice(1));
    const { header } = ggufHeader(of);
    const bytes = header.subarray(0, cut);
    return { bytes, size: size ?? bytes.byteLength };
  }
  return expect.fail(what);
}

Then(/^GGUF with (.+?) is (refused: .+|told by more|read, .+)$/, (what: string, verdict: string) => {
  const { bytes, size } = fileOf(what);
  const read = readGguf(bytes, size);
  if (read.kind === 'malformed') expect(`refused: ${read.code}: ${read.reason}`).to.equal(unfolded(verdict));
  else if (read.kind === 'more') expect('told by more').to.equal(verdict);
  else if (verdict.startsWith('read, with ')) {
    expect(Object.fromEntries(read.header.values)).to.deep.equal(JSON.parse(unfolded(verdict.slice('read, with '.length))));
  } else {
    const { tensors, parameters, dataEnd, elementsByType, unsizedTypes } = read.header;
    const data = dataEnd - Math.ceil(bytes.byteLength / 32) * 32;
    const by = [...elementsByType].map(([type, count]) => `${count} of ${type}`).join(', ');
    const unknown = unsizedTypes.length > 0 ? `; unknown are ${unsizedTypes.join(', ')}` : '';
    const end = tensors === 0 && dataEnd === bytes.byteLength ? 'its data ends with it' : `${data} bytes of data: ${by}${unknown}`;
    expect(`read, ${parameters} elements, ${end}`).to.equal(verdict);
  }
});

// What it comes to

/** `a.gguf of 10: gguf of 5 F32 and 3 F16 with {"split.count":1}`, and so on. */
function readFile(words: string): ReadFile {
  const [, name = '', size, of = ''] = /^(\S+) of (\d+): (.+)$/.exec(words) ?? expect.fail(words);
  return { name, bytes: Number(size), header: spokenHeader(of, Number(size)) };
}

Then(/^the files (.+) are described as (nothing|\{.*\})$/, (cell: string, metadata: string) => {
  const described = describeModel(unfolded(cell).split('; ').map(readFile));
  expect(described).to.deep.equal(metadata === 'nothing' ? undefined : JSON.parse(unfolded(metadata)));
});

Then(/^(\d+) files with trouble have 16 warnings(?:, and "(.+)")?$/, (count: string, more: string | null) => {
  const trouble = Array.from({ length: Number(count) }, (_, place) => readFile(`${place}.bin of 1: malformed`));
  const { warnings = [] } = describeModel(trouble) ?? {};
  expect(warnings.slice(0, 16)).to.deep.equal(trouble.slice(0, 16).map(({ name }) => `truncated: ${name} is odd`));
  expect(warnings.slice(16)).to.deep.equal(more ? [more] : []);
});
