import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { declaredProgram, declareVerb } from '../src/cli/declaring.js';
import { verbs } from '../src/cli/verbs.js';
import { exitCodes } from '../src/core/errors.js';
import { projectRoot } from '../support/checks/sources.js';
import { runAll } from '../support/cli.js';
import { examplesIn } from '../support/help.js';
import { pageNow, pagePath } from '../support/man/main.js';
import type { CatalogWorld } from '../support/world.js';

interface ManWorld extends CatalogWorld {
  page?: string;
  complaints?: string;
}

const readers: Readonly<Record<string, readonly string[]>> = {
  groff: ['-man', '-ww', '-Tutf8', '-z', pagePath],
  mandoc: ['-Tlint', '-Wwarning', pagePath],
};

Given('the manual page as groff shows it', function (this: ManWorld) {
  // Without breaks, so that what stands in one line of the help does so here.
  const { stdout, error } = spawnSync('groff', ['-man', '-Tutf8', '-P-c', '-P-b', '-P-u', '-rLL=2000n', pagePath], { encoding: 'utf8' });
  if (error) return without(this, 'groff');
  this.page = spaced(stdout);
  return undefined;
});

When(/^(groff|mandoc) reads the manual page$/, function (this: ManWorld, reader: string) {
  const { stdout, stderr, error } = spawnSync(reader, readers[reader] ?? [], { encoding: 'utf8' });
  if (error) return without(this, reader);
  this.complaints = stdout + stderr;
  return undefined;
});

Then('man\\/catalog.1 is what `npm run man` writes', async () => {
  expect(readFileSync(pagePath, 'utf8')).to.equal(await pageNow());
});

Then('the package ships it as its manual page', () => {
  const { man, files } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { man: string; files: string[] };
  expect(join(projectRoot, man)).to.equal(pagePath);
  expect(files).to.include('man');
});

Then('it has each verb with its summary, its arguments, its options and its examples', async function (this: ManWorld) {
  const helps = await runAll(
    verbs.map(({ name }) => [...name.split(' '), '--help']),
    { cwd: await this.folder() },
  );
  for (const [place, { name, summary }] of verbs.entries()) {
    const command = declaredProgram('').createCommand(name);
    await declareVerb(command, name);
    const options = command.options.flatMap(({ flags, description }) => [flags, description]);
    const operands = command.registeredArguments.map(({ description }) => description);
    const said = [`catalog ${name}`, summary, ...options, ...operands, ...examplesIn(helps[place]?.stdout ?? '')];
    for (const text of said) expect(this.page, name).to.include(spaced(text));
  }
});

Then('it has these sections: {string}', function (this: ManWorld, names: string) {
  expect(
    names
      .replace('EXIT STATUS', 'EXIT_STATUS')
      .split(' ')
      .every((name) => this.page?.includes(name.replace('_', ' '))),
  ).to.equal(true);
});

Then('it has every code of an error', function (this: ManWorld) {
  for (const code of Object.keys(exitCodes)) expect(this.page).to.include(code);
});

Then('it complains of nothing', function (this: ManWorld) {
  expect(this.complaints).to.equal('');
});

/** With single blanks, and with the minus that a shell takes. */
function spaced(text: string): string {
  return text
    .replace(/[\u2010\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

function without(world: ManWorld, program: string): 'skipped' {
  world.log(`there is no ${program} to read it with`);
  return 'skipped';
}
