import { randomInt } from 'node:crypto';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { describeReport, keepingDamage, type Report, runKillCycles } from '../support/interrupt/kill-cycles.js';
import { judge, type State } from '../support/interrupt/load-judge.js';
import type { Told } from '../support/interrupt/loaded-writer.js';
import { before, founds, histories } from '../support/interrupt/planted-states.js';
import { known } from '../support/known.js';
import type { CatalogWorld } from '../support/world.js';

interface CyclesWorld extends CatalogWorld {
  report: Report;
  wanted: number;
  before: State;
  histories: readonly (readonly Told[])[];
  noticed: string | undefined;
}

/** Nothing waits for it: a writer that hangs is ended by its own deadline. */
const timeout = 900_000;
const newSeed = (): string => String(randomInt(1_000_000));

When(
  /^(\d+) writers work on one catalog in (\d+) cycles, with the lock (in place|disabled), and in each some are killed at a random moment$/,
  { timeout },
  async function (this: CyclesWorld, writers: string, cycles: string, lock: string) {
    const [seed, began] = [newSeed(), performance.now()];
    this.wanted = Number(cycles);
    const asked = { seed, cycles: this.wanted, writers: Number(writers), lockDisabled: lock === 'disabled' };
    this.report = await keepingDamage((root) => runKillCycles({ ...asked, root }));
    this.log(`seed ${seed}; ${describeReport(this.report, performance.now() - began)}`);
  },
);

Then('after each cycle the next process found all that was acknowledged, and the rest whole or not at all', function (this: CyclesWorld) {
  // Found out after each cycle; here: all took place, and there was something to lose.
  const { cycles, kills, acknowledged } = this.report;
  expect(cycles).to.equal(this.wanted);
  expect(kills).to.be.at.least(cycles);
  expect(acknowledged).to.be.at.least(5 * cycles);
});

Then('at least a quarter of the kills fell inside an operation', function (this: CyclesWorld) {
  expect(this.report.inside).to.be.at.least(this.report.kills / 4);
});

Then('after at least a tenth of the cycles there was a temp or a model of a put that was never acknowledged', function (this: CyclesWorld) {
  const { cycles, insideCommits } = this.report;
  expect(insideCommits).to.be.at.least(cycles / 10);
});

When(
  '{int} writers that say that they were acknowledged before they ask are killed in cycles like these',
  { timeout },
  async function (this: CyclesWorld, writers: number) {
    const asked = { root: await this.root(), seed: newSeed(), cycles: 6, writers, acknowledgesEarly: true };
    this.noticed = await noticedBy(() => runKillCycles(asked));
    this.log(this.noticed ?? 'nothing was noticed');
  },
);

Then('it is noticed that something acknowledged is lost', function (this: CyclesWorld) {
  expect(this.noticed).to.match(/whose last change was acknowledged: expected|was acknowledged and is lost|acknowledged twice/);
});

Given('two writers, one of them killed, and the catalog that they leave', function (this: CyclesWorld) {
  this.before = before;
  this.histories = histories;
});

When(/^the catalog is found with (.+)$/, async function (this: CyclesWorld, words: string) {
  const found = known(founds, words);
  this.noticed = await noticedBy(async () => judge(this.before, this.histories, found));
});

Then(/^it is noticed: (.+)$/, function (this: CyclesWorld, notice: string) {
  expect(this.noticed).to.include(notice);
});

Then('nothing is noticed', function (this: CyclesWorld) {
  expect(this.noticed).to.equal(undefined);
});

async function noticedBy(work: () => Promise<unknown>): Promise<string | undefined> {
  return work().then(
    () => undefined,
    (error: Error) => error.message,
  );
}
