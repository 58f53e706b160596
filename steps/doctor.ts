import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Disk } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { DoctorReport } from '../src/stores/fs/examine.js';
import { runCatalog } from '../support/cli.js';
import { filled, harmed, newerIndex, newestPath, touchesUnder } from '../support/damage.js';
import type { CatalogWorld } from '../support/world.js';

interface DoctorWorld extends CatalogWorld {
  touches: Record<string, string>;
  looked: DoctorReport;
}

Given('a catalog to be looked over', async function (this: DoctorWorld) {
  await filled(await this.openStore());
  this.touches = await touchesUnder(await this.root());
});

Given(/^its trouble is (.*)$/, async function (this: DoctorWorld, trouble: string) {
  const root = await this.root();
  const index = join(root, 'catalog.json');
  const troubles: Readonly<Record<string, () => Promise<unknown>>> = {
    'damaged models': async () => harmed(await newestPath(root, 'models'), 'emptied in place'),
    'damaged engines': async () => harmed(await newestPath(root, 'engines'), 'filled with NUL in place'),
    'a newer version of models': async () => {
      const newest = await newestPath(root, 'models');
      const bytes = await readFile(newest, 'utf8');
      await rm(newest);
      await writeFile(newest, newerIndex(bytes));
      await cp(newest, index, { force: true });
    },
    'a damaged catalog.json': () => harmed(index, 'cut in half'),
    'a catalog.json that lags': () => rm(index).then(() => cp(join(root, 'generations', 'models', '3'), index)),
    'a temp that was left': () => writeFile(join(root, `catalog.json.${'T'.repeat(22)}.tmp`), ''),
  };
  await (troubles[trouble]?.() ?? expect.fail(trouble));
  this.touches = await touchesUnder(root);
});

When('it is looked over', async function (this: DoctorWorld) {
  await lookOver(this, {});
});

When(/^it is looked over on a disk of type (\w+)$/, async function (this: DoctorWorld, type: string) {
  await lookOver(this, { 'file-system': { type: Number(type), freeBytes: 1, totalBytes: 2 } });
});

When("it is looked over on a machine without the kernel's lock", async function (this: DoctorWorld) {
  await lookOver(this, { lock: 'unsupported' });
});

Then('nothing is found, and it is well', function (this: DoctorWorld) {
  expect([this.looked.ok, this.looked.findings]).to.deep.equal([true, []]);
});

Then('it is found as {string} of severity {string} alone, with a remedy', function (this: DoctorWorld, id: string, severity: string) {
  expect(this.looked.findings.map((finding) => [finding.id, finding.severity])).to.deep.equal([[id, severity]]);
  for (const { message, remedy } of this.looked.findings) expect([message, remedy]).to.not.include('');
  expect(this.looked.ok).to.equal(severity !== 'error');
});

Then('looking it over changed nothing', async function (this: DoctorWorld) {
  expect(await touchesUnder(await this.root())).to.deep.equal(this.touches);
});

Then('the command finds nothing, and exits with 0', async function (this: DoctorWorld) {
  const { exitCode, stdout } = await runCatalog(['doctor', '--root', await this.root()], { cwd: await this.folder() });
  expect([exitCode, stdout]).to.deep.equal([0, 'nothing found\n']);
});

Then('the command tells the damage with its remedy, and exits with 1', async function (this: DoctorWorld) {
  const [root, cwd] = [await this.root(), await this.folder()];
  const people = await runCatalog(['doctor', '--root', root], { cwd });
  expect(people.exitCode).to.equal(1);
  expect(people.stdout).to.match(/^error {2}models-corrupt\n {2}\S.*\n {2}remedy: run: catalog repair\n$/);
  const programs = await runCatalog(['doctor', '--json', '--root', root], { cwd });
  const { schema, report } = JSON.parse(programs.stdout);
  expect([programs.exitCode, schema, report.ok, report.findings[0].id]).to.deep.equal([1, 1, false, 'models-corrupt']);
});

async function lookOver(world: DoctorWorld, answers: Readonly<Record<string, unknown>>): Promise<void> {
  const store = await world.openStore({ readOnly: true, disk: answering(new RealDisk(), answers) });
  world.looked = await store.doctor();
}

function answering(disk: Disk, answers: Readonly<Record<string, unknown>>): Disk {
  return { perform: (step: Step) => (Object.hasOwn(answers, step.op) ? answers[step.op] : disk.perform(step)) };
}
