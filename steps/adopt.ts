import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type AdoptedTool, Findings } from '../src/adopt/found.js';
import { lmStudioModels } from '../src/adopt/lm-studio.js';
import { addModels } from '../src/adopt/models.js';
import { placesOf } from '../src/adopt/places.js';
import type { AdoptReport } from '../src/adopt-models.js';
import { manifestDigest } from '../src/core/digest.js';
import { mainFile } from '../src/core/model-layout.js';
import { run } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { Step } from '../src/disk/steps.js';
import { disturbed, isWriting, type Recorded, recording, sha256, systemError } from '../support/artifact-helpers.js';
import { damagedCaches } from '../support/caches/damaged.js';
import { stateOf, type Tree, writeTree } from '../support/caches/tree.js';
import { type Cache, wholeCaches } from '../support/caches/whole.js';
import type { ModelWorld } from './catalog.js';

export interface AdoptWorld extends ModelWorld {
  cache: Cache;
  adoption: AdoptReport;
  /** Names, bytes and times in the place before it was adopted. */
  stateBefore: readonly string[];
  taken: Recorded[];
}

const caches: Readonly<Record<string, Cache>> = { ...wholeCaches, ...damagedCaches };
const forms = Object.keys(caches)
  .map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
  .join('|');

Given(new RegExp(`^(${forms})$`), async function (this: AdoptWorld, name: string) {
  this.cache = caches[name] ?? expect.fail(name);
  writeTree(await placeOf(this), this.cache.tree);
  writeTree(join(await this.folder(), 'outside'), { secret: 'secret' });
  this.catalog = await this.openCatalog({ disk: recordingDisk(this) });
});

When(/^it is adopted(?: again)?$/, async function (this: AdoptWorld) {
  await adopt(this);
});

When(/^it is adopted on a disk where the blob of "me\/mine:v1" (.*)$/, async function (this: AdoptWorld, befalls: string) {
  const blob = join(await placeOf(this), `blobs/sha256-${sha256('GGUF mine').slice('sha256:'.length)}`);
  const isMeant: Readonly<Record<string, (step: Step, path: string) => boolean>> = {
    'vanishes before its look': (step) => step.op === 'stat' && step.path === blob && step.follow,
    'vanishes before its hash': (step) => step.op === 'open' && step.path === blob,
    'cannot be opened': (step) => step.op === 'open' && step.path === blob,
    'cannot be read': (step, path) => step.op === 'read' && path === blob,
  };
  const disk = disturbed(new RealDisk(), (step, path) => {
    if (!isMeant[befalls]?.(step, path)) return;
    if (befalls.startsWith('vanishes')) rmSync(blob, { force: true });
    else throw systemError(befalls === 'cannot be opened' ? 'EACCES' : 'EIO');
  });
  this.catalog = await this.openCatalog({ disk });
  await adopt(this);
});

When(/^the models of (\S+) in a folder that is not there are adopted$/, async function (this: AdoptWorld, tool: AdoptedTool) {
  await this.attempt(async () => this.catalog.adopt(tool, { path: join(await this.folder(), 'nowhere') }));
});

When(/^the models of (\S+) are adopted$/, async function (this: AdoptWorld, tool: AdoptedTool) {
  await this.attempt(() => this.catalog.adopt(tool));
});

When(
  /^the models of (\S+) in (STORE\S*|the folder of STORE)(?: as (\w+))? are adopted$/,
  async function (this: AdoptWorld, tool, where, name) {
    const place = await placeOf(this);
    const named = name === null ? place : join(await this.folder(), 'home', name);
    if (name !== null) {
      mkdirSync(dirname(named));
      renameSync(place, named);
    }
    const path = where.startsWith('STORE') ? where.replace('STORE', place) : dirname(named);
    await this.attempt(() => this.catalog.adopt(tool as AdoptedTool, { path }));
  },
);

Given('the catalog has its root in there, with a model of its own', async function (this: AdoptWorld) {
  this.catalog = await this.openCatalog({ root: join(await placeOf(this), 'root') });
  const path = join(await this.folder(), 'own.gguf');
  writeFileSync(path, 'GGUF own');
  await this.catalog.add(path);
});

Then(/^its own model is no model of another tool, and (\d+) were adopted$/, async function (this: AdoptWorld, count: string) {
  expect(this.adoption.problems).to.deep.equal([]);
  expect(this.adoption.adopted).to.have.length(Number(count));
  expect((await this.catalog.list()).map(({ id }) => id)).to.have.members([...this.adoption.adopted, 'own']);
});

Then(/^(\d+) models are in the catalog$/, async function (this: AdoptWorld, count: string) {
  expect(await this.catalog.list()).to.have.length(Number(count));
});

Then(/^"([^"]*)" is not found$/, async function (this: AdoptWorld, reference: string) {
  expect(this.adoption.adopted).to.not.deep.equal([]);
  expect(await this.catalog.locate(reference)).to.equal(undefined);
  expect(await this.catalog.exists(reference)).to.equal(false);
});

Then(/^the problem is one of "([^"]*)"$/, function (this: AdoptWorld, id: string) {
  expect(this.adoption.problems.map((problem) => problem.id)).to.deep.equal([id]);
});

Then(
  /^(\d+) times as many shards take less than (\d+) times as long to be told as one model$/,
  function (this: AdoptWorld, more: string, most: string) {
    const few = 1111;
    const many = few * Number(more);
    // The least of several: what the machine does beside it only adds.
    const least = (count: number) => Math.min(...Array.from({ length: 5 }, () => timeOfShards(count)));
    const ratio = least(many) / least(few);
    this.log(ratio.toFixed(1));
    expect(ratio).to.be.lessThan(Number(most));
  },
);

function timeOfShards(count: number): number {
  const digits = (value: number) => String(value).padStart(5, '0');
  const members = Array.from({ length: count }, (_, place) => {
    const name = `m-${digits(place + 1)}-of-${digits(count)}.gguf`;
    return { name, path: `/place/${name}`, bytes: 0, promised: {} };
  });
  const findings = new Findings('/place');
  const began = performance.now();
  addModels(findings, { folder: '/place', members, modelFolders: [] }, ({ stem }) => ({ id: stem, source: `file:///place/${stem}` }));
  const [candidate] = findings.candidates;
  expect(mainFile(candidate?.files.map(({ name }) => ({ path: name })) ?? [])).to.equal(members[0]?.name);
  return performance.now() - began;
}

Then(/^these were adopted, and nothing else was met: (.*)$/, async function (this: AdoptWorld, list: string) {
  const wanted = list.split(', ').map((text) => text.split(' '));
  expect(this.adoption.problems).to.deep.equal([]);
  expect([...this.adoption.adopted].sort()).to.deep.equal(wanted.map(([id]) => id).sort());
  expect((await this.catalog.list()).map(({ id, trust_state }) => [id, trust_state])).to.have.deep.members(wanted);
});

Then('each of them is found where it lies, with the digests of its bytes', async function (this: AdoptWorld) {
  const place = await placeOf(this);
  for (const entry of await this.catalog.list()) {
    const located = (await this.catalog.locate(entry.id)) ?? expect.fail(`${entry.id} is not there`);
    const files = entry.files ?? [];
    expect(located.files).to.have.length(files.length);
    for (const [at, path] of located.files.entries()) {
      expect(path.startsWith(`${place}/`), path).to.equal(true);
      expect(sha256(readFileSync(path)), path).to.equal(files[at]?.digest);
    }
    expect(entry.digest).to.equal(files.length === 1 ? files[0]?.digest : manifestDigest(files));
    expect([entry.state, entry.mode, entry.local_path]).to.deep.equal(['Active', 'reference', located.path]);
  }
});

Then('nothing there was changed, and no step tried to', async function (this: AdoptWorld) {
  const place = await placeOf(this);
  expect(stateOf(place)).to.deep.equal(this.stateBefore);
  const wrong = this.taken.filter(
    ({ step, path }) => isWriting(step) && (path.startsWith(place) || namesIn(step).some((name) => name.startsWith(place))),
  );
  expect(wrong.map(({ text }) => text)).to.deep.equal([]);
});

Then('all of them are known, and no file was hashed', async function (this: AdoptWorld) {
  const { adopted, known, problems, scanned, bytes } = this.adoption;
  expect(adopted).to.deep.equal([]);
  expect(problems).to.deep.equal([]);
  expect(known).to.have.length(scanned);
  expect(known).to.have.members((await this.catalog.list()).map(({ id }) => id));
  expect(bytes).to.equal(0);
  const weights = new Set((await this.catalog.list()).flatMap(({ files = [] }) => files.map(({ bytes: size }) => size)));
  expect(weights.size).to.be.greaterThan(0);
  const read = readPaths(this);
  for (const { id } of await this.catalog.list()) {
    for (const path of (await this.catalog.locate(id))?.files ?? [])
      expect(
        read.filter((one) => one === path),
        path,
      ).to.deep.equal([]);
  }
});

Then(/^"([^"]*)" is found as "([^"]*)"$/, async function (this: AdoptWorld, reference: string, id: string) {
  expect((await this.catalog.locate(reference))?.id).to.equal(id);
});

Then(
  /^the entry "([^"]*)" is of mode reference, adopted from (\S+) in that place$/,
  async function (this: AdoptWorld, id: string, tool: string) {
    const entry = (await this.catalog.get(id)) ?? expect.fail(id);
    expect([entry.mode, entry.adopted_from]).to.deep.equal(['reference', { tool, path: await placeOf(this) }]);
    expect(this.adoption.source).to.equal(await placeOf(this));
  },
);

Then(
  /^("[^"]*")(?: and ("[^"]*"))? (?:was|were) adopted, beside these problems: ?(.*)$/,
  async function (this: AdoptWorld, one, two, list: string) {
    expect(this.adoption, 'it was adopted').to.be.an('object');
    const ids = [one, two].filter(Boolean).map((text: string) => JSON.parse(text));
    expect(this.adoption.adopted).to.deep.equal(ids);
    expect((await this.catalog.list()).map(({ id }) => id)).to.deep.equal(ids);
    const { problems, scanned, known } = this.adoption;
    const shown = problems.map(({ code, path, message }) => `${code} ${path} (${message})`).join('\n');
    const wanted = list === '' ? [] : list.split(', ').map((text) => text.split(' '));
    expect(problems.length, shown).to.equal(wanted.length);
    for (const [code, end = ''] of wanted)
      expect(
        problems.some((one) => one.code === code && one.path.includes(end)),
        `${code} ${end} of\n${shown}`,
      ).to.equal(true);
    expect(scanned).to.equal(problems.length + known.length + ids.length);
    for (const { message } of problems) expect(message).to.match(/\w+ \w+/);
  },
);

Then(/^no more than (\d+) MB were read$/, function (this: AdoptWorld, megabytes: string) {
  const bytes = this.taken.reduce((sum, { step }) => sum + (step.op === 'read' ? step.into.byteLength : 0), 0);
  expect(bytes).to.be.lessThan(Number(megabytes) * 1e6);
});

Then(
  /^"([^"]*)" is a problem with (\w+), and the other (\d+) were adopted$/,
  async function (this: AdoptWorld, id: string, code: string, count) {
    expect(this.adoption.problems.map((problem) => problem.code)).to.deep.equal([code]);
    expect(this.adoption.adopted).to.have.length(Number(count));
    expect(this.adoption.adopted).to.not.include(id);
    expect(await this.catalog.get(id)).to.equal(undefined);
  },
);

Then(/^on (\w+) with (\{.*\}) the models of (\S+) are in "([^"]*)"$/, function (this: AdoptWorld, platform, env, tool, places: string) {
  const found = placesOf(tool, { platform, env: JSON.parse(env), home: '/home/u' });
  expect(found.join(' ')).to.equal(places);
});

const homes: Readonly<Record<string, Tree>> = {
  nothing: {},
  'a folder of the older versions': { '.cache/lm-studio': 'folder' },
  'a pointer': { '.lmstudio-home-pointer': '/data/lm\n', '.cache/lm-studio': 'folder' },
  'settings that name a folder': { '.lmstudio/settings.json': '{"downloadsFolder":"/data/downloads"}' },
};

Given(/^a home with (.*)$/, async function (this: AdoptWorld, what: string) {
  writeTree(join(await this.folder(), 'home'), homes[what] ?? expect.fail(what));
});

Then(/^the models of LM Studio are in "([^"]*)"$/, async function (this: AdoptWorld, place: string) {
  const home = join(await this.folder(), 'home');
  expect(await run(lmStudioModels(home), new RealDisk())).to.equal(place.replace('HOME', home));
});

export async function placeOf(world: AdoptWorld): Promise<string> {
  return join(await world.folder(), 'store');
}

/** Adopts the scenario's store, and remembers how it lay there. */
export async function adopt(world: AdoptWorld, options: Parameters<AdoptWorld['catalog']['adopt']>[1] = {}): Promise<void> {
  const path = await placeOf(world);
  world.stateBefore = stateOf(path);
  world.taken?.splice(0);
  world.adoption = (await world.attempt(() => world.catalog.adopt(world.cache.tool, { path, ...options }))) ?? world.adoption;
}

export function recordingDisk(world: AdoptWorld): ReturnType<typeof recording> {
  world.taken = [];
  return recording(new RealDisk(), world.taken);
}

/** The files that were read. */
export function readPaths(world: AdoptWorld): string[] {
  return world.taken.filter(({ step }) => step.op === 'read').map(({ path }) => path);
}

function namesIn(step: Step): string[] {
  if ('path' in step) return [step.path];
  return 'to' in step ? [step.from, step.to] : [];
}
