import { createHash } from 'node:crypto';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { algorithmOf, type Digest, hexOf, isDigest, manifestDigest, parseDigest, sameDigest } from '../src/core/digest.js';
import type { ArtifactFile } from '../src/core/records.js';
import { unfolded } from '../support/table-cells.js';
import type { CatalogWorld } from '../support/world.js';

interface DigestWorld extends CatalogWorld {
  digest: Digest | undefined;
  files: readonly ArtifactFile[];
}

const changes: Readonly<Record<string, (files: readonly ArtifactFile[]) => ArtifactFile[]>> = {
  'another path': (files) => changedFirst(files, { path: 'c.gguf' }),
  'another size': (files) => changedFirst(files, { bytes: 3 }),
  'another digest': (files) => changedFirst(files, { digest: `sha256:${'c'.repeat(64)}` }),
  'one file less': (files) => files.slice(1),
};

When(/^(".*"|\{.*\}|\[\]|null|7) is read as a digest$/, async function (this: DigestWorld, input: string) {
  this.digest = await this.attempt(() => parseDigest(JSON.parse(unfolded(input))));
});

Then(/^it is the digest (\S+:.*)$/, function (this: DigestWorld, digest: string) {
  expect(this.digest).to.equal(unfolded(digest));
});

Then('no digest is read', function (this: DigestWorld) {
  const refusal = this.takeRefusal();
  expect(refusal.code).to.equal('InvalidDigest');
  expect(refusal.message).to.have.lengthOf.at.most(300);
});

Then(/^no digest is read, because "(.*)"$/, function (this: DigestWorld, reason: string) {
  const { code, message } = this.takeRefusal();
  expect([code, message]).to.deep.equal(['InvalidDigest', unfolded(reason)]);
});

Then(/^"(.*)" is of (\S+) with the digits "(.*)"$/, (text: string, algorithm: string, digits: string) => {
  const digest = parseDigest(unfolded(text));
  expect([algorithmOf(digest), hexOf(digest)]).to.deep.equal([algorithm, unfolded(digits)]);
});

Then('no text but the one form of a digest counts as one', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 60, maxLength: 66 });
  const pieces = fc.constantFrom('sha256:', 'sha512:', 'blake3:', 'md5:', 'SHA256:', ':', ' ', '\n', 'A', '');
  const text = fc
    .tuple(pieces, hex, hex, fc.boolean(), pieces)
    .map(([start, one, two, long, end]) => start + one + (long ? two : '') + end);
  const property = fc.property(fc.oneof(text, fc.anything()), (value) => {
    const form = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|blake3:[0-9a-f]{64})$/;
    expect(isDigest(value)).to.equal(typeof value === 'string' && form.test(value));
  });
  fc.assert(property, { numRuns: 3000 });
});

Then('two digests are the same exactly when their texts are', () => {
  const digest: Digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  expect(sameDigest(digest, `sha256:${digest.slice(7)}`)).to.equal(true);
  for (let place = 0; place < 64; place++) {
    const other: Digest = `sha256:${digest.slice(7, 7 + place)}${digest[7 + place] === 'f' ? '0' : 'f'}${digest.slice(8 + place)}`;
    expect(sameDigest(digest, other), other).to.equal(false);
  }
  expect(sameDigest(digest, `blake3:${digest.slice(7)}`)).to.equal(false);
  expect(sameDigest(digest, `sha512:${digest.slice(7).repeat(2)}`)).to.equal(false);
});

Given('a model of these files:', function (this: DigestWorld, table: DataTable) {
  this.files = table
    .hashes()
    .map(({ path = '', digest = '', bytes }) => ({ path, digest: parseDigest(unfolded(digest)), bytes: Number(bytes) }));
});

Then('the digest of that model is {string}', function (this: DigestWorld, digest: string) {
  expect(manifestDigest(this.files)).to.equal(digest);
});

Then(/^the digest of that model lists (.*) in this order$/, function (this: DigestWorld, paths: string) {
  const files = new Map(this.files.map((file) => [file.path, file]));
  const lines = paths.split(', ').map((quoted) => {
    const file = files.get(quoted.slice(1, -1));
    return `${file?.digest} ${file?.bytes} ${file?.path}\n`;
  });
  expect(manifestDigest(this.files)).to.equal(`sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`);
});

Then('the digest of that model is the same in any order of its files', function (this: DigestWorld) {
  const digest = manifestDigest(this.files);
  const anyOrder = fc.shuffledSubarray([...this.files], { minLength: this.files.length });
  fc.assert(fc.property(anyOrder, (files) => manifestDigest(Object.freeze(files)) === digest));
});

Then(/^with (another path|another size|another digest|one file less) it has another digest$/, function (this: DigestWorld, change: string) {
  expect(manifestDigest(changes[change]?.(this.files) ?? this.files)).not.to.equal(manifestDigest(this.files));
});

function changedFirst(files: readonly ArtifactFile[], change: Partial<ArtifactFile>): ArtifactFile[] {
  return files.map((file, place) => (place === 0 ? { ...file, ...change } : file));
}
