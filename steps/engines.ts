import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Versioned } from '../src/core/generation.js';
import { type EngineEntry, engineId } from '../src/core/records.js';
import { EngineCollection } from '../src/engine-collection.js';
import { MemoryCatalog } from '../src/stores/memory-catalog.js';
import { unfolded } from '../support/table-cells.js';
import { engineEntry } from '../support/world.js';
import type { ModelWorld } from './catalog.js';

interface EngineWorld extends ModelWorld {
  engine: EngineEntry;
  put: Versioned<EngineEntry> | undefined;
  found: readonly EngineEntry[];
}

Given('these engines:', async function (this: EngineWorld, table: DataTable) {
  for (const { id = '', engine = '', version = '', created_ms } of table.hashes()) {
    await this.catalog.engines.put(engineEntry(id, { engine, version, created_ms: Number(created_ms) }));
  }
});

When('an engine with every member is put', async function (this: EngineWorld) {
  this.engine = engineEntry('llama.cpp:1.0.0', {
    build_ref: 'b4567',
    digest: `sha256:${'e'.repeat(64)}`,
    build_flags: ['-DGGML_CUDA=ON', ''],
    artifacts: [`sha256:${'f'.repeat(64)}`, '/opt/llama/lib.so'],
    binary_path: '/opt/llama/bin/llama-server',
    sampler_profile_version: '3',
  });
  await this.catalog.engines.put(this.engine);
});

When(/^the engine "([^"]*)" is put with (\{.*\})$/, async function (this: EngineWorld, id: string, members: string) {
  this.put = await this.attempt(() => this.catalog.engines.put({ ...engineEntry(id), ...JSON.parse(unfolded(members)) }));
});

When(/^engines are looked for by (\{.*\})$/, async function (this: EngineWorld, query: string) {
  this.found = await this.catalog.engines.find(JSON.parse(query));
});

Then(/^the default id of the engine (\{.*\}) is "([^"]*)"$/, (engine: string, id: string) => {
  expect(engineId(JSON.parse(unfolded(engine)))).to.equal(unfolded(id));
});

Then('the engine is there as it was put', async function (this: EngineWorld) {
  expect((await this.catalog.engines.get(this.engine.id))?.record).to.deep.equal(this.engine);
});

Then('the engine is accepted', async function (this: EngineWorld) {
  expect(this.put).not.to.equal(undefined);
  expect(await this.catalog.store.engines.list()).to.deep.equal([this.put]);
});

Then(/^the engine is refused with (\w+)$/, async function (this: EngineWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
  expect(await this.catalog.engines.list()).to.deep.equal([]);
});

Then(/^these engines are found: (.*)$/, function (this: EngineWorld, ids: string) {
  expect(this.found.map(({ id }) => id)).to.deep.equal(ids === 'none' ? [] : ids.split(', '));
});

Then('any order of putting engines gives the same list', async () => {
  const versions = ['1.0.0', '1.2.0', '2.0.0', 'b1', 'b2', 'nightly'];
  const engines = versions.map((version, place) => engineEntry(version, { version, created_ms: (place * 7) % 5 }));
  const first = await listOf(engines);
  const anyOrder = fc.shuffledSubarray(engines, { minLength: engines.length });
  await fc.assert(
    fc.asyncProperty(anyOrder, async (order) => {
      expect(await listOf(order)).to.deep.equal(first);
    }),
  );
});

Then(/^the engine "([^"]*)" is found, and "([^"]*)" is undefined$/, async function (this: EngineWorld, id: string, other: string) {
  expect((await this.catalog.engines.get(id))?.record.id).to.equal(id);
  expect(await this.catalog.engines.get(other)).to.equal(undefined);
});

Then(/^deleting the engine "([^"]*)" gives true and then false$/, async function (this: EngineWorld, id: string) {
  expect([await this.catalog.engines.delete(id), await this.catalog.engines.delete(id)]).to.deep.equal([true, false]);
});

/** What is found when engines lie in a store in this order: ids are made so that their order is that of putting. */
async function listOf(engines: readonly EngineEntry[]): Promise<string[]> {
  const store = await MemoryCatalog.open();
  for (const [place, engine] of engines.entries()) await store.engines.put({ ...engine, id: `e${place}` });
  return (await new EngineCollection(store.engines).find({})).map(({ version }) => version);
}
