import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { EvictReport } from '../src/evict-model.js';
import { treeOf } from '../support/artifact-folders.js';
import { sha256 } from '../support/artifact-helpers.js';
import { engineEntry } from '../support/world.js';
import { blobOf } from './artifacts.js';
import { type ModelWorld, sourcePath, writeSource } from './catalog.js';

interface ContainmentWorld extends ModelWorld {
  report: EvictReport | undefined;
  /** Names, bytes and times of the sources, or of what is outside the root. */
  tree: readonly string[];
}

Given(/^its folder "([^"]*)" is a link to a copy of it outside$/, async function (this: ContainmentWorld, place: string) {
  const [folder = ''] = readdirSync(join(await this.root(), 'models'));
  const path = join(await this.root(), place.replace('FOLDER', folder));
  const outside = join(await this.folder(), 'outside');
  if (existsSync(path)) cpSync(path, outside, { recursive: true, verbatimSymlinks: true });
  else mkdirSync(outside);
  writeFileSync(join(outside, 'mine'), 'not the catalog’s');
  rmSync(path, { recursive: true, force: true });
  symlinkSync(outside, path);
  this.tree = treeOf(outside);
});

Given(
  /^its folder "trash" is a link outside, where a file has the name of a removed blob of "([^"]*)"$/,
  async function (this: ContainmentWorld, name: string) {
    const outside = join(await this.folder(), 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, `${'T'.repeat(22)}-${basename(await blobOf(this, name))}`), 'not the catalog’s');
    rmSync(join(await this.root(), 'trash'), { recursive: true, force: true });
    symlinkSync(outside, join(await this.root(), 'trash'));
    this.tree = treeOf(outside);
  },
);

When(/^the same content is added again$/, async function (this: ContainmentWorld) {
  await this.attempt(async () => this.catalog.add(await sourcePath(this, 'a.gguf'), { id: 'm' }));
});

When(/^other content is added$/, async function (this: ContainmentWorld) {
  const path = await writeSource(this, 'b.gguf', 'other weights!');
  await this.attempt(() => this.catalog.add(path));
});

When(/^the model is removed$/, async function (this: ContainmentWorld) {
  this.report = await this.attempt(() => this.catalog.evict('m'));
});

Then('that is PathOutsideRoot, and nothing outside has changed', async function (this: ContainmentWorld) {
  const codes = this.report ? this.report.errors.map(({ code }) => code) : [this.takeRefusal().code];
  expect(codes).to.include('PathOutsideRoot');
  expect(treeOf(join(await this.folder(), 'outside'))).to.deep.equal(this.tree);
});

Then('nothing outside has changed', async function (this: ContainmentWorld) {
  expect(treeOf(join(await this.folder(), 'outside'))).to.deep.equal(this.tree);
});

Given(/^an engine whose artifact is the blob of "([^"]*)"$/, async function (this: ContainmentWorld, name: string) {
  await this.catalog.engines.put(engineEntry('e', { artifacts: [sha256(readFileSync(await sourcePath(this, name)))] }));
});
