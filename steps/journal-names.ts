import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { CatalogError } from '../src/core/errors.js';
import { type Coordinate, checkCoordinate } from '../src/journal/coordinate.js';
import { type EventId, eventIds, idempotencyKey } from '../src/journal/event-id.js';
import { categoryOf, checkKind, kind, showKind } from '../src/journal/kind.js';
import { checkRegion, isIn, type Placed, type Region, regionIdentity } from '../src/journal/region.js';

interface NamesWorld {
  coordinate: Coordinate | undefined;
  made: number | undefined;
  refusal: CatalogError | undefined;
  ids: readonly EventId[];
  meant: readonly string[];
}

When(/^the entity "([^"]*)" in the scope "([^"]*)" is checked$/, function (this: NamesWorld, entity: string, scope: string) {
  this.coordinate = attempted(this, () => checkCoordinate({ entity, scope }));
});

When(/^an entity that is (.*) is checked$/, function (this: NamesWorld, words: string) {
  this.coordinate = attempted(this, () => checkCoordinate({ entity: textOf(words) as string, scope: 's' }));
});

Then('it is a coordinate', function (this: NamesWorld) {
  expect(this.refusal).to.equal(undefined);
  expect(this.coordinate?.entity).to.be.a('string').and.not.to.equal('');
});

Then(/^the (entity|scope) is refused, because it (?:is|has) "(.*)"$/, function (this: NamesWorld, part: string, reason: string) {
  expect(this.refusal?.code).to.equal('InvalidCoordinate');
  expect(this.refusal?.details).to.deep.equal({ part, reason });
});

Then('the refusal has fewer than {int} characters', function (this: NamesWorld, count: number) {
  expect(this.refusal?.message).to.have.lengthOf.below(count);
});

When(/^the kind of category (\S+) and type (\S+) is made$/, function (this: NamesWorld, category: string, type: string) {
  this.made = attempted(this, () => kind(Number(category), Number(type)));
});

Then(/^it is (0x[0-9a-f]{4}), and callers may append it$/, function (this: NamesWorld, shown: string) {
  expect(showKind(checkKind(this.made ?? Number.NaN))).to.equal(shown);
});

Then('the kind is refused', function (this: NamesWorld) {
  expect(this.refusal?.code).to.equal('InvalidArgument');
});

Then('of the 65536 kinds {int} are refused with ReservedKind: those of the categories 0 and 13', (count: number) => {
  const all = Array.from({ length: 65536 }, (_, number) => number);
  const refused = all.filter((number) => codeOf(() => checkKind(number)) === 'ReservedKind');
  expect(refused).to.have.lengthOf(count);
  expect([...new Set(refused.map(categoryOf))]).to.deep.equal([0, 13]);
});

When('{int} ids are made by a clock that stands still, jumps ahead and goes back', function (this: NamesWorld, count: number) {
  const times = [1000, 1000, 5000, 2000, 5001, 5001, 0];
  let asked = 0;
  const next = eventIds(() => times[Math.trunc((asked++ / count) * times.length)] ?? 0, random);
  this.ids = Array.from({ length: count }, next);
});

Then('each is a UUID of version 7, and comes after the one before', function (this: NamesWorld) {
  for (const id of this.ids) expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const unsorted = this.ids.findIndex((id, at) => at > 0 && id <= (this.ids[at - 1] ?? ''));
  expect(unsorted).to.equal(-1);
});

When(/^an id is made at (\S+)$/, function (this: NamesWorld, moment: string) {
  this.ids = [moment, eventIds(() => Date.parse(moment), random)()];
});

Then('its first 48 bits are that millisecond', function (this: NamesWorld) {
  const [moment = '', id = ''] = this.ids;
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).to.equal(Date.parse(moment));
});

Then('the keys of {int} random lists of texts are equal where the lists are, and nowhere else', (runs: number) => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', ':', '1', '2', 'é') }), { maxLength: 4 });
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const areEqual = JSON.stringify(one) === JSON.stringify(other);
      expect(idempotencyKey(...one) === idempotencyKey(...other)).to.equal(areEqual);
      expect(idempotencyKey(...one)).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
    {
      numRuns: runs,
      examples: [
        [['a', 'b'], ['ab']],
        [['1:a'], ['a']],
        [[], ['']],
      ],
    },
  );
});

When(/^the entities (.*) are looked at by the region (\{.*\})$/, function (this: NamesWorld, list: string, region: string) {
  const entities = [...list.matchAll(/"([^"]+)"/g)].map(([, entity = '']) => entity);
  const meant = checkRegion(JSON.parse(region) as Region);
  this.meant = entities.filter((entity) => isIn(meant, { coordinate: { entity, scope: 's' }, kind: 0x1001, sequence: 1 }));
});

Then(/^it means (.*)$/, function (this: NamesWorld, entities: string) {
  expect(this.meant).to.deep.equal(entities === 'none' ? [] : entities.split(', '));
});

Then('random regions mean exactly those of random events that each of their parts means', () => {
  fc.assert(
    fc.property(anyRegion, anyEvent, (region, event) => {
      const parts = Object.entries(region).map(([name, value]) => ({ [name]: value }) as Region);
      expect(isIn(region, event)).to.equal(parts.every((part) => isIn(part, event)));
      const { scope, kind: wanted, category, from, to } = region;
      const { sequence } = event;
      if (scope !== undefined) expect(isIn({ scope }, event)).to.equal(event.coordinate.scope === scope);
      if (wanted !== undefined) expect(isIn({ kind: wanted }, event)).to.equal(event.kind === wanted);
      if (category !== undefined) expect(isIn({ category }, event)).to.equal(categoryOf(event.kind) === category);
      if (from !== undefined) expect(isIn({ from }, event)).to.equal(sequence >= from);
      if (to !== undefined) expect(isIn({ to }, event)).to.equal(sequence <= to);
    }),
    { numRuns: 2000 },
  );
});

Then('random regions have equal identities only where they are equal', () => {
  fc.assert(
    fc.property(anyRegion, anyRegion, (one, other) => {
      const named = (region: Region): string => JSON.stringify(Object.entries(region).sort(([a], [b]) => (a < b ? -1 : 1)));
      const isImplied = (region: Region): boolean => region.kind !== undefined && region.category !== undefined;
      fc.pre(!isImplied(one) && !isImplied(other));
      expect(regionIdentity(one) === regionIdentity(other)).to.equal(named(one) === named(other));
    }),
    { numRuns: 5000 },
  );
});

const anyText = fc.constantFrom('a', 'b', 'a:b', 'entity', 'scope');
const anyRegion: fc.Arbitrary<Region> = fc.record(
  {
    entity: anyText,
    scope: anyText,
    kind: fc.constantFrom(0x1001, 0x1002, 0x2001),
    category: fc.constantFrom(1, 2),
    from: fc.integer({ min: 0, max: 4 }),
    to: fc.integer({ min: 0, max: 4 }),
  },
  { requiredKeys: [] },
);
const anyEvent: fc.Arbitrary<Placed> = fc.record({
  coordinate: fc.record({ entity: anyText, scope: anyText }),
  kind: fc.constantFrom(0x1001, 0x1002, 0x2001),
  sequence: fc.integer({ min: 0, max: 4 }),
});

const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(7);

/** What the words of an example stand for: a text in JSON, or so many letters. */
function textOf(words: string): unknown {
  if (words === 'empty') return '';
  const [, count, isWide] = /^(\d+|a million) letters (of two bytes )?long$/.exec(words) ?? [];
  if (count === undefined) return JSON.parse(words);
  return (isWide === undefined ? 'a' : 'é').repeat(count === 'a million' ? 1_000_000 : Number(count));
}

function attempted<T>(world: NamesWorld, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    world.refusal = error;
    return undefined;
  }
}

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof CatalogError ? error.code : String(error);
  }
}
