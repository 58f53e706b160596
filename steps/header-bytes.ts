import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { namesCode, tarNames, zipDirectory, zipNames, zipTailBytes } from '../src/core/headers/archives.js';
import { boundedJson } from '../src/core/headers/bounded-json.js';
import { type FileHeader, readHeader } from '../src/core/headers/model-header.js';
import { isPickle } from '../src/core/headers/pickle.js';
import { judgeHeader } from '../src/core/headers/probe.js';
import { readSafetensors, readSafetensorsIndex } from '../src/core/headers/safetensors.js';
import { tarFile, zipOf } from '../support/headers/other-files.js';
import { safetensorsOf } from '../support/headers/safetensors-file.js';
import { bytesOfCell } from '../support/table-cells.js';

// Pickles

Then(/^the bytes (.+) of a file of (all|\d+) bytes (are .+)$/, (cell: string, size: string, verdict: string) => {
  const bytes = bytesOfCell(cell);
  const found = isPickle(bytes, size === 'all' ? bytes.byteLength : Number(size));
  const told = typeof found === 'object' ? `are told by ${found.bytes} bytes` : found ? 'are a pickle' : 'are no pickle';
  expect(told).to.equal(verdict);
});

// Archives

const listOf = (names: string): string[] => (names === 'nothing' ? [] : names.split(', ').map((name) => bytesOfCell(name).toString()));

/** What is found in a file by the two looks that a reader takes: at its end, and at its list. */
function namesIn(zip: Buffer, tailBytes = zipTailBytes): string[] | undefined {
  const extent = zipDirectory(zip.subarray(Math.max(0, zip.byteLength - tailBytes)), zip.byteLength);
  return extent && zipNames(zip.subarray(extent.position, extent.position + extent.bytes));
}

Then(/^a (large zip|zip)(.*) of (.+) has these names$/, (kind: string, form: string, listed: string) => {
  expectNames({ isLarge: kind === 'large zip', form }, listOf(listed));
});

function expectNames({ isLarge, form }: { readonly isLarge: boolean; readonly form: string }, names: readonly string[]): void {
  const comment = Number(/comment of (\d+) bytes/.exec(form)?.[1] ?? 0);
  const extra = form.includes('extra fields') ? { extra: 7, comment: 5 } : {};
  const zip = zipOf(names, { isLarge, endComment: comment, before: form.includes('behind') ? 1000 : 0, ...extra });
  expect(namesIn(zip, form.includes('whole') ? zip.byteLength : isLarge ? 22 + 20 + 56 : 22 + comment)).to.deep.equal(names);
  expect(namesIn(zip)).to.deep.equal(names);
}

/** What is done to the end of a zip, of which a large one has 98 bytes behind its list. */
const ends: Readonly<Record<string, () => Buffer>> = {
  'no record': () => zipOf(['a']).subarray(0, -22),
  'a record that is cut by a byte': () => zipOf(['a']).subarray(0, -1),
  'large places and no record of them': () =>
    changed(zipOf(['a'], { isLarge: true }), (zip) => zip.fill(0, zip.length - 98, zip.length - 94)),
  'large places and nothing before': () => zipOf(['a'], { isLarge: true }).subarray(-97),
  'a large list beyond its end': () =>
    changed(zipOf(['a'], { isLarge: true }), (zip) => zip.writeBigUInt64LE(2n ** 40n, zip.length - 98 + 40)),
};

function changed(bytes: Buffer, change: (bytes: Buffer) => unknown): Buffer {
  change(bytes);
  return bytes;
}

Then(/^a zip whose end has (.+) says nothing of a list$/, (trouble: string) => {
  const zip = (ends[trouble] ?? expect.fail(trouble))();
  expect(zipDirectory(zip, zip.byteLength)).to.equal(undefined);
});

Then('a zip that says that its list begins behind its end, or is longer than it, is believed as far as it goes', () => {
  const whole = zipOf(['a', 'b']);
  const end = whole.byteLength - 22;
  const list = end - 2 * 47;
  expect(zipDirectory(whole, whole.byteLength)).to.deep.equal({ position: list, bytes: 94 });
  const late = changed(zipOf(['a', 'b']), (zip) => zip.writeUInt32LE(end + 1, end + 16));
  expect(zipDirectory(late.subarray(-30), late.byteLength)).to.deep.equal({ position: end, bytes: 94 });
  const long = changed(zipOf(['a', 'b']), (zip) => zip.writeUInt32LE(100_000, end + 12));
  expect(zipDirectory(long.subarray(-30), long.byteLength)).to.deep.equal({ position: list, bytes: end });
  const most = changed(zipOf(['a', 'b']), (zip) => zip.writeUInt32LE(0xffffffff, end + 12));
  expect(zipDirectory(most, most.byteLength)).to.equal(undefined);
});

Then(/^a tar of (.+) has the names (.+)$/, (files: string, names: string) => {
  const cut = Number(/, cut by (\d+)$/.exec(files)?.[1] ?? 0);
  const listed = files.replace(/, cut by \d+$|, and a text$/, '').split(', ');
  const whole = Buffer.concat([
    ...listed.map((one) => {
      const [, name = '', size = ''] = /^(.+) of (.+)$/.exec(one) ?? expect.fail(one);
      return tarFile(bytesOfCell(name).toString(), size);
    }),
    ...(files.endsWith(', and a text') ? [Buffer.alloc(1024, 'x')] : []),
  ]);
  expect(tarNames(whole.subarray(0, whole.byteLength - cut))).to.deep.equal(listOf(names));
});

Then(/^the name (\S+) in an archive is (of code|harmless)$/, (name: string, verdict: string) => {
  expect(namesCode(['weights', name])).to.equal(verdict === 'of code');
});

// JSON

function judgedJson(bytes: Buffer): string {
  const read = boundedJson(bytes);
  if (read.kind === 'malformed') return `no object: ${read.code}: ${read.reason}`;
  expect(read.value).to.deep.equal(JSON.parse(bytes.toString()));
  return 'read';
}

Then(/^the JSON (.+) is (read|no object: .+)$/, (cell: string, verdict: string) => {
  expect(judgedJson(bytesOfCell(cell))).to.equal(verdict);
});

const texts: readonly (readonly [form: RegExp, text: (count: number, of: string) => Buffer])[] = [
  [/^(\d+) numbers$/, (count) => Buffer.from(`{"a":[${'0,'.repeat(count - 1)}0]}`)],
  [
    /^(\d+) names of its own$/,
    (count) => Buffer.from(`{${Array.from({ length: count }, (_, nth) => `"k${String(nth).padStart(7, '0')}":0`)}}`),
  ],
  [/^(\d+) members called "(.+)"$/, (count, name) => Buffer.from(`{${`"${name}":0,`.repeat(count - 1)}"${name}":0}`)],
  [/^a text of (\d+) bytes that ends with (.+)$/, (count, end) => textOf(count, bytesOfCell(end))],
];

function textOf(bytes: number, end: Buffer): Buffer {
  const whole = Buffer.alloc(bytes, 'a');
  whole.write('{"a":"', 0);
  whole.set(end, bytes - 2 - end.byteLength);
  whole.write('"}', bytes - 2);
  return whole;
}

Then(/^JSON of (.+) is (read|no object: .+)$/, (what: string, verdict: string) => {
  for (const [form, text] of texts) {
    const found = form.exec(what);
    if (found === null) continue;
    const read = boundedJson(text(Number(found[1]), found[2] ?? ''));
    expect(read.kind === 'malformed' ? `no object: ${read.code}: ${read.reason}` : 'read').to.equal(verdict);
    return;
  }
  expect.fail(what);
});

// Safetensors

Then(/^safetensors with the header (.+) are (refused: .+|\d+ tensors of \d+ elements, \d+ bytes)$/, (cell: string, verdict: string) => {
  const text = bytesOfCell(cell).toString();
  const file = safetensorsOf(text);
  const read = readSafetensors(file, 2 ** 40);
  if (read.kind === 'parsed') {
    const { tensors, parameters, dataEnd, elementsByType } = read.header;
    expect(`${tensors} tensors of ${parameters} elements, ${dataEnd - file.byteLength} bytes`).to.equal(verdict);
    expect([...elementsByType.values()].reduce((sum, count) => sum + count, 0)).to.equal(parameters);
  } else if (read.kind === 'malformed') expect(`refused: ${read.code}: ${read.reason}`).to.equal(bytesOfCell(verdict).toString());
  else expect.fail(`it wants ${read.bytes} bytes`);
});

Then(/^an index of safetensors of (.+) is (of the files .+|refused: .+)$/, (json: string, verdict: string) => {
  const read = readSafetensorsIndex(Buffer.from(json));
  if (read.kind === 'parsed') expect(`of the files ${read.header.join(', ') || 'none'}`).to.equal(verdict);
  else expect(read.kind === 'malformed' && `refused: ${read.code}: ${read.reason}`).to.equal(verdict);
});

// Files

function toldOf(header: FileHeader): string {
  switch (header.kind) {
    case 'malformed':
      return `malformed${header.format ? ` as ${header.format}` : ''}: ${header.code}: ${header.reason}`;
    case 'other':
      return `other: ${header.what}${header.codeBearing ? ', code' : ''}`;
    default:
      return header.kind;
  }
}

Then(
  /^a file (\S+) of (\d+) bytes that begins with (.*?) is ((?:unknown|told|malformed|safetensors|config|shards|other).*)$/,
  (name: string, size: string, cell: string, verdict: string) => {
    const bytes = bytesOfCell(cell);
    const header = readHeader(bytes, { name, bytes: Math.max(Number(size), verdict.startsWith('told') ? 0 : bytes.byteLength) });
    expect(header.kind === 'more' ? `told by ${header.bytes} bytes` : toldOf(header)).to.equal(verdict);
  },
);

function headerOf(words: string): FileHeader {
  const [, format, end, types] = /^(gguf|safetensors) to (\d+)(?: with types (.+))?$/.exec(words) ?? [];
  const parsed = { tensors: 1, parameters: 1, elementsByType: new Map(), dataEnd: Number(end) };
  if (format === 'safetensors') return { kind: format, header: parsed };
  if (format === 'gguf') {
    const unsizedTypes = types?.split(', ').map(Number) ?? [];
    return { kind: format, header: { ...parsed, version: 3, byteOrder: 'little-endian', values: new Map(), unsizedTypes } };
  }
  if (words === 'other') return { kind: words, what: 'a script', codeBearing: true };
  if (words === 'config') return { kind: words, config: {} };
  if (words === 'shards') return { kind: words, names: [] };
  if (words === 'unknown') return { kind: words };
  const code = words.slice('malformed as '.length) as Extract<FileHeader, { kind: 'malformed' }>['code'];
  return { kind: 'malformed', format: 'gguf', code, reason: 'is odd' };
}

Then(
  /^a file of (\d+) bytes that is (.+) is judged (\w+), (\w+), (.+)$/,
  (size: string, words: string, judgement: string, expected: string, why: string) => {
    const judged = judgeHeader(headerOf(words), Number(size));
    const { kind, expected_bytes = 'nothing', reason = 'no reason' } = judged;
    expect([kind, `${expected_bytes}`, reason]).to.deep.equal([judgement, expected, why]);
    expect(judged).to.include({ method: 'probe', bytes: Number(size) });
    const format = /^(gguf|safetensors|other|malformed)/.exec(words)?.[0];
    expect(judged.format).to.equal(format === 'malformed' ? 'gguf' : format);
  },
);
