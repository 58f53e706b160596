import { inspect } from 'node:util';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { CatalogError } from '../src/core/errors.js';
import { checkId, collisionKey, compareUtf8 } from '../src/core/ids.js';
import { unescaped } from '../support/table-cells.js';

interface IdWorld {
  id?: string;
  idRefusal?: unknown;
  pair?: readonly [string, string];
  ids?: fc.Arbitrary<string>;
}

const notText: Readonly<Record<string, unknown>> = { null: null, undefined: undefined, 'a number': 7, 'a list': ['a'] };

When(/^the id "(.*)" is checked$/, function (this: IdWorld, id: string) {
  attempt(this, unescaped(id));
});

When('an id of {int} times {string} is checked', function (this: IdWorld, count: number, character: string) {
  attempt(this, character.repeat(count));
});

When(/^(null|undefined|a number|a list) is checked as an id$/, function (this: IdWorld, what: string) {
  attempt(this, notText[what]);
});

When(/^the ids "(.*)" and "(.*)" are compared$/, function (this: IdWorld, one: string, other: string) {
  this.pair = [unescaped(one), unescaped(other)];
});

Given('ids of any characters', function (this: IdWorld) {
  const nearSurrogates = fc.string({ unit: fc.constantFrom('a', '\u007f', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}') });
  this.ids = fc.oneof(nearSurrogates, fc.string({ unit: 'binary' }), fc.string());
});

Then(/^it is accepted as "(.*)"$/, function (this: IdWorld, id: string) {
  expect(accepted(this)).to.equal(id);
});

Then('that id is accepted', function (this: IdWorld) {
  accepted(this);
});

Then('that id is refused', function (this: IdWorld) {
  expect(refused(this).details.reason).to.equal('longer than 512 bytes');
});

Then('the id is refused because of {string}', function (this: IdWorld, reason: string) {
  const refusal = refused(this);
  expect(refusal.details).to.deep.equal({ reason });
});

Then('the id is refused with the message {string}', function (this: IdWorld, message: string) {
  expect(refused(this).message).to.equal(message.replaceAll('\\\\', '\\'));
});

Then('its refusal has at most {int} characters', function (this: IdWorld, count: number) {
  expect(refused(this).message).to.have.lengthOf.at.most(count);
});

Then('they collide', function (this: IdWorld) {
  const [one, other] = pairOf(this);
  expect(collisionKey(one)).to.equal(collisionKey(other));
});

Then('they do not collide', function (this: IdWorld) {
  const [one, other] = pairOf(this);
  expect(collisionKey(one)).not.to.equal(collisionKey(other));
});

Then('the first comes before the second', function (this: IdWorld) {
  const [one, other] = pairOf(this);
  expect(compareUtf8(one, other)).to.be.below(0);
  expect(compareUtf8(other, one)).to.be.above(0);
});

Then('the collision key of each is its NFKC in upper and then in lower case', function (this: IdWorld) {
  const property = fc.property(idsOf(this), (id) => {
    expect(collisionKey(id)).to.equal(id.normalize('NFKC').toUpperCase().toLowerCase());
  });
  fc.assert(property, { numRuns: 5000 });
});

Then('any two are in the order of their UTF-8 bytes', function (this: IdWorld) {
  const property = fc.property(idsOf(this), idsOf(this), (one, other) => {
    expect(Math.sign(compareUtf8(one, other))).to.equal(Buffer.compare(Buffer.from(one), Buffer.from(other)));
  });
  fc.assert(property, { numRuns: 5000 });
});

function attempt(world: IdWorld, id: unknown): void {
  try {
    world.id = checkId(id);
  } catch (error) {
    world.idRefusal = error;
  }
}

function accepted(world: IdWorld): string {
  if (world.id === undefined) throw world.idRefusal ?? new Error('no id was checked');
  return world.id;
}

function refused(world: IdWorld): CatalogError {
  const refusal = world.idRefusal;
  delete world.idRefusal;
  if (!(refusal instanceof CatalogError)) throw refusal ?? new Error(`it was not refused: ${inspect(world.id)}`);
  expect(refusal.code).to.equal('InvalidId');
  return refusal;
}

function pairOf(world: IdWorld): readonly [string, string] {
  return world.pair ?? expect.fail('no ids were compared');
}

function idsOf(world: IdWorld): fc.Arbitrary<string> {
  return world.ids ?? expect.fail('no ids were given');
}
