import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { Shed } from '../../src/shed.js';

Given('the saw is lent to Ada', function () {
  this.shed = new Shed(['saw']);
  assert.equal(this.shed.lend('saw'), true);
});

Given('a tool that is lent', function () {
  this.shed = new Shed(['saw']);
  this.shed.lend('saw');
});

When('Ben asks for the saw', function () {
  this.gotIt = this.shed.lend('saw');
});

When('she brings it back after {int} days', function (days) {
  this.lateDays = this.shed.bringBack('saw', { afterDays: days });
});

When('it comes back broken', function () {
  this.shed.bringBack('saw', { afterDays: 1, isBroken: true });
});

Then('he does not get it', function () {
  assert.equal(this.gotIt, false);
});

Then('it is {int} days late', function (days) {
  assert.equal(this.lateDays, days);
});

Then('it MUST NOT be lent before it is mended', function () {
  assert.equal(this.shed.lend('saw'), false);
  this.shed.mend('saw');
  assert.equal(this.shed.lend('saw'), true);
});
