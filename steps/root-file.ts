import { createHash } from 'node:crypto';
import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { decodeRoot, encodeRoot, newLineage } from '../src/core/root-file.js';

Then(/^a root file of (\S+) is (intact|newer|damaged)(?:, of|:) (.+)$/, (text: string, kind: string, what: string) => {
  for (const end of ['', '\n']) {
    const decoded = decodeRoot(Buffer.from(`${text}${end}`));
    expect(decoded.kind).to.equal(kind);
    if (decoded.kind === 'damaged') expect(decoded.reason).to.equal(what);
    else if (decoded.kind === 'newer') expect(`version ${decoded.version}`).to.equal(what);
    else expect({ ...decoded, kind }).to.deep.equal({ kind, store: what, lineage: JSON.parse(text).lineage });
  }
});

Then('each lineage that is made is taken, and with any digit but that of its version changed it is not', () => {
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
