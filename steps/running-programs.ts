import { Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  close,
  contextOf,
  type DiskProgram,
  type ProgramWatcher,
  type Run,
  run,
  runAsOne,
  runSync,
  statHandle,
  type WatchedProgram,
} from '../src/disk/program.js';
import { isDiskError, type Step } from '../src/disk/steps.js';
import { known } from '../support/known.js';
import { diskError, ScriptedHost } from '../support/programs/scripted-disk.js';

interface AnswersWorld extends World {
  told: string;
}

/** Takes two steps, and gives what it was told of the first. */
function* telling(): DiskProgram<unknown> {
  let told: unknown;
  try {
    told = { gave: yield* statHandle(3) };
  } catch (threw) {
    told = { threw };
  }
  yield* close(3);
  return told;
}

const answers: Readonly<Record<string, (answer: Error) => unknown>> = {
  'what the disk gave': (answer) => answer,
  'what the disk threw': thrown,
  'what the disk gave later': (answer) => Promise.resolve(answer),
  'what the disk threw later': (answer) => Promise.reject(answer),
};

function thrown(error: unknown): never {
  throw error;
}

Then(/^a program that is run (at once|with waiting) goes on with (.+)$/, async (how: string, what: string) => {
  const answer = diskError('EIO');
  const asked: string[] = [];
  const perform = (step: Step): unknown => {
    asked.push(step.op);
    return step.op === 'close' ? undefined : known(answers, what)(answer);
  };
  const told = how === 'at once' ? runSync(telling(), { perform }) : await run(telling(), { perform });
  expect(told).to.deep.equal(what.includes('threw') ? { threw: answer } : { gave: answer });
  expect(asked).to.deep.equal(['stat-handle', 'close']);
});

Then('a program that is run at once is refused what the disk gave later, by the name of its step', () => {
  const perform = (): unknown => Promise.resolve(5);
  expect(() => runSync(statHandle(3), { perform })).to.throw('a disk that is driven synchronously gave a promise for Stat');
});

class NotingWatcher implements ProgramWatcher {
  readonly told: string[];
  readonly #prefix: string;

  constructor(told: string[] = [], prefix = '') {
    this.told = told;
    this.#prefix = prefix;
  }

  began(): WatchedProgram {
    this.told.push(`${this.#prefix}began`);
    const inner = new NotingWatcher(this.told, 'in it ');
    return {
      began: () => inner.began(),
      ended: (outcome) => this.told.push(`${this.#prefix}${'gave' in outcome ? `ended with ${outcome.gave}` : toldAs(outcome.threw)}`),
    };
  }
}

const toldAs = (threw: unknown): string => (isDiskError(threw, 'EIO') ? 'failed' : String(threw));

/** Answers 5, and fails what is closed. */
const answering = (step: Step): unknown => (step.op === 'close' ? thrown(diskError('EIO')) : 5);

/** What a program gives: 5, and nothing where it fails. */
async function bothOf(run: Run): Promise<void> {
  expect(await run(statHandle(3))).to.equal(5);
  const outcome = await run(close(3)).then(String, toldAs);
  expect(outcome).to.equal('failed');
}

When('on a disk that is watched a program gives 5, and one fails', async function (this: AnswersWorld) {
  const programs = new NotingWatcher();
  await bothOf((program) => run(program, { perform: answering, programs }));
  this.told = programs.told.join('; ');
});

When(
  /^on a disk that (is watched|nobody watches) one piece of work runs two programs and gives 7$/,
  async function (this: AnswersWorld, who: string) {
    const programs = new NotingWatcher();
    const gave = await runAsOne({ perform: answering, ...(who === 'is watched' && { programs }) }, async (run) => {
      await bothOf(run);
      return 7;
    });
    this.told = who === 'is watched' ? programs.told.join('; ') : `gave ${gave}`;
  },
);

Then(/^who watches was told "(.*)"$/, function (this: AnswersWorld, told: string) {
  expect(this.told).to.equal(told);
});

Then('the work gave 7', function (this: AnswersWorld) {
  expect(this.told).to.equal('gave 7');
});

Then(/^what wraps a disk with (nothing|a host|who watches|a host and who watches) knows \1$/, (what: string) => {
  const host = new ScriptedHost();
  const programs = new NotingWatcher();
  const context = { ...(what.includes('host') && { host }), ...(what.includes('watches') && { programs }) };
  expect(contextOf({ perform: answering, ...context })).to.deep.equal(context);
});
