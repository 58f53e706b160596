import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { forms } from '../support/sweep/errors.js';
import { halving } from '../support/sweep/handicaps.js';
import { JournalFinders } from '../support/sweep/journal/finders.js';
import { journalOperations } from '../support/sweep/journal/operations.js';
import { type JournalSweepOptions, type JournalSwept, sweepJournal } from '../support/sweep/journal/sweep.js';
import { asTable } from '../support/sweep/report.js';
import type { CatalogWorld } from '../support/world.js';

interface SweepWorld extends CatalogWorld {
  swept: readonly JournalSwept[];
}

When('every operation of a journal meets EIO once, at every step', { timeout: 120_000 }, function (this: SweepWorld) {
  sweep(this, { wanted: forms.filter(({ errno, lasts, when }) => errno === 'EIO' && !lasts && when === 'before') });
});

When('every operation of a journal meets every error at every step', { timeout: 600_000 }, function (this: SweepWorld) {
  sweep(this, {});
});

When(
  'every operation of a journal meets writes that take no bytes, once and from then on',
  { timeout: 120_000 },
  function (this: SweepWorld) {
    sweep(this, { wanted: forms.filter(({ when }) => when === 'instead') });
  },
);

When(
  'every operation of a journal is done on a disk that takes and gives half of every other write and read',
  { timeout: 60_000 },
  function (this: SweepWorld) {
    sweep(this, { wanted: [], handicap: halving });
  },
);

Then('each was done as it was told, or refused with nothing of it there', function (this: SweepWorld) {
  expect(this.swept).to.have.length(journalOperations.length).and.to.have.length.above(20);
  expect(this.swept.flatMap(({ complaints }) => complaints)).to.deep.equal([]);
});

Then('every step of it that can meet an error was struck', function (this: SweepWorld) {
  for (const { scenario, steps, planned, struck, kinds, kindsStruck } of this.swept) {
    expect(struck, scenario).to.equal(planned).and.to.be.at.least(steps);
    expect(kindsStruck, scenario).to.have.members(kinds);
  }
});

Then(/^the errors were told as ((?:\w+, )*\w+ and \w+)$/, function (this: SweepWorld, codes: string) {
  const told = new Set(this.swept.flatMap(({ outcomes }) => Object.keys(outcomes)));
  expect([...told]).to.have.members([...codes.split(/, | and /), 'acknowledged', 'Failed']);
});

/** Every fault throws; a stack for each costs more than all the rest. */
function sweep(world: SweepWorld, options: JournalSweepOptions): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const finders = new JournalFinders();
    world.swept = journalOperations.map((operation) => sweepJournal(operation, { ...options, finders }));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  world.log(asTable(world.swept.map((one) => ({ ...one, complaints: [] }))));
}
