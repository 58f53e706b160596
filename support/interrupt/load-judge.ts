import { expect } from 'chai';
import { canonicalJson } from '../../src/core/canonical-json.js';
import type { Versioned } from '../../src/core/generation.js';
import type { ModelEntry } from '../../src/core/records.js';
import { countOf } from '../contention/increment.js';
import type { Operation } from './job.js';
import { idOf, sharedId } from './load.js';
import { isUnanswered, type Told } from './loaded-writer.js';

/** What a catalog holds. Each change of it is one revision, as each writer under load asks for one thing at a time. */
export interface State {
  readonly models: ReadonlyMap<string, Versioned<ModelEntry>>;
  readonly revision: number;
}

type Found = Versioned<ModelEntry> | undefined;
type Increment = Extract<Operation, { type: 'increment' }>;

/** What the operations amount to. */
interface Effects {
  /** How many operations changed something: so many revisions there must be. */
  readonly changes: number;
  /** How many of these were never answered. */
  readonly unanswered: number;
}

/**
 * CAT-LCK-1204, CAT-IDX-1103: from what was there and what each writer told, whether what is found is legal: every acknowledged
 * operation is there, one that was not answered whole or not at all, and nothing else; no change is uncounted. Gives how many
 * that were not answered are there.
 */
export function judge(before: State, histories: readonly (readonly Told[])[], found: State): number {
  for (const history of histories) {
    expect(history.slice(0, -1).filter(isUnanswered), 'operations without an answer that others followed').to.deep.equal([]);
    for (const told of history) expectFairAnswer(told);
  }
  const own = histories.map((history) => judgeOwn(before, history.filter(isOwn), found));
  const shared = judgeShared(before, histories.flat().filter(isIncrement), found);
  const touched = new Set(histories.flat().map(({ operation }) => idOf(operation)));
  for (const id of [...before.models.keys(), ...found.models.keys()]) {
    if (!touched.has(id)) expectSame(found.models.get(id), before.models.get(id), `${id}, of which nobody asked anything`);
  }
  const changes = sum([...own, shared], ({ changes }) => changes);
  expect(found.revision, 'the revision: each change of the catalog is one').to.equal(before.revision + changes);
  expectRevisionsOnce(before, histories, found);
  return sum([...own, shared], ({ unanswered }) => unanswered);
}

/** CAT-IDX-1109: the one refusal that is called for here is that of a compare-and-set. */
function expectFairAnswer({ operation, refused }: Told): void {
  if (refused === undefined) return;
  expect(refused.code, `${describe(operation)}: ${refused.message}`).to.equal('RevisionConflict');
  expect(operation.type, `${describe(operation)} was refused with RevisionConflict`).to.equal('increment');
}

/** The ids that one writer alone works on: what it was told last of each is there. */
function judgeOwn(before: State, history: readonly Told[], found: State): Effects {
  const expected = new Map<string, Found>();
  const now = (id: string): Found => (expected.has(id) ? expected.get(id) : before.models.get(id));
  let changes = 0;
  let unanswered = 0;
  for (const told of history) {
    const id = idOf(told.operation);
    const [old, next] = [now(id), resultOf(told, found)];
    const existed = told.acknowledged?.existed;
    if (existed !== undefined)
      expect(existed, `whether there was one, as ${describe(told.operation)} was told`).to.equal(old !== undefined);
    if (isUnanswered(told)) {
      if (old === next || !isSame(found.models.get(id), next)) continue;
      unanswered++;
    }
    if (old !== next) changes++;
    expected.set(id, next);
  }
  for (const [id, record] of expected) expectSame(found.models.get(id), record, `${id}, whose last change was acknowledged`);
  for (const { operation } of history.filter(isUnanswered)) {
    expectSame(found.models.get(idOf(operation)), now(idOf(operation)), `${idOf(operation)}, not answered: whole or not at all`);
  }
  return { changes, unanswered };
}

/** What an operation makes of its record. Where no revision was told it is what is found, which the count of revisions judges. */
function resultOf({ operation, acknowledged }: Told, found: State): Found {
  if (operation.type === 'delete') return undefined;
  const revision = acknowledged?.revision ?? found.models.get(operation.entry.id)?.revision ?? 0;
  return { record: operation.entry, revision };
}

/** Every acknowledged increment counted once, and of the others at most those that were not answered. */
function judgeShared(before: State, told: readonly (Told & { operation: Increment })[], found: State): Effects {
  const [first, last] = [countOf(before.models.get(sharedId)?.record), countOf(found.models.get(sharedId)?.record)];
  const acknowledged = told.filter((one) => one.acknowledged !== undefined);
  const open = told.filter(isUnanswered);
  const counts = acknowledged.map(({ operation }) => countOf(operation.entry));
  expectDistinct(counts, 'counts that were acknowledged twice');
  for (const count of counts) {
    expect(last, `the shared count: ${count} was acknowledged and is lost`).to.be.at.least(count);
    expect(count, 'the shared count: one that was there before was acknowledged').to.be.greaterThan(first);
  }
  let newest: Found = before.models.get(sharedId);
  for (let count = first + 1; count <= last; count++) {
    const by = acknowledged.find(({ operation }) => countOf(operation.entry) === count);
    const makers = by ? [by] : open.filter(({ operation }) => countOf(operation.entry) === count);
    expect(makers, `the shared count: ${count} was never acknowledged, and nobody was about to make it`).to.not.deep.equal([]);
    const results = makers.map((maker) => resultOf(maker, found));
    newest = results.find((result) => isSame(found.models.get(sharedId), result)) ?? results[0];
  }
  expectSame(found.models.get(sharedId), newest, 'the shared record');
  return { changes: last - first, unanswered: last - first - acknowledged.length };
}

/** No revision was told twice or is of two records, none that is new is of an earlier time or of the future, and each writer's go up. */
function expectRevisionsOnce(before: State, histories: readonly (readonly Told[])[], found: State): void {
  const told = histories.map((history) => history.flatMap(({ acknowledged }) => acknowledged?.revision ?? []));
  for (const revisions of told) {
    expect(revisions, 'the revisions that one writer was told').to.deep.equal(revisions.toSorted((a, b) => a - b));
  }
  const there = [...found.models.values()];
  const changed = there.filter((one) => !isSame(one, before.models.get(one.record.id)));
  expectDistinct(told.flat(), 'revisions that were told twice');
  expectDistinct(
    there.map(({ revision }) => revision),
    'revisions of two records',
  );
  for (const revision of [...told.flat(), ...changed.map(({ revision }) => revision)]) {
    expect(revision, 'the revision of something new').to.be.within(before.revision + 1, found.revision);
  }
}

function expectDistinct(numbers: readonly number[], what: string): void {
  expect(new Set(numbers).size, `${what}: ${numbers}`).to.equal(numbers.length);
}

function isOwn({ operation }: Told): boolean {
  return operation.type !== 'increment';
}

function isIncrement(told: Told): told is Told & { operation: Increment } {
  return told.operation.type === 'increment';
}

function expectSame(found: Found, expected: Found, what: string): void {
  if (!isSame(found, expected)) expect.fail(`${what}: expected ${textOf(expected)}, found ${textOf(found)}`);
}

function isSame(found: Found, expected: Found): boolean {
  return textOf(found) === textOf(expected);
}

function textOf(found: Found): string {
  return found === undefined ? 'absent' : `revision ${found.revision}: ${canonicalJson(found.record)}`;
}

function describe(operation: Operation): string {
  return `${operation.type} ${idOf(operation)}`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
