import { Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import { CatalogError } from '../src/core/errors.js';
import { asCatalogError, FailedSync, saysNoRoom } from '../src/disk/failure.js';
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
import { absentAsUndefined, isDiskError, type Step } from '../src/disk/steps.js';
import { giveBackSpare, takeSpare } from '../src/disk/whole-file.js';
import { known } from '../support/known.js';
import { diskError, ScriptedHost } from '../support/programs/scripted-disk.js';

interface AnswersWorld extends World {
  told: string;
}

/** Takes two steps, and gives what it was told of the first. */
function* telling(): DiskProgram<unknown> {
  let told: unknown;
  try {
    told = yield* statHandle(3);
  } catch (error) {
    told = error;
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
  expect(how === 'at once' ? runSync(telling(), { perform }) : await run(telling(), { perform })).to.equal(answer);
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
  const known = { ...(what.includes('host') && { host }), ...(what.includes('watches') && { programs }) };
  expect(contextOf({ perform: answering, ...known })).to.deep.equal(known);
});

Then(
  /^(E\w+) while "(.*)" is told as (\w+), (failed|not) for want of room$/,
  (errno: string, doing: string, code: string, fate: string) => {
    const cause = diskError(errno);
    const told = asCatalogError(cause, doing);
    expect(told).to.include({ code, message: `${doing}: ${cause.message}`, cause });
    expect(told.details).to.deep.equal({ errno });
    expect([saysNoRoom(cause), saysNoRoom(told)]).to.deep.equal([fate === 'failed', fate === 'failed']);
  },
);

Then(/^a sync of a (folder|file) that says (E\w+) is told as (\w+)$/, (what: string, errno: string, code: string) => {
  const cause = diskError(errno);
  const told = asCatalogError(new FailedSync(cause, { isOfFolder: what === 'folder' }), 'a model is put');
  expect(told).to.include({ code, cause });
  const isRefused = code === 'PlatformAdmissionFailed';
  expect(told.message).to.equal(`a model is put: ${isRefused ? 'directories cannot be synced there: ' : ''}${cause.message}`);
  expect(told.details).to.deep.equal(isRefused ? { capability: 'parent directory sync', reason: 'RenameOnly' } : { errno });
  expect(new FailedSync(cause)).to.include({ message: cause.message, isOfFolder: false });
});

Then('a refusal stays as it is while {string}', (doing: string) => {
  const refusal = new CatalogError('NotFound', 'nothing is there', { errno: 'ENOSPC' });
  expect(asCatalogError(refusal, doing)).to.equal(refusal);
  expect(saysNoRoom(refusal)).to.equal(false);
});

Then('a mistake of ours is thrown on while {string}', (doing: string) => {
  const mistake = new TypeError('ours');
  expect(() => asCatalogError(mistake, doing)).to.throw(mistake);
  expect(saysNoRoom(mistake)).to.equal(false);
});

const thrownOnes: Readonly<Record<string, unknown>> = {
  'an error with the code ENOENT': diskError('ENOENT'),
  'an error with the code 7': Object.assign(new Error('seven'), { code: 7 }),
  'an error without a code': new Error('ENOENT'),
  'a text': 'ENOENT',
  'a refusal': new CatalogError('NotFound', 'nothing is there'),
};

Then(/^(an error .+|a text|a refusal) is (not )?a disk's(?: (E\w+))?$/, (error: string, not: string | null, errno: string | null) => {
  expect(isDiskError(known(thrownOnes, error), ...(errno ? [errno] : []))).to.equal(!not);
});

Then(/^what is looked for where the disk says (\w+) is (there|not there|refused)$/, (errno: string, found: string) => {
  const look = (): unknown => absentAsUndefined(() => (errno === 'nothing' ? 5 : thrown(diskError(errno))));
  if (found === 'refused') expect(look).to.throw(diskError(errno).message);
  else expect(look()).to.equal(found === 'there' ? 5 : undefined);
});

Then(/^room for (\d+) bytes that was given back is (not )?taken again for (\d+)$/, (first: string, not: string | null, second: string) => {
  const taken = takeSpare(Number(first));
  expect(taken).to.have.lengthOf(Number(first));
  giveBackSpare(taken);
  const again = takeSpare(Number(second));
  expect(again).to.have.lengthOf(Number(second));
  expect(again.buffer === taken.buffer).to.equal(!not);
  giveBackSpare(again);
});

Then('room that is taken twice is not shared', () => {
  const [one, other] = [takeSpare(10), takeSpare(10)];
  expect(one.buffer).to.not.equal(other.buffer);
  giveBackSpare(one);
});
