import { Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type LockLine, lockText } from '../src/trace/lock.js';
import { saboteursText, textHash } from '../src/trace/saboteurs.js';
import { citationViolations } from '../support/checks/citations.js';
import { lengthViolations } from '../support/checks/file-lengths.js';
import { ourRequirements } from '../support/checks/our-requirements.js';
import { repeatedRuns } from '../support/checks/repeated-lines.js';
import { projectRoot, readSources, type Source, type Violation } from '../support/checks/sources.js';
import { specViolations } from '../support/checks/specs-equal.js';
import { verbatimViolations } from '../support/checks/verbatim.js';
import { type Counted, numbersOf, numberViolations, withNumbers } from '../support/suite/numbers.js';

interface GateWorld extends World {
  planted?: readonly Source[];
  refused?: readonly Violation[];
  counted?: Counted;
}

/** The checks that need the compiler, loaded by who needs them: it takes longer than all steps together. */
const withCompiler = async () => ({
  ...(await import('../support/checks/import-directions.js')),
  ...(await import('../support/checks/programs-are-run.js')),
  ...(await import('../support/checks/run.js')),
});

const programHeader =
  "import { clone, close, type DiskProgram, sync } from './program.js'; export function* planted(handle: number): DiskProgram<void> { ";
const original: readonly Source[] = [
  { path: 'specs/a.md', text: 'one\ntwo\nthree\n' },
  { path: 'specs/b.md', text: 'four\n' },
];
const copies: Readonly<Record<string, readonly Source[]>> = {
  'is equal': original,
  'has another word': original.map(({ path, text }) => ({ path, text: text.replace('three', 'tree') })),
  'has a file more': [...original, { path: 'specs/c.md', text: 'five\n' }],
  'has a file less': original.slice(1),
};

Given('a program with this body:', function (this: GateWorld, body: string) {
  this.planted = [{ path: 'src/disk/planted.ts', text: `${programHeader}${body} }\n` }];
});

Given('the file {string} with this text:', function (this: GateWorld, path: string, text: string) {
  this.planted = [...(this.planted ?? []), { path, text }];
});

// The ids are put together here: written out, they would be citations of this project.
Given('a file that cites the area {word} and number {word}', function (this: GateWorld, area: string, number: string) {
  this.planted = [{ path: 'src/core/planted.ts', text: `\n// ${['CAT', area, number].join('-')}: because\n` }];
});

Given('a file that cites the area {word} without a number', function (this: GateWorld, area: string) {
  this.planted = [{ path: 'features/planted.feature', text: `Feature: planted\n@${['CAT', area].join('-')}\n` }];
});

Given(/^a specification that (is equal|has another word|has a file more|has a file less)$/, function (this: GateWorld, difference: string) {
  this.planted = copies[difference] ?? [];
});

Given('the normative scenarios with {string} in place of {string}', function (this: GateWorld, ours: string, theirs: string) {
  const features = readSources(projectRoot, ['features'], ['.feature']).filter(({ path }) => path !== 'features/gate.feature');
  expect(features.some(({ text }) => text.includes(theirs))).to.equal(true);
  this.planted = features.map(({ path, text }) => ({ path, text: text.replace(theirs, ours) }));
});

Given(/^two files with the same (\d+) lines, (.+)$/, function (this: GateWorld, count: string, how: string) {
  const lines = Array.from({ length: Number(count) }, (_, place) =>
    how === 'all of them imports' ? `import { a${place} } from './a${place}.js';` : `const a${place} = ${place};`,
  );
  const others = how === 'indented otherwise' ? lines.map((line) => `  ${line}`) : lines;
  const between = how === 'with empty lines' ? '\n\n' : '\n';
  this.planted = [
    { path: 'src/one.ts', text: `const one = 1;\n${lines.join('\n')}\n` },
    { path: 'src/other.ts', text: `const other = 2;\n${others.join(between)}\n` },
  ];
});

Given(
  /^a file of (\d+) lines (without a word|that says why at its head|that says "long" at its head)$/,
  function (this: GateWorld, count: string, which: string) {
    const reason = which.includes('"long"') ? 'long' : 'it is here to be counted, line by line.';
    const head = which === 'without a word' ? 'const a = 1;' : `// Over 300 lines: ${reason}`;
    this.planted = [{ path: 'src/planted.ts', text: `${head}\n${'const b = 2;\n'.repeat(Number(count) - 1)}` }];
  },
);

When('the sources are read for what is said twice', function (this: GateWorld) {
  this.refused = repeatedRuns(this.planted ?? []);
});

When('the sources are read for their lengths', function (this: GateWorld) {
  this.refused = lengthViolations(this.planted ?? []);
});

When('the programs are checked', async function (this: GateWorld) {
  this.refused = (await withCompiler()).programViolations(this.planted ?? []);
});

When('the imports are checked', async function (this: GateWorld) {
  this.refused = (await withCompiler()).importViolations(this.planted ?? []);
});

When('the citations are checked', function (this: GateWorld) {
  this.refused = citationViolations(this.planted ?? [], readSources(projectRoot, ['specs'], ['.md']));
});

When('it is compared with the original', function (this: GateWorld) {
  this.refused = specViolations(this.planted ?? [], original);
});

When('the normative scenarios are compared with the specification', function (this: GateWorld) {
  const features = this.planted ?? readSources(projectRoot, ['features'], ['.feature']);
  const specification = readSources(projectRoot, ['specs'], ['10-integration.md']);
  this.refused = specification.flatMap((source) => verbatimViolations(features, source));
});

Given('a specification of 3 requirements, of which one is open, one is claimed and one was seen to fail', function (this: GateWorld) {
  const idOf = (nth: number): string => ['CAT', 'AAA', `000${nth}`].join('-');
  const text = [1, 2, 3].map((nth) => `- [${idOf(nth)}] No. ${nth}\n  - It MUST do ${nth}.\n`).join('');
  const specs = [{ path: 'specs/a.md', text: `# A village\n\n${text}` }];
  const features = [{ path: 'features/a.feature', text: `@${idOf(2)} @${idOf(3)}\nFeature: a\n  Scenario: s\n    Given a\n` }];
  const stated = ourRequirements(specs);
  const line = (id: string): LockLine => ({
    id: `${id}#1`,
    standing: 'covered',
    scenarios: 1,
    steps: 1,
    citations: 0,
    hash: 'a'.repeat(12),
  });
  const accepted = lockText([{ ...line(idOf(1)), standing: 'open' }, line(idOf(2)), line(idOf(3))]);
  const seen = { requirement: idOf(3), breaks: idOf(3), isRed: true, name: 'nothing is done', scenario: undefined };
  const tried = saboteursText(stated.filter(({ id }) => id === idOf(3)).map((one) => ({ ...seen, text: textHash(one) })));
  this.counted = { specs, features, accepted, tried };
});

Given('the requirement that was seen to fail has another word', function (this: GateWorld) {
  const { specs, ...rest } = countedBy(this);
  this.counted = { ...rest, specs: specs.map(({ path, text }) => ({ path, text: text.replace('MUST do 3', 'MUST not do 3') })) };
});

When('a README is compared that says {string}', function (this: GateWorld, counts: string) {
  const counted = countedBy(this);
  const numbers = numbersOf(counted).replace(/(?<=^\| all \| ).*(?= \|$)/m, counts);
  const readme = withNumbers('# Read me\n\n<!-- Numbers: `npm run accept` writes them. -->\n<!-- Numbers end. -->\n', numbers);
  this.refused = numberViolations({ path: 'README.md', text: readme ?? '' }, counted);
});

When('a README without numbers is compared', function (this: GateWorld) {
  this.refused = numberViolations({ path: 'README.md', text: '# Read me\n' }, countedBy(this));
});

function countedBy({ counted }: GateWorld): Counted {
  if (counted === undefined) throw new Error('nothing was counted');
  return counted;
}

When(/^the project is checked for (.+)$/, async function (this: GateWorld, name: string) {
  const { checks, readProject } = await withCompiler();
  const found = checks.find((check) => check.name === name)?.look(readProject(projectRoot));
  expect(found, `a check named ${name}`).to.not.equal(undefined);
  if (typeof found !== 'string') {
    this.refused = found ?? [];
    return undefined;
  }
  this.log(found);
  return 'skipped';
});

Then('the check refuses it at its line {int}, because it {string}', function (this: GateWorld, line: number, reason: string) {
  const [first] = this.refused ?? [];
  expect(first?.message).to.include(reason);
  expect(first?.line).to.equal(line);
});

Then(/^the check refuses it, because it "(.+)"$/, function (this: GateWorld, reason: string) {
  expect(this.refused?.[0]?.message).to.include(reason);
});

Then('the check finds {int}', function (this: GateWorld, count: number) {
  expect(this.refused).to.have.length(count);
});

Then('the check finds nothing', function (this: GateWorld) {
  expect(this.refused).to.deep.equal([]);
});
