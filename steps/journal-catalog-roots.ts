import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { openCatalog } from '../src/open-catalog.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { modelEntry } from '../support/model-entry.js';
import { begin, directory, idsAfterPowerCut, idsOf, opened, type RememberingWorld, root } from '../support/remembering-world.js';

When('the catalog is listed, and a model asked for', async function (this: RememberingWorld) {
  expect(await this.store.models.list()).to.deep.equal([]);
  expect(await this.store.models.get('a')).to.equal(undefined);
});

Then('nothing is on the disk', function (this: RememberingWorld) {
  expect([...this.disk.snapshotTree().keys()].filter((path) => path.startsWith(root))).to.deep.equal([]);
});

Then('wherever its first put is killed, the next one makes the root whole and puts its model', async function (this: RememberingWorld) {
  let tried = 0;
  for (let nth = 1; ; nth++) {
    begin(this);
    const process = this.disk.process();
    let step = 0;
    const killed = withEachStep(process, () => {
      if (++step === nth) process.kill();
      return undefined;
    });
    const store = await JournalCatalog.open({ root, disk: killed, segmentMaxBytes: 8192 }).catch(() => undefined);
    const wasPut = await store?.models.put(modelEntry('a')).then(
      () => true,
      () => false,
    );
    for (const disk of [this.disk.fork(), this.disk.crash()]) {
      const next = await JournalCatalog.open({ root, disk, segmentMaxBytes: 8192 });
      const before = await idsOf(next);
      if (wasPut) expect(before).to.deep.equal(['a']);
      else expect(before.filter((id) => id !== 'a')).to.deep.equal([]);
      await next.models.put(modelEntry('b'));
      await next.close();
      expect(await idsAfterPowerCut(disk)).to.deep.equal([...before, 'b']);
      expect(JSON.parse(Buffer.from(disk.bytesAt(`${root}/root.json`)).toString())).to.include({ store: 'journal' });
    }
    if (step < nth) break;
    tried++;
  }
  expect(tried).to.be.above(30);
});

When('all of its journal is gone', async function (this: RememberingWorld) {
  await this.store.close();
  for (const path of [...this.disk.snapshotTree().keys()]) if (path.startsWith(`${directory}/`)) this.disk.uproot(path);
});

Then('opening it for writing is refused with IndexCorrupt', async function (this: RememberingWorld) {
  await this.attempt(() => opened(this));
  expect(this.takeRefusal().code).to.equal('IndexCorrupt');
});

Given(/^a root that (?:the )?(fs store|journal) made$/, async function (this: RememberingWorld, name: string) {
  begin(this);
  const place = { root, disk: this.disk.process() };
  const store = name === 'journal' ? await JournalCatalog.open(place) : await FsCatalog.open(place);
  await store.models.put(modelEntry('a'));
  await store.close();
});

When(/^it is opened as that of the (fs store|journal)$/, async function (this: RememberingWorld, name: string) {
  const place = { root, disk: this.disk.process() };
  await this.attempt(async () => void (name === 'journal' ? await JournalCatalog.open(place) : await FsCatalog.open(place)));
});

When('a catalog is opened there without a store', async function (this: RememberingWorld) {
  this.catalogOfAll = await openCatalog({ root, disk: this.disk.process() });
});

Then('it is a catalog of the journal, with its models', async function (this: RememberingWorld) {
  expect(this.catalogOfAll.store.name).to.equal('journal');
  expect((await this.catalogOfAll.list()).map(({ id }) => id)).to.deep.equal(['a']);
});
