import { chmodSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { probeFile } from '../src/artifacts/probe.js';
import { describeModel } from '../src/core/headers/describe.js';
import { readHeader } from '../src/core/headers/model-header.js';
import type { Probed } from '../src/core/headers/probe.js';
import { judgeHeader } from '../src/core/headers/probe.js';
import { mostHeaderBytes } from '../src/core/headers/reading.js';
import { blobPath } from '../src/core/model-layout.js';
import { checkedModel } from '../src/core/records.js';
import { run } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { ProbeReport } from '../src/probe-model.js';
import { disturbed, openOn, simulatedSources, systemError } from '../support/artifact-helpers.js';
import { writeTree } from '../support/caches/tree.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { drawnGguf, garbled } from '../support/headers/drawn-headers.js';
import {
  type GgufValue,
  ggufFile,
  ggufHeader,
  llamaPairs,
  someTensors,
  text,
  uint32,
  type ValueType,
} from '../support/headers/gguf-file.js';
import { expectAlike } from '../support/headers/gguf-peer.js';
import { allKinds, malformedGguf, malformedSafetensors, nestedArrays, wholeFiles } from '../support/headers/malformed-files.js';
import { harmless, numpyOf, pickles, tarOf, zipOf } from '../support/headers/other-files.js';
import { described, headerIn, type WatchedReading, watchedReading } from '../support/headers/reading.js';
import {
  type SafeTensor,
  safetensorsFile,
  safetensorsHeader,
  safetensorsOf,
  someSafeTensors,
} from '../support/headers/safetensors-file.js';
import { maxMegabytes } from '../support/memory.js';
import { modelEntry } from '../support/world.js';
import { type ModelWorld, sourcePath, writeSource } from './catalog.js';

interface HeaderWorld extends ModelWorld {
  path: string;
  read: WatchedReading;
  probed: Probed;
  report: ProbeReport | undefined;
  simulated: SimulatedDisk;
  memory: { large: number; small: number };
  ran?: Ran;
}

const gibibytes100 = 100 * 2 ** 30;
const tiny = (options: Partial<Parameters<typeof ggufFile>[0]> = {}) => ggufFile({ pairs: llamaPairs(), tensors: someTensors, ...options });
const safetensors = () => safetensorsFile(someSafeTensors);

// What a model is

Given(
  /^a source "([^"]*)" that is a GGUF file of version (\d), (little|big) endian$/,
  async function (this: HeaderWorld, name: string, version: string, order: string) {
    await writeSource(this, name, tiny({ version: Number(version), bigEndian: order === 'big' }));
  },
);

Then(
  /^a GGUF file whose context length is a (\w+) of (\S+) is described with context_length (\S+)$/,
  function (this: HeaderWorld, type: string, value: string, told: string) {
    const given: GgufValue = { type: type as Exclude<ValueType, 'array'>, value: type === 'string' ? value : Number(value) };
    for (const bigEndian of [false, true]) {
      const pairs = [['general.architecture', text('llama')] as const, ['llama.context_length', given] as const];
      const metadata = described({ 'm.gguf': tiny({ bigEndian, pairs }) });
      expect(metadata?.context_length).to.equal(told === 'none' ? undefined : Number(told));
      expect(metadata?.warnings?.map(codeOf)).to.deep.equal(told === 'none' ? ['bad-value'] : undefined);
    }
  },
);

Then(
  'a GGUF file of every version and byte order with values of all types before and behind what is told is described all the same',
  function (this: HeaderWorld) {
    const behind = allKinds.map(([key, value]) => [`${key}.again`, value] as const);
    for (const version of [1, 2, 3]) {
      for (const bigEndian of [false, true]) {
        const pairs = [...allKinds, ...nestedArrays, ...llamaPairs(), ...behind];
        expect(described({ 'm.gguf': tiny({ version, bigEndian, pairs }) })).to.deep.equal(described({ 'm.gguf': tiny() }));
      }
    }
  },
);

Then(/^a GGUF file of file type (\S+) is described with quantization (\S+)$/, function (this: HeaderWorld, type: string, told: string) {
  const pairs = llamaPairs(4096, type === 'none' ? 0 : Number(type)).filter(([key]) => type !== 'none' || key !== 'general.file_type');
  expect(described({ 'm.gguf': tiny({ pairs }) })?.quantization).to.equal(told);
});

Given(/^sources "([^"]*)" and so on that are a split GGUF$/, async function (this: HeaderWorld, _first: string) {
  for (const [name, bytes] of Object.entries(splitGguf())) await writeSource(this, name, bytes);
});

Then(
  /^a split GGUF (.*) is described without parameters and warned of as (\S+)$/,
  function (this: HeaderWorld, trouble: string, code: string) {
    const second = 's-00002-of-00003.gguf';
    const files: Record<string, Buffer> = splitGguf();
    const whole = files[second] ?? expect.fail(second);
    const doings: Readonly<Record<string, () => unknown>> = {
      'without its second shard': () => delete files[second],
      'whose second shard is cut short': () => (files[second] = whole.subarray(0, 100)),
      'whose second shard is zeros': () => (files[second] = Buffer.alloc(whole.byteLength)),
      'that lacks a tensor': () => (files[second] = shard(1, someTensors.slice(0, 1))),
    };
    (doings[trouble] ?? expect.fail(trouble))();
    const metadata = described(files) ?? expect.fail('nothing');
    expect([metadata.format, metadata.architecture, metadata.parameters]).to.deep.equal(['gguf', 'llama', undefined]);
    expect(metadata.warnings?.map(codeOf)).to.include(code);
  },
);

Given(
  /^a source directory "([^"]*)" of safetensors (shards with an index and a config.json|and a pickle)$/,
  async function (this: HeaderWorld, folder: string, what: string) {
    const config = JSON.stringify({ model_type: 'mistral', max_position_embeddings: 32_768 });
    const files = what.startsWith('shards')
      ? { ...shardsWithIndex(), 'config.json': Buffer.from(config), 'tokenizer.json': Buffer.from('{}') }
      : { 'model.safetensors': safetensors(), 'training_args.bin': pickles['of protocol 2'] };
    for (const [name, bytes] of Object.entries(files)) await writeSource(this, `${folder}/${name}`, bytes);
  },
);

Then(/^safetensors (.*) are described as (\{.*\})$/, function (this: HeaderWorld, form: string, metadata: string) {
  const files = (safetensorsForms[form] ?? expect.fail(form))();
  expect(described(files)).to.deep.equal(JSON.parse(metadata));
});

// The bytes that were hashed, on a simulated disk

When(
  /^a source is exchanged after it was hashed for an add by (copy|reference) on a simulated disk$/,
  async function (this: HeaderWorld, mode: 'copy' | 'reference') {
    const source = join(simulatedSources, 'a.gguf');
    const disk = simulatedWith(tiny());
    let closed = 0;
    const exchanging = disturbed(disk, (step, path) => {
      if (step.op === 'close' && path === source && ++closed === 1)
        disk.process().perform({ op: 'unlink', kind: 'RemoveFile', path: source });
      if (step.op === 'close' && path === source && closed === 1) disk.plant(source, tiny({ pairs: llamaPairs(9999) }));
    });
    const catalog = await openOn(exchanging, 'exchanged');
    await catalog.add(source, { mode });
    this.catalog = catalog;
  },
);

When(
  /^the (open|read|stat) for the header of a model fails while it is added on a simulated disk$/,
  async function (this: HeaderWorld, kind: string) {
    let [opened, isArmed] = [0, true];
    const op = kind === 'stat' ? 'stat-handle' : kind;
    // A reference: the source is opened once to be hashed, and once for its header.
    const disk = disturbed(simulatedWith(tiny()), (step, path) => {
      if (path !== join(simulatedSources, 'a.gguf')) return;
      if (step.op === 'open') opened++;
      if (isArmed && opened === 2 && step.op === op) {
        isArmed = false;
        throw systemError('EIO');
      }
    });
    this.catalog = await openOn(disk, 'failing');
    await this.catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'reference' });
  },
);

When('it is added once more', async function (this: HeaderWorld) {
  await this.catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'reference' });
});

Then(/^that model is described as (\{.*\})$/, async function (this: HeaderWorld, metadata: string) {
  expect((await this.catalog.get('a'))?.metadata).to.deep.equal(JSON.parse(metadata));
});

// What bears code

Then(
  /^a file that is a pickle (.*) is told to bear code under the names (.*)$/,
  function (this: HeaderWorld, form: keyof typeof pickles, names: string) {
    for (const name of namesIn(names)) {
      const metadata = described({ [name]: pickles[form] });
      expect([metadata?.format, metadata?.code_bearing], name).to.deep.equal(['other', true]);
      expect(metadata?.warnings?.map(codeOf), name).to.deep.equal(/gguf|safetensors/.test(name) ? ['bad-magic'] : undefined);
    }
  },
);

Then(/^a file that is (.*) is told to bear code: (yes|no)$/, async function (this: HeaderWorld, what: string, code: string) {
  const disk = new SimulatedDisk({ root: [simulatedSources] }).plant(join(simulatedSources, 'm.bin'), otherFile(what));
  const { header, bytes } = await watchedReading(join(simulatedSources, 'm.bin'), disk);
  const metadata = describeModel([{ name: 'm.bin', bytes, header }]);
  expect(metadata).to.deep.equal({ format: 'other', ...(code === 'yes' && { code_bearing: true }) });
});

Then(
  /^a file that is (.*) is told nothing of under the names (.*)$/,
  function (this: HeaderWorld, what: keyof typeof harmless, names: string) {
    for (const name of namesIn(names)) expect(described({ [name]: harmless[what] }), name).to.equal(undefined);
  },
);

// Malformed headers

Given(/^a source "([^"]*)" that is a (GGUF|safetensors) file with (.*)$/, async function (this: HeaderWorld, name, format, what) {
  const make = (format === 'GGUF' ? malformedGguf : malformedSafetensors)[what] ?? expect.fail(what);
  await writeSource(this, name, make());
});

Then(/^the entry "([^"]*)" is Active, with a warning of (\S+)$/, async function (this: HeaderWorld, id: string, code: string) {
  const entry = (await this.catalog.get(id)) ?? expect.fail(id);
  expect(entry.state).to.equal('Active');
  expect(entry.metadata?.warnings?.map(codeOf)).to.deep.equal([code]);
});

Then('every form of file is truncated when it is cut at any of its bytes', function (this: HeaderWorld) {
  for (const [name, whole] of Object.entries(wholeFiles())) {
    for (let size = 0; size < whole.byteLength; size++) {
      const header = headerIn(name, whole.subarray(0, size));
      expect(judgeHeader(header, size).kind, `${name} cut at ${size}`).to.equal('truncated');
      expect(described({ [name]: whole.subarray(0, size) })?.warnings?.map(codeOf), `${name} cut at ${size}`).to.deep.equal(['truncated']);
    }
  }
});

Then('every form of file says the same whole as through windows that grow byte by byte', function (this: HeaderWorld) {
  for (const [name, whole] of Object.entries(wholeFiles())) {
    const wanted = headerIn(name, whole);
    for (let window = 0; window <= whole.byteLength; window++) {
      const header = readHeader(whole.subarray(0, window), { name, bytes: whole.byteLength });
      if (header.kind === 'more') expect(header.bytes, `${name} through ${window}`).to.be.within(window + 1, whole.byteLength);
      else expect(header, `${name} through ${window}`).to.deep.equal(wanted);
    }
  }
});

Then(
  'a header with tensors and keys called __proto__, constructor and toString is read, and objects inherit what they did',
  function (this: HeaderWorld) {
    const names = ['__proto__', 'constructor', 'toString'];
    const before = Object.getOwnPropertyNames(Object.prototype);
    const tensors = names.map(
      (name, place) => `${JSON.stringify(name)}:{"dtype":"F32","shape":[1],"data_offsets":[${4 * place},${4 * place + 4}]}`,
    );
    const pairs = names.map((name) => [name, uint32(1)] as const);
    const shaped = names.map((name) => ({ name, shape: [8], type: 0, block: [1, 4] as const }));
    expect(described({ 'm.safetensors': safetensorsOf(`{${tensors.join(',')}}`, 12) })).to.include({
      format: 'safetensors',
      parameters: 3,
    });
    expect(described({ 'm.gguf': tiny({ pairs, tensors: shaped }) })).to.include({ format: 'gguf', parameters: 24 });
    const poisoned = '{"__proto__":{"model_type":"evil","max_position_embeddings":1},"constructor":{"prototype":{"polluted":1}}}';
    expect(described({ 'm.safetensors': safetensors(), 'config.json': Buffer.from(poisoned) })).to.not.have.property('architecture');
    expect(Object.getOwnPropertyNames(Object.prototype)).to.deep.equal(before);
    expect({}).to.not.have.property('polluted');
  },
);

Then(
  /^(\d+) headers that were garbled by chance each have an outcome that an entry can keep$/,
  { timeout: 600_000 },
  function (this: HeaderWorld, count: string) {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(garbled, ({ name, bytes, size }) => {
        const header = readHeader(bytes, { name, bytes: size });
        const kind = header.kind === 'malformed' ? header.code : header.kind;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        if (header.kind === 'more') {
          expect(header.bytes).to.be.within(bytes.byteLength + 1, Math.min(size, mostHeaderBytes));
          return;
        }
        const metadata = describeModel([{ name, bytes: size, header }]);
        checkedModel(modelEntry('m', metadata === undefined ? {} : { metadata }));
        expect(judgeHeader(header, size).method).to.equal('probe');
      }),
      { numRuns: Number(count), seed: 2205 },
    );
    this.log(JSON.stringify(Object.fromEntries(kinds)));
    for (const kind of ['gguf', 'safetensors', 'other', 'truncated', 'bad-value', 'more'])
      expect(kinds.get(kind), kind).to.be.greaterThan(0);
  },
);

Then(
  'a model of {int} malformed files has {int} warnings, and each is short',
  function (this: HeaderWorld, files: number, warnings: number) {
    const long = 'x'.repeat(500);
    const all = Object.fromEntries(
      Array.from({ length: files }, (_, place) => [`${place}${long}.gguf`, Buffer.from('GGML, which was before')]),
    );
    const told = described(all)?.warnings ?? [];
    expect(told).to.have.length(warnings);
    for (const one of told) expect(one.length).to.be.lessThan(500);
  },
);

Given(/^a sparse file "([^"]*)" of 100 GiB that claims (.*)$/, async function (this: HeaderWorld, name: string, what: string) {
  this.path = await writeSource(this, name, (claims[what] ?? expect.fail(what))());
  truncateSync(this.path, gibibytes100);
});

When('its header is read', async function (this: HeaderWorld) {
  const started = performance.now();
  this.read = await watchedReading(this.path, new RealDisk());
  this.log(`${Math.round(performance.now() - started)} ms`);
});

Then(
  /^no more than (\d+) bytes were asked for, and never more than twice as many at once as before$/,
  function (this: HeaderWorld, most: string) {
    let sum = 0;
    for (const asked of this.read.asked) {
      expect(asked).to.be.at.most(Math.max(65_536, sum));
      sum += asked;
    }
    expect(sum).to.be.at.most(Number(most));
  },
);

When(/^a process reads a safetensors file with a header of (.*)$/, async function (this: HeaderWorld, what: string) {
  const text = (largeHeaders[what] ?? expect.fail(what))();
  const path = await writeSource(this, 'large.safetensors', safetensorsOf(text, what.endsWith('tensors') ? 400_000 : 0));
  const small = await writeSource(this, 'small.safetensors', safetensors());
  this.memory = { large: maxMegabytes(readingOf(path)), small: maxMegabytes(readingOf(small)) };
  this.read = await watchedReading(path, new RealDisk());
  this.log(JSON.stringify(this.memory));
});

Then(
  /^it took less than (\d+) MiB more than one that reads a small one, and told (\S+)$/,
  function (this: HeaderWorld, most: string, outcome: string) {
    const { header } = this.read;
    expect(header.kind === 'malformed' ? header.code : header.kind).to.equal(outcome);
    expect(this.memory.large - this.memory.small).to.be.within(0, Number(most) - 1);
  },
);

Then(/^it is told to be (\S+)$/, function (this: HeaderWorld, code: string) {
  expect(this.read.header).to.deep.include({ kind: 'malformed', code });
});

// Another reader

Then('@huggingface\\/gguf finds the same values, tensors and parameters in every form of GGUF file', async function (this: HeaderWorld) {
  const path = await writeSource(this, 'peer.gguf', '');
  for (const [name, bytes] of Object.entries(wholeFiles())) if (name.endsWith('.gguf')) await expectAlike(bytes, path);
});

Then(
  '@huggingface\\/gguf finds the same values, tensors and parameters in {int} GGUF files that are drawn by chance',
  async function (this: HeaderWorld, count: number) {
    const path = await writeSource(this, 'peer.gguf', '');
    await fc.assert(
      fc.asyncProperty(drawnGguf, (bytes) => expectAlike(bytes, path)),
      { numRuns: count, seed: 2205 },
    );
  },
);

// The probe

Then(/^the probe of (.*) is (sound|truncated|malformed|unknown)$/, function (this: HeaderWorld, what: string, kind: string) {
  const [name, bytes] = (probes[what] ?? expect.fail(what))();
  const probed = judgeHeader(headerIn(name, bytes), bytes.byteLength);
  expect(probed, JSON.stringify(probed)).to.include({ kind, method: 'probe', bytes: bytes.byteLength });
  expect(probed.reason === undefined).to.equal(kind === 'sound');
});

Given(/^a sparse (GGUF|safetensors) file of 100 GiB$/, async function (this: HeaderWorld, format: string) {
  const { header, size } = format === 'GGUF' ? ggufOfSize(gibibytes100) : safetensorsOfSize(gibibytes100);
  expect(size).to.equal(gibibytes100);
  this.path = await writeSource(this, format === 'GGUF' ? 'm.gguf' : 'm.safetensors', header);
  truncateSync(this.path, size);
});

When(/^it is (cut by one byte and )?probed$/, async function (this: HeaderWorld, cut: string | null) {
  if (cut) truncateSync(this.path, gibibytes100 - 1);
  this.read = await watchedReading(this.path, new RealDisk());
  const started = performance.now();
  this.probed = await run(probeFile(this.path), new RealDisk());
  this.log(`${(performance.now() - started).toFixed(1)} ms`);
});

Then(/^it is sound, and less than (\d+) bytes of it were asked for$/, function (this: HeaderWorld, most: string) {
  expect(this.probed).to.include({ kind: 'sound', expected_bytes: gibibytes100, bytes: gibibytes100 });
  expectAskedFor(this, Number(most));
});

Then(
  /^it is truncated, one byte of (\d+) is missing, and less than (\d+) bytes of it were asked for$/,
  function (this: HeaderWorld, expected: string, most: string) {
    expect(this.probed).to.include({ kind: 'truncated', expected_bytes: Number(expected), bytes: Number(expected) - 1 });
    expectAskedFor(this, Number(most));
  },
);

Given(/^the blob of "([^"]*)" has zeros where its data was ones$/, async function (this: HeaderWorld, id: string) {
  const [file] = (await this.catalog.get(id))?.files ?? expect.fail(id);
  const path = join(await this.root(), blobPath(file?.digest ?? ''));
  chmodSync(path, 0o600);
  const handle = await open(path, 'r+');
  await handle.write(Buffer.alloc(16, 1), 0, 16, statSync(path).size - 16);
  await handle.close();
});

When(/^"([^"]*)" is probed$/, async function (this: HeaderWorld, idOrPath: string) {
  this.report = await this.attempt(() => this.catalog.probe(idOrPath));
});

When(/^the path of "([^"]*)" is probed$/, async function (this: HeaderWorld, name: string) {
  this.report = await this.catalog.probe(await sourcePath(this, name));
});

Given(
  /^a directory "([^"]*)" of a GGUF file, one whose name moves a terminal, and a FIFO$/,
  async function (this: HeaderWorld, name: string) {
    this.catalog = await this.openCatalog();
    const folder = dirname(await writeSource(this, `${name}/m.gguf`, tiny()));
    writeTree(folder, { 'a\x1b[2J\n.gguf': tiny(), pipe: 'FIFO' });
    this.path = folder;
  },
);

Then('`catalog probe` of it exits with 0 and prints nothing that moves a terminal', async function (this: HeaderWorld) {
  const { exitCode, stdout } = await runCatalog(['probe', this.path, '--root', await this.root()], { cwd: await this.folder() });
  expect(exitCode, stdout).to.equal(0);
  expect(stdout.trimEnd().split('\n')).to.have.length(3);
  expect(stdout).to.not.include('\x1b');
});

When(/^the source "([^"]*)" is cut by one byte$/, async function (this: HeaderWorld, name: string) {
  const path = await sourcePath(this, name);
  truncateSync(path, statSync(path).size - 1);
});

Then(/^the report(?: of "([^"]*)")? says method probe and (.*)$/, function (this: HeaderWorld, id: string | null, kinds: string) {
  expect(this.report?.id).to.equal(id ?? undefined);
  expect(this.report?.method).to.equal('probe');
  expect(this.report?.files.map(({ kind, method }) => [kind, method])).to.deep.equal(kinds.split(', ').map((kind) => [kind, 'probe']));
});

Given(/^a file "([^"]*)" and a file "([^"]*)" that lacks a byte of it$/, async function (this: HeaderWorld, good: string, cut: string) {
  const folder = await this.folder();
  writeFileSync(join(folder, good), tiny());
  writeFileSync(join(folder, cut), tiny().subarray(0, -1));
});

Then(/^its line begins with "([^"]*)"$/, function (this: HeaderWorld, words: string) {
  expect(this.ran?.stdout.startsWith(words), this.ran?.stdout).to.equal(true);
});

function codeOf(warning: string): string {
  return warning.slice(0, warning.indexOf(':'));
}

function namesIn(list: string): string[] {
  return list.split(/, | and /);
}

function expectAskedFor(world: HeaderWorld, most: number): void {
  expect(world.read.asked.reduce((sum, one) => sum + one, 0)).to.be.lessThan(most);
}

function simulatedWith(bytes: Buffer): SimulatedDisk {
  return new SimulatedDisk({ root: ['/home/user', simulatedSources], reflinks: false }).plant(join(simulatedSources, 'a.gguf'), bytes);
}

function shard(number: number, tensors = someTensors): Buffer {
  const split = [
    ['split.no', { type: 'uint16', value: number }],
    ['split.count', { type: 'uint16', value: 3 }],
    ['split.tensors.count', { type: 'int32', value: 6 }],
  ] as const;
  return ggufFile({ pairs: [...(number === 0 ? llamaPairs() : []), ...split], tensors });
}

function splitGguf(): Record<string, Buffer> {
  return Object.fromEntries([0, 1, 2].map((number) => [`s-0000${number + 1}-of-00003.gguf`, shard(number)]));
}

function shardsWithIndex(): Record<string, Buffer> {
  const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const weight_map = Object.fromEntries(
    names.flatMap((name, place) => [
      [`a.${place}`, name],
      [`b.${place}`, name],
    ]),
  );
  const index = JSON.stringify({ metadata: { total_size: 1 }, weight_map });
  return { ...Object.fromEntries(names.map((name) => [name, safetensors()])), 'model.safetensors.index.json': Buffer.from(index) };
}

const safetensorsForms: Readonly<Record<string, () => Record<string, Buffer>>> = {
  'in one file': () => ({ 'model.safetensors': safetensors() }),
  'in shards without an index': () => ({ 'm-00001-of-00002.safetensors': safetensors(), 'm-00002-of-00002.safetensors': safetensors() }),
  'in folders': () => ({ 'unet/model.safetensors': safetensors(), 'vae/model.safetensors': safetensors() }),
  'beside another form of them': () => ({ ...shardsWithIndex(), 'consolidated.safetensors': safetensors() }),
  'of text and pictures': () =>
    withFile('config.json', JSON.stringify({ model_type: 'llava', text_config: { max_position_embeddings: 8192 } })),
  'of a type that came later': () => oneTensor({ dtype: 'F5_X', shape: [16], bytes: 10 }),
  'of 4 bits': () => oneTensor({ dtype: 'F4', shape: [16], bytes: 8 }),
  'with an index that names one more': () =>
    withFile('model.safetensors.index.json', '{"weight_map":{"a":"model.safetensors","b":"../gone.safetensors"}}'),
  'with an index of nothing': () => withFile('model.safetensors.index.json', '{"metadata":{}}'),
  'with a config that is no JSON': () => withFile('config.json', 'model_type: llama'),
  'with a config of 2 MiB': () => withFile('config.json', `{"model_type":"${'x'.repeat(2 ** 21)}"}`),
  'beside a larger GGUF': () => ({ 'model.gguf': Buffer.concat([tiny(), Buffer.alloc(4096)]), ...withFile('config.json', '{}') }),
};

function withFile(name: string, content: string): Record<string, Buffer> {
  return { 'model.safetensors': safetensors(), [name]: Buffer.from(content) };
}

function oneTensor(tensor: SafeTensor): Record<string, Buffer> {
  return { 'model.safetensors': safetensorsFile({ a: tensor }) };
}

const claims: Readonly<Record<string, () => Buffer>> = {
  '2^60 tensors': () => ggufHeader({ declared: { tensors: 2n ** 60n } }).header,
  '2 million tensors': () => ggufHeader({ declared: { tensors: 2_000_000n } }).header,
  '900000 pairs': () => ggufHeader({ declared: { pairs: 900_000n } }).header,
  '900000 tensors': () => ggufHeader({ declared: { tensors: 900_000n } }).header,
  'a key of 2^36 bytes': () => ggufHeader({ pairs: llamaPairs(), declared: { firstKeyBytes: 2n ** 36n } }).header,
  'an array of 900000 texts': () =>
    ggufHeader({ pairs: [['a', { type: 'array', of: 'string', items: [], count: 900_000n }]], declared: { pairs: 900_000n } }).header,
  'safetensors of 63 MiB': () => safetensorsOf('{', 0, 63n * 2n ** 20n),
};

const mebibyte = 2 ** 20;
const largeHeaders: Readonly<Record<string, () => string>> = {
  'a text of 63 MiB': () => `{"__metadata__":{"a":"${'x'.repeat(63 * mebibyte)}"}}`,
  'a text of 16 MiB beyond Latin-1': () => `{"__metadata__":{"a":"${'x'.repeat(16 * mebibyte)}\u0100"}}`,
  'a text of 63 MiB beyond Latin-1': () => `{"__metadata__":{"a":"${'x'.repeat(63 * mebibyte)}\u0100"}}`,
  '900,000 names': () => `{"__metadata__":{${Array.from({ length: 900_000 }, (_, place) => `"name ${place}":""`).join(',')}}}`,
  '100,000 tensors': () => {
    const tensor = (place: number) =>
      `"model.layers.${place}.experts.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[${4 * place},${4 * place + 4}]}`;
    return `{${Array.from({ length: 100_000 }, (_, place) => tensor(place)).join(',')}}`;
  },
};

/** A program that reads the header of a file, with what was built. */
function readingOf(path: string): string {
  const built = (name: string) => JSON.stringify(join(import.meta.dirname, '..', 'build', 'src', name));
  return `const { findHeader } = await import(${built('artifacts/header-window.js')});
    const { run } = await import(${built('disk/program.js')});
    const { RealDisk } = await import(${built('disk/real-disk.js')});
    await run(findHeader({ name: 'm.safetensors', path: ${JSON.stringify(path)} }), new RealDisk())`;
}

function otherFile(what: string): Buffer {
  const zip = /^a (large )?zip of (.*)$/.exec(what);
  if (zip) return zipOf(namesIn(zip[2] ?? ''), { isLarge: zip[1] !== undefined });
  const tar = /^a tar of (.*)$/.exec(what);
  if (tar) return tarOf(namesIn(tar[1] ?? ''));
  const others: Readonly<Record<string, () => Buffer>> = {
    'a numpy array of objects': () => numpyOf("'|O'"),
    'a numpy array of numbers': () => numpyOf("'<f4'"),
    'a numpy array with a member of objects': () => numpyOf("[('a', '<f4'), ('b', '|O')]"),
    'an ELF program': () => Buffer.from('\x7fELF\x02\x01', 'latin1'),
    'a script': () => Buffer.from('#!/bin/sh\nexit\n'),
    'a GGML file': () => Buffer.from('lmgg and so on'),
    'an HDF5 file': () => Buffer.from('\x89HDF\r\n\x1a\n\x00', 'latin1'),
  };
  return (others[what] ?? expect.fail(what))();
}

const headerBytes = () => ggufHeader({ pairs: llamaPairs(), tensors: someTensors }).header.byteLength;
const probes: Readonly<Record<string, () => [name: string, bytes: Buffer]>> = {
  'a GGUF file': () => ['m.gguf', tiny()],
  'a GGUF file without its last byte': () => ['m.gguf', tiny().subarray(0, -1)],
  'a GGUF file without its data': () => ['m.gguf', tiny().subarray(0, headerBytes())],
  'a GGUF file cut within its header': () => ['m', tiny().subarray(0, headerBytes() - 1)],
  'a GGUF file with a byte more': () => ['m.gguf', Buffer.concat([tiny(), Buffer.alloc(1)])],
  'a GGUF file without tensors': () => ['m.gguf', tiny({ tensors: [] })],
  'a GGUF file of an unknown type': () => ['m.gguf', tiny({ tensors: [{ name: 'a', shape: [4], type: 999, block: [1, 1] }] })],
  'a GGUF file with zeros for a header': () => ['m.gguf', tiny().fill(0, 0, 64)],
  'a safetensors file': () => ['m.safetensors', safetensors()],
  'a safetensors file without its last byte': () => ['m.safetensors', safetensors().subarray(0, -1)],
  'a safetensors file cut within its header': () => ['m', safetensors().subarray(0, 40)],
  'a safetensors file with a byte more': () => ['m.safetensors', Buffer.concat([safetensors(), Buffer.alloc(1)])],
  'a pickle': () => ['m.pt', pickles['of protocol 2']],
  'a text': () => ['m.txt', harmless['a text']],
};

/** A file of so many bytes whose last tensor ends with it, as the header takes little room. */
function ggufOfSize(size: number): { header: Buffer; size: number } {
  const of = (bytes: number) =>
    ggufHeader({ pairs: llamaPairs(), tensors: [...someTensors, { name: 'large', shape: [bytes], type: 24, block: [1, 1] }] });
  return of(size - of(0).size);
}

function safetensorsOfSize(size: number): { header: Buffer; size: number } {
  const of = (bytes: number) => safetensorsHeader({ a: { dtype: 'U8', shape: [bytes], bytes } });
  const guess = size - of(size).header.byteLength;
  return of(guess);
}
