import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Disk } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import { Journal } from '../src/journal/journal.js';
import { kind } from '../src/journal/kind.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { type Recorded, recording } from '../support/artifact-helpers.js';
import { modelEntry } from '../support/model-entry.js';
import type { CatalogWorld } from '../support/world.js';

interface CountWorld extends CatalogWorld {
  /** What each operation asked of the disk until it was acknowledged. */
  operations: readonly (readonly Step[])[];
}

/** So small that there are several, and several times zeros are written ahead in each. */
const segmentMaxBytes = 1024 * 1024;

const operations: Readonly<Record<string, (disk: Disk) => Promise<(number: number) => unknown>>> = {
  'a put in JournalCatalog': async (disk) => {
    const { models } = await JournalCatalog.open({ root: '/root', disk, segmentMaxBytes });
    return (number) => models.put(modelEntry(`model-${number % 10}`, { bytes: number, labels: { draw: 'x'.repeat(500) } }));
  },
  'an append to Journal': async (disk) => {
    const journal = Journal.open({ directory: '/journal', disk, segmentMaxBytes });
    return (number) =>
      journal.append({ entity: `model-${number % 10}`, scope: 'all' }, kind(0x1, 0x001), { number, draw: 'x'.repeat(500) });
  },
};

When(/^(\d+) times there is (.*), one after the other$/, async function (this: CountWorld, count: string, what: string) {
  const recorded: Recorded[] = [];
  const begin = operations[what] ?? expect.fail(what);
  const operate = await begin(recording(new SimulatedDisk(), recorded));
  // The first one makes the root, and tells that the journal was opened.
  for (let number = 0; number < 2; number++) await operate(number);
  const taken: Step[][] = [];
  for (let number = 2; number < Number(count) + 2; number++) {
    recorded.length = 0;
    await operate(number);
    taken.push(recorded.map(({ step }) => step));
  }
  this.operations = taken;
});

Then('each of them was one write and one sync of data alone, but for those that began a new segment', function (this: CountWorld) {
  const rotating = this.operations.filter(beginsSegment);
  expect(rotating.length).to.be.within(1, 5);
  for (const steps of this.operations.filter((one) => !beginsSegment(one))) {
    expect(steps.filter(changesDisk).map((step) => (step.op === 'sync' ? { sync: step.dataOnly } : step.op))).to.deep.equal([
      'write',
      { sync: true },
    ]);
  }
});

Then('the zeros that were written ahead took no write and no sync of their own', function (this: CountWorld) {
  const ahead = this.operations.filter((steps) => !beginsSegment(steps) && steps.some(isLongWrite));
  expect(ahead.length).to.be.at.least(3);
  for (const steps of ahead) expect(steps.filter(changesDisk).map(({ op }) => op)).to.deep.equal(['write', 'sync']);
});

const changing: ReadonlySet<Step['op']> = new Set([
  'write',
  'sync',
  'truncate',
  'link',
  'rename',
  'unlink',
  'change-mode',
  'make-directory',
  'clone',
]);

const changesDisk = (step: Step): boolean => changing.has(step.op);

const beginsSegment = (steps: readonly Step[]): boolean => steps.some((step) => step.op === 'open' && step.access === 'create');

/** Longer than any event of these. */
const isLongWrite = (step: Step): boolean =>
  step.op === 'write' && step.chunks.reduce((sum, { byteLength }) => sum + byteLength, 0) > 64 * 1024;
