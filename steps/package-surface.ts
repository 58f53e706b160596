import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import { type Ran, run } from '../support/package/projects.js';
import type { CatalogWorld } from '../support/world.js';

interface SurfaceWorld extends CatalogWorld {
  surfaces: readonly string[];
  reference: Ran;
}

/** Loaded by who needs it: the compiler takes longer than all else here. */
const surface = async () => ({ ...(await import('../support/package/api-report.js')), ...(await import('../support/package/surface.js')) });

async function surfaceOf(world: SurfaceWorld, declarations: string): Promise<string> {
  const { apiReports } = await surface();
  const folder = await world.folder();
  const types = join(folder, 'index.d.ts');
  writeFileSync(types, `${declarations}\nexport {};\n`);
  return apiReports([{ name: 'planted', types, folder }])[0] ?? expect.fail('there is no report');
}

async function differences({ surfaces: [before = '', after = ''] }: SurfaceWorld): Promise<readonly string[]> {
  expect(before).to.include('\n// ');
  return (await surface()).differingLines(before, after).filter((line) => line.slice(1).trim() !== '');
}

Given('a package that declares {string}', async function (this: SurfaceWorld, declarations: string) {
  this.surfaces = [await surfaceOf(this, declarations)];
});

When('it declares {string} instead', async function (this: SurfaceWorld, declarations: string) {
  this.surfaces = [...this.surfaces, await surfaceOf(this, declarations)];
});

Then('{string} is told of its public surface', async function (this: SurfaceWorld, told: string) {
  expect(await differences(this)).to.deep.equal(told.split(', '));
});

Then('nothing is told of its public surface', async function (this: SurfaceWorld) {
  expect(this.surfaces[0]).to.include('\n// A\n');
  expect(this.surfaces[1]).to.equal(this.surfaces[0]);
});

Then('the public surface is the one that was accepted', async function (this: SurfaceWorld) {
  const { entries, surfaceViolations } = await surface();
  expect(entries().length).to.be.greaterThan(9);
  expect(surfaceViolations()).to.deep.equal([]);
});

Then('no exported name is without a sentence about it', async () => {
  const { entries, undocumented } = await surface();
  expect(entries().length).to.be.greaterThan(9);
  expect(undocumented(entries())).to.deep.equal([]);
});

Then('it is told that {string} is without a sentence', async function (this: SurfaceWorld, name: string) {
  const folder = await this.folder();
  const { undocumented } = await surface();
  expect(undocumented([{ name: 'planted', types: join(folder, 'index.d.ts'), folder }])).to.deep.equal([`planted: ${name}`]);
});

When('the reference is made', async function (this: SurfaceWorld) {
  const typedoc = join(projectRoot, 'node_modules/typedoc/bin/typedoc');
  this.reference = await run(process.execPath, [typedoc, '--out', join(await this.folder(), 'reference')], projectRoot);
});

Then(
  'nothing is amiss with it, and it tells of {string} of the class {string}',
  async function (this: SurfaceWorld, member: string, name: string) {
    // Warnings are errors to it (`typedoc.json`).
    expect(this.reference.code, `${this.reference.out}${this.reference.err}`).to.equal(0);
    expect(readFileSync(join(await this.folder(), `reference/classes/src.${name}.html`), 'utf8')).to.include(member);
  },
);
