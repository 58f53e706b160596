import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { canonicalCopy, canonicalJson, deepFreeze, liesCanonical, whyNotCanonical } from '../src/core/canonical-json.js';

Then(
  /^what is parsed from (.*) lies there (as|not as) it is kept(?:, and its one text is (.*))?$/,
  (text: string, how: string, kept: string | null) => {
    const value = parsed(text);
    expect(liesCanonical(value)).to.equal(how === 'as');
    if (kept) expect(canonicalJson(value)).to.equal(kept);
    if (kept) expect(JSON.stringify(canonicalCopy(value))).to.equal(kept);
  },
);

Then(/^what is parsed from (.*) does not lie there as anything that is kept$/, (text: string) => {
  expect(liesCanonical(parsed(text))).to.equal(false);
  expect(whyNotCanonical(parsed(text))).to.be.a('string');
});

Then('a value with lists and objects at every depth is frozen there, also beside what was frozen before', () => {
  const value = { list: [{ a: 1 }, null, 'text'], frozen: Object.freeze({ b: 1 }), none: null, object: { of: { objects: {} } } };
  expect(deepFreeze(value)).to.equal(value);
  for (const each of [value, value.list, value.list[0], value.object, value.object.of, value.object.of.objects]) expect(each).to.be.frozen;
  for (const plain of [7, 'text', null, undefined, true]) expect(deepFreeze(plain)).to.equal(plain);
});

/** What a text of a feature file says; `<65 levels>` are lists in each other. */
function parsed(text: string): unknown {
  return JSON.parse(text.replace(/<(\d+) levels>/, (_, levels: string) => '['.repeat(Number(levels)) + ']'.repeat(Number(levels))));
}
