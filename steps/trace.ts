import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { acceptedLock } from '../src/trace/accept.js';
import { contradictionsIn } from '../src/trace/conflicts.js';
import { linesOf, scenariosIn } from '../src/trace/features.js';
import { gateOf } from '../src/trace/gate.js';
import type { Inputs } from '../src/trace/inputs.js';
import { jsonOf } from '../src/trace/json.js';
import { lockIn, lockLine, lockText } from '../src/trace/lock.js';
import { MessageReader, type ReadRun } from '../src/trace/messages.js';
import { requirementsIn, type Stated } from '../src/trace/requirements.js';
import { schema } from '../src/trace/schema.js';
import type { Requirement, Trace } from '../src/trace/trace.js';
import { traceOf } from '../src/trace/trace-of.js';
import { differenceText } from '../src/trace/words.js';
import { projectRoot, readSources } from '../support/checks/sources.js';
import { runCatalog, wordsOf } from '../support/cli.js';
import { coveredVillage } from '../support/trace/covered.js';
import { copiedWithPackages, runCucumber } from '../support/trace/cucumber-run.js';
import { accepted, everyDeletion, exitCodeOf } from '../support/trace/deletions.js';
import { editToken, editTypography, hasDrifted, lockOf, seeded, writtenIn } from '../support/trace/edits.js';
import { asOfLater, asOfOld, type Kind, messagesWhenRun, readMessages, saidOf } from '../support/trace/kit.js';
import { largeInputs } from '../support/trace/large.js';
import { cutShort, messagesOf } from '../support/trace/messages.js';
import { deletedByChance, ownAccepted, ownInputs } from '../support/trace/own-trace.js';
import { everyStatus, inputsOf, type Project, runOf } from '../support/trace/project.js';
import { schemaViolations } from '../support/trace/schema-check.js';
import { triedVillage } from '../support/trace/tried-village.js';
import { agreements, forms, normativeTroubles, ranAndPlanned, skippedVillage, troubles } from '../support/trace/troubles.js';
import { village } from '../support/trace/village.js';
import type { CatalogWorld } from '../support/world.js';

interface TraceWorld extends CatalogWorld {
  specification?: string;
  stated?: readonly Stated[];
  messages?: string;
  sample?: string;
  read?: ReadRun;
  project?: Project;
  own?: Inputs;
  trace?: Trace;
  texts?: readonly string[];
  drifted?: number;
  large?: { readonly isSame: boolean; readonly requirements: number; readonly scenarios: number };
}

const edits = 10_000;
const waiver = { id: 'REQ-3', reason: 'drought', until: '2999-01-31' };
const profile = { id: 'CAT-[A-Z]{2,3}-\\d{4}' };

Given(/^a document with (.*)$/, function (this: TraceWorld, form: string) {
  this.specification = forms[form] ?? '';
});

Given('messages of a scenario that failed and then passed, and of one that was cut short', function (this: TraceWorld) {
  this.messages = messagesOf(village.features, cutShort);
});

Given(/^the messages of a run of the samples, (.*)$/, async function (this: TraceWorld, kind: Kind) {
  this.messages = await messagesWhenRun(kind);
});

Given(/^a village whose normative scenario (.*)$/, function (this: TraceWorld, trouble: string) {
  this.project = found(normativeTroubles, trouble);
});

Given('a requirement below another, whose scenario failed', function (this: TraceWorld) {
  this.project = found(troubles, 'a failure below');
});

Given(
  'a village that ran on {string} and on {string}, where {string} failed',
  function (this: TraceWorld, one: string, other: string, name: string) {
    const read = Object.entries(village.features).map(([path, text]) => scenariosIn({ path, text }));
    const runs = [
      runOf(read, { id: 'first', store: one }),
      runOf(read, { id: 'second', store: other, outcomes: { [name]: { status: 'failed' } } }),
    ];
    this.project = { ...village, runs };
  },
);

Given(/^a village with (.*) skipped, of which "(.*)" is optional$/, function (this: TraceWorld, what: string, tag: string) {
  this.project = skippedVillage(what === 'what is far' ? ['Corn', 'Water'] : ['Corn', 'Water', 'Bridge', 'Flood'], tag);
});

Given(/^a village with (.*), as it was accepted$/, function (this: TraceWorld, lists: string) {
  this.project = found(agreements, lists);
});

Given(/^a village whose scenarios were seen to run (.*)$/, function (this: TraceWorld, what: string) {
  this.project = accepted(coveredVillage(what));
});

Given('a village in which nothing is wrong, as it was accepted', function (this: TraceWorld) {
  this.project = accepted(village);
});

Given('this project as if all had passed, as it was accepted', async function (this: TraceWorld) {
  this.own = await ownAccepted();
});

Given('a village in which a MUST is open, as it was accepted', function (this: TraceWorld) {
  this.project = accepted({ ...village, specification: `${village.specification}- [REQ-5] Smithy\n  - A smith MUST be there.\n` });
});

Given('a village that ran, and a dry run that told what there is to run', function (this: TraceWorld) {
  this.project = ranAndPlanned();
});

Given(/^the village has (.*)$/, function (this: TraceWorld, trouble: string) {
  this.project = found(troubles, trouble);
});

Given(
  /^a village in which a saboteur of "REQ-3" (was caught|was not caught), over (.*)$/,
  function (this: TraceWorld, fate: string, words: string) {
    this.project = triedVillage(words, fate === 'was caught');
  },
);

Given('the village in a folder, with one small file that says where things are', async function (this: TraceWorld) {
  const specification = { title: 'A village', id: 'REQ-\\d+', specifications: ['spec.md'], citations: ['src/*.ts'] };
  await put(this, 'trace.config.json', JSON.stringify(specification));
  await put(this, 'spec.md', village.specification);
  for (const [path, text] of Object.entries({ ...village.features, ...village.code })) await put(this, path, text);
  await put(this, 'reports/cucumber.ndjson', messagesOf(village.features));
});

Given('the example {string}, whose suite has run', async function (this: TraceWorld, name: string) {
  const folder = await this.folder();
  copiedWithPackages(join('examples', name), folder);
  const { exitCode, printed } = await runCucumber(folder, ['--format', 'message:reports/cucumber.ndjson']);
  expect(exitCode, printed).to.equal(0);
});

When(/^the messages there begin with (.*)$/, async function (this: TraceWorld, line: string) {
  await put(this, 'reports/cucumber.ndjson', `${line}\n${messagesOf(village.features)}`);
});

When('the messages there are those of a run that was cut short', async function (this: TraceWorld) {
  await put(this, 'reports/cucumber.ndjson', messagesOf(village.features, { Beds: 'is cut short' }));
});

When(/^"old.json" there is (.*)$/, async function (this: TraceWorld, text: string) {
  await put(this, 'old.json', text);
});

When('a byte order mark is put before every file there', async function (this: TraceWorld) {
  const features = Object.fromEntries(Object.entries(village.features).map(([path, text]) => [path, `\ufeff${text}`]));
  const config = await readFile(join(await this.folder(), 'trace.config.json'), 'utf8');
  const files = { 'trace.config.json': config, 'spec.md': village.specification, 'reports/cucumber.ndjson': messagesOf(features) };
  for (const [path, text] of Object.entries(files)) await put(this, path, `\ufeff${text}`);
  for (const [path, text] of Object.entries(features)) await put(this, path, text);
});

When(
  'its results are in {string}, in {string} and in {string}',
  async function (this: TraceWorld, one: string, other: string, third: string) {
    const folder = await this.folder();
    const config = JSON.parse(await readFile(join(folder, 'trace.config.json'), 'utf8')) as object;
    await put(this, 'trace.config.json', JSON.stringify({ ...config, results: ['reports/**/*.ndjson'] }));
    await rm(join(folder, 'reports/cucumber.ndjson'));
    for (const path of [one, other, third]) await put(this, path, messagesOf(village.features));
  },
);

When('it is read for the ids {string}', function (this: TraceWorld, id: string) {
  this.stated = requirementsIn({ path: 'spec.md', text: this.specification ?? '' }, { id });
});

When('{string} becomes {string} in {string} there', async function (this: TraceWorld, from: string, to: string, path: string) {
  const whole = join(await this.folder(), path);
  const text = await readFile(whole, 'utf8');
  expect(text).to.include(from);
  await writeFile(whole, text.replace(from, to.replace('\\u001b', '\u001b')));
});

When('the document is read', function (this: TraceWorld) {
  this.stated = requirementsIn({ path: 'spec.md', text: this.specification ?? '' }, { id: 'REQ-\\d+', checklists: true });
});

When('they are read in pieces of any size', function (this: TraceWorld) {
  const reader = new MessageReader({ id: 'cucumber', store: undefined, path: 'reports/cucumber.ndjson' }, linesOf);
  for (const line of (this.messages ?? '').split('\n')) reader.take(line);
  this.read = reader.read();
});

When('they are as a later version may have them, with a hook of the whole run that failed', function (this: TraceWorld) {
  this.messages = asOfLater(this.messages ?? '');
});

When('a trace with every status is told as JSON twice', function (this: TraceWorld) {
  this.texts = [jsonOf(traceOf(everyStatus())), jsonOf(traceOf(everyStatus()))];
});

When('a trace with every status is made', function (this: TraceWorld) {
  this.trace = traceOf(everyStatus());
});

When('it is traced', function (this: TraceWorld) {
  this.trace = traceOf(inputsOf(this.project ?? village));
});

When(
  '{int} requirements are joined with {int} results, twice, in a heap of {int} MB',
  function (this: TraceWorld, count: number, results: number, heap: number) {
    const told = execFileSync(process.execPath, [
      `--max-old-space-size=${heap}`,
      join(projectRoot, 'build/support/trace/large.js'),
      String(count),
    ]);
    this.large = JSON.parse(told.toString());
    expect(this.large).to.include({ requirements: count, scenarios: results });
  },
);

When(
  /^a (token|blank, a quote or a hyphen) of a requirement(?: that MUST be met)? is edited (\d+) times$/,
  function (this: TraceWorld, what: string, times: string) {
    const written = readSources(projectRoot, ['specs'], ['.md']).flatMap((source) => writtenIn(source, profile));
    const lock = lockOf(written);
    const claims = { ...{ scenarios: [], unknown: [], told: new Map(), byRequirement: new Map(), byObligation: new Map() } };
    const random = seeded(8);
    const edit = what === 'token' ? editToken : editTypography;
    const tried = Array.from({ length: Number(times) }, (_, place) => written[place % written.length]).flatMap((one) => one ?? []);
    this.drifted = tried.filter((one) => hasDrifted(edit(one, random), one, { lock, claims, profile })).length;
  },
);

When('the tag {string} is taken away there', async function (this: TraceWorld, tag: string) {
  for (const [path, text] of Object.entries(village.features)) await put(this, path, text.replace(tag, ''));
  const features = Object.fromEntries(Object.entries(village.features).map(([path, text]) => [path, text.replace(tag, '')]));
  await put(this, 'reports/cucumber.ndjson', messagesOf(features));
});

When(/^the configuration there is (.*)$/, async function (this: TraceWorld, trouble: string) {
  const path = join(await this.folder(), 'trace.config.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as object;
  const others: Readonly<Record<string, string>> = {
    'no JSON': '{',
    'one with a member nobody knows': JSON.stringify({ ...config, specs: [] }),
    'one whose pattern finds nothing': JSON.stringify({ ...config, features: ['feature/*.feature'] }),
    'one whose id is found nowhere': JSON.stringify({ ...config, id: 'NONE-\\d+' }),
    'one that names saboteurs that are not there': JSON.stringify({ ...config, saboteurs: 'saboteurs.json' }),
    'one that names coverage that is not there': JSON.stringify({ ...config, coverage: 'coverage.json' }),
    'one that names a lock that is not there': JSON.stringify({ ...config, lock: 'accepted.txt' }),
    'one whose waiver has a member nobody knows': JSON.stringify({ ...config, waivers: [{ ...waiver, by: 'me' }] }),
    'one whose result has a member nobody knows': JSON.stringify({ ...config, results: [{ path: 'reports/*.ndjson', stores: 'fs' }] }),
    'one whose waiver ends on the 30th of February': JSON.stringify({ ...config, waivers: [{ ...waiver, until: '2027-02-30' }] }),
  };
  await (trouble === 'missing' ? rm(path) : writeFile(path, others[trouble] ?? ''));
});

Then('of the sample {string} the reader says {string}', function (this: TraceWorld, sample: string, said: string) {
  expect(saidOf(readMessages(this.messages ?? ''), sample)).to.equal(said);
  this.sample = sample;
});

Then('it says the same where they ran by two workers, and in messages as older versions have them', async function (this: TraceWorld) {
  const [messages = '', sample = ''] = [this.messages, this.sample];
  const said = saidOf(readMessages(messages), sample);
  expect(saidOf(readMessages(await messagesWhenRun('by two workers')), sample)).to.equal(said);
  expect(saidOf(readMessages(asOfOld(messages)), sample)).to.equal(said);
});

Then('its results are {int}, and it ended {string}', function (this: TraceWorld, results: number, how: string) {
  this.read = readMessages(this.messages ?? '');
  expect({ results: this.read.results.length, ended: this.read.ended }).to.deep.equal({ results, ended: how });
});

Then('it says why: {string}', function (this: TraceWorld, why: string) {
  expect(this.read?.why?.split('\n')[0]).to.equal(why);
});

Then('the steps that none of them uses are {string}', function (this: TraceWorld, patterns: string) {
  const { definitions } = readMessages(this.messages ?? '');
  const unused = definitions.filter(({ isUsed }) => !isUsed).map(({ pattern }) => pattern);
  expect(unused.join()).to.equal(patterns);
});

Then(/^its requirements are (.*), below (.*)$/, function (this: TraceWorld, ids: string, parents: string) {
  const listed = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));
  expect(listed(this.stated?.map(({ id }) => id) ?? [])).to.equal(ids);
  expect(listed(this.stated?.map(({ parent }) => parent ?? 'nothing') ?? [])).to.equal(parents);
});

Then('the obligations of these texts are', (rows: DataTable) => {
  for (const { text = '', level, obligations } of rows.hashes()) {
    const [stated] = requirementsIn({ path: 'spec.md', text: `- [REQ-1] Bell\n  - ${text}\n` }, { id: 'REQ-\\d+' });
    expect(stated?.level, text).to.equal(level);
    expect(stated?.obligations.map(({ keyword }) => keyword).join(', '), text).to.equal(obligations);
  }
});

Then('the first passed at its attempt {int}, with its durations and what was attached', function (this: TraceWorld, attempt: number) {
  const result = this.read?.results.find(({ name }) => name === 'Corn')?.result;
  expect(result).to.include({ status: 'passed', attempts: attempt });
  expect(result?.steps.map(({ durationMs }) => durationMs)).to.deep.equal([1.5, 1.5]);
  expect(result?.attachments).to.deep.equal([{ mediaType: 'text/plain', name: 'flour.txt', text: 'white' }]);
});

Then('the second failed, because {string}', function (this: TraceWorld, message: string) {
  const result = this.read?.results.find(({ name }) => name === 'Beds')?.result;
  expect(result).to.include({ status: 'failed', message });
  expect(this.read?.ended).to.equal('before its time');
});

Then('both are the same bytes, and of the form of the published schema', function (this: TraceWorld) {
  const [one = '', other] = this.texts ?? [];
  expect(one).to.equal(other);
  expect(schemaViolations(JSON.parse(one), schema)).to.deep.equal([]);
});

Then('a trace with a member more, a member less or another status is not of that form', function (this: TraceWorld) {
  const text = this.texts?.[0] ?? '';
  const trace = JSON.parse(text) as Trace;
  const { totals: _, ...less } = trace;
  const odd = text.replace('"status":"vacuous"', '"status":"fine"');
  for (const wrong of [{ ...trace, more: 1 }, less, JSON.parse(odd)]) expect(schemaViolations(wrong, schema)).to.have.length(1);
});

Then('both gave the same bytes', function (this: TraceWorld) {
  expect(this.large?.isSame).to.equal(true);
});

Then('joining {int} requirements takes less than {int} times as long as joining {int}', (many: number, times: number, few: number) => {
  const msOf = (count: number): number => {
    const inputs = largeInputs(count);
    const tried = [1, 2, 3].map(() => {
      const began = performance.now();
      traceOf(inputs);
      return performance.now() - began;
    });
    return Math.min(...tried);
  };
  expect(msOf(many) / msOf(few)).to.be.lessThan(times);
});

Then('each of them is told as drift', function (this: TraceWorld) {
  expect(this.drifted).to.equal(edits);
});

Then('none of them is told as drift', function (this: TraceWorld) {
  expect(this.drifted).to.equal(0);
});

Then('the drift of {string} is {string}, and the words are {string}', function (this: TraceWorld, id: string, kind: string, words: string) {
  const { drift } = requirementOf(this, id);
  expect(drift?.kind).to.equal(kind);
  expect(differenceText(drift?.words ?? [])).to.equal(words);
});

Then(
  /^what cites "(.*)" is run by (.*), and what cites "(.*)" by (.*)$/,
  function (this: TraceWorld, one: string, by: string, other: string, byOthers: string) {
    const reached = (id: string): string => {
      const [citation] = requirementOf(this, id).citations;
      return citation?.reachedBy === undefined ? 'nobody knows' : citation.reachedBy.join(', ') || 'none';
    };
    expect(reached(one)).to.equal(by);
    expect(reached(other)).to.equal(byOthers);
  },
);

Then(/^what is not reached is (.*), and the gate does not count it$/, function (this: TraceWorld, ids: string) {
  const found = this.trace?.findings.filter(({ kind }) => kind === 'not reached') ?? [];
  expect(found.map(({ id }) => id).join(', ') || 'nothing').to.equal(ids);
  expect(exitCodeOf(this.project ?? village)).to.equal(0);
});

Then('our specification contradicts itself in {string} alone, on which there is a ruling', async (ids: string) => {
  const { requirements, policy } = await ownInputs();
  expect(contradictionsIn(requirements).map(({ one, other }) => `${one.id} ${other.id}`)).to.deep.equal([ids]);
  expect(Object.keys(policy.rulings)).to.deep.equal([ids]);
});

Then('the statuses are', function (this: TraceWorld, rows: DataTable) {
  const told = this.trace?.requirements.map(({ id, status }) => ({ requirement: id, status }));
  expect(told).to.deep.equal(rows.hashes());
});

Then(
  /^the store "(.*)" (failed|passed) "(.*)", and the store "(.*)" (failed|passed) it$/,
  function (this: TraceWorld, one: string, first: string, id: string, other: string, second: string) {
    const told = (status: string): string => (status === 'passed' ? 'passing' : status);
    expect(requirementOf(this, id).byRun).to.deep.equal({ [one]: told(first), [other]: told(second) });
  },
);

Then('the one above is {string}, because {string}', function (this: TraceWorld, status: string, because: string) {
  expect(requirementOf(this, 'REQ-1')).to.deep.include({ status, because: [because] });
});

Then('its gate ends with {int}', function (this: TraceWorld, code: number) {
  expect(exitCodeOf(this.project ?? village)).to.equal(code);
});

Then('its gate ends with {int}, because of {string}', function (this: TraceWorld, code: number, kind: string) {
  const { exitCode, counted } = gateOf(traceOf(inputsOf(this.project ?? village)));
  expect(exitCode, counted.map(({ message }) => message).join('\n')).to.equal(code);
  expect(counted[0]?.kind).to.equal(kind);
});

Then('whichever scenario, tag, step or citation is taken away, its gate ends with 3 or 4 as it should', function (this: TraceWorld) {
  const deletions = everyDeletion(this.project ?? village);
  expect(deletions).to.have.length.greaterThan(20);
  for (const { what, project, expected } of deletions) expect(exitCodeOf(project), what).to.equal(expected);
});

Then(
  '{int} times something is taken away by chance, and its gate ends with 3 or 4 as it should',
  function (this: TraceWorld, times: number) {
    const inputs = this.own ?? inputsOf(village);
    const { exitCode, counted } = gateOf(traceOf(inputs));
    expect(exitCode, counted.map(({ message }) => message).join('\n')).to.equal(0);
    const random = seeded(40);
    for (let place = 0; place < times; place++) {
      const { what, code, expected } = deletedByChance(inputs, place, random);
      expect(code, what).to.equal(expected);
    }
  },
);

Then('the finding that it is uncovered does not count', function (this: TraceWorld) {
  const { counted, others } = gateOf(traceOf(inputsOf(this.project ?? village)));
  expect(counted).to.deep.equal([]);
  expect(others.map(({ kind, id }) => `${kind} ${id}`)).to.deep.equal(['uncovered REQ-5']);
});

Then('{string} is {word}, because {string}', function (this: TraceWorld, id: string, status: string, because: string) {
  expect(requirementOf(this, id)).to.deep.include({ status, because: [because] });
});

Then('{string} there ends with {int}', async function (this: TraceWorld, line: string, code: number) {
  await runThere(this, line, code);
});

Then('{string} there ends with {int}, and tells {string}', async function (this: TraceWorld, line: string, code: number, told: string) {
  expect(await runThere(this, line, code)).to.include(told);
});

Then(
  '{string} there ends with {int}, and complains of {string}',
  async function (this: TraceWorld, line: string, code: number, said: string) {
    const { exitCode, stderr } = await runCatalog(wordsOf(line), { cwd: await this.folder() });
    expect(exitCode, stderr).to.equal(code);
    expect(stderr).to.include(said);
  },
);

Then('the runs told of there are {string}', async function (this: TraceWorld, ids: string) {
  await runThere(this, 'trace report', 0);
  const trace = JSON.parse(await readFile(join(await this.folder(), 'reports/traceability.json'), 'utf8')) as Trace;
  expect(trace.runs.map(({ id }) => id).join(', ')).to.equal(ids);
  const told = new Set(trace.scenarios.flatMap(({ results }) => results.map(({ run }) => run)));
  expect([...told].join(', ')).to.equal(ids);
});

Then('what is accepted of it reads as it was written, with {string} in it', function (this: TraceWorld, id: string) {
  const lines = acceptedLock(this.trace ?? { requirements: [], scenarios: [] }, undefined);
  const read = lockIn(lockText(lines));
  expect(typeof read === 'number' ? read : [...read.values()].map(lockLine)).to.have.members(lines.map(lockLine));
  expect(lines.map((line) => line.id)).to.include(id);
});

Then('{string} there ends with {int}, and writes {string}', async function (this: TraceWorld, line: string, code: number, path: string) {
  await runThere(this, line, code);
  expect(await readFile(join(await this.folder(), path), 'utf8')).to.include('REQ-4');
});

function found(projects: Readonly<Record<string, Project>>, name: string): Project {
  const project = projects[name];
  if (project === undefined) throw new Error(`there is no project that ${name}`);
  return project;
}

async function runThere(world: TraceWorld, line: string, code: number): Promise<string> {
  const { exitCode, stdout, stderr } = await runCatalog(wordsOf(line), { cwd: await world.folder() });
  expect(exitCode, stdout + stderr).to.equal(code);
  return stdout;
}

async function put(world: TraceWorld, path: string, text: string): Promise<void> {
  const whole = join(await world.folder(), path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, text);
}

function requirementOf({ trace }: TraceWorld, id: string): Requirement {
  const found = trace?.requirements.find((one) => one.id === id);
  if (found === undefined) throw new Error(`the trace has no ${id}`);
  return found;
}

Then('the trace tells of the run {string} alone, by itself and of each requirement', function (this: TraceWorld, run: string) {
  expect(this.trace?.runs.map(({ id }) => id)).to.deep.equal([run]);
  const told = this.trace?.requirements.filter(({ scenarios }) => scenarios.length > 0) ?? [];
  expect(told.map(({ byRun }) => Object.keys(byRun))).to.deep.equal(told.map(() => [run]));
  expect(told).to.not.have.length(0);
});
