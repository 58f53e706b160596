import { type DataTable, Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Liveness } from '../src/core/lock-owner.js';
import { type DiskProgram, runSync } from '../src/disk/program.js';
import type { Step } from '../src/disk/steps.js';
import { syncFolders } from '../src/disk/temp-file.js';
import { known } from '../support/known.js';
import { programs, steps } from '../support/programs/programs.js';
import { ScriptedDisk, ScriptedHost, shownFailure, shownResult, shownStep } from '../support/programs/scripted-disk.js';

interface ProgramsWorld extends World {
  host?: ScriptedHost;
  outcome: Outcome;
}

interface Outcome {
  readonly told: string;
  readonly error?: unknown;
}

function outcomeOf(program: DiskProgram<unknown>, disk: ScriptedDisk): Outcome {
  try {
    return { told: `gives ${shownResult(runSync(program, disk))}` };
  } catch (error) {
    return { told: `fails with ${shownFailure(error)}`, error };
  }
}

Then(/^"(.*)" asks for "(.*)"$/, (maker: string, step: string) => {
  const program = known(steps, maker)(new ScriptedHost());
  const asked = program.next();
  if (asked.done) expect.fail('it asked for nothing');
  expect(shownStep(asked.value)).to.equal(step);
  expect(program.next('the answer')).to.deep.equal({ done: true, value: 'the answer' });
});

Given('a machine on which opening follows links', function (this: ProgramsWorld) {
  this.host = new ScriptedHost({ noFollow: false });
});

Given(/^a machine on which every other owner is (alive|dead)$/, function (this: ProgramsWorld, liveness: string) {
  this.host = new ScriptedHost({ liveness: liveness as Liveness });
});

When(/^(.+) meets these answers$/, function (this: ProgramsWorld, name: string, table: DataTable) {
  const rows = table.raw();
  const disk = new ScriptedDisk(
    rows.map(([, answer = '']) => answer),
    this.host,
  );
  this.outcome = outcomeOf(known(programs, name)(disk.host), disk);
  expect(disk.asked).to.deep.equal(rows.map(([step]) => step));
});

Then(/^(.+), of which the disk says "(.*)", (gives|fails with) (.+)$/, (name: string, said: string, how: string, what: string) => {
  const disk = new ScriptedDisk(said.split('; ').filter((one) => one !== ''));
  expect(outcomeOf(known(programs, name)(disk.host), disk).told).to.equal(`${how} ${what}`);
  expect(disk.asked).to.have.lengthOf(said === '' ? 0 : said.split('; ').length);
});

Then(/^the program (gives|fails with) (.+)$/, function (this: ProgramsWorld, how: string, what: string) {
  expect(this.outcome.told).to.equal(`${how} ${what}`);
});

Then(/^its details are (\{.*\})$/, function (this: ProgramsWorld, details: string) {
  expect(this.outcome.error).to.have.property('details').that.deep.equals(JSON.parse(details));
});

Then(
  'its details name process {int} on {string}, {string} since {string}',
  function (this: ProgramsWorld, pid: number, host: string, command: string, since: string) {
    expect(this.outcome.error).to.have.property('details').that.deep.equals({ pid, host, command, since });
  },
);

Then('of {int} folders at most {int} are open at once, and each is synced once', (count: number, most: number) => {
  const folders = Array.from({ length: count }, (_, place) => `/${place}`);
  const open = new Map<number, string>();
  const synced: string[] = [];
  let atOnce = 0;
  let handles = 0;
  const perform = (step: Step): unknown => {
    if (step.op === 'open') open.set(++handles, step.path);
    if (step.op === 'sync') synced.push(open.get(step.handle) ?? 'closed');
    if (step.op === 'close') open.delete(step.handle);
    atOnce = Math.max(atOnce, open.size);
    return step.op === 'open' ? handles : undefined;
  };
  runSync(syncFolders(folders), { perform });
  expect({ synced, atOnce, open: open.size }).to.deep.equal({ synced: folders, atOnce: most, open: 0 });
});
