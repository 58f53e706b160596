import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isPickle } from '../src/core/headers/pickle.js';
import { bytesOfCell } from '../support/table-cells.js';

Then(/^the bytes (.+) of a file of (all|\d+) bytes (are .+)$/, (cell: string, size: string, verdict: string) => {
  const bytes = bytesOfCell(cell);
  const found = isPickle(bytes, size === 'all' ? bytes.byteLength : Number(size));
  const told = typeof found === 'object' ? `are told by ${found.bytes} bytes` : found ? 'are a pickle' : 'are no pickle';
  expect(told).to.equal(verdict);
});
