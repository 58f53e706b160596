import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import type { CatalogWorld } from '../support/world.js';

interface GuideWorld extends CatalogWorld {
  complaints: readonly string[];
  printed: string;
}

const guide = readFileSync(join(projectRoot, 'docs/simulation.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);
const program = blocks('ts').join('\n');
const outputOfGuide = blocks('text').slice(0, -1).join('');
const outputOfExample = blocks('text').at(-1);

When(
  'the code blocks of the simulation guide are compiled as one program, as strictly as ours',
  { timeout: 60_000 },
  async function (this: GuideWorld) {
    const { complaintsAbout } = await compiler();
    expect(blocks('ts').length).to.be.at.least(5);
    this.complaints = complaintsAbout(program);
    // The compiler is shown to look at it.
    expect(complaintsAbout(program.replace('chunkBytes }', 'chunkByte: 1 }'))).to.have.length(1);
  },
);

Then('the compiler finds nothing wrong', function (this: GuideWorld) {
  expect(this.complaints).to.deep.equal([]);
});

When('the code blocks of the simulation guide are run as one program', { timeout: 60_000 }, async function (this: GuideWorld) {
  const { transpiled } = await compiler();
  this.printed = await outputOf('--input-type=module', '--eval', transpiled(program));
});

When('the example of a naive rename is run', { timeout: 60_000 }, async function (this: GuideWorld) {
  this.printed = await outputOf('build/examples/naive-rename.js');
});

Then('it prints the output that the guide shows, and nothing else', function (this: GuideWorld) {
  expect(this.printed).to.equal(outputOfGuide);
});

Then('it prints the output that the guide shows for it, and nothing else', function (this: GuideWorld) {
  expect(this.printed).to.equal(outputOfExample);
});

Then('the shortest counterexample ends with bytes that nobody saved', function (this: GuideWorld) {
  expect(this.printed).to.match(
    /^saveNaively: \d+ states met, \d+ counterexamples; the shortest:\n {2}Open create [\s\S]* was shown ""; legal is "new text"$/m,
  );
});

Then('the protocol that syncs in the right order has none', function (this: GuideWorld) {
  expect(this.printed).to.match(/^saveDurably: [1-9]\d* states met, none of them illegal\n$/m);
});

/** Loaded by whoever needs it: it takes longer than all steps together. */
const compiler = () => import('../support/checks/guide-compiler.js');

/** In a process of its own, in the folder of the package, which finds itself by its name. */
async function outputOf(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: projectRoot });
  return stdout;
}
