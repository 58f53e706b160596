import assert from 'node:assert/strict';
import { After, AfterAll, Before, BeforeAll, defineParameterType, Given, Then, When } from '@cucumber/cucumber';

BeforeAll(() => {});
AfterAll(() => {});

Before({ tags: '@around', name: 'comes first' }, function () {
  this.attach('before');
});
After({ tags: '@around' }, function () {
  this.attach('after');
});
Before({ tags: '@before-fails' }, () => {
  throw new Error('the hook fails');
});
After({ tags: '@after-fails' }, () => {
  throw new Error('the hook fails');
});
Before({ tags: '@before-skips' }, () => 'skipped');

Given('what holds', () => {});
Given('what is skipped', () => 'skipped');
Given('what is pending', () => 'pending');
Given('what two wrote', () => {});
Given(/^what two (wrote)$/, () => {});
Given('what no scenario uses', () => {});

When('the words {string} are attached', function (words) {
  this.attach(words, { mediaType: 'text/plain', fileName: 'words.txt' });
});
When('the bytes {string} are attached', function (bytes) {
  this.attach(Buffer.from(bytes, 'hex'), { mediaType: 'application/octet-stream', fileName: 'bytes' });
});
When('the data {string} are attached as {string}', function (data, fileName) {
  this.attach(Buffer.from(data), { mediaType: 'application/json', fileName });
});
When('a link is attached', function () {
  this.link('https://example.org/');
});

Then('this table has {int} rows', (count, table) => assert.equal(table.raw().length, count));
Then('this text has {int} lines', (count, text) => assert.equal(text.split('\n').length, count));

Given('{int} pears', function (count) {
  this.pears = count;
});
When('{int} are eaten', function (count) {
  this.pears -= count;
});
Then('{int} are left', function (count) {
  assert.equal(this.pears, count, 'too many');
});

let tries = 0;
When('it is tried {int} times', (times) => {
  tries = times === 9 ? 0 : tries + 1;
  assert.equal(tries, times, 'not yet');
});
When('it throws {string}', (words) => {
  throw new TypeError(words);
});

defineParameterType({ name: 'flight', regexp: /([A-Z]{3})-([A-Z]{3})/, transformer: (from, to) => ({ from, to }) });
Then('the flight {flight} goes from {string}', ({ from }, place) => assert.equal(from, place));
