import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { shownFleetUrl } from '../src/core/fleet-url.js';
import { nearest } from '../src/core/nearest.js';
import { printable } from '../src/core/printable.js';
import { redactText } from '../src/core/redact.js';
import { sizeText } from '../src/core/size-text.js';
import { unescaped } from '../support/table-cells.js';

Then(/^"(.*)" quoted in (\d+) characters is "(.*)"$/, (input: string, limit: string, quoted: string) => {
  expect(redactText(unescaped(input), Number(limit))).to.equal(quoted);
});

Then(/^the URL "(.*)" of a fleet is told as "(.*)", and that as itself$/, (url: string, told: string) => {
  expect(shownFleetUrl(url)).to.equal(told);
  expect(shownFleetUrl(told)).to.equal(told);
});

Then(/^"(.*)" is shown as "(.*)"$/, (text: string, shown: string) => {
  expect(printable(unescaped(text))).to.equal(shown);
});

Then(/^(\d+) bytes are told as "(.*)"$/, (bytes: string, told: string) => {
  expect(sizeText(Number(bytes))).to.equal(told);
});

Then(/^of "(.*)" the word "(.*)" may mean "(.*)"$/, (words: string, word: string, meant: string) => {
  const known = words.split(' ').filter((one) => one !== '');
  expect(nearest(word, known) ?? 'none').to.equal(meant);
});

Then(/^of one word of (\d+) characters (that word is the nearest|none is)$/, (length: string, found: string) => {
  const word = 'a'.repeat(Number(length));
  expect(nearest(word, [word])).to.equal(found === 'none is' ? undefined : word);
});
