import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { canonicalJson } from '../src/core/canonical-json.js';
import { stored } from '../src/core/generation.js';
import { decodeIndex } from '../src/core/index-file.js';
import { plainLine } from '../src/core/plain-line.js';
import { modelEntry } from '../support/model-entry.js';
import { sealed } from '../support/sealed.js';
import { unescaped } from '../support/table-cells.js';

Then(/^the line (.+) is (unknown|plain, of .+)$/, (cell: string, verdict: string) => {
  const text = unescaped(cell);
  // What comes behind a line in an index, and what is before it, is nothing to it.
  const [before, after] = [Buffer.from('"'), Buffer.from(',"z":1}\n{"id":"z","revision":9}')];
  const line = Buffer.from(text);
  const plain = plainLine(Buffer.concat([before, line, after]), before.byteLength, before.byteLength + line.byteLength);
  expect(plainLine(line, 0, line.byteLength) === undefined).to.equal(plain === undefined);
  if (plain === undefined) {
    expect('unknown').to.equal(verdict);
    return;
  }
  const at = (from: number, to?: number): string => line.toString('utf8', from - 1, to === undefined ? undefined : to - 1);
  const rest = at(1, plain.cutFrom) + at(plain.cutTo);
  expect(`plain, of "${at(plain.idFrom, plain.idTo)}" at ${plain.revision} in ${rest}`).to.equal(unescaped(verdict));
  expect(canonicalJson(JSON.parse(text))).to.equal(text);
});

const commit = 'A'.repeat(22);

Then(/^an index of the ids (.+), in this order, is (intact|damaged: .+)$/, (ids: string, verdict: string) => {
  const lines = ids.split(' ').map((id) => stored(modelEntry(id), 1).line);
  const head = `{"schema":"catalog-core/models","version":1,"revision":1,"commit":"${commit}","recent":[],"models":[`;
  const decoded = decodeIndex('models', sealed(`${head}\n${lines.join(',\n')}\n`));
  expect(decoded.kind === 'damaged' ? `damaged: ${decoded.reason}` : decoded.kind).to.equal(verdict);
  if (decoded.kind !== 'intact') return;
  const odd = ids.split(' ').filter((id) => id !== id.toLowerCase());
  expect([...decoded.generation.names]).to.deep.equal(odd.map((id) => [id.toLowerCase(), id]));
});
