import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import { type Block, blocksOf, type Document, placeOf } from '../support/documents/blocks.js';
import { allDocuments } from '../support/documents/documents.js';
import { quickstartOutput } from '../support/documents/draw-picture.js';
import { copyFresh, typedIn } from '../support/documents/fresh-copy.js';
import { programsOf, ranPrograms, ranSessions, undeclared } from '../support/documents/judged.js';
import { deadLinks, deadPaths } from '../support/documents/links.js';
import { linesOfPicture, linesShown, wordsIn } from '../support/documents/picture.js';
import type { Ended } from '../support/documents/place.js';
import { wrongRatios } from '../support/documents/ratios.js';
import { linesOf } from '../support/documents/shell-lines.js';
import type { CatalogWorld } from '../support/world.js';

interface DocumentsWorld extends CatalogWorld {
  documents: readonly Document[];
  blocks: readonly Block[];
  otherPrograms: readonly string[];
  complaints: readonly string[];
  values: number;
  shown: readonly string[];
  ended: Ended;
}

/** Loaded by whoever needs it: it takes longer than all steps together. */
const compiler = () => import('../support/documents/compiled.js');
const minutes = 60_000;

Given('the documents', function (this: DocumentsWorld) {
  read(this, allDocuments());
});

Given('a text with this {word} in it:', function (this: DocumentsWorld, language: string, text: string) {
  read(this, [{ path: 'README.md', text: `\`\`\`${language}\n${text.replaceAll('\\n', '\n')}\n\`\`\`\n` }]);
});

Given('a document that says {string}', function (this: DocumentsWorld, text: string) {
  read(this, [{ path: 'README.md', text: `# A heading\n\n${text}\n` }]);
});

Given('of their code other features run, or nobody can run here:', function (this: DocumentsWorld, table: DataTable) {
  const rows = table.hashes() as { document: string; 'begins with': string }[];
  const left = rows.map((row) => matching(this.blocks, row));
  expect(left.filter(({ found }) => found.length !== 1).map(({ row }) => row)).to.deep.equal([]);
  const names = new Set(left.flatMap(({ found }) => found.map(placeOf)));
  this.blocks = this.blocks.filter((block) => !names.has(placeOf(block)));
});

Given('the other programs {string}', function (this: DocumentsWorld, names: string) {
  this.otherPrograms = names.split(' ');
});

When('their programs are compiled, as strictly as ours', { timeout: 3 * minutes }, async function (this: DocumentsWorld) {
  this.complaints = (await compiler()).complaintsIn(programsOf(this.blocks));
});

When('their programs are run', { timeout: 3 * minutes }, async function (this: DocumentsWorld) {
  const { complaints, values } = await ranPrograms(this.blocks);
  this.complaints = complaints;
  this.values = values;
});

When('their commands are held against what is declared', { timeout: minutes }, async function (this: DocumentsWorld) {
  this.complaints = await undeclared(this.blocks, this.otherPrograms ?? []);
});

When('their commands are typed, each session in a home of its own', { timeout: 5 * minutes }, async function (this: DocumentsWorld) {
  this.complaints = await ranSessions(this.blocks);
});

When('their JSON is parsed', function (this: DocumentsWorld) {
  this.complaints = this.blocks.filter(({ language }) => language === 'json').flatMap((block) => unparsed(block));
});

When('their links are followed', function (this: DocumentsWorld) {
  this.complaints = [...deadLinks(this.documents), ...deadPaths(this.documents)];
});

When('their ratios are held against those that the bench has accepted', function (this: DocumentsWorld) {
  const { complaints, count } = wrongRatios(this.documents);
  this.complaints = complaints;
  this.values = count;
});

When('the quickstart is run', { timeout: 2 * minutes }, function (this: DocumentsWorld) {
  this.shown = linesShown(quickstartOutput());
});

Then('both pictures of the README show its words', function (this: DocumentsWorld) {
  for (const name of ['quickstart.svg', 'quickstart-dark.svg']) {
    const lines = linesOfPicture(readFileSync(join(projectRoot, 'docs', name), 'utf8'));
    expect(wordsIn(lines), 'draw it anew: node build/support/documents/draw-picture.js').to.equal(wordsIn(this.shown));
  }
});

Then('the README has these parts, in this order:', function (this: DocumentsWorld, table: DataTable) {
  const wanted = table.hashes().map(({ part }) => part);
  expect([...partsOf(readmeOf(this)).keys()].filter((title) => wanted.includes(title))).to.deep.equal(wanted);
});

Then(/^its part "([^"]*)" says (.*)$/, function (this: DocumentsWorld, title: string, words: string) {
  const part = partsOf(readmeOf(this)).get(title) ?? '';
  for (const [, word = ''] of words.matchAll(/"([^"]*)"/g)) expect(part).to.include(word);
});

Then('each guide begins with {string}, and the README leads to it', function (this: DocumentsWorld, words: string) {
  const guides = this.documents.filter(({ path }) => path.startsWith('docs/'));
  expect(guides.length).to.be.at.least(12);
  for (const { path, text } of guides) {
    expect(text, path).to.match(new RegExp(`^# .*\n\n${words}`));
    expect(readmeOf(this)).to.include(`(${path})`);
  }
});

Given('a fresh copy of the project, without packages and without anything built', async function (this: DocumentsWorld) {
  copyFresh(join(await this.folder(), 'project'));
});

When('the first command of the README is typed', { timeout: 20 * minutes }, async function (this: DocumentsWorld) {
  const [block] = blocksOf({ path: 'README.md', text: readFileSync(join(projectRoot, 'README.md'), 'utf8') });
  this.ended = await typedIn(join(await this.folder(), 'project'), linesOf(block?.text ?? '')[0]?.text ?? '');
  if (/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT/.test(this.ended.stderr)) return 'skipped';
});

When('{string} is typed there', { timeout: 20 * minutes }, async function (this: DocumentsWorld, line: string) {
  this.ended = await typedIn(join(await this.folder(), 'project'), line);
});

Then('it was typed with success', function (this: DocumentsWorld) {
  expect(this.ended.exitCode, this.ended.stderr.slice(-2000)).to.equal(0);
});

Then('it was typed with success, and shows the words of the picture', function (this: DocumentsWorld) {
  expect(this.ended.exitCode, this.ended.stderr.slice(-2000)).to.equal(0);
  const lines = linesOfPicture(readFileSync(join(projectRoot, 'docs/quickstart.svg'), 'utf8'));
  expect(wordsIn(linesShown(this.ended.stdout))).to.include(wordsIn(lines));
});

Then('nothing in them is wrong', function (this: DocumentsWorld) {
  expect(this.complaints).to.deep.equal([]);
});

Then('what is wrong with it is {string}', function (this: DocumentsWorld, words: string) {
  expect(this.complaints.join('\n')).to.include(words);
});

Then('at least {int} values were compared', function (this: DocumentsWorld, least: number) {
  expect(this.values).to.be.at.least(least);
});

Then('each block that is no code of ours is one of these:', function (this: DocumentsWorld, table: DataTable) {
  const checked = ['ts', 'sh', 'bash', 'json'];
  const others = this.blocks.filter(({ language, prints }) => !checked.includes(language) && !prints);
  const found = others.map(({ path, language }) => `${path} ${language}`);
  const named = (table.hashes() as { document: string; language: string; blocks: string }[]).flatMap(({ document, language, blocks }) =>
    Array.from({ length: Number(blocks) }, () => `${document} ${language}`),
  );
  expect(found).to.have.members(named);
});

const readmeOf = ({ documents }: DocumentsWorld): string => documents.find(({ path }) => path === 'README.md')?.text ?? '';

/** The text under each heading. */
function partsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^## /m).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n'))]));
}

function read(world: DocumentsWorld, documents: readonly Document[]): void {
  world.documents = documents;
  world.blocks = documents.flatMap(blocksOf);
}

function matching(blocks: readonly Block[], row: { document: string; 'begins with': string }) {
  return { row, found: blocks.filter(({ path, text }) => path === row.document && text.startsWith(row['begins with'])) };
}

function unparsed(block: Block): string[] {
  try {
    JSON.parse(block.text);
    return [];
  } catch (error) {
    return [`${placeOf(block)} ${(error as Error).message}`];
  }
}
