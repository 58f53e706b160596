import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { widthOf } from '../src/cli/cells.js';
import { declaredProgram, declareVerb } from '../src/cli/declaring.js';
import { verbs } from '../src/cli/verbs.js';
import { setAnew } from '../src/cli/wrapping.js';
import { type Ran, runAll } from '../support/cli.js';
import { examplesIn, isTaken, unexplained } from '../support/help.js';
import type { CatalogWorld } from '../support/world.js';

interface HelpWorld extends CatalogWorld {
  helps?: readonly Ran[];
}

When('the help of each verb is read', async function (this: HelpWorld) {
  const lines = [[], ...verbs.map(({ name }) => name.split(' '))];
  this.helps = await runAll(
    lines.map((words) => [...words, '--help']),
    { cwd: await this.folder() },
  );
});

Then('each has examples', function (this: HelpWorld) {
  for (const { words, stdout } of this.helps ?? []) expect(examplesIn(stdout), words.join(' ')).to.not.deep.equal([]);
});

Then('each example names a verb that there is, with options and arguments that it takes', async function (this: HelpWorld) {
  for (const { stdout } of this.helps ?? [])
    for (const example of examplesIn(stdout)) expect(await isTaken(example), example).to.equal('taken');
});

Then('each argument and option of each verb has words beside it', async () => {
  for (const { name } of verbs) {
    const command = declaredProgram('').createCommand();
    await declareVerb(command, name);
    expect(unexplained(command), name).to.deep.equal([]);
  }
});

Then('no line of it takes more than {int} columns', function (this: HelpWorld, columns: number) {
  for (const { stdout } of this.helps ?? []) for (const line of stdout.split('\n')) expect(widthOf(line), line).to.be.at.most(columns);
});

Then('on {int} columns this text is set in {int} lines:', (columns: number, lines: number, text: string) => {
  const set = setAnew(text, columns).split('\n');
  expect(set).to.have.length(lines);
  expect(set.join(' ').replace(/\s+/g, ' ')).to.equal(text.replace(/\s+/g, ' '));
  for (const line of set.filter((one) => !one.startsWith(' '))) expect(widthOf(line)).to.be.at.most(columns);
});
