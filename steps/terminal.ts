import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { widthOf } from '../src/cli/cells.js';
import { openCatalog } from '../src/open-catalog.js';
import { command, longId, type Ran, wordsOf } from '../support/cli.js';
import { hasTmux, Terminal } from '../support/terminal/terminal.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface TerminalWorld extends CatalogWorld {
  ran?: Ran;
  screen?: string;
  ended?: number;
}

Given('a catalog with a model whose id and path are long, and one whose name is of wide characters', async function (this: TerminalWorld) {
  await using catalog = await openCatalog({ root: await this.root() });
  const path = `/data/${'models/'.repeat(20)}model.gguf`;
  const labels = { note: 'a word '.repeat(30).trim() };
  await catalog.store.models.put(modelEntry(longId, { local_path: path, bytes: 4_370_000_000, labels, state: 'Pending' }));
  await catalog.store.models.put(modelEntry('模型 模型', { name: 'ｶﾀｶﾅ 🦙 모델', bytes: 1000, state: 'Pending' }));
  await catalog.store.models.put(modelEntry('plain', { name: 'é', bytes: 20_000, state: 'Pending' }));
});

Given('others may write to its root', async function (this: TerminalWorld) {
  await chmod(await this.root(), 0o777);
});

When(/^`catalog (.+)` is run on a real terminal of (\d+) columns$/, async function (this: TerminalWorld, line: string, columns: string) {
  if (!hasTmux()) {
    this.log('there is no tmux to make a terminal of');
    return 'skipped';
  }
  const folder = await this.folder();
  const words = [process.execPath, command, ...wordsOf(line, { long: longId })].map((word) => `'${word}'`).join(' ');
  await writeFile(join(folder, 'line.sh'), `${words}; echo $? > ended; tmux wait-for -S over; exec tail -f /dev/null\n`);
  const environment = { CATALOG_ROOT: await this.root(), SHELL: '/bin/sh' };
  const terminal = await Terminal.running('sh line.sh', { folder, columns: Number(columns), environment });
  this.onEnd(() => terminal.close());
  await terminal.until('over');
  this.screen = await terminal.screen();
  this.ended = Number(await readFile(join(folder, 'ended'), 'utf8'));
  return undefined;
});

Then('it ends with {int}, and shows {string}', function (this: TerminalWorld, exit: number, words: string) {
  expect(this.ended, this.screen).to.equal(exit);
  expect(this.screen).to.include(words);
});

Then('it ends with {int}, and shows the table that starts with {string}', function (this: TerminalWorld, exit: number, head: string) {
  expect(this.ended, this.screen).to.equal(exit);
  expect(this.screen?.startsWith(head)).to.equal(true);
});

Then('it ends with {int}, and shows the whole id, broken', function (this: TerminalWorld, exit: number) {
  expect(this.ended, this.screen).to.equal(exit);
  expect(this.screen?.replace(/\n\s*/g, '')).to.include(longId);
});

Then('nothing on the screen is wider than {int} columns', function (this: TerminalWorld, columns: number) {
  // The terminal tells lines that it broke itself as the lines that they were.
  for (const line of this.screen?.split('\n') ?? []) expect(widthOf(line), line).to.be.at.most(columns);
});

Then('all sizes end in the same column', function (this: TerminalWorld) {
  const ends = [...(this.screen ?? '').matchAll(/^.*\d [kG]B/gm)].map(([line]) => widthOf(line));
  expect(ends).to.have.length(3);
  expect(new Set(ends).size).to.equal(1);
});

Then('all that is left on the screen is what it says when it has ended', function (this: TerminalWorld) {
  const [line = '', warning = '', ...rest] = this.screen?.split('\n') ?? [];
  expect(line).to.match(/^big {2}Active {2}warned {2}2\.00 GB {2}reference {2}sha256:[0-9a-f]{12}…$/);
  expect(warning).to.match(/^warning {2}bad-magic: /);
  expect(rest).to.deep.equal([]);
});

Then('the whole id is in one of its lines', function (this: TerminalWorld) {
  const lines = `${this.ran?.stdout}${this.ran?.stderr}`.split('\n');
  expect(lines.some((line) => line.includes(longId))).to.equal(true);
});

Then('no escape sequence is in it', function (this: TerminalWorld) {
  expect(`${this.ran?.stdout}${this.ran?.stderr}`).to.not.include('\u001b');
});
