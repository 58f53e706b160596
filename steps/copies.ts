import { createHash } from 'node:crypto';
import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { announcement } from '../src/core/announcing.js';
import { type Change, changesThrough, needsBetween } from '../src/core/changes.js';
import { CatalogError } from '../src/core/errors.js';
import { decodeOrigin, encodeOrigin } from '../src/core/fleet-origin.js';
import { afterChanges, afterList, type Followed } from '../src/core/following.js';
import { type Generation, generationOf, records, stored, type Versioned } from '../src/core/generation.js';
import { checkNode, type Holding, holdingId } from '../src/core/holding.js';
import { compareUtf8 } from '../src/core/ids.js';
import type { EngineEntry } from '../src/core/records.js';
import { engineEntry } from '../support/model-entry.js';
import { unfolded } from '../support/table-cells.js';

type Engines = Generation<EngineEntry>;

const listOf = (text: string, separator: RegExp | string): string[] => text.split(separator).filter((one) => one !== '');

/** A record whose content is that of the revision that changed it. */
function versionedIn(text: string): Versioned<EngineEntry>[] {
  return listOf(text, ' ').map((one) => {
    const [, id = '', revision] = /^(.+?)(\d+)$/.exec(one) ?? expect.fail(one);
    return { record: recordOf(id, Number(revision)), revision: Number(revision) };
  });
}

const recordOf = (id: string, revision: number): EngineEntry => engineEntry(id, { created_ms: revision });

/** `3: a1 b3` */
function generationIn(text: string): Engines {
  const [, revision, all = ''] = /^(\d+):(.*)$/.exec(text) ?? expect.fail(text);
  const sorted = versionedIn(all).sort((one, other) => compareUtf8(one.record.id, other.record.id));
  const commit = `commit ${revision}`;
  return generationOf(
    { collection: 'engines', revision: Number(revision), commit, recent: [] },
    sorted.map((one) => stored(one.record, one.revision)),
  );
}

/** `3 -a, 3 b.`: what went, what came, and the last of a revision; `a=1` where the content is that of another revision. */
function shownChange({ revision, id, record, last }: Change<EngineEntry>): string {
  const content = record === undefined || record.created_ms === revision ? '' : `=${record.created_ms}`;
  return `${revision} ${record === undefined ? '-' : ''}${id}${content}${last ? '.' : ','}`;
}

Then(
  'from {string} to {string}, with {string} between them, {string} is told',
  (before: string, after: string, between: string, told: string) => {
    const line = listOf(between, /, ?/).map(generationIn);
    const changes = changesThrough(before === 'nothing' ? undefined : generationIn(before), generationIn(after), line);
    expect(changes.map(shownChange).join(' ')).to.equal(told);
  },
);

Then(/^from "(.*)" to "(.*)" those between are (needed|not needed)$/, (before: string, after: string, needed: string) => {
  expect(needsBetween(generationIn(before), generationIn(after))).to.equal(needed === 'needed');
});

function shown(generation: Engines): string {
  const all = records(generation).map(({ record, revision }) => {
    expect(record.created_ms).to.equal(revision);
    return ` ${record.id}${revision}`;
  });
  return `${generation.revision}:${all.join('')}`;
}

function expectFollowed({ next, counts }: Followed<EngineEntry>, then: string, told: string): void {
  expect(shown(next)).to.equal(then);
  expect(`${counts.added} added, ${counts.changed} changed and ${counts.removed} removed`).to.equal(told);
  expect([next.collection, next.commit, next.recent]).to.deep.equal(['engines', 'theirs', []]);
}

Then(/^a copy "(.*)" that is told "(.*)" up to 9 is "(.*)", with (.+)$/, (copy: string, told: string, then: string, counts: string) => {
  const news = listOf(told, ', ').map((one) => {
    const [, revision, gone, id = ''] = /^(\d+) (-?)(.+)$/.exec(one) ?? expect.fail(one);
    return { id, revision: Number(revision), record: gone === '-' ? undefined : recordOf(id, Number(revision)) };
  });
  expectFollowed(afterChanges<'engines'>(generationIn(copy), news, { revision: 9, commit: 'theirs' }), then, counts);
});

Then(
  /^a copy "(.*)" that is taken anew from "(.*)" at 3 is "(.*)", with (.+)$/,
  (copy: string, all: string, then: string, counts: string) => {
    const followed = afterList<'engines'>(generationIn(copy), versionedIn(all), { revision: 3, commit: 'theirs' });
    expectFollowed(followed, then, counts);
  },
);

// Nodes

Then(/^a node called (\S+|\{\d+ .\}\S*|\{\d+ .\}\/\{\d+ .\}) is (heard|refused as InvalidArgument)$/, (cell: string, verdict: string) => {
  const name = unfolded(cell);
  if (verdict === 'heard') {
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
  expect.fail('it was heard');
});

const sealed = (body: string): Buffer => Buffer.from(`${body},"checksum":"sha256:${createHash('sha256').update(body).digest('hex')}"}\n`);

function judged(bytes: Buffer): string {
  const decoded = decodeOrigin(bytes);
  if (decoded.kind === 'newer') return `newer: ${decoded.version}`;
  if (decoded.kind === 'damaged') return `damaged: ${decoded.reason}`;
  const { from, lineage, node, instance } = decoded.origin;
  expect([from, lineage, node, instance]).to.deep.equal(['f', 'l', 'n', 'i']);
  return 'intact';
}

Then(/^an origin of (.+), with its checksum, is (intact|newer: \d+|damaged: .+)$/, (body: string, verdict: string) => {
  expect(judged(sealed(body))).to.equal(verdict);
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
    const mine = listOf(held, ' ').map((one) => {
      const [digest = '', said = ''] = one.split(':');
      return holdingOf(digest, said, 'n', 'i');
    });
    const theirs = listOf(told, ' ').map((one) => {
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
