import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { boundedJson } from '../src/core/headers/bounded-json.js';
import { bytesOfCell } from '../support/table-cells.js';

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
