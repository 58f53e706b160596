import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ProfileName } from '../src/disk/simulated/profiles.js';
import { saboteursIn } from '../src/trace/saboteurs.js';
import { projectRoot, readSources } from '../support/checks/sources.js';
import { saboteurNamed, saboteurs } from '../support/saboteurs/catalogue.js';
import type { DiskSaboteur } from '../support/saboteurs/saboteur.js';
import { sliceFor, unknownNames } from '../support/teeth/engines.js';
import { isLostByPowerCut } from '../support/teeth/lies.js';
import { lockIn } from '../support/teeth/lock.js';
import { triedAgain } from '../support/teeth/lock-trials.js';
import { examplesIn } from '../support/teeth/pool.js';
import { changesBehaviour } from '../support/teeth/probe.js';
import { type Requirement, requirementsIn, toBeBroken } from '../support/teeth/requirements.js';
import type { RunResult } from '../support/teeth/scenario-run.js';
import { judgedAlone, runWithAndWithout, type Situation } from '../support/teeth/trials.js';
import type { CatalogWorld } from '../support/world.js';

interface TeethWorld extends CatalogWorld {
  problems?: readonly string[];
  runs?: { readonly sabotaged: RunResult; readonly clean: RunResult };
  isLost?: boolean;
  lockFolder?: string;
  again?: readonly string[];
}

const explorers = ['crash', 'schedule', 'fault', 'rot'] as const;
const harmless: DiskSaboteur = {
  name: 'does nothing',
  breaks: 'CAT-IDX-1103',
  by: 'scenario',
  does: 'Nothing is otherwise.',
  wrap: (disk) => ({ ...disk, perform: (step) => disk.perform(step) }),
};

Then('there are at least {int} saboteurs, each with a name of its own', (least: number) => {
  expect(saboteurs.length).to.be.at.least(least);
  expect(new Set(saboteurs.map(({ name }) => name)).size).to.equal(saboteurs.length);
});

Then('each names a requirement that a scenario claims, and what is to catch it', () => {
  const claimed = readRequirements().filter(({ isBuilt }) => isBuilt);
  for (const { name, breaks, by, does } of saboteurs) {
    expect(
      claimed.map(({ id }) => id),
      name,
    ).to.include(breaks);
    expect([...explorers, 'scenario'], name).to.include(by);
    expect(does, name).to.match(/^[A-Z].*\.$/);
  }
});

Then('every requirement that a saboteur must break is broken by one', () => {
  const broken = new Set(saboteurs.map(({ breaks }) => breaks));
  const wanted = toBeBroken(readRequirements());
  expect(wanted).to.include('CAT-IDX-1103');
  expect(wanted.filter((id) => !broken.has(id))).to.deep.equal([]);
});

Then('each saboteur does something otherwise than it should be', async () => {
  for (const saboteur of saboteurs) expect(await changesBehaviour(saboteur), saboteur.name).to.equal(true);
});

Then('a saboteur that does nothing does nothing otherwise', async () => {
  expect(await changesBehaviour(harmless)).to.equal(false);
});

When(/^the verdict is given on a saboteur of "(.+)" that (.+)$/, function (this: TeethWorld, breaks: string, situation: Situation) {
  this.problems = judgedAlone(breaks, situation);
});

Then('what is wrong with the teeth is {string}', function (this: TeethWorld, wrong: string) {
  const expected = wrong === '' ? [] : wrong.split('; ');
  expect(this.problems?.map((problem) => expected.find((words) => problem.includes(words)) ?? problem)).to.deep.equal(expected);
});

When(
  'the scenario {string} is run with the saboteur {string}, and without',
  async function (this: TeethWorld, scenario: string, name: string) {
    const example = examplesIn(readSources(projectRoot, ['features'], ['.feature'])).find((one) => one.name === scenario);
    expect(example, scenario).to.not.equal(undefined);
    if (example !== undefined) this.runs = await runWithAndWithout(saboteurNamed(name), example, await this.folder());
  },
);

Then('it fails with it by an assertion, and passes without', function (this: TeethWorld) {
  const { sabotaged, clean } = this.runs ?? {};
  expect(sabotaged?.ended.map(({ status }) => status)).to.deep.equal(['failed']);
  expect(sabotaged?.ended[0]?.why).to.include('AssertionError');
  expect(clean?.ended.map(({ status }) => status)).to.deep.equal(['passed']);
});

When(
  'a put is acknowledged on a simulated disk of the profile {string}, and power is lost',
  async function (this: TeethWorld, profile: ProfileName) {
    this.isLost = await isLostByPowerCut(profile);
  },
);

Then(/^what was acknowledged is (lost|not lost)$/, function (this: TeethWorld, fate: string) {
  expect(this.isLost).to.equal(fate === 'lost');
});

Given('two saboteurs, "mute" and "ajar", that were caught', async function (this: TeethWorld) {
  this.lockFolder = await this.folder();
});

When(
  /^(nothing is changed|a line is put above them|the (?:text that mute breaks|scenario that caught ajar) is changed)$/,
  function (this: TeethWorld, change: string) {
    this.again = triedAgain(this.lockFolder ?? '', change);
  },
);

Then(/^(\w+) is to be tried again$/, function (this: TeethWorld, who: string) {
  expect(this.again?.join() || 'nobody').to.equal(who);
});

Then('each saboteur in the lock is one that there is, and breaks what the lock says', () => {
  const broken = new Map(saboteurs.map(({ name, breaks }) => [name, breaks]));
  const locked = saboteursIn(lockIn(projectRoot)) ?? [];
  expect(locked).to.not.be.empty;
  for (const { name, breaks } of locked) expect(broken.get(name), name).to.equal(breaks);
});

Then('the scenarios that are named for each explorer are there, and each has some that are quick', () => {
  const examples = examplesIn(readSources(projectRoot, ['features'], ['.feature']));
  expect(unknownNames(examples)).to.deep.equal([]);
  for (const by of explorers) expect(sliceFor({ by, breaks: 'CAT-IDX-1103' }, examples), by).to.not.be.empty;
  for (const by of ['crash', 'rot'] as const) expect(sliceFor({ by, breaks: 'CAT-JRN-3101' }, examples), by).to.not.be.empty;
});

Then(
  'all saboteurs are caught by the scenarios of the requirements that they break, and by the explorers that they declare',
  { timeout: 1_800_000 },
  async () => {
    await promisify(execFile)(process.execPath, [join(projectRoot, 'build/support/teeth/run.js')], { maxBuffer: 2 ** 26 });
  },
);

function readRequirements(): Requirement[] {
  return requirementsIn(readSources(projectRoot, ['specs'], ['.md']), readSources(projectRoot, ['features'], ['.feature']));
}
