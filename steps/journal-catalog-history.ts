import { createHash } from 'node:crypto';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { openCatalog } from '../src/open-catalog.js';
import type { HistoryEntry, PastState } from '../src/stores/history.js';
import type { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { begin, put, type RememberingWorld, root } from '../support/remembering-world.js';

Given('a catalog over the journal store on a disk of its own', async function (this: RememberingWorld) {
  begin(this);
  this.catalogOfAll = await openCatalog({ root, store: 'journal', disk: this.disk.process() });
  this.disk.plantDirectory('/home/user/sources');
  this.disk.plant('/home/user/sources/a.gguf', 'the weights of a');
});

When('a model is registered, added and verified, and removed', async function (this: RememberingWorld) {
  const catalog = this.catalogOfAll;
  await catalog.register({ id: 'a', source: 'https://example.org/a.gguf' });
  await catalog.add('/home/user/sources/a.gguf', { id: 'a' });
  const digest = `sha256:${createHash('sha256').update('the weights of a').digest('hex')}`;
  await catalog.verify('a', { expected: digest });
  await catalog.delete('a');
  for await (const entry of (catalog.store as JournalCatalog).history()) this.story.push(entry);
});

Then('the history tells each change with its operation, its members, its author and its time', function (this: RememberingWorld) {
  expect(this.story.map(({ change, operation }) => `${operation} ${change}`)).to.deep.equal([
    'register added',
    ...this.story.slice(1, -2).map(() => 'add changed'),
    'verify changed',
    'rm removed',
  ]);
  const { host } = this.disk.host.identity;
  for (const { by, at, id } of this.story) {
    expect(Object.keys(by)).to.deep.equal(['pid', 'host', 'command']);
    expect(by).to.deep.equal({ ...this.story[0]?.by, host });
    expect(by.command).to.match(/^simulated process \d+$/);
    expect(new Date(at).toISOString()).to.equal(at);
    expect(id).to.equal('a');
  }
  const became = this.story.flatMap(({ members }) =>
    members.filter(({ member }) => member === 'state').map(({ after }) => after ?? 'gone'),
  );
  expect(became).to.deep.equal(['Pending', 'Active', 'gone']);
  expect(this.story.at(-2)?.members.map(({ member }) => member)).to.include('trust_state');
});

Then('the changes of one call are part of one thing, and each names the one before it as its cause', function (this: RememberingWorld) {
  const byPart = new Map<string, HistoryEntry[]>();
  for (const entry of this.story) byPart.set(entry.part_of, [...(byPart.get(entry.part_of) ?? []), entry]);
  expect([...byPart.values()].map(([first]) => first?.operation)).to.deep.equal(['register', 'add', 'verify', 'rm']);
  for (const [first, ...others] of byPart.values()) {
    expect(first?.because_of).to.equal(undefined);
    let before = first?.event_id;
    for (const { because_of, event_id } of others) {
      expect(because_of).to.equal(before);
      before = event_id;
    }
  }
});

When('models are put, changed and deleted, a minute apart', async function (this: RememberingWorld) {
  const works: (() => Promise<unknown>)[] = [
    () => put(this, 'a'),
    () => put(this, 'b'),
    () => put(this, 'a'),
    () => this.store.models.delete('b'),
    () => put(this, 'c'),
    () => put(this, 'b'),
  ];
  for (const work of works) {
    await work();
    const { models, revision } = await this.store.snapshot();
    this.past.push({ revision: revision.models, ms: this.disk.clockMs, state: models });
    this.disk.jumpClock(60_000);
  }
});

Then('the state at each revision and at each time is what was listed then', async function (this: RememberingWorld) {
  expect((await this.store.at(0)).models).to.deep.equal([]);
  for (const { revision, ms, state } of this.past) {
    expect((await this.store.at(revision)).models).to.deep.equal(state);
    expect((await this.store.at(new Date(ms + 1000).toISOString())).models).to.deep.equal(state);
  }
});

Then('what lies between any two of these states is told as the difference of both', async function (this: RememberingWorld) {
  for (const before of this.past) {
    for (const after of this.past) {
      const told = await this.store.diff(before.revision, after.revision);
      const [was, is] = [before, after].map(({ state }) => new Map(state.map(({ record }) => [record.id, record.name])));
      const ids = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort();
      const expected = ids.flatMap((id) => {
        if (was?.get(id) === is?.get(id)) return [];
        return [`${id} ${!was?.has(id) ? 'added' : is?.has(id) ? 'changed' : 'removed'}`];
      });
      expect(told.map(({ id, change }) => `${id} ${change}`)).to.deep.equal(expected);
    }
  }
});

When(/^the state at (.+) is asked for$/, async function (this: RememberingWorld, moment: string) {
  await this.attempt(async (): Promise<PastState> => this.store.at(JSON.parse(moment)));
});
