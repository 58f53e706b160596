import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalJson, deepFreeze } from '../src/core/canonical-json.js';
import type { Digest } from '../src/core/digest.js';
import { CatalogError } from '../src/core/errors.js';
import { afterMutations, emptyGeneration, type Generation, type Mutation, records } from '../src/core/generation.js';
import { checkId, collisionKey } from '../src/core/ids.js';
import { encodeIndex } from '../src/core/index-file.js';
import { afterVerification, digestMembers, type Registration, registered, replacement, transition } from '../src/core/lifecycle.js';
import {
  checkedEngine,
  checkedModel,
  type EngineEntry,
  type LifecycleState,
  lifecycleStates,
  type ModelEntry,
  type TrustState,
  trustStates,
} from '../src/core/records.js';
import { judge } from '../src/core/verification.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import { unfolded } from '../support/table-cells.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

type Named = 'models' | 'engines';

interface RecordWorld extends CatalogWorld {
  store: CatalogStore;
  model: ModelEntry;
  engine: EngineEntry;
  /** What a decision was about, as it was before. */
  before: ModelEntry;
  /** The state that was asked for. */
  to: string;
  outcomes: readonly PromiseSettledResult<unknown>[];
  /** A record to be checked, and what it is when it was. */
  given: object;
  checked: object | undefined;
}

const digestOf = (character: string): Digest => `sha256:${character.repeat(64)}`;
const longDigest: Digest = `sha512:${'d'.repeat(128)}`;
const now = new Date('2026-03-04T05:06:07.089Z');
const files = [{ path: 'a.gguf', digest: digestOf('a'), bytes: 7, identity: '1:2:7:3:4' }];
const withFiles = { files, bytes: 7, local_path: 'models/a', digest: digestOf('a'), verified_at: '2026-02-03T04:05:06.007Z' };

const fullModel = modelEntry('org/full', {
  ...withFiles,
  name: 'Full',
  state: 'Active',
  trust_state: 'verified',
  ref: 'hf:org/full',
  digest_source: 'declared',
  declared: longDigest,
  mode: 'copy',
  last_verified_ms: 1_770_000_000_000,
  last_used_ms: Number.MAX_SAFE_INTEGER,
  labels: { tier: 'gold', '': 'an empty name', toString: 'a name of objects' },
  metadata: {
    format: 'gguf',
    architecture: 'llama',
    parameters: 7e9,
    quantization: 'Q4_K_M',
    context_length: 8192,
    code_bearing: false,
    warnings: ['w'],
  },
  pins: [{ reason: 'demo', since: '2026-01-02T03:04:05.678Z' }],
  adopted_from: { tool: 'ollama', path: '/var/lib/ollama' },
});

const fullEngine = engineEntry('llama.cpp:1.0.0', {
  build_ref: 'b1234',
  digest: digestOf('e'),
  build_flags: ['-O2', '-march=native'],
  artifacts: [digestOf('f'), '/opt/engines/llama'],
  binary_path: '/opt/engines/llama/bin',
  sampler_profile_version: '3',
});

const unknownMembers = {
  'x-float': [0.1, 1e-7, 5e-324, 1.5e10 / 7, -2.5],
  'x-integer': [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0],
  'x-text': ['', '\u2028\u2029', '\u0000\u001f"\\/', '😀\uffee', '<b>&amp;'],
  'x-nothing': [null, true, false, [], {}],
  'x-names': { '': 1, '10': 'ten', '9': 'nine', toString: 2, hasOwnProperty: 3, '😀': 4, '\uffee': 5, é: { deep: [[[{ er: null }]]] } },
};

const oddValues: Readonly<Record<string, () => unknown>> = {
  NaN: () => Number.NaN,
  'an infinite number': () => Number.POSITIVE_INFINITY,
  'an integer of 2^53': () => 2 ** 53,
  'an integer of -2^53': () => -(2 ** 53),
  'a lone surrogate': () => 'a\ud800',
  'a lone surrogate in a name': () => ({ 'a\udc00': 1 }),
  'undefined in a list': () => [1, undefined],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tried
  'a hole in a list': () => [1, , 2],
  'a function': () => () => 1,
  'a symbol': () => Symbol('s'),
  'a bigint': () => 1n,
  'a date': () => now,
  'a map': () => new Map(),
  'an object of a class': () => new (class Own {})(),
  'a member named by a symbol': () => ({ [Symbol('s')]: 1 }),
  'a member named __proto__': () => JSON.parse('{"__proto__":{"polluted":true}}'),
  'a member named constructor': () => ({ constructor: 1 }),
  'a member named prototype': () => ({ prototype: 1 }),
  'a member named __proto__ deep inside': () => JSON.parse('[[{"a":{"__proto__":null}}]]'),
  itself: () => {
    const circle: { again?: unknown } = {};
    circle.again = circle;
    return circle;
  },
  '65 levels': () => nested(65),
  'a million levels': () => nested(1_000_000),
  undefined: () => undefined,
};

const notRecords: Readonly<Record<string, unknown>> = { null: null, undefined, 'a number': 7, 'a text': 'a', 'a list': [fullModel] };

const verifications: Readonly<Record<string, (entry: ModelEntry) => ModelEntry>> = {
  'a failure': (entry) => afterVerification(entry, judge({ trouble: 'missing', bytes: 0 }, {}, timing), { now }),
  'a check with nothing expected': (entry) => passed(computed(entry)),
  'a pass against a computed digest': (entry) => passed(computed(entry)),
  'a pass against a declared digest': (entry) => passed({ ...entry, digest_source: 'declared' }),
  'a pass against a given digest': (entry) => passed(computed(entry), digestOf('a')),
};

const registrations: Readonly<Record<string, (stored: ModelEntry) => ModelEntry>> = {
  'with a digest': (stored) => stored,
  'without a digest': ({ digest: _, digest_source: __, ...stored }) => stored,
  'and then filled': ({ digest: _, digest_source: __, ...stored }) => passed(stored),
  'with a digest and then retired': (stored) => transition(passed(stored), 'Retired'),
  'with a sha512 digest and then filled': (stored) => passed({ ...stored, digest: longDigest }, longDigest),
};

const asked: Registration = { id: 'a', source: 'file:///a.gguf', digest: digestOf('a') };
const repeated: Readonly<Record<string, Registration>> = {
  'the same source and digest': asked,
  'the same source and no digest': { id: asked.id, source: asked.source },
  'the same source and sha512 digest': { ...asked, digest: longDigest },
  'another name': { ...asked, name: 'Another' },
  'another source': { ...asked, source: 'file:///b.gguf' },
  'another digest': { ...asked, digest: digestOf('b') },
};

const others: Readonly<Record<string, unknown>> = {
  trust_state: 'warned',
  verified_at: '2026-02-03T04:05:06.008Z',
  digest_source: 'declared',
  files: [{ ...files[0], bytes: 8 }],
  digest: digestOf('c'),
};

const firstForms: Readonly<Record<string, Partial<ModelEntry>>> = {
  Pending: {},
  Failed: { state: 'Failed' },
  'Active and warned with its files': { ...withFiles, state: 'Active', trust_state: 'warned' },
  'Active and verified with its files': { ...withFiles, state: 'Active', trust_state: 'verified' },
  'Active and unverified': { ...withFiles, state: 'Active' },
  'Active without files': { state: 'Active', trust_state: 'warned', local_path: 'models/a' },
  'Active without a local path': { state: 'Active', trust_state: 'warned', files },
  'verified without a digest': { trust_state: 'verified' },
};

// The form of records

When(
  /^(a model|an engine) is checked whose (\S+) is (.*)$/,
  async function (this: RecordWorld, kind: string, member: string, value: string) {
    const meant = unfolded(value.replaceAll('<digest>', digestOf('a')));
    const change = value === '(absent)' ? undefined : JSON.parse(meant);
    this.given = { ...(kind === 'a model' ? modelEntry('a') : engineEntry('a')), [member]: change };
    this.checked = await this.attempt(() => (kind === 'a model' ? checkedModel(this.given) : checkedEngine(this.given)));
  },
);

When(/^(null|undefined|a number|a text|a list) is checked as a record$/, async function (this: RecordWorld, what: string) {
  await this.attempt(() => checkedModel(notRecords[what]));
});

When(/^a model is checked that holds (.*)$/, async function (this: RecordWorld, what: string) {
  const odd = { ...modelEntry('a'), 'x-odd': oddValues[what]?.() };
  this.model = (await this.attempt(() => checkedModel(odd))) ?? this.model;
});

Then('the record is refused because of its member {string}', function (this: RecordWorld, member: string) {
  const { code, details, message } = this.takeRefusal();
  expect([code, details]).to.deep.equal(['InvalidRecord', { member }]);
  expect(message).to.include(`\`${member}\``);
});

Then('the record is refused as a whole', function (this: RecordWorld) {
  expect(this.takeRefusal().code).to.equal('InvalidRecord');
  expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
});

Then('the record is taken', function (this: RecordWorld) {
  expect(this.checked).to.deep.equal(this.given);
});

Then('the record is that model without the member', function (this: RecordWorld) {
  expect(this.model).to.deep.equal(modelEntry('a'));
});

Given(/^a model(?: and an engine)? with every member there is$/, function (this: RecordWorld) {
  this.model = structuredClone(fullModel);
  this.engine = structuredClone(fullEngine);
});

Given('a model with unknown members at every depth', function (this: RecordWorld) {
  this.model = structuredClone({
    ...fullModel,
    ...unknownMembers,
    files: files.map((file) => ({ ...file, ...unknownMembers })),
    metadata: { ...fullModel.metadata, ...unknownMembers },
    pins: [{ reason: 'demo', since: 'now', ...unknownMembers }],
    adopted_from: { tool: 'ollama', path: '/', ...unknownMembers },
  });
});

When('both are stored and the catalog is opened again', async function (this: RecordWorld) {
  const writer = await this.openStore();
  await writer.models.put(this.model);
  await writer.engines.put(this.engine);
  this.store = await this.openStore();
});

When('it is stored, others are put beside it, and the catalog is opened again', async function (this: RecordWorld) {
  await (await this.openStore()).models.put(this.model);
  const writer = await this.openStore();
  await writer.models.put(modelEntry('another'));
  await writer.models.put(modelEntry('zebra'));
  await writer.models.delete('another');
  this.store = await this.openStore();
});

When('it is stored and its giver changes it afterwards', async function (this: RecordWorld) {
  this.store = await this.openStore();
  const stored = this.store.models.put(this.model);
  this.model.name = 'Changed';
  Object.assign(this.model.labels ?? {}, { tier: 'lead' });
  await stored;
});

Then('both are as they were stored, member for member', async function (this: RecordWorld) {
  expect((await this.store.models.get(this.model.id))?.record).to.deep.equal(this.model);
  expect((await this.store.engines.get(this.engine.id))?.record).to.deep.equal(this.engine);
});

Then('both have the same members in the index files', async function (this: RecordWorld) {
  const [models, engines] = await Promise.all(
    ['catalog.json', 'engines.json'].map(async (name) => readFile(join(await this.root(), name), 'utf8')),
  );
  expect(JSON.parse(models ?? '').models).to.deep.equal([{ ...this.model, revision: 1 }]);
  expect(JSON.parse(engines ?? '').engines).to.deep.equal([{ ...this.engine, revision: 1 }]);
});

Then('the stored model is as it was when it was stored, and frozen', async function (this: RecordWorld) {
  const found = await this.store.models.get(fullModel.id);
  expect(found?.record).to.deep.equal(fullModel);
  expect([found, found?.record, found?.record.labels, found?.record.files?.[0]].every(Object.isFrozen)).to.equal(true);
});

Then('its unknown members are as they were, value for value', async function (this: RecordWorld) {
  const found = (await this.store.models.get(this.model.id))?.record;
  expect(isDeepStrictEqual(found, this.model), JSON.stringify(found)).to.equal(true);
});

Then('a record with any value of JSON as an unknown member comes back equal', () => {
  const property = fc.property(exactJson(), (value) => {
    const record = { ...modelEntry('a'), 'x-any': value };
    expect(isDeepStrictEqual(checkedModel(record), record)).to.equal(true);
  });
  fc.assert(property, { numRuns: 1000 });
});

// Life and trust

Given(/^a (verified )?model (with files )?that is (\w+)(?: and (\w+))?$/, function (this: RecordWorld, verified, filled, state, trust) {
  const trust_state = (verified ? 'verified' : trust) as TrustState;
  const rest = filled || verified ? withFiles : {};
  this.before = deepFreeze(
    modelEntry('a', { ...rest, ...(filled && { digest_source: 'computed' as const }), state: state as LifecycleState, trust_state }),
  );
});

When(/^its state becomes (\w+)$/, async function (this: RecordWorld, to: string) {
  this.to = to;
  this.model = (await this.attempt(() => transition(this.before, to as LifecycleState))) ?? this.model;
});

When('its owner says that it may be Active unverified', async function (this: RecordWorld) {
  this.model = transition(this.before, 'Active', { allowUnverified: true });
});

When(/^it is put again as (\w+)$/, async function (this: RecordWorld, to: string) {
  this.to = to;
  this.model = (await this.attempt(() => replacement(this.before, { ...this.before, state: to as LifecycleState }))) ?? this.model;
});

When(/^it is put again with another (\w+)$/, async function (this: RecordWorld, member: string) {
  await this.attempt(() => replacement(this.before, { ...this.before, [member]: others[member] }));
});

When(/^it is put again with its (digest|declared) corrected$/, function (this: RecordWorld, member: string) {
  const stored = deepFreeze({ ...this.before, [member]: digestOf('b') });
  this.before = deepFreeze({ ...this.before, [member]: digestOf('c') });
  this.model = replacement(stored, this.before);
});

When(/^it is put again without (\w+), where it can be absent$/, async function (this: RecordWorld, member: string) {
  const { [member as 'files']: _, ...rest } = this.before;
  await this.attempt(() => replacement(this.before, rest));
});

When('it is put again with other labels, metadata and name', function (this: RecordWorld) {
  this.before = deepFreeze({ ...this.before, labels: { a: 'b' }, metadata: { parameters: 1 }, name: 'Other' });
  this.model = replacement(deepFreeze({ ...this.before, name: 'One', labels: {} }), this.before);
});

When(/^a first record is put that is (.*)$/, async function (this: RecordWorld, form: string) {
  this.before = deepFreeze(modelEntry('a', firstForms[form]));
  this.model = (await this.attempt(() => replacement(undefined, this.before))) ?? this.model;
});

When(
  /^(a failure|a check with nothing expected|a pass against a \w+ digest) is recorded$/,
  function (this: RecordWorld, verification: string) {
    this.model = verifications[verification]?.(this.before) ?? this.model;
  },
);

Then(/^that transition is (allowed|refused|no-op)$/, function (this: RecordWorld, outcome: string) {
  if (outcome === 'no-op') expect(this.model).to.deep.equal(this.before);
  else if (outcome === 'allowed') expect({ ...this.model, state: this.before.state }).to.deep.equal(this.before);
  else {
    const { code, details } = this.takeRefusal();
    expect([code, details]).to.deep.equal(['InvalidTransition', { from: this.before.state, to: this.to }]);
  }
});

Then(
  /^it is (Pending|Active|Retired|Failed) and (unverified|warned|verified)$/,
  function (this: RecordWorld, state: string, trust: string) {
    expect([this.model.state, this.model.trust_state]).to.deep.equal([state, trust]);
  },
);

Then('it tells when it was last looked at, and no more when it was verified', function (this: RecordWorld) {
  expect(this.model.last_verified_ms).to.equal(now.getTime());
  expect(this.model).not.to.have.property('verified_at');
});

Then(/^it tells when it was last looked at, and (that now|as before when) it was verified$/, function (this: RecordWorld, when: string) {
  expect(this.model.last_verified_ms).to.equal(now.getTime());
  expect(this.model.verified_at).to.equal(when === 'that now' ? now.toISOString() : this.before.verified_at);
});

Then(
  /^the digest of content of a, which (?:was (declared|computed) as (\w+), and )?(?:nobody said anything of|(?:somebody gives|is given) as (a|SHA-512)), is kept as (\w+)(, declared SHA-512)?$/,
  (source: 'declared' | 'computed' | null, stored: string | null, given: string | null, kept: string, declared: string | null) => {
    const entry = { ...(source && { digest_source: source }), ...(stored && stored !== 'nothing' && { digest: digestOf(stored) }) };
    const said = given === 'a' ? digestOf('a') : longDigest;
    expect(digestMembers(entry, digestOf('a'), given ? said : undefined)).to.deep.equal({
      digest: digestOf('a'),
      digest_source: kept,
      ...(declared && { declared: longDigest }),
    });
  },
);

Then('the put gives what was put', function (this: RecordWorld) {
  expect(this.model).to.deep.equal(this.before);
});

Then(/^the change is refused with (\w+)(?: because of "(\w+)")?$/, function (this: RecordWorld, code: string, member?: string) {
  const refusal = this.takeRefusal();
  expect(refusal.code).to.equal(code);
  if (member) expect(refusal.details).to.deep.equal({ member });
});

// Registering

When('a model is registered for the first time', function (this: RecordWorld) {
  this.model = registered(undefined, { ...asked, name: 'A', ref: 'hf:a/a', labels: { tier: 'gold' } }, now);
});

Given(/^a model that was registered (.*)$/, function (this: RecordWorld, how: string) {
  const stored = registrations[how]?.(registered(undefined, asked, now));
  this.before = deepFreeze(stored ?? expect.fail(how));
});

When(/^it is registered again with (.*)$/, async function (this: RecordWorld, what: string) {
  this.model = (await this.attempt(() => registered(this.before, repeated[what] ?? expect.fail(what), new Date(0)))) ?? this.model;
});

Then('it is a Pending, unverified entry of what was said and when', function (this: RecordWorld) {
  expect(this.model).to.deep.equal({
    ...asked,
    name: 'A',
    ref: 'hf:a/a',
    labels: { tier: 'gold' },
    digest_source: 'declared',
    state: 'Pending',
    trust_state: 'unverified',
    registered_at: now.toISOString(),
  });
});

Then('the stored entry is given', function (this: RecordWorld) {
  expect(this.model).to.equal(this.before);
});

Then('the change is refused with AlreadyExists, which carries the stored entry', function (this: RecordWorld) {
  const { code, details } = this.takeRefusal();
  expect([code, details]).to.deep.equal(['AlreadyExists', { stored: this.before }]);
});

// Ids in collections

Given(/^an? (memory|fs|journal) catalog$/, async function (this: RecordWorld, name: string) {
  this.store = await this.openNamed(name);
});

When(/^(models|engines) with the ids "(.*)" are put$/, async function (this: RecordWorld, collection: Named, ids: string) {
  for (const id of ids.split(/, |" and "/)) await this.attempt(() => putInto(this.store, collection, id));
});

When(
  /^"(.*)" is deleted and "(.*)" put among the (models|engines)$/,
  async function (this: RecordWorld, gone: string, id: string, collection: Named) {
    await this.store[collection].delete(gone);
    await putInto(this.store, collection, id);
  },
);

When('16 spellings of one id are put at the same time', async function (this: RecordWorld) {
  const ids = Array.from({ length: 16 }, (_, bits) =>
    [...'abcd'].map((letter, place) => ((bits >> place) & 1 ? letter.toUpperCase() : letter)).join(''),
  );
  this.outcomes = await Promise.allSettled(ids.map((id) => putInto(this.store, 'models', id)));
});

Then(/^one of them is taken and 15 are refused with AlreadyExists$/, async function (this: RecordWorld) {
  const refused = this.outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason.code);
  expect(refused).to.deep.equal(Array.from({ length: 15 }, () => 'AlreadyExists'));
  expect(await this.store.models.list()).to.have.lengthOf(1);
});

Then('the second is refused with AlreadyExists, which carries the first', async function (this: RecordWorld) {
  const { code, details } = this.takeRefusal();
  const [first] = [...(await this.store.models.list()), ...(await this.store.engines.list())];
  const { id, ...others } = details;
  expect([code, others]).to.deep.equal(['AlreadyExists', { stored: first?.record }]);
  // The one that was asked for.
  expect(id).to.be.a('string').that.does.not.equal(first?.record.id);
});

Then(/^the (models|engines) are "(.*)"$/, async function (this: RecordWorld, collection: Named, ids: string) {
  const list = await this.store[collection].list();
  expect(list.map(({ record }) => record.id)).to.deep.equal(ids.split(', '));
});

Then(
  'each of {string}, {string}, {string} and {string} is undefined in both collections',
  async function (this: RecordWorld, a: string, b: string, c: string, d: string) {
    for (const id of [a, b, c, d].map((text) => text.replace('\\ud800', '\ud800'))) {
      expect(await this.store.models.get(id)).to.equal(undefined);
      expect(await this.store.engines.get(id)).to.equal(undefined);
    }
  },
);

// Purity

Then('every rule decides alike twice about any frozen records, without a clock and without chance', () => {
  const property = fc.property(modelArbitrary(), modelArbitrary(), decisionArguments(), (one, other, { to, trouble, given, id }) => {
    const registration = deepFreeze({ id: one.id, source: other.source, ...(given && { digest: given }) });
    const found = { now, ...(given && { given }), ...(!trouble && { content: deepFreeze({ digest: digestOf('a'), files }) }) };
    const reading = trouble ? { trouble: 'mismatch' as const, bytes: 0 } : { digest: digestOf('a'), bytes: 7 };
    expectAlike(() => transition(one, to));
    expectAlike(() => transition(one, to, { allowUnverified: true }));
    expectAlike(() => registered(one, registration, now));
    expectAlike(() => registered(undefined, registration, now));
    expectAlike(() => replacement(one, other));
    expectAlike(() => replacement(undefined, other));
    expectAlike(() => afterVerification(one, judge(reading, { digest: given }, timing), found));
    expectAlike(() => [checkedModel(one), collisionKey(id), checkId(id)]);
  });
  fc.assert(property, { numRuns: 500 });
});

Then('any mutations of a generation leave that generation and its records as they were', () => {
  const property = fc.property(
    fc.array(mutationArbitrary(), { maxLength: 40 }),
    fc.array(mutationArbitrary(), { maxLength: 40 }),
    (first, second) => {
      const base = afterMutations(emptyGeneration<ModelEntry>('models', ''), first, 'a').next ?? emptyGeneration<ModelEntry>('models', '');
      const before = shownOf(base);
      expectAlike(() => {
        const { next, verdicts } = afterMutations(base, second, 'b');
        return [next && shownOf(next), verdicts];
      });
      expect(shownOf(base)).to.deep.equal(before);
    },
  );
  fc.assert(property, { numRuns: 200 });
});

const timing = { duration_ms: 1, method: 'full' } as const;

function passed(entry: ModelEntry, given?: Digest): ModelEntry {
  const found = { now, content: { digest: digestOf('a'), files }, ...(given && { given }) };
  const against = given ?? (entry.digest_source === 'declared' ? entry.digest : undefined);
  return afterVerification(entry, judge({ digest: against ?? digestOf('a'), bytes: 7 }, { digest: against }, timing), found);
}

function computed(entry: ModelEntry): ModelEntry {
  return { ...entry, digest: digestOf('a'), digest_source: 'computed' };
}

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

function putInto(store: CatalogStore, collection: Named, id: string): Promise<unknown> {
  return collection === 'models' ? store.models.put(modelEntry(id)) : store.engines.put(engineEntry(id));
}

/** Values that JSON holds exactly: without -0, integers beyond 2^53-1 and forbidden names. */
function exactJson(): fc.Arbitrary<unknown> {
  const number = fc
    .oneof(fc.maxSafeInteger(), fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e15, max: 1e15 }))
    .filter((value) => !Object.is(value, -0));
  const text = fc.string({ unit: 'grapheme' });
  const name = text.filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key));
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant(null),
      fc.boolean(),
      number,
      text,
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 5 }),
    object: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  })).value;
}

function modelArbitrary(): fc.Arbitrary<ModelEntry> {
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const members = fc.record({
    id: fc.constantFrom('a', 'A', 'b'),
    source: fc.constantFrom('file:///a', 'file:///b'),
    state: fc.constantFrom(...lifecycleStates),
    trust_state: fc.constantFrom(...trustStates),
    digest: optional(fc.constantFrom(digestOf('a'), digestOf('b'))),
    digest_source: optional(fc.constantFrom('declared' as const, 'computed' as const)),
    declared: optional(fc.constant(longDigest)),
    files: optional(fc.constant(files)),
    verified_at: optional(fc.constant('2026-02-03T04:05:06.007Z')),
    local_path: optional(fc.constant('models/a')),
  });
  return members.map(({ id, ...rest }) => deepFreeze(checkedModel({ ...modelEntry(id), ...rest })));
}

function decisionArguments() {
  return fc.record({
    to: fc.constantFrom(...lifecycleStates),
    trouble: fc.boolean(),
    given: fc.constantFrom(undefined, digestOf('a'), longDigest),
    id: fc.string({ unit: 'binary', maxLength: 10 }),
  });
}

function mutationArbitrary(): fc.Arbitrary<Mutation<ModelEntry>> {
  const ifRevision = fc.constantFrom(undefined, undefined, 1, 2);
  const put = fc.tuple(modelArbitrary(), ifRevision).map(([record, revision]) => ({ type: 'put', record, ifRevision: revision }) as const);
  const remove = fc
    .tuple(fc.constantFrom('a', 'A', 'b', 'c'), ifRevision)
    .map(([id, revision]) => ({ type: 'delete', id, ifRevision: revision }) as const);
  return fc.oneof(put, remove).map((mutation) => Object.freeze(mutation));
}

function shownOf(generation: Generation<ModelEntry>): string {
  return canonicalJson([Buffer.concat(encodeIndex(generation).chunks).toString(), records(generation), [...generation.names]]);
}

/** Decides twice, the second time with another clock and another chance. */
function expectAlike(decide: () => unknown): void {
  const [clock, chance] = [Date.now, Math.random];
  const first = decided(decide);
  try {
    Date.now = () => 0;
    Math.random = () => 0.5;
    expect(decided(decide)).to.deep.equal(first);
  } finally {
    [Date.now, Math.random] = [clock, chance];
  }
}

function decided(decide: () => unknown): unknown {
  try {
    return { value: decide() };
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    return { code: error.code, details: error.details, message: error.message };
  }
}
