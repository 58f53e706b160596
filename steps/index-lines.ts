import { createHash } from 'node:crypto';
import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { canonicalJson } from '../src/core/canonical-json.js';
import { stored } from '../src/core/generation.js';
import { decodeIndex } from '../src/core/index-file.js';
import { plainLine } from '../src/core/plain-line.js';
import { decodeRoot, encodeRoot, newLineage } from '../src/core/root-file.js';
import { modelEntry } from '../support/model-entry.js';
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
  const body = `${head}\n${lines.join(',\n')}\n`;
  const checksum = createHash('sha256').update(body).digest('hex');
  const decoded = decodeIndex('models', Buffer.from(`${body}],"checksum":"sha256:${checksum}"}\n`));
  expect(decoded.kind === 'damaged' ? `damaged: ${decoded.reason}` : decoded.kind).to.equal(verdict);
  if (decoded.kind !== 'intact') return;
  const odd = ids.split(' ').filter((id) => id !== id.toLowerCase());
  expect([...decoded.generation.names]).to.deep.equal(odd.map((id) => [id.toLowerCase(), id]));
});

Then(/^a root file of (\S+) is (intact|newer|damaged)(?:, of|:) (.+)$/, (text: string, kind: string, what: string) => {
  for (const end of ['', '\n']) {
    const decoded = decodeRoot(Buffer.from(`${text}${end}`));
    expect(decoded.kind).to.equal(kind);
    if (decoded.kind === 'damaged') expect(decoded.reason).to.equal(what);
    else if (decoded.kind === 'newer') expect(`version ${decoded.version}`).to.equal(what);
    else expect({ ...decoded, kind }).to.deep.equal({ kind, store: what, lineage: JSON.parse(text).lineage });
  }
});

Then('each lineage that is made is taken, and with any one digit changed it is not', () => {
  for (let seed = 0; seed < 64; seed++) {
    const random = createHash('sha256').update(`${seed}`).digest();
    const lineage = newLineage(random);
    expect(decodeRoot(encodeRoot({ store: 'fs', lineage }))).to.deep.equal({ kind: 'intact', store: 'fs', lineage });
    for (let at = 0; at < lineage.length; at++) {
      // The digit of the version is what says that there is a checksum.
      if (lineage[at] === '-' || at === 14) continue;
      const other = `${lineage.slice(0, at)}${lineage[at] === '0' ? '1' : '0'}${lineage.slice(at + 1)}`;
      expect(decodeRoot(encodeRoot({ store: 'fs', lineage: other })).kind, `${lineage} at ${at}`).to.equal('damaged');
    }
  }
});
