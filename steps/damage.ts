import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type Answers, answersTo, cuts, flips, type Rotting, rottingCatalog, withOwnCopy } from '../support/failing/rot.js';
import type { CatalogWorld } from '../support/world.js';

interface DamageWorld extends CatalogWorld {
  rotting: Rotting;
  answers: Answers;
}

const share = 0.005;
const seed = 20_260_102;

Given('a catalog of 16 KiB on a simulated disk', async function (this: DamageWorld) {
  this.rotting = await rottingCatalog();
  expect(this.rotting.disk.bytesAt('/home/user/models/catalog.json').byteLength).to.be.at.least(16_384);
});

Given('its catalog.json is a file of its own', function (this: DamageWorld) {
  withOwnCopy(this.rotting);
});

When(/^each bit of its (\S+) is flipped in turn$/, async function (this: DamageWorld, name: string) {
  this.answers = await answersTo(this.rotting, name, flips());
});

When(/^a share of the bits of its (\S+) is flipped in turn$/, async function (this: DamageWorld, name: string) {
  this.answers = await answersTo(this.rotting, name, flips(share, seed));
  this.log(`${this.answers.tried} bits, drawn by the seed ${seed}`);
});

When(/^each end of its (\S+) is cut off in turn$/, async function (this: DamageWorld, name: string) {
  this.answers = await answersTo(this.rotting, name, cuts);
});

Then(
  /^the models were (\w+) and the engines were (\w+), of at least (\d+)$/,
  function (this: DamageWorld, models: string, engines: string, least: string) {
    const { tried, counts } = this.answers;
    expect(tried).to.be.at.least(Number(least));
    expect(Object.keys(counts)).to.have.members([`models: ${models}`, `engines: ${engines}`]);
    expect(Math.max(...Object.values(counts))).to.equal(tried);
  },
);

Then(
  'every call was refused with IndexCorrupt, or with SchemaVersionUnsupported where the version was flipped',
  function (this: DamageWorld) {
    const { tried, counts } = this.answers;
    // The digit 1 with one bit flipped: of those the digits 3, 5 and 9 are later versions.
    const later = { 'models: SchemaVersionUnsupported': 3, 'engines: SchemaVersionUnsupported': 3 };
    expect(counts).to.deep.equal({ ...later, 'models: IndexCorrupt': tried - 3, 'engines: IndexCorrupt': tried - 3 });
  },
);

Then('every call was refused with IndexCorrupt but for the lost line break', function (this: DamageWorld) {
  const { tried, counts } = this.answers;
  const whole = { 'models: right': 1, 'engines: right': 1 };
  expect(counts).to.deep.equal({ ...whole, 'models: IndexCorrupt': tried - 1, 'engines: IndexCorrupt': tried - 1 });
});
