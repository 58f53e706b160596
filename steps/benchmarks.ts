import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { bursts, DrawnMachine, drawing, type Turn } from '../support/bench/drawn.js';
import type { Block } from '../support/bench/interleaving.js';
import { compared, type Outcome, outcomeOf, type Target } from '../support/bench/outcomes.js';
import { pageOf } from '../support/bench/page.js';
import { peerRemark } from '../support/bench/peers.js';
import { type Accepted, accepting, checkedAgainst, type RatiosLock } from '../support/bench/regressions.js';
import type { BenchReport } from '../support/bench/report.js';
import { peers, sampleReport } from '../support/bench/sample-report.js';
import { exponentOf, spreadOf } from '../support/bench/statistics.js';
import { countedCalls } from '../support/bench/system-calls.js';
import { traceOf } from '../support/bench/traces.js';
import { findBrowser, type Shown, shown } from '../support/report/browser.js';
import type { CatalogWorld } from '../support/world.js';

interface BenchWorld extends CatalogWorld {
  machine: DrawnMachine;
  sides: readonly string[];
  passes: number;
  blocks: readonly Block[] | undefined;
  failure: unknown;
  outcome: Outcome;
  outcomes: readonly Outcome[];
  lock: RatiosLock;
  durable: string;
  ratios: readonly { readonly inTurns: number; readonly oneAfterTheOther: number }[];
  report: BenchReport;
  shown?: Shown;
}

const measures: Readonly<Record<string, Outcome['measure']>> = {
  'the time': 'time',
  'the rate': 'rate',
  'a power': 'exponent',
  'a count': 'count',
};

When(
  /^((?:"[^"]+"(?:, | and )?)+) are (quickly )?measured in (\d+) blocks of (\d+) turns$/,
  async function (this: BenchWorld, names: string, quickly: string | null, blocks: string, passes: string) {
    this.sides = [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
    this.passes = Number(passes);
    this.machine = new DrawnMachine();
    const sides = this.sides.map((name) => this.machine.side(name, 1));
    this.blocks = undefined;
    try {
      this.blocks = await this.machine.measure(sides, { blocks: Number(blocks), passes: this.passes, isQuick: quickly !== null });
    } catch (error) {
      this.failure = error;
    }
  },
);

Then('in each block the turns go one way and the other', function (this: BenchWorld) {
  const counted = this.machine.turns.slice(this.sides.length).map(({ name }) => name);
  const both = [...this.sides, ...this.sides.toReversed()];
  expect(counted).to.deep.equal(Array.from({ length: (30 * this.passes) / 2 }, () => both).flat());
});

Then('no two sides had their turns in different parts of a block', function (this: BenchWorld) {
  const counted = this.machine.turns.slice(this.sides.length);
  const length = this.sides.length * this.passes;
  for (let from = 0; from < counted.length; from += length) {
    const middles = this.sides.map((name) => middleOf(name, counted.slice(from, from + length)));
    expect(new Set(middles).size).to.equal(1);
  }
});

Then('it is not measured', function (this: BenchWorld) {
  expect(this.blocks).to.equal(undefined);
  expect(this.failure).to.be.instanceOf(Error);
});

Then('there are {int} blocks', function (this: BenchWorld, count: number) {
  expect(this.blocks).to.have.length(count);
});

Then('no number was given to two operations, those of the warm-up among them', function (this: BenchWorld) {
  const numbers = this.machine.turns.flatMap(({ numbers: { from, count } }) => Array.from({ length: count }, (_, place) => from + place));
  expect(numbers).to.have.length(5 * this.sides.length * (30 * this.passes + 1));
  expect(new Set(numbers).size).to.equal(numbers.length);
});

When(
  'a side that takes {int} ms, and {int} ms before and after that, is measured beside one that takes {int} ms',
  async function (this: BenchWorld, ms: number, around: number, other: number) {
    const machine = new DrawnMachine();
    this.blocks = await machine.measure([machine.side('ours', ms, around), machine.side('a peer', other)], {});
  },
);

Then('its operations take {int} times as long', function (this: BenchWorld, times: number) {
  expect(ratioOf(this.blocks ?? []).values).to.deep.equal(Array.from({ length: 30 }, () => times));
});

When(
  /^(\d+) times a side that takes twice as long as another is measured while drawn bursts make everything 20 times as slow$/,
  async function (this: BenchWorld, count: string) {
    const measured = async (seed: number) => {
      const machine = new DrawnMachine(bursts(drawing(seed)));
      const blocks = await machine.measure([machine.side('ours', 2), machine.side('a peer', 1)], { passes: 2, operations: 5 });
      const apart = new DrawnMachine(bursts(drawing(seed)));
      const alone = async (name: string, ms: number) =>
        spreadOf((await apart.measure([apart.side(name, ms)], { blocks: 30 })).map((block) => block[name] ?? 0));
      const [first, second] = [await alone('ours', 2), await alone('a peer', 1)];
      return { inTurns: ratioOf(blocks).value, oneAfterTheOther: first.median / second.median };
    };
    this.ratios = await Promise.all(Array.from({ length: Number(count) }, (_, seed) => measured(seed + 1)));
  },
);

Then('each time the ratio is 2, but for a twentieth', function (this: BenchWorld) {
  for (const { inTurns } of this.ratios) expect(inTurns).to.be.closeTo(2, 0.1);
});

Then(
  'measured one after the other they would have been told apart by more than a half, at least {int} times',
  function (this: BenchWorld, least: number) {
    const wrong = this.ratios.filter(({ oneAfterTheOther }) => Math.abs(Math.log2(oneAfterTheOther / 2)) > Math.log2(1.5));
    expect(wrong.length).to.be.at.least(least);
  },
);

Then('of {int} drawn lists of ratios the middle and the ends are where they must be', (count: number) => {
  const draw = drawing(1);
  for (let drawn = 0; drawn < count; drawn++) {
    const values = Array.from({ length: 30 + Math.floor(draw() * 40) }, () => 10 ** (2 * draw() - 1));
    const { median, low, high } = spreadOf(values);
    const part = (bound: number) => values.filter((value) => value < bound).length / values.length;
    expect(part(median)).to.be.closeTo(0.5, 0.04);
    expect(part(low)).to.be.closeTo(0.1, 0.04);
    expect(part(high)).to.be.closeTo(0.9, 0.04);
  }
});

When(
  'ours takes {int} ms, a peer {int} ms, and the bare system calls {int} ms',
  async function (this: BenchWorld, ours: number, peer: number, bare: number) {
    const machine = new DrawnMachine();
    const sides = [machine.side('ours', ours), machine.side('a peer', peer), machine.side('bare', bare)];
    this.outcome = ratioOf(await machine.measure(sides, {}), 'bare');
  },
);

Then(
  'ours takes {float} times as long as the peer, and could not take less than {float} times as long',
  function (this: BenchWorld, value: number, floor: number) {
    expect(this.outcome).to.deep.include({ value, floor });
  },
);

Then('the page says that the least is {float}', function (this: BenchWorld, floor: number) {
  expect(pageOf({ ...sampleReport(), outcomes: [this.outcome] })).to.include(`the least that it could be here: ${floor}<`);
});

When(/^blocks say (.*) of (.*), where (.*) was promised$/, function (this: BenchWorld, values: string, measure: string, target: string) {
  this.outcome = outcomeOf(
    { ...aFigure('put'), measure: measures[measure] ?? expect.fail(measure), target: targetOf(target) },
    values.split(', ').map(Number),
  );
});

Then(/^it is (met|missed)$/, function (this: BenchWorld, verdict: string) {
  expect(this.outcome.met).to.equal(verdict === 'met');
});

When(/^the system calls of a store that (.*) are looked at$/, function (this: BenchWorld, does: string) {
  const { text, folder } = traceOf(does);
  const { operations, unsyncedFiles, unsyncedNames } = countedCalls(text, folder);
  expect(operations).to.equal(3);
  this.durable = unsyncedFiles > 0 ? 'none' : unsyncedNames > 0 ? 'no directory' : 'full';
});

Then(/^a put of it is durable: (.*)$/, function (this: BenchWorld, durable: string) {
  expect(this.durable).to.equal(durable);
});

Given('a report with a peer that does not sync, one that syncs no directory, and one that syncs', function (this: BenchWorld) {
  this.report = sampleReport();
});

Then('beside the figure of each stands what it does not do, in the page and in words', function (this: BenchWorld) {
  const rows = new Map(
    pageOf(this.report)
      .split('<tr id="')
      .map((row) => [row.slice(0, row.indexOf('"')), row.slice(0, row.indexOf('</tr>'))]),
  );
  const remarks = this.report.outcomes
    .slice(0, 3)
    .map((outcome) => ({ remark: peerRemark(outcome, peers), row: rows.get(outcome.id) ?? '' }));
  expect(remarks.map(({ remark }) => remark)).to.deep.equal([
    'the careless does not sync what it acknowledges',
    'the hasty syncs no directory',
    undefined,
  ]);
  for (const { remark, row } of remarks) {
    expect(row).to.include('a put, against the');
    expect(row.includes('sync')).to.equal(remark !== undefined);
    if (remark !== undefined) expect(row).to.include(remark);
  }
});

Then(/^of (\d+) drawn powers from 0 to 2 each is found, and with a tenth of noise but for a tenth$/, (count: string) => {
  const draw = drawing(2);
  for (let drawn = 0; drawn < Number(count); drawn++) {
    const [power, factor] = [2 * draw(), 10 ** (4 * draw() - 2)];
    const sizes = [10, 100, 1000, 10_000];
    const curve = (noise: () => number) => sizes.map((n) => ({ n, cost: factor * n ** power * noise() }));
    expect(exponentOf(curve(() => 1))).to.be.closeTo(power, 1e-9);
    expect(exponentOf(curve(() => 0.9 + 0.2 * draw()))).to.be.closeTo(power, 0.1);
  }
});

When('a curve of one size is fitted', function (this: BenchWorld) {
  this.blocks = undefined;
  try {
    exponentOf([10, 10].map((n) => ({ n, cost: 1 })));
  } catch (error) {
    this.failure = error;
  }
});

When(
  /^in blocks (.+) is found where (.+) was accepted of (.*)$/,
  function (this: BenchWorld, found: string, accepted: string, what: string) {
    const [median = 0, low = 0, high = 0] = (accepted.match(/-?[\d.]+/g) ?? []).map(Number);
    const measure = measures[what] ?? expect.fail(what);
    this.lock = { schema: 1, ratios: { put: { measure, median, low, high } } };
    const target = measure === 'rate' ? { least: 1 } : { most: 1 };
    this.outcomes = [
      outcomeOf({ ...aFigure('put'), measure, target: measure === 'count' ? { exactly: median } : target }, found.split(', ').map(Number)),
    ];
  },
);

Then(/^that is (noise|a regression)$/, function (this: BenchWorld, verdict: string) {
  const { regressions } = checkedAgainst(this.lock, this.outcomes);
  expect(regressions.map(({ id }) => id)).to.deep.equal(verdict === 'noise' ? [] : ['put']);
});

When(
  '{string} and {string} are accepted, and {string} and {string} are measured',
  function (this: BenchWorld, one: string, other: string, first: string, second: string) {
    const accepted: Accepted = { measure: 'time', median: 1, low: 0.9, high: 1.1 };
    this.lock = { schema: 1, ratios: { [one]: accepted, [other]: accepted } };
    this.outcomes = [first, second].map((id) => outcomeOf({ ...aFigure(id), target: { most: 2 } }, [1]));
  },
);

Then('{string} is told as not accepted, and {string} as not measured', function (this: BenchWorld, unknown: string, unmeasured: string) {
  expect(checkedAgainst(this.lock, this.outcomes)).to.deep.equal({ regressions: [], unknown: [unknown], unmeasured: [unmeasured] });
});

When('what was measured is accepted', function (this: BenchWorld) {
  this.lock = accepting(this.lock, this.outcomes);
});

Then(/^((?:"\w+"(?:, | and )?)+) are accepted$/, function (this: BenchWorld, names: string) {
  expect(Object.keys(this.lock.ratios)).to.deep.equal([...names.matchAll(/"(\w+)"/g)].map(([, name]) => name));
});

Given(
  /^the page of benchmarks, (light|dark|without scripts)(?:, (\d+) pixels wide)?$/,
  async function (this: BenchWorld, how: string, width?: string) {
    if (findBrowser() === undefined) {
      this.log('there is no Chromium that could show the page');
      return 'skipped';
    }
    this.report = sampleReport();
    const file = join(await this.folder(), 'benchmarks.html');
    await writeFile(file, pageOf(this.report));
    const opened = await shown(file, {
      javaScriptEnabled: how !== 'without scripts',
      colorScheme: how === 'dark' ? 'dark' : 'light',
      viewport: { width: Number(width ?? 1280), height: 900 },
    });
    this.shown = opened;
    this.onEnd(() => opened.close());
    return undefined;
  },
);

Then('the page of benchmarks asks nobody for anything, and says what was met, missed and left out', async function (this: BenchWorld) {
  const { page, requests, noise } = this.shown ?? expect.fail('no page is shown');
  expect({ requests: requests.length, noise }).to.deep.equal({ requests: 1, noise: [] });
  const text = await page.locator('main').innerText();
  for (const words of [
    '2 of 3 targets met',
    '✓ met',
    '✗ missed',
    'the careless <one>',
    'grows with the power 0.015',
    'it takes a minute',
  ]) {
    expect(text).to.include(words);
  }
});

const aFigure = (id: string) => ({ id, subject: 'put', requirement: 'one put', says: 'a put', measure: 'time' }) as const;

function targetOf(words: string): Target {
  const value = Number(words.split(' ').at(-1));
  if (words.startsWith('at most')) return { most: value };
  return words.startsWith('at least') ? { least: value } : { exactly: value };
}

function ratioOf(blocks: readonly Block[], floor?: string): Outcome {
  return compared('put', { id: 'put', requirement: 'one put', says: 'a put', of: 'ours', against: 'a peer' }, blocks, floor);
}

/** Where the turns of a side are in the middle. */
function middleOf(name: string, turns: readonly Turn[]): number {
  const places = turns.flatMap((turn, place) => (turn.name === name ? [place] : []));
  return places.reduce((sum, place) => sum + place, 0) / places.length;
}
