import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { announcement } from '../src/core/announcing.js';
import { CatalogError } from '../src/core/errors.js';
import { decodeOrigin, encodeOrigin } from '../src/core/fleet-origin.js';
import { checkNode, type Holding, holdingId } from '../src/core/holding.js';
import { sealed } from '../support/sealed.js';
import { unfolded } from '../support/table-cells.js';

const listOf = (text: string): string[] => text.split(' ').filter((one) => one !== '');

Then(/^a node called (\S+|\{\d+ .\}\S*|\{\d+ .\}\/\{\d+ .\}) is (taken|refused as InvalidArgument)$/, (cell: string, verdict: string) => {
  const name = unfolded(cell);
  if (verdict === 'taken') {
    expect(checkNode(name)).to.equal(name);
    return;
  }
  try {
    checkNode(name);
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    expect(error.code).to.equal('InvalidArgument');
    expect(error.message).to.equal("a node's name is an id of up to 128 characters without a slash");
    expect(error.details).to.deep.equal({ argument: 'node' });
    return;
  }
  expect.fail('it was taken');
});

function judged(bytes: Buffer): string {
  const decoded = decodeOrigin(bytes);
  if (decoded.kind === 'newer') return `newer: ${decoded.version}`;
  if (decoded.kind === 'damaged') return `damaged: ${decoded.reason}`;
  const { from, lineage, node, instance } = decoded.origin;
  expect([from, lineage, node, instance]).to.deep.equal(['f', 'l', 'n', 'i']);
  return 'intact';
}

Then(/^an origin of (.+), with its checksum, is (intact|newer: \d+|damaged: .+)$/, (body: string, verdict: string) => {
  expect(judged(sealed(body, ''))).to.equal(verdict);
});

Then('an origin with any one byte changed, with one more at either end, or cut off anywhere, is damaged', () => {
  const origin = { from: 'f', lineage: 'l', node: 'n', instance: 'i', copy: 'A'.repeat(22) };
  const bytes = encodeOrigin(origin);
  expect(decodeOrigin(bytes)).to.deep.equal({ kind: 'intact', origin });
  for (let at = 0; at < bytes.byteLength; at++) {
    const other = Buffer.from(bytes);
    other[at] = (other[at] ?? 0) ^ 1;
    expect(judged(other), `at ${at}`).to.match(/^damaged: its (checksum does not match its bytes|end is not a checksum)$/);
    expect(judged(bytes.subarray(0, at)), `${at} bytes`).to.equal('damaged: its end is not a checksum');
  }
  expect(judged(Buffer.concat([bytes, Buffer.from('\n')]))).to.equal('damaged: its end is not a checksum');
  expect(judged(Buffer.concat([Buffer.from('\n'), bytes]))).to.equal('damaged: its checksum does not match its bytes');
});

/** A holding of a digest, with what is said of it. */
function holdingOf(digest: string, said: string, node: string, instance: string): Holding {
  return { id: holdingId(node, digest as Holding['digest']), node, digest: digest as Holding['digest'], path: `/${said}`, instance };
}

Then(
  /^node n (that takes its name over and holds|that holds) "(.*)", of which the fleet says "(.*)", (is refused|puts ".*" and deletes ".*")$/,
  (how: string, held: string, told: string, outcome: string) => {
    const mine = listOf(held).map((one) => {
      const [digest = '', said = ''] = one.split(':');
      return holdingOf(digest, said, 'n', 'i');
    });
    const theirs = listOf(told).map((one) => {
      const [, digest = '', said = '', node = '', instance = '', revision] = /^(.+):(.+)@(.+)\/(.+)#(\d+)$/.exec(one) ?? expect.fail(one);
      return { record: holdingOf(digest, said, node, instance), revision: Number(revision) };
    });
    const takeOver = how.includes('over') ? { takeOver: true } : {};
    const announce = () => announcement({ node: 'n', instance: 'i', ...takeOver }, mine, theirs);
    if (outcome === 'is refused') {
      expect(announce)
        .to.throw(CatalogError, 'another node announces under the name "n"; nothing of it was changed')
        .that.deep.includes({ code: 'AlreadyExists', details: { node: 'n', stored: theirs[0]?.record } });
      return;
    }
    const announced = announce();
    const put = announced.puts.map(({ record, ifRevision }) => `${record.digest}:${record.path.slice(1)} if ${ifRevision}`);
    const deleted = announced.deletes.map(({ id, ifRevision }) => `${id} if ${ifRevision}`);
    expect(`puts "${put.join(', ')}" and deletes "${deleted.join(', ')}"`).to.equal(outcome);
  },
);
