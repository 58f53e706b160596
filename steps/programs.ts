import { type DataTable, Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
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

Given('a machine on which every other owner is dead', function (this: ProgramsWorld) {
  this.host = new ScriptedHost({ liveness: 'dead' });
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

const answersIn = (said: string): string[] => said.split('; ').filter((one) => one !== '');

Then(
  /^(.+), of which the disk says "(.*)", (gives|fails with) (.+)$/,
  function (this: ProgramsWorld, name: string, said: string, how: string, what: string) {
    const answers = answersIn(said);
    const disk = new ScriptedDisk(answers, this.host);
    expect(outcomeOf(known(programs, name)(disk.host), disk).told).to.equal(`${how} ${what}`);
    expect(disk.asked).to.have.lengthOf(answers.length);
  },
);

Then(/^a temp of which the disk says "(.*)" is (removed|left)$/, (said: string, verdict: string) => {
  const answers = answersIn(said);
  const disk = new ScriptedDisk(answers);
  expect(outcomeOf(known(programs, 'an abandoned temp')(disk.host), disk).told).to.equal('gives nothing');
  expect(disk.asked).to.have.lengthOf(answers.length);
  expect(disk.asked.includes('RemoveFile /r/a.tmp')).to.equal(verdict === 'removed');
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
