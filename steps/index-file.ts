import { isUtf8 } from 'node:buffer';
import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalJson, whyNotCanonical } from '../src/core/canonical-json.js';
import {
  afterMutations,
  type CollectionRecords,
  emptyGeneration,
  find,
  type Generation,
  generationOf,
  type Mutation,
  records,
  stored,
} from '../src/core/generation.js';
import { compareUtf8 } from '../src/core/ids.js';
import { decodeIndex, encodeIndex, maxIndexBytes, openIndex } from '../src/core/index-file.js';
import { plainLine } from '../src/core/plain-line.js';
import type { EngineEntry, ModelEntry } from '../src/core/records.js';
import { sealed } from '../support/sealed.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface IndexFileWorld extends CatalogWorld {
  bytes: Buffer;
}

const commit = 'A'.repeat(22);
const lastLineBytes = 88;

/** The damage that a checksum shows: it stays as it was. */
const unsealed: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'no bytes': () => Buffer.alloc(0),
  'one byte': (bytes) => bytes.subarray(0, 1),
  'its checksum line removed': (bytes) => bytes.subarray(0, -lastLineBytes),
  'a trailing line break': (bytes) => Buffer.concat([bytes, Buffer.from('\n')]),
  'trailing bytes': (bytes) => Buffer.concat([bytes, bytes.subarray(0, 50)]),
  'an upper-case checksum': (bytes) => Buffer.concat([bytes.subarray(0, -66), Buffer.from(bytes.subarray(-66).toString().toUpperCase())]),
  'a leading byte': (bytes) => Buffer.concat([Buffer.from(' '), bytes]),
  'another checksum': (bytes) => Buffer.concat([bytes.subarray(0, -67), Buffer.from(`${'0'.repeat(64)}"}\n`)]),
};

/** What somebody wrote on purpose, with a checksum that fits; the text is all before the last line. */
const sealedForms: Readonly<Record<string, (text: string) => string | Buffer>> = {
  'nothing but a checksum': () => '',
  'bytes that are not UTF-8': (text) => Buffer.from(text.replace('"name":"a"', '"name":"\u00ff"'), 'latin1'),
  'a byte order mark': (text) => `\ufeff${text}`,
  'the schema of engines': (text) => text.replace('catalog-core/models', 'catalog-core/engines'),
  'a blank in its first line': (text) => text.replace(',"version"', ', "version"'),
  'another member in its first line': (text) => text.replace(',"commit"', ',"extra":1,"commit"'),
  'a revision of 2^53': (text) => text.replace('"revision":3', '"revision":9007199254740992'),
  'a revision of 01': (text) => text.replace('"revision":3', '"revision":01'),
  'version 0': (text) => text.replace('"version":1', '"version":0'),
  'its records reordered': (text) => withLines(text, ([a, b, c]) => [a, `${c},`, b?.replace(/,$/, '')]),
  'a record twice': (text) => withLines(text, ([a, b, c]) => [a, a, b, c]),
  'a record whose id collides': (text) => withLines(text, ([a, b, c]) => [a?.replace('"id":"a"', '"id":"B"'), b, c]),
  'a comma missing': (text) => withLines(text, ([a, b, c]) => [a?.replace(/,$/, ''), b, c]),
  'a comma too many': (text) => withLines(text, ([a, b, c]) => [a, b, `${c},`]),
  'a line break missing at the end': (text) => text.slice(0, -1),
  'an empty line': (text) => withLines(text, ([a, b, c]) => [a, '', b, c]),
  'a carriage return': (text) => withLines(text, ([a, b, c]) => [`${a}\r`, b, c]),
  'a record that is no JSON': (text) => text.replace('{"id":"a"', '{id:"a"'),
  'a duplicate key': (text) => text.replace('{"id":"a"', '{"id":"a","id":"a"'),
  'a blank in a record': (text) => text.replace('{"id":"a",', '{"id":"a", '),
  'members out of order': (text) => text.replace('"id":"a","name":"a"', '"name":"a","id":"a"'),
  'an escape that needs none': (text) => text.replace('"name":"a"', '"name":"\\u0061"'),
  'a number of 1.0': (text) => withNumber(text, '1.0'),
  'a number of -0': (text) => withNumber(text, '-0'),
  'a number with too many digits': (text) => withNumber(text, '0.1000000000000000055511151231257827'),
  'a number of 1e400': (text) => withNumber(text, '1e400'),
  'a number of 2^53': (text) => withNumber(text, '9007199254740992'),
  'a lone surrogate': (text) => text.replace('"name":"a"', '"name":"\\ud800"'),
  'a member __proto__': (text) => text.replace('{"id":"a"', '{"__proto__":{"polluted":true},"id":"a"'),
  'a member constructor': (text) => text.replace('{"id":"a"', '{"constructor":{"prototype":{"polluted":true}},"id":"a"'),
  'a member prototype': (text) => text.replace('"name":"a"', '"name":"a","prototype":1'),
  'a member 65 levels deep': (text) => withNumber(text, `${'['.repeat(65)}${']'.repeat(65)}`),
  'a member a million levels deep': (text) => withNumber(text, `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`),
  "a record revision above the index's": (text) => text.replace('"revision":1,', '"revision":4,'),
  'a record revision of 0': (text) => text.replace('"revision":1,', '"revision":0,'),
  'no record revision': (text) => text.replace('"revision":1,', ''),
  'a list as a record': (text) => withLines(text, ([_, b, c]) => ['[1],', b, c]),
  'a record without a state': (text) => text.replace('"state":"Pending",', ''),
  'a record with a bad id': (text) => text.replace('"id":"a"', '"id":"a//b"'),
};

Given('an index of three models', function (this: IndexFileWorld) {
  let generation = emptyGeneration<ModelEntry>('models', commit);
  for (const id of ['a', 'b', 'c']) {
    const record = modelEntry(id, { name: id, ...(id === 'b' && { labels: { 'é😀': '\u2028' } }) });
    generation = afterMutations(generation, [{ type: 'put', record }], commit).next ?? generation;
  }
  this.bytes = bytesOf(generation);
  expect(decodeIndex('models', this.bytes).kind).to.equal('intact');
});

Then(
  'it is one JSON document with its schema, version {int}, its revision, and the revision of each record',
  function (this: IndexFileWorld, version: number) {
    const document = JSON.parse(this.bytes.toString());
    expect(Object.keys(document)).to.deep.equal(['schema', 'version', 'revision', 'commit', 'recent', 'models', 'checksum']);
    expect(document).to.include({ schema: 'catalog-core/models', version, revision: 3, commit });
    expect(document.models.map(({ id, revision }: { id: string; revision: number }) => [id, revision])).to.deep.equal([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  },
);

Then('any models and engines that are encoded and decoded are the same records at the same revisions', () => {
  expectRoundTrip('models', modelArbitrary());
  expectRoundTrip('engines', engineArbitrary());
});

Then(
  'after any puts and deletes of up to {int} ids the index is that of a plain map, byte for byte as when it is encoded from scratch',
  (ids: number) => {
    const id = fc.integer({ min: 0, max: ids - 1 }).map((place) => `${place % 7 === 0 ? '😀' : '\uffee'.repeat(place % 2)}${place}`);
    const change = fc.tuple(id, fc.nat(9)).map(([name, kind]) => ({ name, isPut: kind < 7 }));
    // A run of neighbours fills and empties whole blocks.
    const run = fc.tuple(fc.nat(ids), fc.nat(200), fc.boolean()).map(([start, length, isPut]) => {
      return Array.from({ length }, (_, place) => ({ name: String((start + place) % ids), isPut }));
    });
    const group = fc.oneof(fc.array(change, { maxLength: 80 }), run);
    const property = fc.property(fc.array(group, { minLength: 1, maxLength: 12 }), (groups) => {
      let generation = emptyGeneration<EngineEntry>('engines', commit);
      const model = new Map<string, { record: EngineEntry; revision: number }>();
      for (const [turn, changes] of groups.entries()) {
        const mutations = changes.map(({ name, isPut }): Mutation<EngineEntry> => {
          return isPut ? { type: 'put', record: engineEntry(name, { created_ms: turn }) } : { type: 'delete', id: name };
        });
        const changed =
          changes.filter(({ name, isPut }) => changeMap(model, { name, isPut, created_ms: turn, revision: generation.revision + 1 }))
            .length > 0;
        const { next } = afterMutations(generation, mutations, commit);
        expect(next !== undefined).to.equal(changed);
        generation = next ?? generation;
        expectSameAs(generation, model);
      }
    });
    fc.assert(property, { numRuns: 60 });
  },
);

Then('with any one bit flipped it is damaged', function (this: IndexFileWorld) {
  for (let bit = 0; bit < this.bytes.byteLength * 8; bit++) {
    const flipped = Buffer.from(this.bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expectDamaged(flipped, `bit ${bit}`);
  }
});

Then('cut off anywhere it is damaged', function (this: IndexFileWorld) {
  for (let size = 0; size < this.bytes.byteLength; size++) {
    expectDamaged(this.bytes.subarray(0, size), `${size} bytes`);
    expectDamaged(this.bytes.subarray(this.bytes.byteLength - size), `the last ${size} bytes`);
  }
});

Then('with any run of its bytes zeroed it is damaged', function (this: IndexFileWorld) {
  const place = fc.nat(this.bytes.byteLength - 1);
  const property = fc.property(place, place, (one, other) => {
    expectDamaged(Buffer.from(this.bytes).fill(0, Math.min(one, other), Math.max(one, other) + 1), `${one} to ${other}`);
  });
  fc.assert(property, { numRuns: 500, examples: [[0, this.bytes.byteLength - 1]] });
});

Then(/^with (.*) it is damaged because "(.*)"$/, function (this: IndexFileWorld, damage: string, reason: string) {
  const damaged = unsealed[damage]?.(this.bytes) ?? sealed(sealedForms[damage]?.(bodyOf(this.bytes)) ?? expect.fail(damage));
  expect(decodeIndex('models', damaged)).to.deep.equal({ kind: 'damaged', reason });
});

Then('whatever is done to the line of any record, it is taken for canonical without being parsed only where it is', () => {
  const marks = [
    ...'{}[]",:\\0123456789-+.eE _azAZ\u0000\u0019\u007f\n\t',
    'é',
    '"a":',
    ',"z":1',
    '"revision":2,',
    'null',
    'true',
    '__proto__',
  ];
  const edit = fc.record({ at: fc.nat(2000), removed: fc.nat(3), added: fc.constantFrom('', ...marks) });
  const plainArbitrary = fc.tuple(idArbitrary(), fc.nat()).map(([id, bytes]) => modelEntry(id, { bytes, labels: { a: id, b: '' } }));
  let taken = 0;
  const property = fc.property(
    fc.oneof(plainArbitrary, modelArbitrary()),
    fc.nat(),
    fc.array(edit, { maxLength: 2 }),
    (drawn, revision, edits) => {
      const record = { ...drawn, bytes: (drawn.bytes ?? 0) % 1e12 };
      const line = edits.reduce((text, { at, removed, added }) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + added + text.slice(place + removed);
      }, stored(record, revision).line);
      const bytes = Buffer.from(line);
      const plain = isUtf8(bytes) ? plainLine(bytes, 0, bytes.byteLength) : undefined;
      if (plain === undefined) return;
      taken++;
      const { revision: said, ...rest } = JSON.parse(bytes.toString()) as { revision: number; id: string };
      expect(whyNotCanonical({ ...rest, revision: said })).to.equal(undefined);
      expect(canonicalJson({ ...rest, revision: said })).to.equal(bytes.toString());
      expect([bytes.toString('utf8', plain.idFrom, plain.idTo), plain.revision]).to.deep.equal([rest.id, said]);
      expect(bytes.toString('utf8', 0, plain.cutFrom) + bytes.toString('utf8', plain.cutTo)).to.equal(canonicalJson(rest));
    },
  );
  const record = modelEntry('a', { bytes: 1, labels: {} });
  const atRevision = stored(record, 7).line.indexOf('"revision":') + '"revision":'.length;
  fc.assert(property, { numRuns: 5000, examples: [[record, 7, [{ at: atRevision, removed: 0, added: '-' }]]] });
  expect(taken).to.be.greaterThan(500);
});

Then('each beginning of the line of a record is taken for no line, in a buffer that ends there and in one that goes on', () => {
  const bytes = Buffer.from(stored(modelEntry('a', { bytes: 1, labels: { team: 'vision' }, pins: [] }), 7).line);
  expect(plainLine(bytes, 0, bytes.byteLength)).to.include({ revision: 7 });
  for (let end = 0; end < bytes.byteLength; end++) {
    expect(plainLine(Uint8Array.prototype.slice.call(bytes, 0, end), 0, end), `${end} bytes`).to.equal(undefined);
    expect(plainLine(bytes, 0, end), `${end} bytes of more`).to.equal(undefined);
  }
});

/** What is wrong with the members of a record, and not with its line. */
const ofMembers: readonly string[] = ['a record without a state', 'a record with a bad id'];

Then('opened for a few records it is damaged in each of these ways as it is when read as a whole', function (this: IndexFileWorld) {
  for (const [damage, damaging] of Object.entries(sealedForms)) {
    if (ofMembers.includes(damage)) continue;
    const bytes = sealed(damaging(bodyOf(this.bytes)));
    expect(opened(bytes), damage).to.deep.equal(decodeIndex('models', bytes));
  }
});

Then('what is wrong with the members of a record is told to whoever looks for it, or for all', function (this: IndexFileWorld) {
  for (const damage of ofMembers) {
    const bytes = sealed(sealedForms[damage]?.(bodyOf(this.bytes)) ?? expect.fail(damage));
    const whole = decodeIndex('models', bytes);
    if (whole.kind !== 'damaged') expect.fail(whole.kind);
    for (const look of [(one: Generation<ModelEntry>) => find(one, damage.includes('id') ? 'a//b' : 'a'), records]) {
      expect(() => look(intact(opened(bytes))), damage).to.throw(whole.reason);
    }
    expect(find(intact(opened(bytes)), 'c')?.record.id).to.equal('c');
  }
});

Then('opened for a few records it gives each of them, and none that it does not have', function (this: IndexFileWorld) {
  const whole = intact(decodeIndex('models', this.bytes));
  const unread = intact(opened(this.bytes));
  for (let time = 0; time < 20; time++) {
    for (const id of ['a', 'b', 'c', '', 'B', 'aa', 'd']) expect(find(unread, id), id).to.deep.equal(find(whole, id));
  }
  expect(records(unread)).to.deep.equal(records(whole));
});

function opened(bytes: Buffer) {
  return openIndex('models', bytes, (reason) => new Error(reason));
}

function intact(decoded: ReturnType<typeof opened>): Generation<ModelEntry> {
  return decoded.kind === 'intact' ? decoded.generation : expect.fail(JSON.stringify(decoded));
}

Then('no object has become another by it', () => {
  expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
});

Then('bytes of more than 512 MiB are damaged before they are looked at', () => {
  const decoded = decodeIndex('models', Buffer.alloc(maxIndexBytes + 1));
  expect(maxIndexBytes).to.equal(512 * 1024 * 1024);
  expect(decoded).to.have.property('reason').that.includes('more than 536870912');
});

Then('an index of {int} lines is damaged before its records are parsed', (lines: number) => {
  const [head] = bodyOf(bytesOf(emptyGeneration<ModelEntry>('models', commit))).split('\n');
  const decoded = decodeIndex('models', sealed(`${head}\n${'?,\n'.repeat(lines)}`));
  expect(decoded).to.deep.equal({ kind: 'damaged', reason: `it has ${lines} records, more than 1000000` });
});

Then('with version 2 and records of any form it is newer, and none of its records is given', function (this: IndexFileWorld) {
  const text = bodyOf(this.bytes).replace('"version":1', '"version":2');
  for (const other of [text, withLines(text, () => ['{"other":']), withLines(text, () => [])]) {
    expect(decodeIndex('models', sealed(other))).to.deep.equal({ kind: 'newer', version: 2, revision: 3 });
  }
});

Then('with version 2 and no checksum of its own it is damaged', function (this: IndexFileWorld) {
  expectDamaged(Buffer.from(this.bytes.toString().replace('"version":1', '"version":2')), 'version 2');
});

function bytesOf(generation: Generation<{ id: string }>): Buffer {
  const { chunks, size } = encodeIndex(generation);
  const bytes = Buffer.concat(chunks);
  expect(bytes.byteLength).to.equal(size);
  return bytes;
}

function bodyOf(bytes: Buffer): string {
  return bytes.subarray(0, -lastLineBytes).toString();
}

function withLines(text: string, change: (lines: readonly string[]) => readonly (string | undefined)[]): string {
  const [head, ...lines] = text.slice(0, -1).split('\n');
  return [head, ...change(lines)].map((line) => `${line}\n`).join('');
}

function withNumber(text: string, number: string): string {
  const changed = text.replace('"trust_state":"unverified"}', `"trust_state":"unverified","x-odd":${number}}`);
  expect(changed).not.to.equal(text);
  return changed;
}

function expectDamaged(bytes: Buffer, what: string): void {
  expect(decodeIndex('models', bytes).kind, what).to.equal('damaged');
}

function expectRoundTrip<C extends 'models' | 'engines'>(collection: C, record: fc.Arbitrary<CollectionRecords[C]>): void {
  const versioned = fc.tuple(record, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
  const all = fc.uniqueArray(versioned, { selector: ([{ id }]) => id, maxLength: 40 });
  const tokens = fc.array(fc.constantFrom('b'.repeat(22), '-_09azAZ'.padEnd(22, 'x')), { maxLength: 64 });
  const property = fc.property(all, tokens, (pairs, recent) => {
    const inOrder = [...pairs].sort(([a], [b]) => compareUtf8(a.id, b.id)).map(([one, revision]) => stored(one, revision));
    const revision = Number.MAX_SAFE_INTEGER;
    const bytes = bytesOf(generationOf({ collection, revision, commit, recent }, inOrder));
    const decoded = decodeIndex(collection, bytes);
    if (decoded.kind !== 'intact') expect.fail(JSON.stringify(decoded));
    expect(records(decoded.generation)).to.deep.equal(inOrder.map(({ versioned: one }) => one));
    expect(bytesOf(decoded.generation).equals(bytes)).to.equal(true);
    expect(decoded.generation).to.deep.include({ collection, revision, commit, recent });
  });
  fc.assert(property, { numRuns: 100 });
}

const idArbitrary = () => fc.tuple(fc.nat(999), fc.constantFrom('', '/é', ':😀', '-\uffee')).map(([number, end]) => `${number}${end}`);
const textArbitrary = () => fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const unknownArbitrary = () => {
  // What a record may not hold is refused before it is encoded (CAT-IDX-1117).
  return fc.jsonValue({ maxDepth: 3 }).filter((value) => whyNotCanonical(value) === undefined);
};

function modelArbitrary(): fc.Arbitrary<ModelEntry> {
  return fc
    .tuple(idArbitrary(), textArbitrary(), unknownArbitrary(), fc.maxSafeNat())
    .map(([id, name, unknown, bytes]) => {
      return {
        ...modelEntry(id),
        name,
        bytes,
        labels: { [name]: name },
        metadata: { 'x-unknown': unknown },
        'x-unknown': unknown,
      } as ModelEntry;
    })
    .filter(isExact);
}

function engineArbitrary(): fc.Arbitrary<EngineEntry> {
  return fc
    .tuple(idArbitrary(), textArbitrary(), unknownArbitrary(), fc.maxSafeNat())
    .map(([id, version, unknown, created_ms]) => {
      return { ...engineEntry(id), version, created_ms, build_flags: [version], 'x-unknown': unknown } as EngineEntry;
    })
    .filter(isExact);
}

/** Integers that JSON carries in JavaScript without loss. */
function isExact(record: unknown): boolean {
  if (typeof record === 'number') return !Number.isInteger(record) || Number.isSafeInteger(record);
  return typeof record !== 'object' || record === null || Object.values(record).every(isExact);
}

function changeMap(
  model: Map<string, { record: EngineEntry; revision: number }>,
  change: { name: string; isPut: boolean; created_ms: number; revision: number },
): boolean {
  const { name, isPut, created_ms, revision } = change;
  if (!isPut) return model.delete(name);
  model.set(name, { record: engineEntry(name, { created_ms }), revision });
  return true;
}

function expectSameAs(generation: Generation<EngineEntry>, model: ReadonlyMap<string, { record: EngineEntry; revision: number }>): void {
  const wanted = [...model.values()].sort((a, b) => Buffer.compare(Buffer.from(a.record.id), Buffer.from(b.record.id)));
  expect(records(generation)).to.deep.equal(wanted);
  for (const versioned of wanted) expect(find(generation, versioned.record.id)).to.deep.equal(versioned);
  expect(records(generation)).to.have.length(model.size);
  const { revision, recent } = generation;
  const scratch = generationOf(
    { collection: 'engines', revision, commit, recent },
    wanted.map((one) => stored(one.record, one.revision)),
  );
  const bytes = bytesOf(generation);
  expect(bytes.equals(bytesOf(scratch))).to.equal(true);
  expect(decodeIndex('engines', bytes).kind).to.equal('intact');
}
