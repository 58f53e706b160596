import { type DataTable, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { type FuzzReport, fuzz } from '../support/fuzz/fuzz.js';
import { judgedAlone } from '../support/fuzz/judging.js';
import { mended } from '../support/fuzz/mended.js';
import { unreachedPlaces } from '../support/fuzz/reach.js';
import { asText, findingText } from '../support/fuzz/report.js';
import { hashesElsewhere } from '../support/fuzz/sameness.js';
import { targets } from '../support/fuzz/targets.js';
import type { CatalogWorld } from '../support/world.js';

interface FuzzWorld extends CatalogWorld {
  report: FuzzReport;
  outcome: string;
}

/** Of fewer it may be that all were refused. */
const enough = 40;

When(
  /^all readers are given ([\d,]+) hostile inputs of the seed "(.*)"$/,
  { timeout: 3_600_000 },
  async function (this: FuzzWorld, count: string, seed: string) {
    this.report = await fuzz({ inputs: Number(count.replaceAll(',', '')), seed });
    this.log(asText(this.report));
  },
);

Then('none of them is a finding', function (this: FuzzWorld) {
  expect(this.report.findings.map(findingText)).to.deep.equal([]);
  expect(this.report.fuzzed.map(({ target }) => target)).to.deep.equal(targets.map(({ name }) => name));
});

Then('every reader took some, and refused some where there is anything that it refuses', function (this: FuzzWorld) {
  const takesNearlyAll = new Set(targets.flatMap((target) => (target.takesNearlyAll ? [target.name] : [])));
  const odd = this.report.fuzzed.filter(({ target, inputs, taken, refused }) => {
    const refusesNone = Object.keys(refused).length === 0;
    return inputs >= enough && (taken === 0 || (refusesNone && !takesNearlyAll.has(target)));
  });
  expect(odd).to.deep.equal([]);
});

Then('the inputs 0 to 20 of every reader are the same in another process', async () => {
  const [one, other] = [await hashesElsewhere(), await hashesElsewhere()];
  expect(Object.keys(one)).to.deep.equal(targets.map(({ name }) => name));
  expect(one).to.deep.equal(other);
});

When(
  /^a planted reader that (.+) is given (\d+) hostile inputs$/,
  { timeout: 300_000 },
  async function (this: FuzzWorld, breaks: string, inputs: string) {
    this.report = await fuzz({ inputs: Number(inputs), seed: 'planted 153', names: [`planted: ${breaks}`] });
  },
);

Then(/^inputs of it are findings: (\w+), (.+)$/, function (this: FuzzWorld, kind: string, what: string) {
  expect(this.report.findings).to.have.length.above(0);
  for (const finding of this.report.findings) {
    expect(finding.kind).to.equal(kind);
    expect(finding.what).to.include(what);
  }
});

Then('the first of them is found again by its number alone', { timeout: 300_000 }, async function (this: FuzzWorld) {
  const [{ target, seed, number, kind } = expect.fail('nothing was found')] = this.report.findings;
  const verdict = await judgedAlone({ target, seed, number });
  const kinds = verdict.kind === 'read' ? verdict.tally.faults.map((fault) => fault.kind) : [verdict.kind];
  expect(kinds).to.include(kind);
});

Then(
  'every place in the sources that takes bytes or texts apart is reached by an input, but those that read what is our own:',
  { timeout: 300_000 },
  async (table: DataTable) => {
    const unreached = (await unreachedPlaces()).map(({ path, code }) => ({ path, code }));
    const ours = table.hashes().map(({ source }) => source);
    expect(unreached.filter(({ path }) => !ours.includes(path))).to.deep.equal([]);
    expect([...new Set(unreached.map(({ path }) => path))].sort()).to.deep.equal(ours);
  },
);

When(/^the library reads (.+)$/, function (this: FuzzWorld, input: string) {
  const read = mended[input] ?? expect.fail(`nobody knows ${input}`);
  this.outcome = outcomeOf(read);
});

Then(/^what comes of it is (.+)$/, function (this: FuzzWorld, outcome: string) {
  expect(this.outcome).to.equal(outcome);
});

function outcomeOf(read: () => unknown): string {
  try {
    return String(read());
  } catch (error) {
    if (isCatalogError(error)) return error.code;
    if (error instanceof SyntaxError) return error.name;
    throw error;
  }
}
