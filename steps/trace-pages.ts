import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { badgeOf } from '../src/trace/pages/badge.js';
import { crashStateType } from '../src/trace/pages/crash-state.js';
import { htmlOf } from '../src/trace/pages/html.js';
import { junitOf } from '../src/trace/pages/junit.js';
import { markdownOf } from '../src/trace/pages/markdown.js';
import { sarifOf } from '../src/trace/pages/sarif.js';
import { outlineText, shownScenarios } from '../src/trace/pages/shown-scenarios.js';
import type { Place, Trace } from '../src/trace/trace.js';
import { projectRoot } from '../support/checks/sources.js';
import type { CrashState } from '../support/exploration/crash-state.js';
import { structureOf } from '../support/report/tables.js';
import { halfOf, ourSuite, withStrangers } from '../support/trace/our-suite.js';
import { plantedRun } from '../support/trace/planted.js';
import { junitViolations, sarifForm } from '../support/trace/report-forms.js';
import { allFail, everyStatus, foreignWords, manyRequirements, withArguments, withMessages } from '../support/trace/samples.js';
import { schemaViolations } from '../support/trace/schema-check.js';
import { unpacked } from '../support/trace/unpacked.js';
import type { CatalogWorld } from '../support/world.js';

interface TraceWorld extends CatalogWorld {
  trace?: Trace;
  page?: { readonly of: Trace; readonly text: string };
}

Given(/^a trace with every status$/, function (this: TraceWorld) {
  this.trace = everyStatus();
});

Given('a trace whose words are markup', function (this: TraceWorld) {
  this.trace = foreignWords('markup');
});

Given('a trace of {int} requirements', function (this: TraceWorld, count: number) {
  this.trace = manyRequirements(count);
});

Given("the trace of this project's own suite, of which every scenario {}", async function (this: TraceWorld, ended: string) {
  this.trace = await ourSuite(ended);
});

Given(
  "the trace of this project's own suite, in which the last scenario of every tenth requirement failed",
  async function (this: TraceWorld) {
    const trace = await ourSuite('passed');
    const last = new Set(trace.requirements.flatMap(({ scenarios }, place) => (place % 10 === 0 ? (scenarios.at(-1) ?? []) : [])));
    this.trace = { ...trace, scenarios: trace.scenarios.map((scenario) => (last.has(scenario.id) ? allFail(scenario) : scenario)) };
  },
);

Given('its first scenario verifies {string} and {string}', function (this: TraceWorld, one: string, other: string) {
  const trace = traceOf(this);
  this.trace = {
    ...trace,
    scenarios: trace.scenarios.map((scenario, place) => (place === 0 ? { ...scenario, requirements: [one, other] } : scenario)),
  };
});

Then('each of its reports is the same when it is made again', function (this: TraceWorld) {
  const again = structuredClone(traceOf(this));
  for (const make of [htmlOf, markdownOf, junitOf, sarifOf, (trace: Trace) => JSON.stringify(badgeOf(trace))]) {
    const made = make(traceOf(this));
    expect(made).to.have.length.greaterThan(20);
    expect(make(again)).to.equal(made);
  }
});

Then('the page of the trace has a row and a section of each requirement, each with its status', function (this: TraceWorld) {
  const page = htmlOf(traceOf(this));
  for (const { id, title, status } of traceOf(this).requirements) {
    expect(page).to.match(
      new RegExp(`<tr><th scope="row"><a href="#${id}">${id}</a> ${title}<td>[A-Z]+<td class="mark ${status}">${status}<`),
    );
    expect(page).to.match(new RegExp(`<article id="${id}">.*${title}</h2><p><b class="mark ${status}">${status}</b>`));
  }
});

Given('a trace whose steps have a table and a text below them', function (this: TraceWorld) {
  this.trace = withArguments();
});

Given(
  'a trace in which scenarios fail with messages of {int}, {int} and {int} letters, and a crash state',
  function (this: TraceWorld, short: number, long: number, huge: number) {
    this.trace = withMessages([short, long, huge]);
  },
);

Then('the message of {int} letters and the crash state are packed whole', function (this: TraceWorld, length: number) {
  const { unusual } = unpacked(htmlOf(traceOf(this)));
  expect(unusual[0]?.message).to.have.length(length);
  expect(JSON.parse(unusual[0]?.attachments?.[0]?.text ?? '')).to.have.property('cut');
});

Then('each message that is cut tells how much of it is not there', function (this: TraceWorld) {
  const told = unpacked(htmlOf(traceOf(this))).unusual.slice(1);
  expect(told).to.have.length(2);
  for (const [place, { message = '' }] of told.entries()) {
    const whole = traceOf(this).scenarios[place + 1]?.results[0]?.message ?? '';
    const [, shown = '', more = ''] = /^([\s\S]*?)(?:\n… ([\d,]+) characters more)?$/.exec(message) ?? [];
    expect(shown.length + Number(more.replaceAll(',', ''))).to.equal(whole.length);
  }
});

Then('each crash state is packed whole, or told by its size in thousands of letters', function (this: TraceWorld) {
  const states = traceOf(this).scenarios.flatMap(({ results }) =>
    results.flatMap(({ attachments }) => attachments.map(({ text }) => text)),
  );
  const sizes = new Set(states.map(({ length }) => Math.round(length / 1000)));
  const told = unpacked(pageOf(this)).unusual.flatMap(({ attachments = [] }) => attachments.map(({ text }) => text));
  expect(told).to.have.length(states.length);
  const cut = told.filter((text) => !states.includes(text));
  expect(cut).to.have.length.greaterThan(1000);
  for (const text of cut)
    expect(sizes.has(Number(/^… about ([\d,]+),000 characters more$/.exec(text)?.[1]?.replaceAll(',', '')))).to.equal(true);
});

Given(
  'a run of a scenario that explores a program without {}, and expects it to keep every promise',
  { timeout: 240_000 },
  async function (this: TraceWorld, part: string) {
    const explored = `When the history "put new" is explored by a program without ${part}`;
    this.trace = plantedRun(await this.folder(), [explored, 'Then every promise was kept']);
  },
);

Then(
  'the page of that run has that scenario as failed, with a folder before and after, a cut between steps and a command',
  function (this: TraceWorld) {
    expect(pageOf(this)).to.contain('A promise is kept <b class="mark failed">failed</b>');
    const { before, after, steps, cut } = crashIn(this);
    expect(before).to.have.length.above(0);
    expect(after).to.not.deep.equal(before);
    expect(cut).to.be.within(1, steps.length - 1);
  },
);

Then('that command brings the same complaint about again', { timeout: 120_000 }, function (this: TraceWorld) {
  const [, json = ''] = /^npm run replay -- '(.*)'$/.exec(crashIn(this).replay ?? '') ?? [];
  const entry = join(projectRoot, 'build/support/exploration/replay.js');
  const { stdout, status } = spawnSync(process.execPath, [entry, json], { encoding: 'utf8' });
  expect(status).to.equal(1);
  const [{ name = '' } = {}] = unpacked(pageOf(this)).unusual[0]?.attachments ?? [];
  expect(name).to.contain(stdout.trimEnd().split('\n').at(-1)?.slice(0, 100));
});

Then('below the first step of its page there is the table {string}', function (this: TraceWorld, table: string) {
  const rows = unpacked(htmlOf(traceOf(this))).arguments['0 0'];
  expect(rows).to.deep.equal(table.split('; ').map((row) => row.replace(', ', '\n')));
});

Then('below the second the text {string}', function (this: TraceWorld, text: string) {
  expect(unpacked(htmlOf(traceOf(this))).arguments['0 1']).to.equal(text);
});

Then('every scenario, step, result and finding is in the page or packed into it', function (this: TraceWorld) {
  const trace = traceOf(this);
  const page = pageOf(this);
  const shown = shownScenarios(trace.scenarios);
  const { scenarios, took, unusual, findings } = unpacked(page);
  const names = namesOn(page);
  expect(shown.filter(({ name }, place) => scenarios.told[place]?.[0] !== name && !names.has(name))).to.deep.equal([]);
  expect(scenarios.steps.map(({ length }) => length)).to.deep.equal(shown.map(({ steps }) => steps.length));
  expect(took.map(({ length }) => length)).to.deep.equal(shown.map(({ examples }) => examples.length));
  const odd = trace.scenarios.flatMap(({ results }) => results.filter(({ status, attempts }) => status !== 'passed' || attempts > 1));
  expect(unusual.filter(({ status, attempts }) => status !== undefined || attempts !== undefined)).to.have.length(odd.length);
  const lines = page.slice(page.indexOf('id="findings"'), page.indexOf('id="requirements"')).match(/<li>/g) ?? [];
  const counted = findings.flat().map(([line = '']) => Number(/^and ([\d,]+) more, at their/.exec(line)?.[1]?.replaceAll(',', '') ?? 1));
  expect(counted.reduce((sum, count) => sum + count, lines.length)).to.equal(trace.findings.length);
});

Given("the trace of half of this project's own suite", async function (this: TraceWorld) {
  this.trace = halfOf(await ourSuite('passed'));
});

Then('the page says how long steps took', function (this: TraceWorld) {
  expect(saysTimes(pageOf(this))).to.equal(true);
});

When('just so many scenarios come in that the page does not say how long steps took', function (this: TraceWorld) {
  crowd(this, (page) => !saysTimes(page));
});

Then('it says that it does not', function (this: TraceWorld) {
  expect(pageOf(this)).to.include('How long each step took had no room here');
});

Then('the page shows what stands in the rows of outlines', function (this: TraceWorld) {
  expect(showsCells(pageOf(this))).to.equal(true);
});

When('just so many scenarios come in that the page does not show what stands in the rows of outlines', function (this: TraceWorld) {
  crowd(this, (page) => !showsCells(page));
});

Then('it says that it does not show that either', function (this: TraceWorld) {
  expect(pageOf(this)).to.include('Nor had what stands in the rows of outlines');
});

Then('it has more than {int} examples, and its page less than {int} bytes', function (this: TraceWorld, examples: number, bytes: number) {
  expect(traceOf(this).scenarios.length).to.be.greaterThan(examples);
  const size = Buffer.byteLength(pageOf(this));
  this.log(`${traceOf(this).scenarios.length} scenarios, ${size} bytes`);
  expect(size).to.be.lessThan(bytes);
});

Then('the page of the trace names every scenario', function (this: TraceWorld) {
  expect(unnamedOn(traceOf(this)).map(({ name }) => name)).to.deep.equal([]);
});

Then('the page of the trace names every scenario that failed, and not every scenario', function (this: TraceWorld) {
  const unnamed = unnamedOn(traceOf(this));
  expect(unnamed).to.have.length.greaterThan(0);
  expect(unnamed.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)).to.deep.equal([]);
});

Then('each link of its page leads to something in it, and nothing in it is fetched', function (this: TraceWorld) {
  const page = pageOf(this);
  const links = [...page.matchAll(/<[^>]+\s(?:href|src|action|srcset|data)="([^"]*)"/g)].map(([, link = '']) => link);
  expect(links).to.have.length.above(10);
  const missing = links.filter(
    (link) => !(link.startsWith('#status=') || (link.startsWith('#') && page.includes(` id="${link.slice(1)}"`))),
  );
  expect(missing).to.deep.equal([]);
  expect(page).to.not.match(/@import|url\(|<link|<iframe|<img/);
});

Then('its page has no element or attribute more than the page of harmless words', function (this: TraceWorld) {
  expect(structureOf(htmlOf(traceOf(this)))).to.deep.equal(structureOf(htmlOf(foreignWords('harmless'))));
});

Then('{string} with {string} are shown as {string}', (texts: string, cells: string, shown: string) => {
  const rows = cells.split('; ').map((row) => Object.fromEntries(row.split(' ').map((cell) => cell.split('=') as [string, string])));
  expect(outlineText(texts.split(', '), rows)).to.equal(shown);
});

Then('its Markdown has a line for each requirement, with its status, level and stores', function (this: TraceWorld) {
  const lines = markdownOf(traceOf(this)).split('\n');
  for (const { id, title, status, level, byRun } of traceOf(this).requirements) {
    const line = lines.find((one) => one.startsWith(`| \`${id}\` ${title} |`))?.replaceAll('*', '');
    expect(line).to.contain(`| ${level} | ${status} | ${byRun.fs ?? ''} | ${byRun.journal ?? ''} |`);
  }
  expect(lines).to.include('- R-1 is found with failed (`specs/spec.md:3`, `features/sample.feature:18`)');
});

Then('its Markdown has no markup of theirs', function (this: TraceWorld) {
  const text = markdownOf(traceOf(this)).replaceAll(/(?<!\\)`[^`\n]*`/g, '');
  expect(text).not.to.match(/(?<!\\)<|\u202e/);
  expect(
    text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(/(?<!\\)\|/).length),
  ).to.satisfy((counts: number[]) => new Set(counts.slice(-3)).size === 1);
});

Then('its JUnit has a case for each result, and the first has these properties: {string}', function (this: TraceWorld, properties: string) {
  const cases = junitOf(traceOf(this)).split('<testcase ').slice(1);
  expect(cases).to.have.length(traceOf(this).scenarios.flatMap(({ results }) => results).length);
  const found = [...(cases[0] ?? '').matchAll(/<property name="(.*?)" value="(.*?)"\/>/g)].map(([, name, value]) => `${name} ${value}`);
  expect(found.join(', ')).to.equal(properties);
});

Then(
  /^its JUnit counts (\d+) tests and (\d+) failure, whose message is "(.+)"$/,
  function (this: TraceWorld, tests: string, failures: string, message: string) {
    const xml = junitOf(traceOf(this));
    expect(xml).to.contain(`<testsuites name="a sample" tests="${tests}" failures="${failures}" errors="0"`);
    expect(xml.match(/<failure /g)).to.have.length(Number(failures));
    expect(xml).to.contain(`message="${message}">`);
  },
);

Then('its JUnit has no character that XML refuses, and no element of theirs', function (this: TraceWorld) {
  const xml = junitOf(traceOf(this));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML refuses
  expect(xml).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  expect(structureOf(xml)).to.deep.equal(structureOf(junitOf(foreignWords('harmless'))));
});

Given('a finding that has no line', function (this: TraceWorld) {
  const trace = everyStatus();
  this.trace = {
    ...trace,
    findings: trace.findings.map((one) => ({ ...one, places: one.places.map((place) => ({ ...place, line: 0 })) })),
  };
});

Then('its JUnit is of the form of the usual schema, and its SARIF of that of SARIF 2.1.0', function (this: TraceWorld) {
  expect(junitViolations(junitOf(traceOf(this)))).to.deep.equal([]);
  expect(schemaViolations(JSON.parse(sarifOf(traceOf(this))), sarifForm)).to.deep.equal([]);
});

Then('each count in its JUnit is that of what is in it, and each rule of its SARIF is where its index says', function (this: TraceWorld) {
  for (const suite of junitOf(traceOf(this)).split('<testsuite ').slice(1)) {
    const [, tests, failures, skipped] = / tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"/.exec(suite) ?? [];
    const counted = ['<testcase ', '<failure ', '<skipped/>'].map((tag) => String(suite.split(tag).length - 1));
    expect([tests, failures, skipped]).to.deep.equal(counted);
  }
  const { tool, results } = sarifRun(traceOf(this));
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).to.equal(ruleId);
  expect(new Set(tool.driver.rules.map(({ id }) => id)).size).to.equal(tool.driver.rules.length);
});

/** Of a whole log each a small mistake. */
const mistakes: Readonly<Record<string, readonly [RegExp, string]>> = {
  'a line of 0': [/"startLine": 3/, '"startLine": 0'],
  'a level of another name': [/"level": "note"/, '"level": "info"'],
  'a member of another name': [/"ruleIndex"/, '"rulePlace"'],
  'a result without a message': [/"message": \{[^}]*\},/, ''],
  'a case without a name': [/(<testcase classname="[^"]*") name="[^"]*"/, '$1'],
  'an attribute of another name': [/ errors="0"/, ' errors="0" crashes="0"'],
  'a time in words': [/ time="[\d.]+"/, ' time="2 s"'],
  'an ampersand that is not escaped': [/a sample/, 'a & sample'],
  'an element that is not ended': [/<\/testcase>/, ''],
};

Then(/^(.+) is no (SARIF|JUnit)$/, (what: string, form: string) => {
  const [pattern, wrong] = mistakes[what] ?? [/$^/, ''];
  const whole = form === 'SARIF' ? sarifOf(everyStatus()) : junitOf(everyStatus());
  const changed = whole.replace(pattern, wrong);
  expect(changed).to.not.equal(whole);
  expect(form === 'SARIF' ? schemaViolations(JSON.parse(changed), sarifForm) : junitViolations(changed)).to.not.deep.equal([]);
});

Then('its SARIF tells:', function (this: TraceWorld, table: { hashes(): Record<string, string>[] }) {
  const { tool, results } = sarifRun(traceOf(this));
  const told = results.map(({ ruleId, ruleIndex, level, locations, relatedLocations }) => {
    expect(tool.driver.rules[ruleIndex]?.id).to.equal(ruleId);
    return { rule: ruleId, level, at: locations.map(placeText).join(), 'also at': relatedLocations.map(placeText).join() };
  });
  expect(told).to.deep.equal(table.hashes());
});

Then('the fingerprints of its SARIF stay when all lines move by {int}', function (this: TraceWorld, lines: number) {
  const trace = traceOf(this);
  const moved = (place: Place) => ({ ...place, line: place.line + lines });
  const findings = trace.findings.map((finding) => ({
    ...finding,
    id: finding.id?.replace(':51', `:${51 + lines}`),
    places: finding.places.map(moved),
  }));
  expect(fingerprints({ ...trace, findings })).to.deep.equal(fingerprints(trace));
});

Then('no two fingerprints of its SARIF are alike, even of findings that are', function (this: TraceWorld) {
  const trace = traceOf(this);
  const twice = fingerprints({ ...trace, findings: [...trace.findings, ...trace.findings] });
  expect(new Set(twice).size).to.equal(2 * trace.findings.length);
});

Then('its badge says {string} in {string}', function (this: TraceWorld, message: string, color: string) {
  expect(badgeOf(traceOf(this))).to.deep.equal({ schemaVersion: 1, label: 'requirements', message, color });
});

/** What is packed of the first crash of the first scenario that is not green. */
function crashIn(world: TraceWorld): CrashState {
  const attachments = unpacked(pageOf(world)).unusual.flatMap((one) => one.attachments ?? []);
  const crash = attachments.find(({ type }) => type === crashStateType);
  if (crash === undefined) throw new Error('the page has no crash state');
  return JSON.parse(crash.text);
}

/** Made once of a trace. */
function pageOf(world: TraceWorld): string {
  const trace = traceOf(world);
  if (world.page?.of !== trace) world.page = { of: trace, text: htmlOf(trace) };
  return world.page.text;
}

function traceOf({ trace }: TraceWorld): Trace {
  if (trace === undefined) throw new Error('there is no trace');
  return trace;
}

/** What the page itself, without what is packed, does not name. */
function unnamedOn(trace: Trace) {
  const named = namesOn(htmlOf(trace));
  return shownScenarios(trace.scenarios).filter(({ name }) => !named.has(name));
}

function namesOn(page: string): ReadonlySet<string> {
  return new Set([...page.matchAll(/<li>([^<]*)/g)].map(([, name = '']) => textOf(name)));
}

function textOf(markup: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return markup.replace(/&(\w+|#39);/g, (_, name: string) => entities[name] ?? '').trim();
}

interface SarifLocation {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } };
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly results: readonly {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly level: string;
    readonly locations: readonly SarifLocation[];
    readonly relatedLocations: readonly SarifLocation[];
    readonly partialFingerprints: Readonly<Record<string, string>>;
  }[];
}

function sarifRun(trace: Trace): SarifRun {
  const { version, runs } = JSON.parse(sarifOf(trace)) as { version: string; runs: [SarifRun] };
  expect(version).to.equal('2.1.0');
  return runs[0];
}

function fingerprints(trace: Trace): string[] {
  return sarifRun(trace).results.map(({ partialFingerprints }) => partialFingerprints['trace/v1'] ?? '');
}

function placeText({ physicalLocation: { artifactLocation, region } }: SarifLocation): string {
  return `${artifactLocation.uri}:${region.startLine}`;
}

function saysTimes(page: string): boolean {
  return unpacked(page).scenarios.times.flat().length > 0;
}

function showsCells(page: string): boolean {
  return unpacked(page).scenarios.told.some(([, , columns]) => columns.some((column) => column.includes('\n')));
}

/** The fewest strangers, give or take a few, that make a page of the trace so. */
function crowd(world: TraceWorld, isSo: (page: string) => boolean): void {
  const trace = traceOf(world);
  let [few, many] = [0, 4000];
  while (many - few > 16) {
    const middle = (few + many) >> 1;
    if (isSo(htmlOf(withStrangers(trace, middle)))) many = middle;
    else few = middle;
  }
  world.trace = withStrangers(trace, many);
}
