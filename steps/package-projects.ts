import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { nodeOf } from '../support/package/nodes.js';
import { compile, copyOf, type Kind, lockTroubles, place, projectWith, type Ran, run } from '../support/package/projects.js';
import type { CatalogWorld } from '../support/world.js';

interface ProjectWorld extends CatalogWorld {
  project: string;
  node: string;
  ran: Ran;
  entries: readonly string[];
}

interface Report {
  readonly facts?: { readonly lock_mechanism: string };
  readonly findings?: readonly { readonly id: string }[];
}

const content = 'a tiny model';
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;

const commandOf = (project: string, name: string): string => join(project, 'node_modules/.bin', name);

/** What the installed package says of itself. */
function installedAs(project: string, name: string): { readonly version: string; readonly exports: Readonly<Record<string, unknown>> } {
  return JSON.parse(readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8'));
}

function entriesOf(project: string): readonly string[] {
  return Object.keys(installedAs(project, 'catalog-core').exports).filter((entry) => entry !== './package.json');
}

Given(
  /^an empty project that installs (the library|both packages|the library and its peers)$/,
  async function (this: ProjectWorld, kind: Kind) {
    const project = await projectWith(kind);
    if (project !== undefined) {
      this.project = project;
      return undefined;
    }
    this.log('skipped: no registry can be reached, and npm remembers nothing');
    return 'skipped';
  },
);

Given(/^the package of the kernel's lock (.+) there$/, async function (this: ProjectWorld, trouble: string) {
  this.project = await copyOf(this.project, await this.folder());
  const make = lockTroubles[trouble] ?? expect.fail(`nothing makes that it ${trouble}`);
  await make(join(this.project, 'node_modules/fs-native-extensions'));
});

When('its program {string} runs', async function (this: ProjectWorld, program: string) {
  await place(this.project, program);
  this.ran = await run(process.execPath, [program, await this.folder()], this.project);
});

Given('the program of Node {}', async function (this: ProjectWorld, version: string) {
  const node = await nodeOf(version);
  if (node === undefined) {
    this.log(`skipped: Node ${version} cannot be fetched`);
    return 'skipped';
  }
  this.node = node;
  expect(await run(node, ['--version'], this.project)).to.deep.equal({ code: 0, out: `v${version}\n`, err: '' });
  return undefined;
});

When('its program {string} runs with that Node', async function (this: ProjectWorld, program: string) {
  await place(this.project, program);
  this.ran = await run(this.node, [program, await mkdtemp(join(await this.folder(), 'own-'))], this.project);
});

When(/^its program "(.*)" is compiled for (nodenext|bundler), and runs$/, async function (this: ProjectWorld, program: string, resolution) {
  await place(this.project, program);
  expect(await compile(this.project, resolution, [program])).to.deep.equal({ code: 0, out: '', err: '' });
  this.ran = await run(process.execPath, [program.replace(/ts$/, 'js'), await this.folder()], this.project);
});

Then('a model was added, verified and found', function (this: ProjectWorld) {
  expect(this.ran.err).to.equal('');
  expect(JSON.parse(this.ran.out)).to.deep.equal({ digest, kind: 'pass', content });
});

When('it imports of each entry what it is for:', async function (this: ProjectWorld, table: DataTable) {
  const rows = table.rows() as [string, string][];
  this.entries = rows.map(([entry]) => entry);
  const imports = rows.map(([entry, name], at) => `import { ${name} as of${at} } from '${entry.replace('.', 'catalog-core')}';`);
  const typed = rows.map((_, at) => `const any${at}: 0 extends 1 & typeof of${at} ? true : false = false;`);
  const told = rows.map((_, at) => `[typeof of${at}, any${at}]`);
  writeFileSync(join(this.project, 'entries.mts'), [...imports, ...typed, `console.log(JSON.stringify([${told}]));`].join('\n'));
  expect(await compile(this.project, 'nodenext', ['entries.mts'])).to.deep.equal({ code: 0, out: '', err: '' });
  this.ran = await run(process.execPath, ['entries.mjs'], this.project);
});

Then('the entries are all that the package has, and each gave it with its types', function (this: ProjectWorld) {
  expect([...this.entries].sort()).to.deep.equal([...entriesOf(this.project)].sort());
  expect(this.ran.err).to.equal('');
  expect(JSON.parse(this.ran.out)).to.deep.equal(this.entries.map(() => ['function', false]));
});

Then('each entry of it loads but {string}, which wants {string}', async function (this: ProjectWorld, needing: string, peer: string) {
  const all = entriesOf(this.project);
  expect(all).to.include(needing);
  const loads = all.map((entry) => `import('${entry.replace('.', 'catalog-core')}').then(() => 'loads', (error) => error.message)`);
  const program = `console.log(JSON.stringify(await Promise.all([${loads}])))`;
  const { out } = await run(process.execPath, ['--input-type=module', '--eval', program], this.project);
  const told = JSON.parse(out) as readonly string[];
  expect(all.filter((_, at) => told[at] !== 'loads')).to.deep.equal([needing]);
  expect(told[all.indexOf(needing)]).to.include(`'${peer}'`);
});

Then(
  'who opens a catalog in PostgreSQL is refused as {string}, and told of {string}',
  async function (this: ProjectWorld, code: string, remedy: string) {
    await place(this.project, 'without-postgres.mjs');
    const { out } = await run(process.execPath, ['without-postgres.mjs'], this.project);
    const refused = JSON.parse(out) as { readonly code: string; readonly message: string };
    expect(refused.code).to.equal(code);
    expect(refused.message).to.include(remedy);
  },
);

Then(
  '{string} and {string} tell the versions of their packages',
  async function (this: ProjectWorld, library: string, provisioner: string) {
    for (const [command, name] of [
      [library, 'catalog-core'],
      [provisioner, 'catalog-core-provisioner'],
    ] as const) {
      const { version } = installedAs(this.project, name);
      expect(await run(commandOf(this.project, command), ['--version'], this.project)).to.deep.equal({
        code: 0,
        out: `${version}\n`,
        err: '',
      });
    }
  },
);

Then('what {string} adds, {string} locates', async function (this: ProjectWorld, adding: string, locating: string) {
  const [folder, root] = [await this.folder(), await this.root()];
  writeFileSync(join(folder, 'tiny.bin'), content);
  const added = await run(commandOf(this.project, adding), ['add', join(folder, 'tiny.bin'), '--id', 'tiny', '--root', root], folder);
  expect(added.code, added.err).to.equal(0);
  const { out, err } = await run(commandOf(this.project, locating), ['locate', 'tiny', '--root', root], folder);
  expect(readFileSync(out.trim() || err, 'utf8')).to.equal(content);
});

Then('{string} tells of a lock that is {string}', async function (this: ProjectWorld, command: string, lock: string) {
  const { facts } = await reportOf(this, command);
  expect(facts?.lock_mechanism).to.equal(lock);
});

Then('{string} tells {word} of that catalog', async function (this: ProjectWorld, command: string, told: string) {
  const { findings } = await reportOf(this, command);
  expect(findings?.map(({ id }) => id)).to.deep.equal(told === 'nothing' ? [] : [told]);
});

/** What a command of the installed package tells of the scenario's catalog. */
async function reportOf(world: ProjectWorld, command: string): Promise<Report> {
  const [name = '', verb = ''] = command.split(' ');
  const { code, out, err } = await run(commandOf(world.project, name), [verb, '--json', '--root', await world.root()], world.project);
  expect(code, err).to.equal(0);
  return (JSON.parse(out) as { readonly report: Report }).report;
}
