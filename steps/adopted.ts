import { chmodSync, existsSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { AdoptReport } from '../src/adopt-models.js';
import type { Progress } from '../src/artifacts/hash-file.js';
import type { ModelEntry } from '../src/core/records.js';
import type { VerificationOutcome } from '../src/core/verification.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Drift } from '../src/drift.js';
import type { EvictReport } from '../src/evict-model.js';
import { verifyDigest } from '../src/verify-model.js';
import {
  type Explored,
  isWriting,
  killAtEachStep,
  type Left,
  openOn,
  sha256,
  simulatedRoot,
  simulatedSources,
} from '../support/artifact-helpers.js';
import { ollamaModel } from '../support/caches/images.js';
import { plantTree, writeTree } from '../support/caches/tree.js';
import { wholeCaches } from '../support/caches/whole.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { pickles } from '../support/headers/other-files.js';
import { type AdoptWorld, adopt, placeOf, readPaths, recordingDisk } from './adopt.js';

interface AdoptedWorld extends AdoptWorld {
  entries: readonly ModelEntry[];
  dry: AdoptReport;
  outcome: VerificationOutcome;
  drifted: readonly Drift[];
  evicted: EvictReport;
  kills: Explored;
  ran: Ran;
}

Given('it was adopted', async function (this: AdoptedWorld) {
  await adopt(this);
  this.entries = await this.catalog.list();
});

Given(/^the catalog has "([^"]*)" with (other|the same) content$/, async function (this: AdoptedWorld, id: string, which: string) {
  const path = join(await this.folder(), 'own.gguf');
  writeFileSync(path, which === 'other' ? 'GGUF another' : 'GGUF mine');
  await this.catalog.add(path, { id });
  this.entries = await this.catalog.list();
});

Given(/^"([^"]*)" is registered with the digest of (this|other) content$/, async function (this: AdoptedWorld, id: string, which: string) {
  await this.catalog.register({ id, source: 'https://example.org/m', digest: sha256(which === 'this' ? 'GGUF mine' : 'GGUF another') });
});

Given(
  /^a directory of (\d+) models of (\d+) GiB that take no room$/,
  async function (this: AdoptedWorld, count: string, gibibytes: string) {
    const names = Array.from({ length: Number(count) }, (_, place) => `model-${place}.gguf`);
    this.cache = { tool: 'directory', tree: Object.fromEntries(names.map((name) => [name, { sparse: Number(gibibytes) * 2 ** 30 }])) };
    writeTree(await placeOf(this), this.cache.tree);
    this.catalog = await this.openCatalog({ disk: recordingDisk(this) });
  },
);

Given('two stores, of Ollama and of llama.cpp, with the same file of 1000 bytes', async function (this: AdoptedWorld) {
  const content = 'x'.repeat(1000);
  writeTree(await placeOf(this), ollamaModel('registry.ollama.ai/library/one/latest', [['model', content]]));
  const etag = sha256(content).slice('sha256:'.length);
  writeTree(join(await this.folder(), 'second'), { 'two.gguf': content, 'two.gguf.etag': etag, 'three.gguf': 'GGUF three' });
  this.catalog = await this.openCatalog();
});

When(/^the file of "([^"]*)" is (touched|damaged|removed)$/, async function (this: AdoptedWorld, id: string, what: string) {
  const path = realpathSync(await this.catalog.modelPath(id));
  if (what === 'removed') rmSync(path);
  else if (what === 'touched') utimesSync(path, 1, 1);
  else {
    chmodSync(path, 0o644);
    const bytes = readFileSync(path);
    bytes[bytes.byteLength - 1] = 0;
    writeFileSync(path, bytes);
  }
});

When(/^the tool pulls other content as "llama3:latest"$/, async function (this: AdoptedWorld) {
  rmSync(await this.catalog.modelPath('llama3:latest'));
  const place = await placeOf(this);
  writeTree(place, ollamaModel('registry.ollama.ai/library/llama3/latest', [['model', 'GGUF llama3.1']]));
  writeTree(place, ollamaModel('localhost:5000/x/y/latest', [['model', 'GGUF mine']]));
});

When('it is adopted in a dry run', async function (this: AdoptedWorld) {
  await adopt(this, { dryRun: true });
  this.dry = this.adoption;
});

When(/^it is adopted and aborted at the (\d+)th word of progress$/, async function (this: AdoptedWorld, words: string) {
  const controller = new AbortController();
  let left = Number(words);
  const onProgress = () => (--left === 0 ? controller.abort() : undefined);
  await adopt(this, { onProgress, signal: controller.signal });
  expect(left).to.be.at.most(0);
  this.entries = await this.catalog.list();
});

When('it is adopted while its progress is watched', async function (this: AdoptedWorld) {
  this.progress = [];
  await adopt(this, { onProgress: (progress: Progress) => this.progress.push(progress) });
});

When(/^the first is adopted, and the second (in a dry run|for good)$/, async function (this: AdoptedWorld, how: string) {
  await this.catalog.adopt('ollama', { path: await placeOf(this) });
  this.adoption = await this.catalog.adopt('llama-cpp', { path: join(await this.folder(), 'second'), dryRun: how === 'in a dry run' });
});

When(/^"([^"]*)" is verified quickly$/, async function (this: AdoptedWorld, id: string) {
  this.outcome = await this.catalog.verify(id, { quick: true });
});

When('drift is looked for', async function (this: AdoptedWorld) {
  this.taken.splice(0);
  this.drifted = await this.catalog.drift();
});

When(/^"([^"]*)" is evicted$/, async function (this: AdoptedWorld, id: string) {
  this.evicted = await this.catalog.evict(id);
});

When(/^a process that adopts (.*) is killed at each step on a simulated disk$/, async function (this: AdoptedWorld, store: string) {
  const { tool, tree } = wholeCaches[store] ?? expect.fail(store);
  const ids = await idsOn(plantTree(new SimulatedDisk({ root: ['/home/user', simulatedSources] }), simulatedSources, tree), tool);
  const scene = {
    files: {},
    leave: async (disk: SimulatedDisk) => plantTree(disk, simulatedSources, tree),
    act: (catalog: AdoptWorld['catalog']) => catalog.adopt(tool, { path: simulatedSources }),
  };
  this.kills = await killAtEachStep(scene, (left) => judgeAdopted(left, ids));
});

When(/^`catalog (.+)` answers, it exits with (\d+)$/, async function (this: AdoptedWorld, line: string, exit: string) {
  const place = await placeOf(this);
  this.ran = await runCatalog([...line.split(' ').map((word) => word.replace('STORE', place)), '--root', await this.root()], {
    cwd: await this.folder(),
  });
  expect(this.ran.exitCode, JSON.stringify(this.ran)).to.equal(Number(exit));
});

Then(/^all are known, and the file of "([^"]*)" alone was read$/, async function (this: AdoptedWorld, id: string) {
  expect(this.adoption.adopted).to.deep.equal([]);
  expect(this.adoption.known).to.have.length(this.adoption.scanned);
  const path = await this.catalog.modelPath(id);
  const weights = (await this.catalog.list()).map(({ local_path }) => local_path);
  expect(new Set(readPaths(this).filter((one) => weights.includes(one)))).to.deep.equal(new Set([path]));
});

Then('nothing of it has drifted', async function (this: AdoptedWorld) {
  expect(await this.catalog.drift([(await this.catalog.get('llama3:latest')) ?? expect.fail()])).to.deep.equal([]);
});

Then('"llama3:latest" alone was adopted, with the content that the tool has now', async function (this: AdoptedWorld) {
  const { adopted, problems } = this.adoption;
  expect(problems).to.deep.equal([]);
  expect(adopted).to.deep.equal(['llama3:latest', 'localhost:5000/x/y:latest']);
  expect((await this.catalog.get('llama3:latest'))?.digest).to.equal(sha256('GGUF llama3.1'));
  expect(readFileSync(await this.catalog.modelPath('llama3:latest'), 'utf8')).to.equal('GGUF llama3.1');
});

Then('the problems are AlreadyExists of a.gguf and linked.gguf, and the entry "a" is as it was', async function (this: AdoptedWorld) {
  expect(this.adoption.problems.map(({ code, path }) => `${code} ${path.split('/').at(-1)}`)).to.deep.equal([
    'AlreadyExists a.gguf',
    'AlreadyExists linked.gguf',
  ]);
  expect(await this.catalog.get('a')).to.deep.equal(this.entries.find(({ id }) => id === 'a'));
});

Then(
  /^the problems are AlreadyExists of that model, and the other (\d+) were adopted$/,
  async function (this: AdoptedWorld, count: string) {
    expect(this.adoption.problems.map(({ code }) => code)).to.deep.equal(['AlreadyExists']);
    expect(this.adoption.adopted).to.have.length(Number(count));
    expect(await this.catalog.get('me/mine:v1')).to.deep.equal(this.entries[0]);
  },
);

Then(/^"me\/mine:v1" is known and kept by the catalog as before$/, async function (this: AdoptedWorld) {
  expect(this.adoption.known).to.deep.equal(['me/mine:v1']);
  expect(await this.catalog.get('me/mine:v1')).to.deep.equal(this.entries[0]);
});

Then(/^"me\/mine:v1" is adopted and verified$/, async function (this: AdoptedWorld) {
  const entry = (await this.catalog.get('me/mine:v1')) ?? expect.fail();
  expect([entry.state, entry.trust_state, entry.adopted_from?.tool]).to.deep.equal(['Active', 'verified', 'ollama']);
});

Then(/^"me\/mine:v1" is a problem with (\w+)$/, async function (this: AdoptedWorld, code: string) {
  expect(this.adoption.problems.map((problem) => problem.code)).to.deep.equal([code]);
  expect((await this.catalog.get('me/mine:v1'))?.state).to.equal('Pending');
});

Then('the record is gone, 0 bytes were freed, and the report tells what was kept', async function (this: AdoptedWorld) {
  expect(await this.catalog.list()).to.deep.equal([]);
  const { removed, bytes_reclaimed, files_removed, kept } = this.evicted;
  expect({ removed, bytes_reclaimed, files_removed }).to.deep.equal({ removed: true, bytes_reclaimed: 0, files_removed: [] });
  expect(kept.map(({ path }) => path)).to.deep.equal([this.entries[0]?.local_path]);
});

Then(/^"([^"]*)" has drifted: (\w+)$/, async function (this: AdoptedWorld, id: string, reason: string) {
  const entry = (await this.catalog.get(id)) ?? expect.fail(id);
  const drift = await this.catalog.drift([entry]);
  expect(drift.map((one) => [one.id, one.reason])).to.deep.equal([[id, reason]]);
  expect((await this.catalog.drift()).filter((one) => one.id === id)).to.deep.equal(drift);
});

Then(/^the outcome of that is (\w+) (\w+)$/, function (this: AdoptedWorld, kind: string, more: string) {
  const { outcome } = this;
  expect([outcome.kind, outcome.reason ?? outcome.method]).to.deep.equal([kind, more]);
});

Then('no file was read', function (this: AdoptedWorld) {
  expect(this.drifted).to.deep.equal([]);
  expect(readPaths(this)).to.deep.equal([]);
  expect(this.taken.length).to.be.greaterThan(3);
});

Then('nothing was read through, nothing was written, and there is no root', async function (this: AdoptedWorld) {
  expect(this.taken.filter(({ step }) => isWriting(step)).map(({ text }) => text)).to.deep.equal([]);
  expect(existsSync(await this.root())).to.equal(false);
  const weights = readPaths(this).filter((path) => /\.(gguf|safetensors)$/.test(path));
  expect(weights).to.deep.equal([]);
  expect(this.dry.dry_run).to.equal(true);
});

Then('the dry run had told the same', function (this: AdoptedWorld) {
  const said = ({ tool, source, scanned, adopted, known, problems, bytes }: AdoptReport) => ({
    tool,
    source,
    scanned,
    adopted,
    known,
    problems,
    bytes,
  });
  expect(said(this.dry)).to.deep.equal(said(this.adoption));
  expect(this.dry.adopted.length).to.be.greaterThan(0);
});

Then(/^(\d+) would be adopted, of (\d+) bytes, and not one byte was read$/, function (this: AdoptedWorld, count: string, bytes: string) {
  expect([this.dry.adopted.length, this.dry.bytes]).to.deep.equal([Number(count), Number(bytes)]);
  expect(readPaths(this)).to.deep.equal([]);
  expect(this.taken.length).to.be.lessThan(Number(count) * 5);
  this.log(`${this.taken.length} steps, ${this.dry.duration_ms} ms`);
});

Then(/^the second has (\d+) duplicate bytes$/, function (this: AdoptedWorld, bytes: string) {
  expect(this.adoption.adopted).to.deep.equal(['three', 'two']);
  expect(this.adoption.duplicate_bytes).to.equal(Number(bytes));
});

Then('the rest was adopted', async function (this: AdoptedWorld) {
  const { adopted, known, problems } = this.adoption;
  expect(problems).to.deep.equal([]);
  expect(known).to.have.members(this.entries.map(({ id }) => id));
  expect(known.length).to.be.greaterThan(0);
  expect(adopted.length).to.be.greaterThan(0);
  expect((await this.catalog.list()).map(({ id }) => id)).to.have.members([...known, ...adopted]);
});

Then('the progress grows up to the total, which is that of all its files', async function (this: AdoptedWorld) {
  const done = this.progress.map(({ bytes }) => bytes);
  expect(done).to.deep.equal([...done].sort((a, b) => a - b));
  expect(new Set(this.progress.map(({ path, total_bytes }) => `${path} ${total_bytes}`))).to.have.keys(
    `${await placeOf(this)} ${this.adoption.bytes}`,
  );
  expect(done.at(-1)).to.equal(this.adoption.bytes);
});

Then('every entry that was left had its bytes, and all that was acknowledged was there', function (this: AdoptedWorld) {
  const { steps, states, done } = this.kills;
  this.log(`${steps} steps, ${done} with all adopted`);
  expect(steps).to.be.greaterThan(50);
  expect(done).to.be.within(1, states - 1);
});

Then('it printed lines that have these words:', async function (this: AdoptedWorld, table: DataTable) {
  const lines = this.ran.stdout.split('\n');
  const place = await placeOf(this);
  for (const [words = ''] of table.raw()) {
    expect(
      lines.some((line) => line.includes(words.replace('STORE', place))),
      `${words} in\n${this.ran.stdout}`,
    ).to.equal(true);
  }
});

Then(/^it printed a report with (\{.*\})$/, function (this: AdoptedWorld, members: string) {
  const { schema, report } = JSON.parse(this.ran.stdout);
  expect(schema).to.equal(1);
  for (const [name, value] of Object.entries(JSON.parse(members))) expect(report[name], name).to.deep.equal(value);
  expect(Object.keys(report).sort()).to.deep.equal(
    ['adopted', 'bytes', 'dry_run', 'duplicate_bytes', 'duration_ms', 'known', 'problems', 'scanned', 'source', 'tool'].sort(),
  );
});

Then('the catalog refuses it with NotVerified, and tells of the drift', function (this: AdoptedWorld) {
  const { code, details } = this.takeRefusal();
  expect(code).to.equal('NotVerified');
  expect((details.drift as Drift[]).map(({ id }) => id)).to.deep.equal(['llama3:latest']);
});

Then(/^it told to run `(.*)`$/, function (this: AdoptedWorld, command: string) {
  expect(this.ran.stderr).to.include(`hint: run \`${command}\``).and.not.include('--allow-unverified');
});

Then(/^the line of the problem says "([^"]*)", and that path once$/, async function (this: AdoptedWorld, words: string) {
  const place = await placeOf(this);
  const line = this.ran.stdout.split('\n').find((one) => one.startsWith('problem  ')) ?? expect.fail(this.ran.stdout);
  expect(line).to.include(words.replace('STORE', place));
  expect(line.split(place)).to.have.length(2);
});

Given('a directory of a truncated GGUF, an empty one and a pickle', async function (this: AdoptedWorld) {
  writeTree(await placeOf(this), { 'cut.gguf': 'GGUF\x03', 'empty.gguf': '', 'weights.bin': pickles['of protocol 2'] });
});

Then('it told to name the place with --path', function (this: AdoptedWorld) {
  expect(this.ran.stderr).to.match(/nowhere.*\nhint: .*--path/);
});

Then(/^it printed drift of (\d+) files: (.*)$/, function (this: AdoptedWorld, count: string, reasons: string) {
  const { drift = [] } = JSON.parse(this.ran.stdout) as { drift?: Drift[] };
  expect(drift).to.have.length(Number(count));
  expect([...drift.map(({ reason }) => reason)].sort().join(' and ') || 'none').to.equal(reasons);
  for (const one of drift) expect(Object.keys(one).sort()).to.deep.equal(['id', 'path', 'reason']);
});

async function idsOn(disk: SimulatedDisk, tool: AdoptWorld['cache']['tool']): Promise<string[]> {
  return (await (await openOn(disk, 'look')).adopt(tool, { path: simulatedSources })).adopted;
}

/** Whatever was left: each entry has its bytes where it says, hashed; the store is as it was. */
async function judgeAdopted({ disk, acknowledged }: Left, ids: readonly string[]): Promise<boolean> {
  const catalog = await openOn(disk.process(), 'recovery');
  const entries = await catalog.list();
  for (const { id, files = [] } of entries) {
    const located = await catalog.locate(id);
    for (const [place, { digest }] of files.entries()) {
      expect((await verifyDigest(located?.files[place] ?? '', digest, { disk })).kind, id).to.equal('pass');
    }
    expect(files.length, id).to.be.greaterThan(0);
  }
  const isDone = entries.length === ids.length;
  expect(isDone || !acknowledged, 'what was acknowledged has happened').to.equal(true);
  expect([...disk.snapshotTree().keys()].filter((path) => path.startsWith(`${simulatedRoot}/blobs`))).to.deep.equal([]);
  return isDone;
}
