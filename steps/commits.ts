import { Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import { CatalogError } from '../src/core/errors.js';
import {
  afterMutations,
  Block,
  checkExpectedRevision,
  emptyGeneration,
  find,
  type Generation,
  generationOf,
  type Mutation,
  parsedRecord,
  records,
  stored,
  tokenIn,
  type Verdict,
} from '../src/core/generation.js';
import { decodeIndex, encodeIndex } from '../src/core/index-file.js';
import type { EngineEntry } from '../src/core/records.js';
import { engineEntry } from '../support/model-entry.js';

type Engines = Generation<EngineEntry>;

interface CommitsWorld extends World {
  generation: Engines;
  verdict: Verdict<EngineEntry> | undefined;
}

const commit = 'A'.repeat(22);
const none = emptyGeneration<EngineEntry>('engines', commit);

const put = (id: string, ifRevision?: number | 'absent'): Mutation<EngineEntry> => ({ type: 'put', record: engineEntry(id), ifRevision });
const remove = (id: string): Mutation<EngineEntry> => ({ type: 'delete', id });

function committed(base: Engines, ...mutations: readonly Mutation<EngineEntry>[]): Engines {
  const { next, verdicts } = afterMutations(base, mutations, commit);
  const refused = verdicts.find((verdict) => verdict.kind === 'refused');
  if (refused?.kind === 'refused') throw refused.error;
  return next ?? base;
}

const idAt = (place: number): string => `m${String(place).padStart(4, '0')}`;

/** As many records, at revision 1. */
function made(count: number): Engines {
  const all = Array.from({ length: count }, (_, place) => stored(engineEntry(idAt(place)), 1));
  return generationOf({ collection: 'engines', revision: 1, commit, recent: [commit] }, all);
}

function bytesOf(generation: Engines): Buffer {
  return Buffer.concat(encodeIndex(generation).chunks);
}

const blocksOf = ({ blocks }: Engines): string => blocks.map(({ versioned }) => versioned.length).join(', ') || 'none';

const shown = (generation: Engines): string =>
  records(generation)
    .map(({ record, revision }) => `${record.id}@${revision}`)
    .join(' ');

Then(/^a generation that is made of (\d+) records at once has blocks of (.+)$/, (count: string, blocks: string) => {
  expect(blocksOf(made(Number(count)))).to.equal(blocks);
});

Then(/^a generation into which (\d+) records were put has blocks of (.+)$/, (count: string, blocks: string) => {
  const puts = Array.from({ length: Number(count) }, (_, place) => put(idAt(place)));
  const inOneCommit = committed(none, ...puts);
  const oneByOne = puts.reduce((generation, one) => committed(generation, one), none);
  for (const generation of [inOneCommit, oneByOne]) {
    expect(blocksOf(generation)).to.equal(blocks);
    expect(records(generation).map(({ record }) => record.id)).to.deep.equal(puts.map((_, place) => idAt(place)));
  }
});

Then(
  /^an index of (\d+) records that is decoded, and in which one is put and one deleted (at its beginning|in its middle|at its end), is the one that is made at once$/,
  (count: string, where: string) => {
    const last = Number(count) - 1;
    const place = { 'at its beginning': 0, 'in its middle': last >> 1, 'at its end': last }[where] ?? last;
    const decoded = decodeIndex('engines', bytesOf(made(last + 1)));
    if (decoded.kind !== 'intact') expect.fail(decoded.kind);
    const changed = committed(decoded.generation, put(`${idAt(place)}x`), remove(idAt(place)));
    const all = records(made(last + 1)).map(({ record, revision }) => stored(record, revision));
    all.splice(place, 1, stored(engineEntry(`${idAt(place)}x`), 2));
    const { collection, revision, recent } = changed;
    expect(bytesOf(changed).equals(bytesOf(generationOf({ collection, revision, commit, recent }, all)))).to.equal(true);
    expect(changed.blocks.flatMap((block) => block.records)).to.deep.equal(all);
  },
);

Then(/^a generation of (\d+) records of which all are deleted has blocks of none, and is found to have none$/, (count: string) => {
  const ids = Array.from({ length: Number(count) }, (_, place) => idAt(place));
  const left = committed(made(ids.length), ...ids.map(remove));
  expect([blocksOf(left), shown(left), find(left, idAt(0))]).to.deep.equal(['none', '', undefined]);
});

Then('a list of its records that is emptied leaves a generation as it was', () => {
  const generation = made(3);
  records(generation).length = 0;
  expect(records(generation)).to.have.lengthOf(3);
});

Then('a commit behind it leaves a generation with the records and names that it had', () => {
  const before = committed(none, put('A'), put('b'));
  committed(before, put('C'), remove('A'));
  expect([shown(before), [...before.names]]).to.deep.equal(['A@1 b@1', [['a', 'A']]]);
});

Given('a generation in which {string} was put', function (this: CommitsWorld, ids: string) {
  this.generation = committed(none, ...ids.split(' ').map((id) => put(id)));
});

Given('a generation of {int} records that are all one', function (this: CommitsWorld, count: number) {
  const versioned = new Array(count).fill({ record: engineEntry('a'), revision: 1 });
  this.generation = { ...none, revision: 1, blocks: [new Block<EngineEntry>(versioned, {})] };
});

When(
  /^a (put|deletion) of "(.*)"(?: if it is at (\w+))? is committed$/,
  function (this: CommitsWorld, type: string, id: string, revision: string | null) {
    const ifRevision = revision && (revision === 'absent' ? revision : Number(revision));
    const expected = ifRevision === null ? {} : { ifRevision };
    const mutation = { ...(type === 'put' ? put(id) : remove(id)), ...expected } as Mutation<EngineEntry>;
    const { next, verdicts } = afterMutations(this.generation, [mutation], commit);
    [this.verdict] = verdicts;
    expect(next === undefined).to.equal(this.verdict?.kind === 'refused' || said(this.verdict) === 'not there');
    this.generation = next ?? this.generation;
  },
);

function said(verdict: Verdict<EngineEntry> | undefined): string {
  if (verdict?.kind === 'put') return `put at ${verdict.versioned.revision}`;
  if (verdict?.kind === 'deleted') return verdict.existed ? 'deleted' : 'not there';
  return verdict ? `refused with ${verdict.error.code}: ${verdict.error.message}` : 'not judged';
}

Then(/^what was committed is ((?:put at|deleted|not there|refused with).*)$/, function (this: CommitsWorld, verdict: string) {
  expect(said(this.verdict)).to.equal(verdict);
});

Then('the next generation has {string}', function (this: CommitsWorld, all: string) {
  expect(shown(this.generation)).to.equal(all);
});

Then(/^the refusal has the details (\{.*\})$/, function (this: CommitsWorld, details: string) {
  if (this.verdict?.kind !== 'refused') expect.fail(said(this.verdict));
  const { stored: holder, ...rest } = this.verdict.error.details as { stored?: EngineEntry };
  expect({ ...(holder && { stored: holder.id }), ...rest }).to.deep.equal(JSON.parse(details));
});

Then(/^in (one commit|a commit for each) "A" is put, deleted, and put as "a"$/, (how: string) => {
  const changes = [put('A'), remove('A'), put('a')];
  const last = how === 'one commit' ? committed(none, ...changes) : changes.reduce((base, change) => committed(base, change), none);
  expect(records(last).map(({ record }) => record.id)).to.deep.equal(['a']);
  expect([...last.names]).to.deep.equal([]);
});

Then('in one commit "A" and "B" are put, and then "b" is refused for "B"', () => {
  const { next, verdicts } = afterMutations(none, [put('A'), put('B'), put('b')], commit);
  expect(verdicts.map(said)).to.deep.equal([
    'put at 1',
    'put at 1',
    'refused with AlreadyExists: "b" cannot be told from "B", which is there',
  ]);
  expect([...(next?.names ?? [])]).to.deep.equal([
    ['a', 'A'],
    ['b', 'B'],
  ]);
});

Then(/^whoever expects (.+) is (taken|refused: .+)$/, (expected: string, verdict: string) => {
  const given = expected === 'nothing' ? undefined : expected === 'absent' ? expected : (JSON.parse(expected) as number);
  let found = 'taken';
  try {
    checkExpectedRevision(given);
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    expect(error.code).to.equal('InvalidArgument');
    found = `refused: ${error.message}`;
  }
  expect(found).to.equal(verdict);
});

Then(
  'at revision {int}, with the commits {string}, {string} of revision {int} is {word}',
  (revision: number, commits: string, token: string, of: number, verdict: string) => {
    const [own = '', ...recent] = commits.split(' ');
    expect(tokenIn({ ...none, revision, commit: own, recent }, token, of)).to.equal(verdict);
  },
);

Then('after {int} commits a generation tells of the last {int} before its own, newest first', (count: number, kept: number) => {
  let generation = emptyGeneration<EngineEntry>('engines', 'commit 0');
  for (let turn = 1; turn <= count; turn++) generation = afterMutations(generation, [put('a')], `commit ${turn}`).next ?? generation;
  const recent = Array.from({ length: kept }, (_, back) => `commit ${count - 1 - back}`);
  expect([generation.commit, generation.revision, generation.recent]).to.deep.equal([`commit ${count}`, count, recent]);
});

Then(/^an engine that was parsed from (.+) is (taken as it is|taken as a copy|refused with \w+)$/, (text: string, verdict: string) => {
  const parsed: unknown = JSON.parse(text);
  let taken: EngineEntry;
  try {
    taken = parsedRecord('engines', parsed);
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    expect(`refused with ${error.code}`).to.equal(verdict);
    return;
  }
  expect(taken).to.deep.equal(parsed);
  expect([taken, taken.artifacts].map(Object.isFrozen)).to.deep.equal([true, true]);
  expect(taken === parsed ? 'taken as it is' : 'taken as a copy').to.equal(verdict);
});
