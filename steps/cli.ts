import { execFileSync, spawnSync } from 'node:child_process';
import { access, chmod, chown, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { widthOf } from '../src/cli/cells.js';
import { hints } from '../src/cli/hints.js';
import { progressLine } from '../src/cli/progress.js';
import { modelTable, sizeText, table } from '../src/cli/render.js';
import { verbs } from '../src/cli/verbs.js';
import { type ErrorCode, exitCodes } from '../src/core/errors.js';
import type { ModelEntry } from '../src/core/records.js';
import { defaultDisk } from '../src/disk/real-disk.js';
import { openCatalog } from '../src/open-catalog.js';
import { expectShape, Latch, longId, type Ran, runAll, runCatalog, runOnTerminal, treeOf, untilOpen, wordsOf } from '../support/cli.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface Expected {
  readonly command: string;
  readonly exit: string;
  readonly code?: string;
  readonly hint?: string;
  readonly told?: string;
}

interface CliWorld extends CatalogWorld {
  ran?: Ran;
  all?: readonly Ran[];
  expected?: readonly Expected[];
  tree?: Record<string, string>;
  models?: readonly ModelEntry[];
}

const nobody = 65_534;
const given = { long: longId, bidi: 'a\u202eb', '10-kB': 'x'.repeat(10_000), 'other-digest': `sha256:${'0'.repeat(64)}` };

const file = { path: 'tiny.gguf', digest: '<digest>', bytes: 1000, identity: '<identity>' };
const tiny = {
  ...{ id: 'tiny', name: 'tiny', source: '<text>', state: 'Active', trust_state: 'warned', registered_at: '<time>' },
  ...{
    digest: '<digest>',
    digest_source: 'computed',
    bytes: 1000,
    files: [file],
    local_path: '<place>',
    mode: '<mode>',
    last_verified_ms: '<number>',
    // Its bytes are not those of its name.
    metadata: { warnings: ['<text>'] },
  },
};
const pending = {
  ...{ id: 'pending', name: 'pending', source: 'hf:org/repo', state: 'Pending', trust_state: 'unverified', registered_at: '<time>' },
  labels: { team: 'vision' },
};
const read = { duration_ms: '<number>', method: 'full' };
/** What a document of a scenario may name in braces. */
const shapes: Readonly<Record<string, unknown>> = {
  tiny,
  pending,
  pass: { kind: 'pass', expected: '<digest>', actual: '<digest>', bytes: 1000, ...read },
  missing: { kind: 'fail', reason: 'missing', bytes: 0, ...read },
  removed: { id: 'tiny', removed: true, bytes_reclaimed: '<number>', files_removed: ['<place>', '<place>'], kept: [], errors: [] },
  pinnedtiny: { ...tiny, pins: [{ reason: 'demo', since: '<time>' }] },
  collected: {
    ...{ scanned: 2, kept: 2, removed: 0, bytes_reclaimed: '<number>', duration_ms: '<number>' },
    ...{ complete: true, dry_run: false, plan: [], errors: [] },
  },
  engine: {
    id: 'llama.cpp:1.2.3',
    engine: 'llama.cpp',
    version: '1.2.3',
    artifacts: [],
    binary_path: '/opt/llama-server',
    created_ms: '<number>',
  },
};

Given('a catalog with a model, a registered one and an engine', async function (this: CliWorld) {
  const folder = await this.folder();
  await writeFile(join(folder, 'tiny.gguf'), Buffer.alloc(1000, 't'));
  await writeFile(join(folder, 'other.gguf'), Buffer.alloc(2000, 'o'));
  await using catalog = await openCatalog({ root: await this.root() });
  await catalog.add(join(folder, 'tiny.gguf'));
  await catalog.register({ id: 'pending', source: 'hf:org/repo', labels: { team: 'vision' } });
  await catalog.engines.put(engineEntry('llama.cpp:1.2.3', { version: '1.2.3', artifacts: [], binary_path: '/opt/llama-server' }));
  await remember(this);
});

Given('a catalog with a model whose name and source hold control and bidirectional characters', async function (this: CliWorld) {
  const store = await this.openStore();
  await store.models.put(
    modelEntry('evil', {
      name: 'a\u001b[2J\u202e\u009b1m\u0007\r\nb\u2028',
      source: 'x\u001b]0;title\u0007',
      labels: { 'k\u001b': '\u200e' },
    }),
  );
});

Given('a directory {string} that has a FIFO in it', async function (this: CliWorld, name: string) {
  const folder = join(await this.folder(), name);
  await mkdir(folder);
  await writeFile(join(folder, 'model.gguf'), 'model');
  execFileSync('mkfifo', [join(folder, 'fifo')]);
});

Given('a file {string} that holds something', async function (this: CliWorld, name: string) {
  const path = join(await this.folder(), name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'something');
});

Given('a file {string} of {int} GB that takes no room', async function (this: CliWorld, name: string, gigabytes: number) {
  const path = join(await this.folder(), name);
  await writeFile(path, '');
  await truncate(path, gigabytes * 1e9);
});

Given('a user without rights has a catalog, and a file that may not be read', async function (this: CliWorld) {
  const folder = await this.folder();
  const user = otherUser();
  await writeFile(join(folder, 'secret.gguf'), 'secret', { mode: 0 });
  await writeFile(join(folder, 'first.gguf'), 'first');
  if (user !== undefined)
    for (const path of [folder, join(folder, 'secret.gguf'), join(folder, 'first.gguf')]) await chown(path, user, user);
  this.ran = await runAs(this, ['add', 'first.gguf', '--json']);
  if (this.ran.exitCode !== 0) {
    this.log(`a user without rights cannot run this program here: ${this.ran.stderr.split('\n')[0]}`);
    return 'skipped';
  }
  await remember(this);
  return undefined;
});

Given('another process that holds the lock', async function (this: CliWorld) {
  const held = new Latch();
  const release = new Latch();
  const disk = withEachStep(defaultDisk, (step) => {
    if (step.kind !== 'Publish') return undefined;
    held.open();
    return release.opened;
  });
  const store = await this.openStore({ disk });
  const put = store.models.put(modelEntry('slow'));
  this.onEnd(async () => {
    release.open();
    await put;
  });
  await held.opened;
});

Given('the newest index of the models is garbled', async function (this: CliWorld) {
  const folder = join(await this.root(), 'generations/models');
  const newest = join(folder, String(Math.max(...(await readdir(folder)).map(Number))));
  await replace(newest, (await readFile(newest, 'utf8')).replace('tiny', 'tidy'));
});

Given('the root file is of a newer version', async function (this: CliWorld) {
  const path = join(await this.root(), 'root.json');
  await replace(path, (await readFile(path, 'utf8')).replace('"version":1', '"version":2'));
});

Given(/^the bytes of the model are damaged(?: meanwhile)?$/, async function (this: CliWorld) {
  await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
  const path = await catalog.modelPath('tiny');
  await chmod(path, 0o600);
  await writeFile(path, Buffer.alloc(1000, 'x'));
});

Given('{string} holds the model by a lease', async function (this: CliWorld, holder: string) {
  await using catalog = await openCatalog({ root: await this.root() });
  await catalog.lease('tiny', { holder, ttlMs: 3_600_000 });
});

Given(/^models that were adopted: (.+)$/, function (this: CliWorld, ids: string) {
  this.models = [...ids.matchAll(/"([^"]+)"/g)].map(([, id = '']) => modelEntry(id, { name: id, state: 'Active', bytes: 4_370_000_000 }));
});

When('the file {string} goes', async function (this: CliWorld, name: string) {
  await rm(join(await this.folder(), name));
});

When(/^`catalog (.+)` is run$/, async function (this: CliWorld, line: string) {
  this.ran = await runCatalog(await wordsWithRoot(this, line), { cwd: await this.folder() });
});

When(/^`catalog (.+)` is run without --root, with CATALOG_ROOT$/, async function (this: CliWorld, line: string) {
  this.ran = await runCatalog(wordsOf(line), { cwd: await this.folder(), environment: { CATALOG_ROOT: await this.root() } });
});

When(/^`catalog (.+)` is run on a terminal where somebody answers "(.)"$/, async function (this: CliWorld, line: string, answer: string) {
  if (!hasTerminals()) return withoutTerminals(this);
  this.ran = await runOnTerminal(await wordsWithRoot(this, line), { cwd: await this.folder(), answer });
  return undefined;
});

When(/^`catalog (.+)` is run on a full disk that takes its output$/, async function (this: CliWorld, line: string) {
  this.ran = await runCatalog(await wordsWithRoot(this, line), { cwd: await this.folder(), output: '/dev/full' });
});

When(/^`catalog (.+)` is run with nobody reading$/, async function (this: CliWorld, line: string) {
  const meanwhile = (child: { stdout?: { destroy(): unknown } | null }) => child.stdout?.destroy();
  this.ran = await runCatalog(await wordsWithRoot(this, line), { cwd: await this.folder(), meanwhile });
});

When(
  /^`catalog (.+)` is sent (SIGINT|SIGTERM) at its first word of progress$/,
  async function (this: CliWorld, line: string, signal: NodeJS.Signals) {
    this.ran = await runCatalog(await wordsWithRoot(this, line), {
      cwd: await this.folder(),
      meanwhile: (child) => child.stderr?.once('data', () => child.kill(signal)),
    });
    expect(this.ran.stderr).to.match(/^\{"schema":1,"type":"progress","path":"[^"]+\/big\.gguf","bytes":\d+,"total_bytes":6000000000\}\n/);
  },
);

When(/^`catalog (.+)` is sent SIGINT while it waits$/, async function (this: CliWorld, line: string) {
  this.ran = await runCatalog(await wordsWithRoot(this, line), {
    cwd: await this.folder(),
    meanwhile: (child) => void untilOpen(child, 'catalog.lock').then(() => child.kill('SIGINT')),
  });
});

When(/^that user runs `catalog (.+)`$/, async function (this: CliWorld, line: string) {
  this.ran = await runAs(this, wordsOf(line));
});

When('each of these is run:', async function (this: CliWorld, lines: DataTable) {
  this.expected = lines.hashes() as unknown as Expected[];
  const words = await Promise.all(this.expected.map(({ command, code }) => wordsWithRoot(this, code ? `${command} --json` : command)));
  await pinned(this);
  this.all = await runAll(words, { cwd: await this.folder() });
});

When('the help of every verb is asked for', async function (this: CliWorld) {
  const lines = [[], ...verbs.map(({ name }) => name.split(' '))];
  this.all = await runAll(
    lines.map((words) => [...words, '--help']),
    { cwd: await this.folder() },
  );
});

Then('it exits with {int} and prints nothing but this:', async function (this: CliWorld, exit: number, lines: string) {
  const { stdout, stderr } = ended(this, exit);
  expect(stderr).to.equal('');
  const text = await plain(this, stdout);
  expect(text.trimEnd()).to.equal(lines.trimEnd().replaceAll(';', '\n'));
});

Then('it prints the line {string}', function (this: CliWorld, line: string) {
  expect(ended(this, 0).stdout.split('\n')).to.include(line);
});

Then('it prints a line like {string}', function (this: CliWorld, line: string) {
  const { stdout } = ended(this, 0);
  expect(stdout.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>').split('\n')).to.include(line);
});

Then('it tells beside its answer {string}', async function (this: CliWorld, words: string) {
  expect(ended(this, 0).stderr.replaceAll(await this.folder(), '<folder>')).to.equal(`${words}\n`);
});

Then('each was told this beside its answer', function (this: CliWorld) {
  for (const [{ stderr, words }, { told }] of endings(this)) expect(stderr.trimEnd(), words.join(' ')).to.equal(told);
});

Then('it exits with {int} and prints one document like this:', function (this: CliWorld, exit: number, golden: string) {
  const { stdout, stderr } = ended(this, exit);
  expect(stderr).to.equal('');
  expect(stdout.split('\n')).to.have.length(2);
  const wanted = golden.replace(/\{([a-z]+)\}/g, (_, name: string) => JSON.stringify(shapes[name]));
  expectShape(JSON.parse(stdout), JSON.parse(wanted));
});

Then('it exits with {int}', function (this: CliWorld, exit: number) {
  ended(this, exit);
});

Then('it exits with {int} and has no word for it', function (this: CliWorld, exit: number) {
  expect(ended(this, exit).stderr).to.equal('');
});

Then('it exits with {int} and tells {word}', function (this: CliWorld, exit: number, code: string) {
  const { stderr, stdout } = ended(this, exit);
  expect(stdout).to.equal('');
  expect(errorIn(stderr)).to.include({ code, hint: hints[code as ErrorCode] });
});

Then('it exits with {int} and the error is {word}', function (this: CliWorld, exit: number, code: string) {
  expect(errorIn(ended(this, exit).stderr).code).to.equal(code);
});

Then('it exits with {int} and says:', function (this: CliWorld, exit: number, lines: string) {
  const { stdout, stderr } = ended(this, exit);
  expect(stdout).to.equal('');
  expect(stderr).to.equal(`${lines}\n`);
});

Then('there is a hint', function (this: CliWorld) {
  expect(this.ran?.stderr).to.match(/^hint: .+\n$/);
});

Then('the error names that process', function (this: CliWorld) {
  expect(errorIn(this.ran?.stderr ?? '').details).to.include({ pid: process.pid });
});

Then('each ended as it says', function (this: CliWorld) {
  for (const [ran, { exit }] of endings(this)) expect(ran.exitCode, JSON.stringify(ran)).to.equal(Number(exit));
});

Then('each ended as it says, with one document', function (this: CliWorld) {
  for (const [ran, { exit }] of endings(this)) {
    expect(ran.exitCode, JSON.stringify(ran)).to.equal(Number(exit));
    expect(JSON.parse(ran.stdout)).to.include({ schema: 1 });
  }
});

Then('each ended as it says, and told what to do next', function (this: CliWorld) {
  for (const [ran, { exit, code }] of endings(this)) {
    expect(ran.exitCode, JSON.stringify(ran)).to.equal(Number(exit));
    if (!code) continue;
    const error = errorIn(ran.stderr);
    expect(error.code, JSON.stringify(ran)).to.equal(code);
    expect(error.hint, ran.words.join(' '))
      .to.be.a('string')
      .and.match(/^.{10,160}$/);
    expect(exitCodes[error.code as ErrorCode]).to.equal(Number(exit));
  }
});

Then('each was told this hint', function (this: CliWorld) {
  for (const [{ stderr, words }, { hint }] of endings(this)) expect(errorIn(stderr).hint, words.join(' ')).to.equal(hint);
});

Then('each hint has {string} in it', function (this: CliWorld, words: string) {
  for (const [ran] of endings(this)) expect(errorIn(ran.stderr).hint).to.include(words);
});

Then('nobody was told {string}', function (this: CliWorld, secret: string) {
  for (const [{ stdout, stderr }] of endings(this)) expect(stdout + stderr).to.not.include(secret);
});

Then('the root is as it was', async function (this: CliWorld) {
  expect(await treeOf(await this.root())).to.deep.equal(this.tree);
});

Then('there is no root', async function (this: CliWorld) {
  expect(await isThere(await this.root())).to.equal(false);
});

Then('the model is gone', async function (this: CliWorld) {
  await using catalog = await openCatalog({ root: await this.root(), readOnly: true });
  expect(await catalog.exists('tiny')).to.equal(false);
});

Then('a removal reports the same', async function (this: CliWorld) {
  const { dry_run, ...planned } = JSON.parse(this.ran?.stdout ?? '').report;
  expect(dry_run).to.equal(true);
  const done = await runCatalog(await wordsWithRoot(this, 'rm tiny --yes --json'), { cwd: await this.folder() });
  expect(JSON.parse(done.stdout).report).to.deep.equal(planned);
});

Then('nothing of it is in the catalog or on its way', async function (this: CliWorld) {
  const root = await this.root();
  expect(await readdir(join(root, 'ingest'))).to.deep.equal([]);
  await using catalog = await openCatalog({ root, readOnly: true });
  expect(await catalog.list()).to.deep.equal([]);
  expect(Object.keys(await treeOf(join(root, 'blobs')))).to.deep.equal([]);
});

Then(
  /^`catalog (.+)` is (coloured|not coloured) (on a terminal|on a terminal with NO_COLOR|in a pipe)$/,
  async function (this: CliWorld, line: string, how: string, where: string) {
    const words = await wordsWithRoot(this, line);
    const cwd = await this.folder();
    if (where !== 'in a pipe' && !hasTerminals()) return withoutTerminals(this);
    const environment: Record<string, string> = where.endsWith('NO_COLOR') ? { NO_COLOR: '1' } : {};
    const ran = where === 'in a pipe' ? await runCatalog(words, { cwd }) : await runOnTerminal(words, { cwd, environment });
    expect(ran.exitCode, JSON.stringify(ran)).to.equal(0);
    expect(ran.stdout.includes('\u001b[')).to.equal(how === 'coloured');
    return undefined;
  },
);

Then('nothing that does not print was printed', function (this: CliWorld) {
  for (const [{ stdout, stderr }] of endings(this))
    expect(`${stdout}${stderr}`.replaceAll('\n', '')).to.not.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

Then('{int} bytes are shown as {string}', (bytes: number, text: string) => {
  expect(sizeText(bytes)).to.equal(text);
});

Then('after {int} seconds {int} of {int} bytes show as:', (seconds: number, bytes: number, total_bytes: number, line: string) => {
  expect(progressLine({ path: '/models/model.gguf', bytes, total_bytes }, seconds * 1000, 100)).to.equal(line);
});

Then('a word of progress on {} ends with {string} on {int} columns', (what: string, end: string, columns: number) => {
  const seconds = 3723;
  const [bytes, total_bytes] = [112_000_000_000, 224_000_000_000];
  const many = what === 'many models' ? { entries_done: 103, entries_total: 1200 } : {};
  const path = what === 'a model' ? '/models/model.gguf' : '/models/Meta-Llama-3.1-405B-Instruct-Q4_K_M-00001-of-00007.gguf';
  const line = progressLine({ path, bytes, total_bytes, ...many }, seconds * 1000, columns);
  expect(line).to.match(new RegExp(`${end}$`));
  expect(widthOf(line)).to.be.lessThan(columns);
});

Then('a table of them on {int} columns has no two rows that read the same', function (this: CliWorld, columns: number) {
  const rows = modelTable(this.models ?? [], { isTerminal: true, color: false, columns }).slice(1);
  for (const row of rows) expect(widthOf(row)).to.be.at.most(columns);
  expect(new Set(rows).size).to.equal(this.models?.length);
});

Then(
  'a table of {string} and a text of {int} characters has rows of {int} and {int} characters in a pipe',
  (short: string, length: number, narrow: number, wide: number) => {
    const rows = [
      [short, 'end'],
      ['x'.repeat(length), 'end'],
    ];
    const lines = table(['ID', 'LAST'], rows, { isTerminal: false, color: false, columns: undefined });
    expect(lines.slice(1).map((line) => line.length)).to.deep.equal([narrow, wide]);
  },
);

Then('a table of {int} rows is told', (count: number) => {
  const rows = Array.from({ length: count }, (_, place) => [String(place), 'x']);
  const lines = table(['ID', 'LAST'], rows, { isTerminal: false, color: false, columns: undefined });
  expect(lines).to.have.length(count + 1);
});

Then('it fits into {int} columns too', (columns: number) => {
  const line = progressLine(
    { path: '/models/model-with-a-long-name.gguf', bytes: 1_840_000_000, total_bytes: 4_370_000_000 },
    2000,
    columns,
  );
  expect(widthOf(line)).to.be.lessThan(columns);
});

Then('a table of {string} and {string} fits into {int} columns', (first: string, second: string, columns: number) => {
  const screen = { isTerminal: true, color: false, columns };
  const rows = [
    [first, '1 B', 'x'],
    [second, '22 B', 'x'],
  ];
  const lines = table(['ID', '>SIZE', 'LAST'], rows, screen);
  expect(lines).to.have.length(3);
  for (const line of lines) expect(widthOf(line)).to.be.at.most(columns);
  // All columns begin, or end, at the same cell.
  expect(new Set(lines.slice(1).map((line) => widthOf(line)))).to.have.property('size', 1);
});

Then('every code has a hint of one line', () => {
  expect(Object.keys(hints).sort()).to.deep.equal(Object.keys(exitCodes).sort());
  for (const [code, hint] of Object.entries(hints)) expect(hint, code).to.match(/^[^\p{Cc}]{10,160}$/u);
});

Then('every verb that a hint names is there', () => {
  const named = Object.values(hints).flatMap((hint) => [...hint.matchAll(/`catalog ([a-z]+)/g)].map(([, verb = '']) => verb));
  expect(named).to.not.have.length(0);
  expect(verbs.map(({ name }) => name)).to.include.members(named);
});

Then('each told its usage, options and examples, and nothing on standard error', function (this: CliWorld) {
  for (const { words, exitCode, stdout, stderr } of this.all ?? []) {
    expect({ exitCode, stderr }, words.join(' ')).to.deep.equal({ exitCode: 0, stderr: '' });
    expect(stdout)
      .to.match(/^Usage: catalog/)
      .and.include('--lock-timeout <ms>');
    const isGroup = verbs.some(({ name, load }) => load === undefined && words.join(' ') === `${name} --help`);
    if (!isGroup) expect(stdout, words.join(' ')).to.match(/\nExamples:\n {2}\S*catalog /);
  }
});

Then('it prints the version of the package', function (this: CliWorld) {
  const { version } = createRequire(import.meta.url)('catalog-core/package.json') as { version: string };
  expect(ended(this, 0).stdout).to.equal(`${version}\n`);
});

async function wordsWithRoot(world: CliWorld, line: string): Promise<string[]> {
  const words = wordsOf(line, { ...given, root: await world.root() });
  return words[0] === '--version' ? words : ['--root', await world.root(), ...words];
}

function ended(world: CliWorld, exit: number): Ran {
  if (world.ran === undefined) throw new Error('nothing was run');
  expect(world.ran.exitCode, JSON.stringify(world.ran)).to.equal(exit);
  return world.ran;
}

function endings(world: CliWorld): [Ran, Expected][] {
  const { all = [], expected = [] } = world;
  expect(all.length).to.be.greaterThan(0).and.to.equal(expected.length);
  return all.map((ran, place) => [ran, expected[place] as Expected]);
}

/** The error is the last line; progress may stand before it. */
function errorIn(stderr: string): { code: string; hint: string; message: string; details: Record<string, unknown> } {
  const lines = stderr.trimEnd().split('\n');
  const document = JSON.parse(lines.at(-1) ?? '');
  expectShape(
    { ...document, error: { ...document.error, details: {} } },
    { schema: 1, error: { code: '<text>', message: '<text>', details: {}, hint: '<text>' } },
  );
  return document.error;
}

/** Without what differs from run to run. */
async function plain(world: CliWorld, text: string): Promise<string> {
  return text
    .replaceAll(await world.root(), '<root>')
    .replace(/sha256:[0-9a-f]{12}…/g, 'sha256:<hex>…')
    .replace(/models\/tiny-[0-9a-f]{16}\//g, 'models/tiny-<hex>/')
    .replace(/[1-9][\d.]* k?B freed/g, '<freed> freed')
    .replace(/\b(copy|reflink)\b/g, '<mode>')
    .replace(/\b\d+\.\d s\b/g, '<seconds>');
}

/** Some refusals need a model that is pinned. */
async function pinned(world: CliWorld): Promise<void> {
  if (!world.expected?.some(({ command }) => command.includes(' pinned'))) return;
  const store = await world.openStore();
  await store.models.put(modelEntry('pinned', { pins: [{ reason: 'in production', since: '2026-01-02T03:04:05.678Z' }] }));
  await remember(world);
}

async function remember(world: CliWorld): Promise<void> {
  world.tree = await treeOf(await world.root());
}

async function runAs(world: CliWorld, words: readonly string[]): Promise<Ran> {
  const user = otherUser();
  return runCatalog(['--root', await world.root(), ...words], { cwd: await world.folder(), ...(user !== undefined && { user }) });
}

/** Root may read everything. */
function otherUser(): number | undefined {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/** Published files do not change: other bytes come as another file. */
async function replace(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  await rm(`${path}.new`, { force: true });
  await writeFile(`${path}.new`, text);
  await chmod(`${path}.new`, mode);
  await rename(`${path}.new`, path);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function hasTerminals(): boolean {
  return spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0;
}

function withoutTerminals(world: CliWorld): 'skipped' {
  world.log('there is no `script` that could give it a terminal');
  return 'skipped';
}
