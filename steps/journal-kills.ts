import { randomInt } from 'node:crypto';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { segmentHeaderBytes } from '../src/journal/segment-header.js';
import { type JournalKillReport, runJournalKillCycles } from '../support/interrupt/journal/kill-cycles.js';
import type { CatalogWorld } from '../support/world.js';

interface KillsWorld extends CatalogWorld {
  report: JournalKillReport;
  noticed: string;
}

When(
  'a process works on a journal in {int} cycles, and in each is killed at a random moment',
  { timeout: 900_000 },
  async function (this: KillsWorld, cycles: number) {
    const seed = String(randomInt(1_000_000));
    this.report = await runJournalKillCycles({ directory: join(await this.folder(), 'journal'), seed, cycles });
    this.log(`seed ${seed}; ${JSON.stringify(this.report)}`);
  },
);

Then(
  'after each of these {int} cycles all that was acknowledged was there, and what was not answered whole or not at all',
  function (this: KillsWorld, cycles: number) {
    // Found out after each cycle; here: all took place, and there was something to lose.
    expect(this.report.cycles).to.equal(cycles);
    expect(this.report.acknowledged).to.be.at.least(cycles);
    if (cycles >= 50) expect(this.report.inside).to.be.at.least(cycles / 4);
  },
);

When(
  'a process works on a journal in cycles like these, after each of which the last segment loses its events',
  { timeout: 900_000 },
  async function (this: KillsWorld) {
    const asked = { directory: join(await this.folder(), 'journal'), seed: String(randomInt(1_000_000)), cycles: 6, afterKill: loseLast };
    try {
      await runJournalKillCycles(asked);
    } catch (error) {
      this.noticed = String(error);
    }
  },
);

Then('it is noticed that acknowledged events are lost', function (this: KillsWorld) {
  // By the events, or by the place of a consumer that is beyond what is left.
  expect(this.noticed).to.match(/what was acknowledged: expected|what was there before: expected|damaged at|this cursor was at/);
});

function loseLast(directory: string): void {
  const last = readdirSync(directory)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .at(-1);
  if (last !== undefined) truncateSync(join(directory, last), segmentHeaderBytes);
}
