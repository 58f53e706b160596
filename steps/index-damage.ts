import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ErrorCode } from '../src/core/errors.js';
import {
  contentOf,
  generationPaths,
  type IndexWorld,
  indexNames,
  type Named,
  newestBytes,
  put,
  refusalsOf,
  seen,
  tree,
} from '../support/index-world.js';
import { sealed } from '../support/sealed.js';
import { engineEntry, modelEntry } from '../support/world.js';

const lastLineBytes = 88;

Given('a healthy catalog', async function (this: IndexWorld) {
  this.early = await this.openStore();
  for (const id of ['a', 'b', 'c', 'b']) await this.early.models.put(modelEntry(id));
  for (const id of ['e', 'f']) await this.early.engines.put(engineEntry(id));
  await seen(this);
});

Given(/^its (models|engines) index has version 2 in (.*)$/, async function (this: IndexWorld, collection: Named, place: string) {
  const newer = sealed(bodyOf(await newestBytes(this, collection)).replace('"version":1', '"version":2'));
  const generations = await generationPaths(this, collection);
  const index = join(await this.root(), indexNames[collection]);
  const places: Readonly<Record<string, readonly string[]>> = {
    'the newest generation': generations.slice(-1),
    'the newest generation and the index': [...generations.slice(-1), index],
    'every generation and the index': [...generations, index],
    [indexNames[collection]]: [index],
  };
  for (const path of places[place] ?? expect.fail(place)) await replaced(path, newer);
  await seen(this);
});

Given(
  /^the newest generation of its (models|engines) is (.*?)( together with its index)?$/,
  async function (this: IndexWorld, collection: Named, damage: string, both?: string) {
    const [newest = ''] = (await generationPaths(this, collection)).slice(-1);
    if (damage === 'at revision 2^53-1') {
      const last = sealed(bodyOf(await readFile(newest)).replace('"revision":4', `"revision":${Number.MAX_SAFE_INTEGER}`));
      await writeFile(join(newest, '..', String(Number.MAX_SAFE_INTEGER)), last);
    } else {
      await befall(this, newest, damage);
      if (both) await befall(this, join(await this.root(), indexNames[collection]), damage);
    }
    await seen(this);
  },
);

Given(/^its catalog\.json alone is (.*)$/, async function (this: IndexWorld, damage: string) {
  await befall(this, join(await this.root(), 'catalog.json'), damage);
  await seen(this);
});

Given(
  /^its root\.json (?:is|names) (emptied|cut .*|filled .*|followed .*|of .*|the journal store)$/,
  async function (this: IndexWorld, damage: string) {
    const path = join(await this.root(), 'root.json');
    const text = await readFile(path, 'utf8');
    const forms: Readonly<Record<string, () => string>> = {
      'of a newer version': () => '{"schema":"catalog-core/root","version":2,"store":"other","more":[]}\n',
      'the journal store': () => text.replace('"fs"', '"journal"'),
      'of another store': () => text.replace('"fs"', '"postgres"'),
      'of another schema': () => text.replace('catalog-core/root', 'catalog-core/models'),
      'of another lineage': () => text.replace(/"lineage":"../, (start) => start.slice(0, -2) + (start.endsWith('00') ? '11' : '00')),
    };
    if (forms[damage]) await replaced(path, forms[damage]());
    else await befall(this, path, damage);
    await seen(this);
  },
);

Given(/^it has lost (.*)$/, async function (this: IndexWorld, what: string) {
  const generations = join('generations', 'models');
  const losses: Readonly<Record<string, readonly string[]>> = {
    'the generations of models': [],
    'the folder of generations of models': [generations],
    'the generations of models and catalog.json': ['catalog.json'],
    'the generations of models and root.json': ['root.json'],
    'all folders of generations': ['generations'],
    'all folders of generations and root.json': ['generations', 'root.json'],
    'all but engines and their generations': [generations, 'catalog.json', 'root.json'],
    'all but root.json': ['generations', 'catalog.json', 'engines.json'],
  };
  for (const path of await generationPaths(this, 'models')) await rm(path);
  for (const name of losses[what] ?? expect.fail(what)) await rm(join(await this.root(), name), { recursive: true });
  await seen(this);
});

// What is told, and what stays

Then(
  /^every call that needs its (models|engines) is refused with (\w+), (.*)$/,
  async function (this: IndexWorld, collection: Named, code: ErrorCode, what: string) {
    const [reader, writer] = [await this.openStore({ readOnly: true }), await this.openStore()];
    const reading = [reader, writer].flatMap((store) => [store[collection].get('a'), store[collection].list(), store.snapshot()]);
    const refusals = await refusalsOf([...reading, put(writer, collection, 'a'), writer[collection].delete('a')]);
    for (const { code: found, details } of refusals) {
      expect(found).to.equal(code);
      if (what.includes('found 2')) expect(details).to.include({ found: 2, supported: 1 });
      expect(details.path)
        .to.be.a('string')
        .that.includes(await this.root());
      if (what.includes('reason')) expect(details.reason).to.be.a('string').that.is.not.empty;
    }
  },
);

Then(/^opening it is refused with (\w+)$/, async function (this: IndexWorld, code: string) {
  for (const readOnly of [true, false]) {
    await this.attempt(() => this.openStore({ readOnly }));
    expect(this.takeRefusal().code).to.equal(code);
  }
});

Then('the other index works', async function (this: IndexWorld) {
  const store = await this.openStore();
  let worked = 0;
  for (const collection of ['models', 'engines'] as const) {
    if (
      await store[collection].list().then(
        () => false,
        () => true,
      )
    )
      continue;
    expect(await store[collection].list()).not.to.have.lengthOf(0);
    await put(store, collection, 'new');
    expect((await store[collection].get('new'))?.record.id).to.equal('new');
    worked++;
  }
  expect(worked).to.equal(1);
});

Then('nothing in it has changed', async function (this: IndexWorld) {
  expect(contentOf(await tree(this))).to.deep.equal(contentOf(this.before));
});

Then('not a byte nor a time in it has changed', async function (this: IndexWorld) {
  expect(await tree(this)).to.deep.equal(this.before);
});

Then('what was in its place is in quarantine', async function (this: IndexWorld) {
  const name =
    Object.keys(await tree(this)).find((path) => /^quarantine\/models-[\w-]{22}\.json$/.test(path)) ??
    expect.fail('nothing is in quarantine');
  expect(contentOf(await tree(this))[name]).to.deep.equal(contentOf(this.before)['catalog.json']);
});

Then('there is no quarantine', async function (this: IndexWorld) {
  expect(await readdir(await this.root())).not.to.include('quarantine');
});

Then('no temp remains', async function (this: IndexWorld) {
  expect((await readdir(await this.root())).filter((name) => name.includes('.tmp'))).to.deep.equal([]);
});

/** What can befall a file; forged ones get a checksum that fits. */
async function befall(world: IndexWorld, path: string, damage: string): Promise<void> {
  const bytes = await readFile(path);
  const bytewise: Readonly<Record<string, () => Buffer>> = {
    emptied: () => Buffer.alloc(0),
    'cut in half': () => bytes.subarray(0, bytes.byteLength >> 1),
    'cut by one byte': () => bytes.subarray(0, -1),
    'filled with NUL': () => Buffer.alloc(bytes.byteLength),
    'flipped in one bit': () =>
      Buffer.from(bytes.toString('latin1').replace('"name":"b"', '"name":"c"').replace('llama.cpp', 'llama.cpq'), 'latin1'),
    'robbed of its checksum line': () => bytes.subarray(0, -lastLineBytes),
    'followed by other bytes': () => Buffer.concat([bytes, Buffer.from('{}\n')]),
    'given a duplicate key': () => sealed(bodyOf(bytes).replace('{"id":"b"', '{"id":"b","id":"b"')),
    reordered: () => sealed(bodyOf(bytes).replace(/(\{"id":"a".*\n)(\{"id":"b".*\n)/, '$2$1')),
    'given a comma too many': () => sealed(bodyOf(bytes).replace(/\n$/, ',\n')),
    'given a __proto__ member': () => sealed(bodyOf(bytes).replace('{"id":"b"', '{"__proto__":{"polluted":true},"id":"b"')),
    'given a record of a later revision': () => sealed(bodyOf(bytes).replace('"revision":3,', '"revision":5,')),
    'given a number that is not exact': () =>
      sealed(bodyOf(bytes).replace('"trust_state":"unverified"}', '"trust_state":"unverified","x":9007199254740993}')),
  };
  const others: Readonly<Record<string, () => Promise<unknown>>> = {
    missing: () => rm(path),
    'replaced by an older generation': async () => replaced(path, await readFile(join(await world.root(), 'generations/models/3'))),
    'replaced by the other index': async () => replaced(path, await readFile(join(await world.root(), 'engines.json'))),
    'replaced by a directory': () => rm(path).then(() => mkdir(path)),
    'replaced by a symbolic link': () => rename(path, `${path}.kept`).then(() => symlink(`${basename(path)}.kept`, path)),
    'larger than any index': () => replaced(path, bytes).then(() => truncate(path, 2 ** 33)),
  };
  const other = others[damage];
  if (other) await other();
  else await replaced(path, bytewise[damage]?.() ?? expect.fail(damage));
}

/** Other bytes under a name; what bears other names of the same file stays. */
async function replaced(path: string, bytes: Buffer | string): Promise<void> {
  await rm(path);
  await writeFile(path, bytes, { mode: 0o400 });
}

function bodyOf(bytes: Buffer): string {
  return bytes.subarray(0, -lastLineBytes).toString();
}
