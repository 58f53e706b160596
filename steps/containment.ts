import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { contained } from '../src/artifacts/contained.js';
import { runSync } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/sim/index.js';
import type { CatalogWorld } from '../support/world.js';

interface ContainmentWorld extends CatalogWorld {
  resolved?: string | undefined;
  asked?: number;
}

When('{string} is resolved inside the root', async function (this: ContainmentWorld, written: string) {
  const disk = new SimulatedDisk({ root: ['/home/models'] });
  this.asked = 0;
  const path = written.replaceAll('\\0', '\0');
  this.resolved = await this.attempt(() =>
    runSync(contained('/home/models', path), {
      perform: (step) => {
        this.asked = (this.asked ?? 0) + 1;
        return disk.perform(step);
      },
    }),
  );
});

Then('it is refused with PathOutsideRoot, and the disk was not asked', function (this: ContainmentWorld) {
  expect(this.takeRefusal().code).to.equal('PathOutsideRoot');
  expect(this.asked).to.equal(0);
});

Then('it is {string}', function (this: ContainmentWorld, resolved: string) {
  expect(this.resolved).to.equal(resolved);
});
