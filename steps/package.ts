import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AfterAll, Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import { needless, traces } from '../support/package/contents.js';
import { toldByPublint, toldOfTypes } from '../support/package/judges.js';
import { dependenciesOf, isCompatible, noticesPath, noticesText } from '../support/package/notices.js';
import { clear, type Packed, packed } from '../support/package/packing.js';
import type { CatalogWorld } from '../support/world.js';

interface PackageWorld extends CatalogWorld {
  package: Packed;
}

interface Told {
  readonly type?: string;
  readonly license?: string;
  readonly sideEffects?: unknown;
  readonly engines?: unknown;
  readonly publishConfig?: unknown;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const toldBy = ({ folder }: Packed): Told => JSON.parse(readFileSync(join(projectRoot, folder, 'package.json'), 'utf8')) as Told;

AfterAll(clear);

Given('the packed package {string}', async function (this: PackageWorld, name: string) {
  this.package = (await packed()).find((one) => one.name === name) ?? expect.fail(`no package ${name}`);
});

Then('each of its files is one that a user needs, and all of {string} are there', function (this: PackageWorld, promised: string) {
  expect(needless(this.package)).to.deep.equal([]);
  expect(this.package.files.map(({ path }) => path)).to.include.members(['package.json', 'dist/index.js', ...promised.split(' ')]);
});

Then('none of them tells where it was made, or of a map that is not there', function (this: PackageWorld) {
  expect(traces(this.package)).to.deep.equal([]);
});

Then('it is at most {int} kB packed, and {int} kB unpacked', function (this: PackageWorld, size: number, unpackedSize: number) {
  this.log(`${this.package.name}: ${this.package.size} bytes packed, ${this.package.unpackedSize} unpacked`);
  expect(this.package.size).to.be.within(1, size * 1000);
  expect(this.package.unpackedSize).to.be.within(1, unpackedSize * 1000);
});

Then('nothing of it runs when it is installed', function (this: PackageWorld) {
  const scripts = Object.keys(toldBy(this.package).scripts ?? {});
  expect(scripts.filter((name) => /^(pre|post)?(install|prepare|uninstall)$/.test(name))).to.deep.equal([]);
  // npm runs node-gyp for a package that has this file, whatever its scripts say.
  expect(this.package.files.map(({ path }) => path)).not.to.include('binding.gyp');
});

Then('its command {string} can be run', function (this: PackageWorld, command: string) {
  const path = toldBy(this.package).bin?.[command] ?? expect.fail(`no command ${command}`);
  const file = this.package.files.find((one) => one.path === path);
  expect((file?.mode ?? 0) & 0o111, `${path} is executable`).to.equal(0o111);
  expect(readFileSync(join(projectRoot, this.package.folder, path), 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
});

Then('it says which Node it needs, its licence, and that its modules do nothing by being loaded', function (this: PackageWorld) {
  const { type, engines, license, sideEffects } = toldBy(this.package);
  expect({ type, engines, license, sideEffects }).to.deep.equal({
    type: 'module',
    engines: { node: '>=20.19' },
    license: 'GPL-3.0-or-later',
    sideEffects: false,
  });
});

Then('it is published for everyone, with its provenance', function (this: PackageWorld) {
  expect(toldBy(this.package).publishConfig).to.deep.equal({ access: 'public', provenance: true });
});

Then('publint finds nothing wrong with it', async function (this: PackageWorld) {
  expect(await toldByPublint(this.package)).to.deep.equal([]);
});

Then('its types are right for whoever imports it', async function (this: PackageWorld) {
  expect(await toldOfTypes(this.package)).to.deep.equal([]);
});

Then('all that is installed with it is on terms that go with GPL-3.0-or-later', function (this: PackageWorld) {
  const dependencies = dependenciesOf(this.package.folder);
  expect(dependencies.length).to.be.greaterThan(1);
  expect(dependencies.filter(({ license }) => !isCompatible(license))).to.deep.equal([]);
});

Then('its notices name each of them with its terms', function (this: PackageWorld) {
  const notices = readFileSync(join(projectRoot, noticesPath(this.package.folder)), 'utf8');
  expect(notices).to.equal(noticesText(this.package.name, dependenciesOf(this.package.folder)));
});

Then(/^the terms "(.*)" (go|do not go) with ours$/, (terms: string, judged: string) => {
  expect(isCompatible(terms)).to.equal(judged === 'go');
});
