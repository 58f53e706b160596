import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { blobPath } from '../src/core/model-layout.js';
import { contextOf } from '../src/disk/program.js';
import type { Step } from '../src/disk/steps.js';
import type { SimulatedDisk } from '../src/sim/index.js';
import { opened, root, source, sourceDigest } from '../support/exploration/alphabet.js';
import { freshlyBuilt } from '../support/interrupt/fresh-build.js';
import { errnos, forms } from '../support/sweep/errors.js';
import { byHalves } from '../support/sweep/handicaps.js';
import { type Omission, omissions } from '../support/sweep/omissions.js';
import { asTable, complaintAsText, sweepCommand } from '../support/sweep/report.js';
import { scenarios } from '../support/sweep/scenarios.js';
import { prepared } from '../support/sweep/stage.js';
import { type Complaint, type SweepOptions, type Swept, scenarioNamed, sweepScenario } from '../support/sweep/sweep.js';
import { sweepAll } from '../support/sweep/threads.js';
import type { CatalogWorld } from '../support/world.js';

interface SweepWorld extends CatalogWorld {
  swept: readonly Swept[];
  disk: SimulatedDisk;
  looks: number;
  ended: { readonly status: number | null; readonly stdout: string };
}

const eioOnce = forms.filter(({ errno, lasts }) => errno === 'EIO' && !lasts);

When('EIO is met once, at every step of {string}', async function (this: SweepWorld, operation: string) {
  const options = { forms: eioOnce.filter(({ when }) => when === 'before') };
  this.swept = [await withoutStacks(() => sweepScenario(scenarioNamed(operation), options))];
});

When(
  'every operation meets every error, once and from then on, EIO after the effect and writes that take nothing, at every step',
  { timeout: 600_000 },
  async function (this: SweepWorld) {
    this.swept = await sweepAll();
    this.log(asTable(this.swept));
  },
);

When(
  'every operation meets a write that takes no bytes, once and from then on, at every write',
  { timeout: 120_000 },
  async function (this: SweepWorld) {
    await sweepHere(this, { forms: forms.filter(({ when }) => when === 'instead') });
  },
);

When('every operation is done without a fault', { timeout: 60_000 }, async function (this: SweepWorld) {
  await sweepHere(this, { forms: [] });
});

When(
  'every operation is done on a disk that takes and gives half of every other write and read',
  { timeout: 60_000 },
  async function (this: SweepWorld) {
    this.swept = await Promise.all(scenarios.map((scenario) => sweepScenario(byHalves(scenario), { forms: [] })));
  },
);

When(
  /^EIO is met once at each step of a put, before it and after it(?:, by a program that does not regard (.*))?$/,
  async function (this: SweepWorld, what?: string) {
    this.swept = [
      await sweepScenario(scenarioNamed('put new'), { forms: eioOnce, without: what === undefined ? undefined : omissionNamed(what) }),
    ];
  },
);

When(
  'the bytes of an add are taken away as its record is published, and EIO is met by the next look at them',
  async function (this: SweepWorld) {
    this.disk = await prepared(scenarioNamed('add a copy'));
    const process = this.disk.process();
    const bytes = join(root, blobPath(sourceDigest));
    this.looks = 0;
    let isGone = false;
    const perform = (step: Step): unknown => {
      if (isGone && step.op === 'stat' && step.path === bytes && ++this.looks === 1) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      const result = process.perform(step);
      if (step.kind === 'Publish' && step.to.endsWith('/models/2')) {
        isGone = true;
        this.disk.uproot(bytes);
      }
      return result;
    };
    const catalog = await opened({ ...contextOf(process), perform });
    await catalog.add(source.path, { id: 'added' });
    await catalog.close();
  },
);

Then('the add was acknowledged, and its bytes are there', function (this: SweepWorld) {
  expect(this.looks).to.be.above(1);
  expect(Buffer.from(this.disk.bytesAt(join(root, blobPath(sourceDigest)))).toString()).to.equal(source.text);
});

When('the command that is printed with the first complaint is run', function (this: SweepWorld) {
  const [, ...args] = sweepCommand(firstComplaint(this)).split(' -- ');
  const main = freshlyBuilt('support/sweep/main.ts');
  // As a shell reads it: what is quoted is one word.
  const words = [...args.join(' ').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  this.ended = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
});

When('the fault of the first complaint is met by the whole program', async function (this: SweepWorld) {
  const { scenario, strike } = firstComplaint(this);
  this.swept = [await sweepScenario(scenarioNamed(scenario), { forms: [strike], step: strike.step })];
  expect(this.swept[0]?.struck).to.equal(1);
});

Then('no promise was broken', function (this: SweepWorld) {
  const complaints = this.swept.flatMap((one) => one.complaints);
  expect(complaints, complaints.map(complaintAsText).join('\n')).to.deep.equal([]);
});

Then('every step that can meet an error was struck, and every kind of step that is taken', function (this: SweepWorld) {
  expect(this.swept.map(({ scenario }) => scenario)).to.deep.equal(scenarios.map(({ name }) => name));
  for (const { scenario, steps, planned, struck, kinds, kindsStruck } of this.swept) {
    expect(struck, scenario).to.equal(planned);
    // EIO alone meets each of them.
    expect(planned, scenario).to.be.at.least(steps);
    expect(kindsStruck, scenario).to.have.members(kinds);
  }
});

Then('every step of it that an error can meet was struck', function (this: SweepWorld) {
  for (const { steps, planned, struck, kinds, kindsStruck } of this.swept) {
    expect(struck).to.equal(planned).and.to.be.at.least(steps);
    expect(kindsStruck).to.have.members(kinds);
  }
});

Then('every write was struck', function (this: SweepWorld) {
  for (const { scenario, kinds, kindsStruck, planned, struck } of this.swept) {
    expect(struck, scenario).to.equal(planned);
    expect(kindsStruck, scenario).to.deep.equal(kinds.filter((kind) => kind === 'Write'));
  }
  expect(this.swept.filter(({ struck }) => struck > 0)).to.have.length.above(25);
});

Then('every operation was refused with each code that its steps can cause', function (this: SweepWorld) {
  for (const { scenario, outcomes, kinds } of this.swept) {
    expect(outcomes, scenario).to.include.keys('IoError', 'PermissionDenied');
    if (kinds.includes('Open')) expect(outcomes, scenario).to.include.keys('TooManyFiles');
    if (kinds.includes('Sync') && kinds.includes('Publish'))
      expect(outcomes, scenario).to.include.keys('NoSpace', 'ReadOnly', 'CommitUnknown', 'acknowledged');
  }
});

Then(
  'there are at least {int} operations and {int} errors, and the disk may say each of them to some step of each kind of operation',
  async function (this: SweepWorld, operations: number, errors: number) {
    expect(new Set(scenarios.map(({ name }) => name)).size)
      .to.equal(scenarios.length)
      .and.to.be.at.least(operations);
    expect(errnos).to.have.length(errors);
    for (const errno of errnos) {
      const swept = await sweepScenario(scenarioNamed('add a copy'), {
        forms: forms.filter((form) => form.errno === errno && !form.lasts),
      });
      expect(swept.struck, errno).to.be.above(0);
    }
  },
);

Then('each left what it is to leave, and no promise was broken', function (this: SweepWorld) {
  expect(this.swept.map(({ scenario }) => scenario)).to.deep.equal(scenarios.map(({ name }) => name));
  expect(this.swept.filter(({ steps }) => steps === 0)).to.deep.equal([]);
  expect(this.swept.flatMap(({ complaints }) => complaints)).to.deep.equal([]);
});

Then(/^it is found that it was told as (\w+), and is there at the step (\w+)$/, function (this: SweepWorld, code: string, step: string) {
  const found = this.swept.flatMap(({ complaints }) => complaints).filter((one) => one.step.startsWith(`${step} `));
  expect(found, 'complaints of that step').not.to.have.length(0);
  for (const { complaint } of found) expect(complaint).to.match(new RegExp(`^it was told as ${code} .* a new process finds .*"id":"b"`));
});

Then('it tells that complaint alone, and ends with 1', function (this: SweepWorld) {
  const complaint = firstComplaint(this);
  expect(this.ended.status).to.equal(1);
  expect(this.ended.stdout.split('\n').filter((line) => line.startsWith(`${complaint.scenario}, `))).to.have.length(1);
  expect(this.ended.stdout).to.contain(complaintAsText(complaint));
});

async function sweepHere(world: SweepWorld, options: SweepOptions): Promise<void> {
  world.swept = await withoutStacks(async () => {
    const swept: Swept[] = [];
    for (const scenario of scenarios) swept.push(await sweepScenario(scenario, options));
    return swept;
  });
  world.log(asTable(world.swept));
}

/** Every fault throws; a stack for each costs more than all the rest. */
async function withoutStacks<T>(work: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function firstComplaint(world: SweepWorld): Complaint {
  return world.swept.flatMap(({ complaints }) => complaints)[0] ?? expect.fail('nothing was found');
}

function omissionNamed(what: string): Omission {
  return omissions.find((omission) => omission === what) ?? expect.fail(`nobody disregards ${what}`);
}
