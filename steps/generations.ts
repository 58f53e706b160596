import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { SimulatedDisk } from '../src/sim/index.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

const root = '/home/models';
const index = `${root}/catalog.json`;
const generations = `${root}/generations/models`;

interface GenerationsWorld extends CatalogWorld {
  simulated?: SimulatedDisk;
  puts?: number;
  /** The revisions of the generations that were removed, in their order. */
  removed?: number[];
  /** The steps before which the index was not a generation, and how many steps were looked at. */
  looks?: { steps: number; readonly torn: string[] };
}

When(
  /^(\d+) models are put into a simulated catalog that keeps (default|\d+) generations$/,
  async function (this: GenerationsWorld, count: string, kept: string) {
    this.simulated ??= new SimulatedDisk({ root: ['/home'] });
    this.looks ??= { steps: 0, torn: [] };
    this.removed ??= [];
    const { simulated: disk, looks, removed } = this;
    const watched = withEachStep(disk, (step) => {
      if (step.op === 'unlink' && step.path.startsWith(`${generations}/`)) removed.push(Number(step.path.slice(generations.length + 1)));
      if (!isMade(disk)) return undefined;
      looks.steps++;
      if (!isIndexWhole(disk)) looks.torn.push(`before ${step.kind}`);
      return undefined;
    });
    const store = await FsCatalog.open({ root, disk: watched, ...(kept !== 'default' && { keepGenerations: Number(kept) }) });
    for (let put = 0; put < Number(count); put++) {
      this.puts = (this.puts ?? 0) + 1;
      await store.models.put(modelEntry(`m${this.puts}`));
    }
    await store.close();
  },
);

Then(/^the generations that are there are ([\d, ]+)$/, function (this: GenerationsWorld, left: string) {
  expect(namesIn(this.simulated)).to.deep.equal(numbersIn(left));
});

Then(/^the generations were removed in the order ([\d, ]+)$/, function (this: GenerationsWorld, order: string) {
  expect(this.removed).to.deep.equal(numbersIn(order));
});

Then('before every step since the root was made the index was a generation, byte for byte', function (this: GenerationsWorld) {
  expect(this.looks?.steps).to.be.at.least(100);
  expect(this.looks?.torn).to.deep.equal([]);
});

function isMade(disk: SimulatedDisk): boolean {
  return disk.perform({ op: 'stat', kind: 'Stat', path: `${root}/root.json`, follow: false }) !== undefined;
}

function isIndexWhole(disk: SimulatedDisk): boolean {
  const tree = disk.snapshotTree();
  if (!tree.has(index)) return false;
  const shown = Buffer.from(disk.bytesAt(index));
  return namesIn(disk).some((revision) => shown.equals(disk.bytesAt(`${generations}/${revision}`)));
}

function namesIn(disk: SimulatedDisk | undefined): number[] {
  const paths = [...(disk?.snapshotTree().keys() ?? [])].filter((path) => path.startsWith(`${generations}/`));
  return paths.map((path) => Number(path.slice(generations.length + 1))).sort((a, b) => a - b);
}

function numbersIn(list: string): number[] {
  return list.split(', ').map(Number);
}
