import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type Change, changesThrough, needsBetween } from '../src/core/changes.js';
import { afterChanges, afterList, type Followed } from '../src/core/following.js';
import { type Generation, generationOf, records, stored, type Versioned } from '../src/core/generation.js';
import { compareUtf8 } from '../src/core/ids.js';
import type { EngineEntry } from '../src/core/records.js';
import { engineEntry } from '../support/model-entry.js';

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
