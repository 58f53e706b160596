import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Added } from '../src/add-model.js';
import type { Progress } from '../src/artifacts/hash-file.js';
import type { Catalog } from '../src/catalog.js';
import type { LifecycleState, ModelEntry } from '../src/core/records.js';
import type { Fetcher } from '../src/fetch/fetcher.js';
import type { Located } from '../src/locate-model.js';
import type { OpenCatalogOptions } from '../src/open-catalog.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

export interface ModelWorld extends CatalogWorld {
  catalog: Catalog;
  /** The path of each source by its name. */
  sources: Map<string, string>;
  /** What the last add, or the last change, gave. */
  added: Added | undefined;
  given: ModelEntry | undefined;
  /** An entry as it was before something was done to it. */
  before: ModelEntry | undefined;
  located: Located | undefined;
  listed: readonly ModelEntry[];
  timeMs: number;
  /** How far the clock of the catalog is ahead of the machine's. */
  aheadMs: number | undefined;
  progress: Progress[];
}

Given(/^a catalog over the (memory|fs|journal) store$/, async function (this: ModelWorld, store: string) {
  await openedOver(this, store, {});
});

Given(
  /^a catalog over the (memory|fs|journal) store with a fetcher that brings "([^"]*)"$/,
  async function (this: ModelWorld, store, name: string) {
    const fetcher: Fetcher = {
      fetch: async (_ref, into) => {
        const path = join(into, 'fetched.gguf');
        await writeFile(path, await readFile(await sourcePath(this, name)));
        return { path };
      },
    };
    await openedOver(this, store, { fetcher });
  },
);

Given(/^a source "([^"]*)" of "(.*)"$/, async function (this: ModelWorld, name: string, content: string) {
  await writeSource(this, name, content);
});

Given(/^these sources:$/, async function (this: ModelWorld, table: DataTable) {
  for (const { name = '', content = '' } of table.hashes()) await writeSource(this, name, content);
});

Given(/^a model "([^"]*)" that was registered with (\{.*\})$/, async function (this: ModelWorld, id: string, request: string) {
  await this.catalog.register({ id, source: 'https://example.org/m', ...(await expanded(this, request)) });
});

Given(/^a model "([^"]*)" that was added from "([^"]*)"(?: with (\{.*\}))?$/, async function (this: ModelWorld, id, name, options) {
  this.before = await this.catalog.add(await sourcePath(this, name), { ...(await expanded(this, options)), id });
});

/** A state that only other ways lead to: the store takes it as it is. */
Given(/^the entry "([^"]*)" is stored with (\{.*\})$/, async function (this: ModelWorld, id: string, members: string) {
  const stored = (await this.catalog.get(id)) ?? modelEntry(id);
  const changed = { ...stored, ...(await expanded(this, members)) };
  const kept = Object.entries(changed).filter(([, value]) => value !== null);
  this.before = (await this.catalog.store.models.put(Object.fromEntries(kept) as unknown as ModelEntry)).record;
});

When(/^"([^"]*)" is added(?: as "([^"]*)")?(?: with (\{.*\}))?$/, async function (this: ModelWorld, name: string, id, options) {
  const path = await sourcePath(this, name);
  this.progress = [];
  const all = { ...(id && { id }), ...(await expanded(this, options)), onProgress: (progress: Progress) => this.progress.push(progress) };
  this.added = await this.attempt(() => this.catalog.addWithReport(path, all));
});

When(/^the reference "([^"]*)" is added(?: as "([^"]*)")?$/, async function (this: ModelWorld, reference: string, id) {
  const text = await expandedText(this, reference);
  this.added = await this.attempt(() => this.catalog.addWithReport(text, { ...(id && { id }) }));
});

When(/^the content of "([^"]*)" becomes "(.*)"$/, async function (this: ModelWorld, name: string, content: string) {
  await writeSource(this, name, content);
});

When(/^the source "([^"]*)" is removed$/, async function (this: ModelWorld, name: string) {
  await rm(await sourcePath(this, name), { recursive: true });
});

When(
  /^the state of "([^"]*)" is set to (\w+)( although unverified)?$/,
  async function (this: ModelWorld, id: string, to: string, although) {
    this.given = await this.attempt(() => this.catalog.setState(id, to as LifecycleState, { allowUnverified: Boolean(although) }));
  },
);

When(/^the entry "([^"]*)" is put with (\{.*\})$/, async function (this: ModelWorld, id: string, members: string) {
  const stored = (await this.catalog.get(id)) ?? modelEntry(id);
  const next = { ...stored, ...(await expanded(this, members)) } as ModelEntry;
  this.given = await this.attempt(() => this.catalog.put(next));
});

When(/^the models that match (\{.*\}) are listed$/, async function (this: ModelWorld, filter: string) {
  this.listed = await this.catalog.list(JSON.parse(filter));
});

When(/^the models that are (Pending|Active|Retired|Failed) are listed$/, async function (this: ModelWorld, state: string) {
  this.listed = await this.catalog.listByState(state as LifecycleState);
});

When(/^the path of "([^"]*)" is asked for( and touched)?$/, async function (this: ModelWorld, id: string, touched) {
  this.timeMs = Date.now();
  await this.attempt(() => this.catalog.modelPath(id, touched ? { touch: true } : {}));
});

When('the catalog is left at the end of its block', async function (this: ModelWorld) {
  await this.catalog[Symbol.asyncDispose]();
});

Then(/^these are listed: (.*)$/, function (this: ModelWorld, ids: string) {
  expect(this.listed.map(({ id }) => id)).to.deep.equal(ids === 'none' ? [] : ids.split(', '));
});

Then(/^the entry "([^"]*)" has (\{.*\})$/, async function (this: ModelWorld, id: string, members: string) {
  await expectMembers(this, id, members);
});

Then(/^the entry "([^"]*)" has these members:$/, async function (this: ModelWorld, id: string, table: DataTable) {
  for (const [member = '', value = ''] of table.raw()) await expectMembers(this, id, `{"${member}":${value}}`);
});

Then(/^the entry "([^"]*)" is as it was$/, async function (this: ModelWorld, id: string) {
  expect(await this.catalog.get(id)).to.deep.equal(this.before);
});

Then('the stored entry is what the add gives', function (this: ModelWorld) {
  expect(this.added?.entry).to.deep.equal(this.before);
});

Then(/^there is no entry "([^"]*)"$/, async function (this: ModelWorld, id: string) {
  expect(await this.catalog.get(id)).to.equal(undefined);
});

Then(/^the catalog refuses it with (\w+)(?: and (\{.*\}))?$/, async function (this: ModelWorld, code: string, details) {
  const refusal = this.takeRefusal();
  expect(refusal.code, refusal.message).to.equal(code);
  expect(refusal.details).to.deep.include(await expanded(this, details));
});

Then(/^the refusal is AlreadyExists and carries the stored entry "([^"]*)"$/, async function (this: ModelWorld, id: string) {
  const { code, details } = this.takeRefusal();
  expect([code, details.stored]).to.deep.equal(['AlreadyExists', await this.catalog.get(id)]);
});

Then(/^the entry "([^"]*)" was last used then$/, async function (this: ModelWorld, id: string) {
  expect((await this.catalog.get(id))?.last_used_ms).to.be.within(this.timeMs, Date.now());
});

Then('every call of it is refused with Closed', async function (this: ModelWorld) {
  const calls: readonly (() => Promise<unknown>)[] = [
    () => this.catalog.get('a'),
    () => this.catalog.list(),
    () => this.catalog.put(modelEntry('a')),
  ];
  for (const call of calls) {
    await this.attempt(call);
    expect(this.takeRefusal().code).to.equal('Closed');
  }
});

export async function sourcePath(world: ModelWorld, name: string): Promise<string> {
  return join(await world.folder(), 'sources', name);
}

export async function writeSource(world: ModelWorld, name: string, content: string | Uint8Array): Promise<string> {
  const path = await sourcePath(world, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** JSON in which `<sha256 NAME>` and `<sha512 NAME>` stand for the digest of a source, `<sources>` and `<root>` for folders. */
export async function expanded(world: ModelWorld, json: string | null | undefined): Promise<Record<string, unknown>> {
  return JSON.parse(await expandedText(world, json ?? '{}'));
}

async function expandedText(world: ModelWorld, text: string): Promise<string> {
  let done = text.replaceAll('<sources>', join(await world.folder(), 'sources')).replaceAll('<root>', await world.root());
  for (const [whole, algorithm = '', name = ''] of text.matchAll(/<(sha256|sha512) ([^>]+)>/g)) {
    const bytes = await readFile(await sourcePath(world, name));
    done = done.replace(whole, `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`);
  }
  return done;
}

async function openedOver(world: ModelWorld, store: string, options: OpenCatalogOptions): Promise<void> {
  const given = { clock: () => Date.now() + (world.aheadMs ?? 0), ...options };
  world.catalog = await world.openCatalog(store === 'fs' ? given : { ...given, store: await world.openNamed(store) });
}

async function expectMembers(world: ModelWorld, id: string, members: string): Promise<void> {
  const entry = await world.catalog.get(id);
  const all: Record<string, unknown> = { ...entry };
  for (const [member, value] of Object.entries(await expanded(world, members))) {
    expect(all[member] ?? null, `${member} of ${id}`).to.deep.equal(value);
  }
}
