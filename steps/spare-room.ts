import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { giveBackSpare, takeSpare } from '../src/disk/whole-file.js';

Then(/^room for (\d+) bytes that was given back is (not )?taken again for (\d+)$/, (first: string, not: string | null, second: string) => {
  const taken = takeSpare(Number(first));
  expect(taken).to.have.lengthOf(Number(first));
  giveBackSpare(taken);
  const again = takeSpare(Number(second));
  expect(again).to.have.lengthOf(Number(second));
  expect(again.buffer === taken.buffer).to.equal(!not);
  giveBackSpare(again);
});

Then('room that is taken twice is not shared', () => {
  const [one, other] = [takeSpare(10), takeSpare(10)];
  expect(one.buffer).to.not.equal(other.buffer);
  giveBackSpare(one);
});
