import { spawnSync } from 'node:child_process';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  exploreSchedules,
  type Moment,
  type Replayed,
  replaySchedule,
  type Scene,
  type ScheduleOptions,
  type ScheduleReport,
} from '../src/sim/schedule-explorer.js';
import { attachSchedule } from '../support/exploration/attached.js';
import { freshlyBuilt } from '../support/interrupt/fresh-build.js';
import type { Circumstances } from '../support/schedules/catalog-actors.js';
import { countingApart, lookingTwice, neverGivenBack, waitingElsewhere, winners } from '../support/schedules/counters.js';
import { type SceneName, sceneNamed, scheduleCommand } from '../support/schedules/replay.js';
import type { CatalogWorld } from '../support/world.js';

interface InterleavingWorld extends CatalogWorld {
  name: SceneName;
  printed: { readonly status: number | null; readonly lines: readonly string[] };
  explored: ScheduleReport;
  replayed: Replayed;
  searched: readonly Searched[];
  mistake: unknown;
}

/** The slowest take a minute or two where nothing else runs. */
const patient = { timeout: 900_000 };

/** What one search saw. */
interface Searched {
  readonly ends: readonly string[];
  readonly nodes: number;
  readonly histories: number;
  readonly isComplete: boolean;
}

const inEveryOrder = async (world: InterleavingWorld, name: SceneName, options: ScheduleOptions = {}): Promise<void> => {
  world.name = name;
  world.explored = await exploreSchedules(sceneNamed(name), options);
  const { counterexample, ...counts } = world.explored;
  world.log(JSON.stringify({ ...counts, schedule: counterexample?.schedule, wrong: counterexample?.error.message }));
  if (counterexample !== undefined) await attachSchedule(world, counterexample.trace, scheduleCommand(name, counterexample.schedule));
};

async function countInEveryOrder(this: InterleavingWorld, processes: number, add: string): Promise<void> {
  await inEveryOrder(this, { processes, add });
}

When('{int} processes that {string} are run in every order', countInEveryOrder);
Given('{int} processes that {string} were run in every order', countInEveryOrder);

const inEveryOrderExpectingNothing = /^([0-9]+) processes that "([^"]+)" are run in every order, expecting nothing$/;
When(inEveryOrderExpectingNothing, async function (this: InterleavingWorld, processes: string, add: string) {
  await inEveryOrder(this, { processes: Number(processes), add }, { expectsNothing: true });
});

/** The searches that leave something out, and the one that does not. */
const searches: readonly ScheduleOptions[] = [{}, { expectsNothing: true }, { reduces: false }];

When(
  '{int} processes that {string} are run in every order by each search',
  async function (this: InterleavingWorld, processes: number, add: string) {
    this.searched = await searchedEach(sceneNamed({ processes, add }), winners);
  },
);

When(
  'two pairs that link the next number in folders of their own are run in every order by each search',
  async function (this: InterleavingWorld) {
    this.searched = await searchedEach(countingApart(), winners);
  },
);

When(
  /^a process that looks at a file twice (.+) is run in every order beside one that replaces it, by each search$/,
  async function (this: InterleavingWorld, how: string) {
    this.searched = await searchedEach(lookingTwice(how), (moment) => JSON.stringify(moment.told));
  },
);

When('{string} is run in every order by each search', async function (this: InterleavingWorld, scene: string) {
  this.searched = await searchedEach(sceneNamed({ scene, lock: 'without the lock' }), (moment) => JSON.stringify(moment.told));
});

When(
  '{int} processes that {string} are run in every order with up to {int} interruptions',
  async function (this: InterleavingWorld, processes: number, add: string, interruptions: number) {
    await inEveryOrder(this, { processes, add }, { switches: interruptions });
  },
);

When('a process waits for a lock that another never gives back, in every order', async function (this: InterleavingWorld) {
  this.explored = await exploreSchedules(neverGivenBack());
});

When('a process that waits for what no step brings is run in every order', async function (this: InterleavingWorld) {
  this.mistake = await exploreSchedules(waitingElsewhere()).catch((error: unknown) => error);
});

When(
  /^"([^"]+)" is run in every order (with|without) the lock$/,
  patient,
  async function (this: InterleavingWorld, scene: string, lock: string) {
    await inEveryOrder(this, { scene, lock: lockOf(lock) }, { expectsNothing: true });
  },
);

When(
  /^"([^"]+)" is run in every order (with|without) the lock, with up to ([0-9]+) interruptions$/,
  patient,
  async function (this: InterleavingWorld, scene: string, lock: string, interruptions: string) {
    await inEveryOrder(this, { scene, lock: lockOf(lock) }, { switches: Number(interruptions) });
  },
);

When(
  /^"([^"]+)" is run in every order (with|without) the lock, with a power cut at every point$/,
  patient,
  async function (this: InterleavingWorld, scene: string, lock: string) {
    await inEveryOrder(this, { scene, lock: lockOf(lock), withCuts: true }, { expectsNothing: true });
  },
);

async function sabotagedInEveryOrder(this: InterleavingWorld, scene: string, saboteur: string): Promise<void> {
  await inEveryOrder(this, { scene, lock: 'without the lock', saboteur });
}

When(
  '{string} is run in every order with the saboteur {string} and a power cut at every point',
  patient,
  async function (this: InterleavingWorld, scene: string, saboteur: string) {
    await inEveryOrder(this, { scene, lock: 'without the lock', withCuts: true, saboteur });
  },
);

When('{string} is run in every order with the saboteur {string}', patient, sabotagedInEveryOrder);
Given('{string} was run in every order with the saboteur {string}', patient, sabotagedInEveryOrder);

When('the schedule that was printed is replayed', async function (this: InterleavingWorld) {
  this.replayed = await replaySchedule(sceneNamed(this.name), found(this).schedule);
});

When('the command that is printed with the schedule is run', function (this: InterleavingWorld) {
  const [, given = ''] = /^npm run replay-schedule -- '(.*)'$/.exec(scheduleCommand(this.name, found(this).schedule)) ?? [];
  const { status, stdout } = spawnSync(process.execPath, [freshlyBuilt('support/schedules/replay.ts'), given], { encoding: 'utf8' });
  this.printed = { status, lines: stdout.trimEnd().split('\n') };
});

Then('it shows the same steps and what is wrong, and ends with 1', function (this: InterleavingWorld) {
  const { trace, error } = found(this);
  expect(this.printed).to.deep.equal({ status: 1, lines: [...trace, error.message] });
});

Then(/^"(.+)" is found with ([0-9]+) interruptions?$/, function (this: InterleavingWorld, wrong: string, interruptions: string) {
  expect(found(this).error.message).to.include(wrong);
  expect(found(this).switches).to.equal(Number(interruptions));
});

Then('every order was tried, and all end well', function (this: InterleavingWorld) {
  expectClean(this);
  expect(this.explored.isComplete).to.equal(true);
});

Then('all end well', function (this: InterleavingWorld) {
  expectClean(this);
});

Then('nothing is found, and not every order was tried', function (this: InterleavingWorld) {
  expectClean(this);
  expect(this.explored.isComplete).to.equal(false);
});

Then('each search tried every order, and saw the same {int} ends', function (this: InterleavingWorld, count: number) {
  for (const { ends, isComplete } of this.searched) {
    expect(isComplete).to.equal(true);
    expect(ends).to.have.lengthOf(count);
    expect(ends).to.deep.equal(this.searched[0]?.ends);
  }
});

Then('those that leave steps out had less to do', function (this: InterleavingWorld) {
  const [byInterruptions, whole, unreduced] = this.searched.map(({ nodes }) => nodes);
  expect(byInterruptions).to.be.below(unreduced ?? 0);
  expect(whole).to.be.below(unreduced ?? 0);
});

Then('those that leave steps out told fewer than half as many histories apart', function (this: InterleavingWorld) {
  const [byInterruptions, whole, unreduced] = this.searched.map(({ histories }) => histories);
  expect(byInterruptions).to.be.below((unreduced ?? 0) / 2);
  expect(whole).to.be.below((unreduced ?? 0) / 2);
});

Then('it fails as it was found, by the same steps', function (this: InterleavingWorld) {
  expect(this.replayed.error?.message).to.equal(found(this).error.message);
  expect(this.replayed.trace).to.deep.equal(found(this).trace);
});

Then('that is refused, because it waits for something that is no step', function (this: InterleavingWorld) {
  expect(this.mistake).to.be.instanceOf(Error);
  expect(String(this.mistake)).to.include('waits for something that is no step');
});

function expectClean({ explored: { counterexample, ends }, name }: InterleavingWorld): void {
  if (counterexample !== undefined) expect.fail(`${counterexample.error.message}\n${scheduleCommand(name, counterexample.schedule)}`);
  expect(ends).to.be.at.least(1);
}

function found({ explored }: InterleavingWorld): NonNullable<ScheduleReport['counterexample']> {
  return explored.counterexample ?? expect.fail('nothing was found');
}

function lockOf(word: string): Circumstances['lock'] {
  return word === 'with' ? 'with the lock' : 'without the lock';
}

async function searchedEach(scene: Scene, nameEnd: (moment: Moment) => string): Promise<Searched[]> {
  const all: Searched[] = [];
  for (const search of searches) {
    const ends = new Set<string>();
    const judgeEnd: Scene['judgeEnd'] = async (moment) => {
      await scene.judgeEnd(moment);
      ends.add(nameEnd(moment));
    };
    const { counterexample, nodes, histories, isComplete } = await exploreSchedules({ ...scene, judgeEnd }, search);
    expect(counterexample?.error.message).to.equal(undefined);
    all.push({ ends: [...ends].sort(), nodes, histories, isComplete });
  }
  return all;
}
