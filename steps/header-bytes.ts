import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type FileHeader, readHeader } from '../src/core/headers/model-header.js';
import { judgeHeader } from '../src/core/headers/probe.js';
import { readSafetensors, readSafetensorsIndex } from '../src/core/headers/safetensors.js';
import { safetensorsOf } from '../support/headers/safetensors-file.js';
import { spokenHeader } from '../support/headers/spoken-headers.js';
import { bytesOfCell } from '../support/table-cells.js';

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

Then(
  /^a file of (\d+) bytes that is (.+) is judged (\w+), (\w+), (.+)$/,
  (size: string, words: string, judgement: string, expected: string, why: string) => {
    const judged = judgeHeader(spokenHeader(words, Number(size)), Number(size));
    const { kind, expected_bytes = 'nothing', reason = 'no reason' } = judged;
    expect([kind, `${expected_bytes}`, reason]).to.deep.equal([judgement, expected, why]);
    expect(judged).to.include({ method: 'probe', bytes: Number(size) });
    expect(judged.format).to.equal(/gguf|safetensors|other/.exec(words)?.[0]);
  },
);
