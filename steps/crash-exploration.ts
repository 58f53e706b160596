import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type Disk, type DiskProgram, openFile, openForUpdate, rename, run } from '../src/disk/program.js';
import { readOpenFile, writeAll } from '../src/disk/whole-file.js';
import { type CrashExperiment, CrashExplorer, type ProfileName, SimulatedDisk } from '../src/sim/index.js';
import { projectRoot } from '../support/checks/sources.js';
import { histories, historiesOf, type Operation, opened, operations } from '../support/exploration/alphabet.js';
import { attachCrash } from '../support/exploration/attached.js';
import { type CorrectionName, corrections } from '../support/exploration/corrections.js';
import { type CatalogRun, catalogExperiment } from '../support/exploration/experiment.js';
import { type Exploration, explorePlan } from '../support/exploration/explore.js';
import { type Finding, firstFinding, replayCommand, shrunk } from '../support/exploration/found.js';
import { type JournalOperation, type JournalRun, journalOperations } from '../support/exploration/journal/experiment.js';
import { type CatalogPlanName, type PlanName, planOf } from '../support/exploration/plan.js';
import { asText, lockedOutcomes, subjectOf, writeReport } from '../support/exploration/report.js';
import { experimentOf, nameOf, type Run, whyNotAsMeant } from '../support/exploration/subject.js';
import { modelEntry } from '../support/model-entry.js';
import type { CatalogWorld } from '../support/world.js';

interface ExplorationWorld extends CatalogWorld {
  plan: PlanName;
  explored: Exploration;
  finding: Finding | undefined;
  ended: { readonly status: number | null; readonly stdout: string };
  explorers: readonly CrashExplorer[];
  experiment: CrashExperiment;
}

defineParameterType({
  name: 'correction',
  regexp: new RegExp(
    Object.keys(corrections)
      .toSorted((a, b) => b.length - a.length)
      .join('|'),
  ),
  transformer: (name: string) => name as CorrectionName,
});

When(
  /^every history of the (quick|full|quick journal|full journal) plan is explored$/,
  { timeout: 5_400_000 },
  async function (this: ExplorationWorld, plan: PlanName) {
    this.plan = plan;
    this.explored = await explorePlan(plan);
    writeReport(this.explored);
    this.attach(asText(this.explored));
    this.log(asText(this.explored));
    const { runs } = planOf(plan);
    const [finding] = this.explored.findings;
    const shown = finding?.run ?? runs[Math.floor(runs.length / 2)];
    if (shown !== undefined) await attachRun(this, shown, finding);
  },
);

Then('at least {int} distinct disks were met, and every promise was kept', function (this: ExplorationWorld, least: number) {
  expect(this.explored.findings, asText(this.explored)).to.deep.equal([]);
  expect(this.explored.illegal).to.equal(0);
  expect(this.explored.distinct).to.be.at.least(least);
  expect(this.explored.exhausted + this.explored.sampled).to.equal(this.explored.distinct);
});

Then('every disk was recovered, or differs from one that was only in bytes that nobody reads', function (this: ExplorationWorld) {
  const { distinct, recovered, alike, audited, opened, refused } = this.explored;
  expect(recovered + alike).to.equal(distinct);
  expect(opened).to.be.at.least(recovered);
  expect(recovered).to.be.above(1000);
  expect(audited).to.be.above(alike / 2000);
  expect(refused).to.deep.equal({});
});

Then('fewer than 1 in 100 moments were sampled, and each of those is listed', function (this: ExplorationWorld) {
  const { cuts, sampledCuts, sampledSteps } = this.explored;
  expect(sampledCuts / cuts).to.be.below(0.01);
  expect(sampledSteps).to.have.length(sampledCuts);
});

Then('recoveries had as many distinct outcomes as the coverage lock holds', function (this: ExplorationWorld) {
  expect(this.explored.outcomes, 'write a new number into coverage.lock.json when it has risen').to.equal(lockedOutcomes(this.plan));
});

Then('the report of the exploration holds these figures', function (this: ExplorationWorld) {
  const report = JSON.parse(readFileSync(join(projectRoot, 'reports/crash-exploration.json'), 'utf8'));
  expect(report[subjectOf(this.plan)]).to.deep.equal(JSON.parse(JSON.stringify(this.explored)));
});

Then(
  'the quick plan has every history of up to {int} operations, and the full plan every one of up to {int}, from put new, overwrite, stale put, delete, set state, add, add known, reopen and repair',
  (quick: number, full: number) => {
    expect(operations).to.deep.equal(['put new', 'overwrite', 'stale put', 'delete', 'set state', 'add', 'add known', 'reopen', 'repair']);
    const namesIn = (plan: CatalogPlanName) => new Set(planOf(plan).runs.map(({ history }) => history.join()));
    expect([...namesIn('quick')]).to.have.members(histories(quick).map((history) => history.join()));
    expect([...namesIn('full')]).to.have.members(histories(full).map((history) => history.join()));
    expect(namesIn('full').size).to.equal(9 + 9 ** 2 + 9 ** 3);
  },
);

Then(
  'the full plan keeps 1, 2 and 8 generations in each, and has disks of every honest profile that syncs directories, and disks without hard links',
  () => {
    const { runs } = planOf('full');
    for (const history of histories(3)) {
      const kept = runs.filter((one) => one.history.join() === history.join() && isOrdinary(one)).map((one) => one.keepGenerations);
      expect(kept).to.have.members([1, 2, 8]);
    }
    const profiles = new Set(runs.map(({ disk }) => disk?.profile ?? 'posix-weak'));
    expect([...profiles]).to.have.members(['posix-weak', 'posix-ordered', 'ext4-ordered', 'process-kill']);
  },
);

Then(
  'the quick journal plan has every history of {int} operation, and the full one every one of up to {int}, from append, batch, a full segment, a repeated key, fences, compact, cursor commit and reopen',
  (quick: number, full: number) => {
    expect(journalOperations).to.include.members([
      'append',
      'batch',
      'fence and commit',
      'fence and cancel',
      'compact',
      'cursor commit',
      'reopen',
    ]);
    expect(journalOperations).to.have.length(11);
    const namesIn = (plan: PlanName) => new Set(planOf(plan).runs.map(({ history }) => history.join()));
    expect([...namesIn('quick journal')]).to.have.members(historiesOf(journalOperations, quick).map((history) => history.join()));
    expect([...namesIn('full journal')]).to.have.members(historiesOf(journalOperations, full).map((history) => history.join()));
    expect(namesIn('full journal').size).to.equal(11 + 11 ** 2 + 11 ** 3);
  },
);

Then('the full journal plan has disks of every honest profile that syncs directories', () => {
  const profiles = new Set(planOf('full journal').runs.map(({ disk }) => disk?.profile));
  expect([...profiles]).to.have.members(['posix-weak', 'posix-ordered', 'ext4-ordered', 'process-kill']);
});

When('a model is put on a disk of the profile {string}', async function (this: ExplorationWorld, profile: ProfileName) {
  const disk = new SimulatedDisk({ root: ['/home/user'], profile });
  const catalog = await opened(disk.process());
  await this.attempt(() => catalog.put(modelEntry('a')));
  this.experiment = { disk: () => disk } as CrashExperiment;
});

Then('it is refused with {string}, and nothing is there', async function (this: ExplorationWorld, code: string) {
  expect(this.takeRefusal()).to.have.property('code', code);
  for (const { disk } of this.experiment.disk().crashStates()) {
    expect(await (await opened(disk.process(), { readOnly: true })).list()).to.deep.equal([]);
  }
});

When(
  'the history {string} is explored by a program without {correction}',
  async function (this: ExplorationWorld, history: string, part: CorrectionName) {
    const one = coarse(history, { without: part });
    this.finding = await firstFinding([one], planOf('quick').options);
    this.explorers = [];
    await attachRun(this, this.finding?.run ?? one, this.finding);
  },
);

Then('it breaks a promise: {string}', function (this: ExplorationWorld, told: string) {
  const complaint = this.finding?.complaint ?? this.explorers[0]?.failures[0]?.complaint;
  expect(complaint).to.include(told);
});

When(
  /^the history "(.+)" is explored on a disk (without hard links|of the profile .+)$/,
  async function (this: ExplorationWorld, history: string, kind: string) {
    const special = kind === 'without hard links' ? { hardLinks: false } : { profile: kind.slice('of the profile '.length) as ProfileName };
    const explorer = new CrashExplorer(planOf('quick').options);
    const one = coarse(history, { disk: special });
    await explorer.explore(nameOf(one), catalogExperiment(one));
    this.explorers = [explorer];
    await attachRun(this, one, explorer.failures[0]);
  },
);

When(
  'the history {string} of a journal is explored on a disk where nothing tears',
  async function (this: ExplorationWorld, history: string) {
    const one: JournalRun = { of: 'journal', history: history.split(', ') as JournalOperation[], disk: { chunkBytes: 4096 } };
    const explorer = new CrashExplorer(planOf('quick journal').options);
    const view = await explorer.explore(nameOf(one), experimentOf(one));
    expect(whyNotAsMeant(one, view)).to.equal(undefined);
    this.explorers = [explorer];
    await attachRun(this, one, explorer.failures[0]);
  },
);

Then('every promise was kept', function (this: ExplorationWorld) {
  expect(this.finding?.complaint).to.equal(undefined);
  for (const { failures, opened: answers } of this.explorers) {
    expect(failures).to.deep.equal([]);
    expect(answers).to.be.above(100);
  }
});

Given('a finding of a program without {correction}', { timeout: 120_000 }, async function (this: ExplorationWorld, part: CorrectionName) {
  this.finding = await firstFinding([coarse('put new', { without: part })], planOf('quick').options);
  expect(this.finding, 'a finding').to.not.equal(undefined);
});

When('its command is run', { timeout: 120_000 }, function (this: ExplorationWorld) {
  const [, json = ''] = /^npm run replay -- '(.*)'$/.exec(replayCommand(found(this))) ?? [];
  const entry = join(projectRoot, 'build/support/exploration/replay.js');
  this.ended = spawnSync(process.execPath, [entry, json], { encoding: 'utf8' });
});

Then('it ends with {int} and tells the same complaint', function (this: ExplorationWorld, status: number) {
  expect(this.ended.status).to.equal(status);
  expect(this.ended.stdout).to.include(found(this).complaint);
});

When('its events are replayed with the whole program', async function (this: ExplorationWorld) {
  const { without: _part, ...whole } = found(this).run as CatalogRun;
  const explorer = new CrashExplorer(planOf('quick').options);
  await explorer.replay(nameOf(whole), catalogExperiment(whole), found(this).events);
  this.explorers = [explorer];
});

Then('nothing is wrong', function (this: ExplorationWorld) {
  expect(this.explorers.flatMap(({ failures }) => failures)).to.deep.equal([]);
});

Given(
  'the history {string} breaks a promise without {correction}',
  { timeout: 120_000 },
  async function (this: ExplorationWorld, history: string, part: CorrectionName) {
    const { options } = planOf('quick');
    const long = coarse(history, { without: part });
    const explorer = new CrashExplorer(options);
    await explorer.explore(nameOf(long), catalogExperiment(long));
    const [failure] = explorer.failures;
    if (failure === undefined) throw new Error('the long history breaks no promise');
    this.finding = await shrunk(long, failure, options);
  },
);

Then('what is told of it has {int} operation', function (this: ExplorationWorld, length: number) {
  expect(found(this).run.history).to.have.length(length);
});

Given('an experiment whose recovery reads a file that it calls unread', function (this: ExplorationWorld) {
  this.experiment = careless(function* () {
    return (yield* readOpenFile(yield* openFile('/data/scratch'))).toString();
  });
});

Given('an experiment whose recovery gives a file that it calls unread another name', function (this: ExplorationWorld) {
  this.experiment = careless(function* () {
    yield* rename('/data/scratch', '/data/kept');
    return 'kept';
  });
});

When('it is explored', async function (this: ExplorationWorld) {
  const explorer = new CrashExplorer();
  await explorer.explore('careless', this.experiment);
  this.explorers = [explorer];
});

Then('the complaint is that these bytes were read', function (this: ExplorationWorld) {
  expect(this.explorers[0]?.failures[0]?.complaint).to.equal('bytes were read that nobody reads');
});

Then('the complaint is that these bytes were given a name', function (this: ExplorationWorld) {
  expect(this.explorers[0]?.failures[0]?.complaint).to.equal('bytes that nobody reads were brought to /data/kept');
});

When(
  'the history {string} is explored, once as it is and once without anything unread',
  { timeout: 120_000 },
  async function (this: ExplorationWorld, history: Operation) {
    const one = coarse(history);
    const { unread: _unread, ...readable } = catalogExperiment(one);
    const explorers = [catalogExperiment(one), readable].map((experiment) => ({
      experiment,
      explorer: new CrashExplorer(planOf('quick').options),
    }));
    for (const { experiment, explorer } of explorers) await explorer.explore(nameOf(one), experiment);
    this.explorers = explorers.map(({ explorer }) => explorer);
  },
);

Then('both had the same outcomes, and the second met every disk of the first', function (this: ExplorationWorld) {
  const [left, right] = this.explorers;
  expect([...(left?.outcomes ?? [])]).to.have.members([...(right?.outcomes ?? [])]);
  const second = new Set(right?.states.toArray());
  expect(left?.states.size).to.be.above(100);
  expect([...(left?.states.toArray() ?? [])].filter((state) => !second.has(state))).to.deep.equal([]);
});

Then('the second recovered every one of them', function (this: ExplorationWorld) {
  const [left, right] = this.explorers;
  expect(left?.recovered.size).to.be.below(left?.states.size ?? Number.NaN);
  expect(right?.recovered.size).to.equal(right?.states.size);
});

function isOrdinary({ disk }: CatalogRun): boolean {
  return disk?.profile === undefined && disk?.hardLinks === undefined;
}

/** A history on a disk where nothing tears: the same stories on fewer disks. */
function coarse(history: string, { disk, without }: Pick<CatalogRun, 'disk' | 'without'> = {}): CatalogRun {
  const run = { history: history.split(', ') as Operation[], keepGenerations: 2, disk: { chunkBytes: 1024, ...disk } };
  return without === undefined ? run : { ...run, without };
}

/** What broke a promise, or else a power cut that broke none, for the page of the trace. */
function attachRun(world: ExplorationWorld, run: Run, failure: Pick<Finding, 'events' | 'complaint'> | undefined): Promise<void> {
  const experiment = experimentOf(run);
  return attachCrash(world, { name: run.history.join(', '), experiment, failure, replay: (events) => replayCommand({ run, events }) });
}

function found({ finding }: ExplorationWorld): Finding {
  if (finding === undefined) throw new Error('there is no finding');
  return finding;
}

/** Writes a file that it calls unread, and recovers somehow. */
function careless(recover: () => DiskProgram<string>): CrashExperiment {
  return {
    disk: () => new SimulatedDisk({ root: ['/data'] }).plant('/data/scratch', 'before'),
    prepare: async (disk) => disk,
    act: (disk) => run(scribbled(), disk as Disk),
    recover: (disk) => run(recover(), disk),
    views: ['before', 'scribbled', 'kept'],
    unread: (name) => name === 'scratch',
  };
}

function* scribbled(): DiskProgram<void> {
  yield* writeAll(yield* openForUpdate('/data/scratch'), [Buffer.from('scribbled')]);
}
