import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { SimulatedProcess } from '../src/disk/simulated-disk.js';
import { Journal } from '../src/journal/journal.js';
import { acknowledge, begin, directory, eventOf, eventsOf, expectAcknowledged, type JournalWorld } from '../support/journal-helpers.js';

interface WriterWorld extends JournalWorld {
  writer: { readonly process: SimulatedProcess; readonly journal: Journal };
}

Given('a journal that another process has open', async function (this: WriterWorld) {
  begin(this);
  const process = this.disk.process();
  this.writer = { process, journal: Journal.open({ directory, disk: process }) };
  acknowledge(this, this.writer.journal.appendBatch(eventsOf(3)));
});

Then('the journal refuses it with JournalLocked, which names that process', function (this: WriterWorld) {
  const { code, details } = this.takeRefusal();
  const { pid, host, command } = this.writer.process.host.identity;
  expect({ code, ...details }).to.include({ code: 'JournalLocked', pid, host, command });
  expect(details.since).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

When(/^that process (closed it|was killed)$/, function (this: WriterWorld, left: string) {
  if (left === 'closed it') this.writer.journal.close();
  else this.writer.process.kill();
});

Then('that process can still append', function (this: WriterWorld) {
  const [receipt] = this.writer.journal.appendBatch([eventOf('a')]);
  expect(this.writer.journal.get(receipt?.event_id ?? '')?.sequence).to.equal(5);
});

Given('a journal on a disk of this machine', async function (this: WriterWorld) {
  begin(this);
  this.options = { directory: join(await this.folder(), 'deep', 'journal') };
  this.journal = Journal.open({ directory, ...this.options });
  this.onEnd(async () => this.journal.close());
  acknowledge(this, this.journal.appendBatch(eventsOf(3)));
});

When('it is opened a second time', async function (this: WriterWorld) {
  await this.attempt(() => Journal.open({ directory, ...this.options }));
});

Then('the journal refuses it with JournalLocked, which names this process', function (this: WriterWorld) {
  const { code, details } = this.takeRefusal();
  expect({ code, ...details }).to.include({ code: 'JournalLocked', pid: process.pid });
  expect(details).to.include.keys('host', 'command', 'since');
});

Then('what the first has appended is there when it was closed and is opened again', function (this: WriterWorld) {
  acknowledge(this, this.journal.appendBatch(eventsOf(2)));
  this.journal.close();
  this.journal = Journal.open({ directory, ...this.options });
  expectAcknowledged(this);
});
