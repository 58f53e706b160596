import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { verbs } from '../src/cli/verbs.js';
import { openCatalog } from '../src/open-catalog.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { missingFor, Shell, type ShellName } from '../support/terminal/shells.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface CompletionWorld extends CatalogWorld {
  ran?: Ran;
  shell?: Shell;
}

const ids = [
  ...['hf.co/org/model:Q4_K_M', 'two words', "it's", 'cost$HOME', 'run$(touch hit)`touch hit`'],
  ...['semi;touch hit', 'star*?[a]{b,c}', '模型'],
];

Given('a catalog of {int} models', async function (this: CompletionWorld, count: number) {
  await fill(
    this,
    Array.from({ length: count }, (_, place) => `model-${place}`),
  );
});

Given(/^(bash|zsh|fish), before a catalog with ids that are special to shells$/, async function (this: CompletionWorld, name: ShellName) {
  const missing = missingFor(name);
  if (missing !== undefined) {
    this.log(`there is no ${missing} to try it with`);
    return 'skipped';
  }
  const folder = await this.folder();
  await fill(this, ids);
  await writeFile(join(folder, 'model.gguf'), 'model');
  const shell = await Shell.opened(name, { folder, root: await this.root() });
  this.onEnd(() => shell.close());
  this.shell = shell;
  return undefined;
});

When('it is asked what may come at the end of {string}', async function (this: CompletionWorld, line: string) {
  const words = line.split(' ').map((word) => (word === '·' ? '' : word));
  const environment = { CATALOG_ROOT: await this.root() };
  this.ran = await runCatalog(['__complete', 'words', ...words], { cwd: await this.folder(), environment });
});

Then('these are offered: {string}', function (this: CompletionWorld, words: string) {
  expect(offers(this).map(({ text }) => text)).to.deep.equal(words === '' ? [] : words.split(' '));
});

Then(/^the shell completes (words|files|directories)$/, function (this: CompletionWorld, paths: string) {
  expect(answer(this)[0]).to.equal(paths);
});

Then('each offer is told with the summary of its verb', function (this: CompletionWorld) {
  for (const { text, about } of offers(this)) expect(about).to.equal(verbs.find(({ name }) => name === text)?.summary);
});

Then('it answers nothing', function (this: CompletionWorld) {
  expect(this.ran).to.include({ exitCode: 0, stdout: '', stderr: '' });
});

Then('{int} are offered, which all begin with {string}', function (this: CompletionWorld, count: number, prefix: string) {
  expect(offers(this)).to.have.length(count);
  for (const { text } of offers(this)) expect(text.startsWith(prefix)).to.equal(true);
});

Then('Tab makes these lines what they say:', async function (this: CompletionWorld, lines: DataTable) {
  for (const { typed = '', given = '' } of lines.hashes()) {
    const words = await this.shell?.completed(typed);
    expect(words?.join(' '), typed).to.equal(given);
  }
});

Then('nothing of what was completed was run', async function (this: CompletionWorld) {
  const isThere = await access(join(await this.folder(), 'hit')).then(
    () => true,
    () => false,
  );
  expect(isThere).to.equal(false);
});

async function fill(world: CompletionWorld, all: readonly string[]): Promise<void> {
  await using catalog = await openCatalog({ root: await world.root() });
  await Promise.all(all.map((id) => catalog.store.models.put(modelEntry(id))));
}

function answer({ ran }: CompletionWorld): string[] {
  expect(ran).to.include({ exitCode: 0, stderr: '' });
  return ran?.stdout.trimEnd().split('\n') ?? [];
}

function offers(world: CompletionWorld): { readonly text: string; readonly about: string }[] {
  return answer(world)
    .slice(1)
    .map((line) => line.split('\t'))
    .map(([text = '', about = '']) => ({ text, about }));
}
