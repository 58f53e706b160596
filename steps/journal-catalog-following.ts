import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { Journal, saveCursorCheckpoint } from '../src/journal/index.js';
import { regionIdentity } from '../src/journal/region.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { directory, opened, type RememberingWorld, root } from '../support/remembering-world.js';

async function followed(world: RememberingWorld, commits?: string): Promise<string[]> {
  const store = await opened(world);
  const told: string[] = [];
  for await (const change of store.follow('sync', { isOnce: true })) {
    told.push(`${change.record === undefined ? '-' : ''}${change.id}`);
    if (change.id === commits) await change.commit();
  }
  await store.close();
  return told;
}

When('the follower "sync" is told of all, and commits {string}', async function (this: RememberingWorld, id: string) {
  expect(await followed(this, id)).to.deep.equal(['a', 'b', 'c']);
});

Then('the follower "sync" of another process is told of "c" and "d"', async function (this: RememberingWorld) {
  expect(await followed(this)).to.deep.equal(['c', 'd']);
  // What it did not commit it is told again, also after a power cut.
  this.disk = this.disk.crash();
  expect(await followed(this)).to.deep.equal(['c', 'd']);
});

Then('the follower "sync" is told of "a", "a", "b" and the end of "a"', async function (this: RememberingWorld) {
  expect(await followed(this)).to.deep.equal(['a', 'a', 'b', '-a']);
});

Then(
  'wherever the follower "sync" is killed, those after it are told of all that it had not committed',
  async function (this: RememberingWorld) {
    let tried = 0;
    for (let nth = 1; ; nth++) {
      const disk = this.disk.fork();
      const process = disk.process();
      let step = 0;
      const killed = withEachStep(process, () => {
        if (++step === nth) process.kill();
        return undefined;
      });
      const committed: string[] = [];
      try {
        const store = await JournalCatalog.open({ root, disk: killed, readOnly: true });
        for await (const change of store.follow('sync', { isOnce: true })) {
          await change.commit();
          committed.push(change.id);
        }
      } catch {
        // It was killed.
      }
      for (const left of [disk.fork(), disk.crash()]) {
        const store = await JournalCatalog.open({ root, disk: left, readOnly: true });
        const rest: string[] = [];
        for await (const change of store.follow('sync', { isOnce: true })) rest.push(change.id);
        expect(['a', 'b', 'c', 'd'].slice(committed.length)).to.satisfy(
          (missing: string[]) => missing.join() === rest.join() || missing.slice(1).join() === rest.join(),
        );
      }
      if (step < nth) break;
      tried++;
    }
    expect(tried).to.be.above(20);
  },
);

When(/^the place of the follower "sync" is (.*)$/, async function (this: RememberingWorld, place: string) {
  const { lineage, last } = await this.store.prepare().then(() => {
    const journal = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
    return { lineage: '0190a2b4-7d2e-7c31-9f00-1234567890ab', last: journal.diagnostics().sequence.visible };
  });
  const region = regionIdentity({ entity: 'model' });
  const path = `${directory}/cursors/sync`;
  await followed(this, 'a');
  const saved = Buffer.from(this.disk.bytesAt(path));
  switch (place) {
    case 'damaged':
      this.disk.plant(
        path,
        saved.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
      );
      return;
    case 'of another region':
      saveCursorCheckpoint(this.disk, directory, 'sync', { lineage, region: regionIdentity({ entity: 'engine' }), position: 1 });
      return;
    case 'of another journal':
      saveCursorCheckpoint(this.disk, directory, 'sync', { lineage, region, position: 1 });
      return;
    default: {
      const own = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
      const cursor = own.cursor('sync', { entity: 'model' });
      expect(cursor.position).to.be.above(0);
      saveCursorCheckpoint(this.disk, directory, 'sync', { lineage: lineageOf(saved), region, position: last + 50 });
    }
  }
});

/** Of which journal a saved place is. */
function lineageOf(saved: Buffer): string {
  return saved
    .subarray(16, 32)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

Then(/^following as "sync" is refused with (\w+)$/, async function (this: RememberingWorld, code: string) {
  await this.attempt(async () => void (await followed(this)));
  expect(this.takeRefusal().code).to.equal(code);
});
