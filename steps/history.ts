import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Gate } from '../src/journal/gates.js';
import { openCatalog } from '../src/open-catalog.js';
import type { ChangeNote } from '../src/stores/catalog-store.js';
import type { HistoryEntry } from '../src/stores/history.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { type Ran, runAll, runCatalog, wordsOf } from '../support/cli.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface Expected {
  readonly command: string;
  readonly exit: string;
  readonly code?: string;
}

interface HistoryWorld extends CatalogWorld {
  ran?: Ran;
  all?: readonly Ran[];
  expected?: readonly Expected[];
  pairs: readonly (readonly [string, string, string])[];
  told: readonly (readonly string[])[];
  denied: readonly string[];
}

const stores = ['fs', 'journal'] as const;
const noon = (day: number): number => Date.UTC(2026, 4, day, 12);

Given('a catalog of each store with a model, a registered one and an engine', async function (this: HistoryWorld) {
  const folder = await this.folder();
  await writeFile(join(folder, 'tiny.gguf'), Buffer.alloc(1000, 't'));
  await writeFile(join(folder, 'other.gguf'), Buffer.alloc(2000, 'o'));
  for (const store of stores) {
    await using catalog = await openCatalog({ root: join(folder, store), store });
    await catalog.add(join(folder, 'tiny.gguf'));
    await catalog.register({ id: 'pending', source: 'hf:org/repo', labels: { team: 'vision' } });
    await catalog.engines.put(engineEntry('llama.cpp:1.2.3', { version: '1.2.3', artifacts: [], binary_path: '/opt/llama-server' }));
  }
});

Given('a file {string} to add', async function (this: HistoryWorld, name: string) {
  await writeFile(join(await this.folder(), name), Buffer.alloc(1000, 't'));
});

Given('a catalog with a history', async function (this: HistoryWorld) {
  const folder = await this.folder();
  const path = join(folder, 'tiny.gguf');
  await writeFile(path, Buffer.alloc(1000, 't'));
  let now = noon(1);
  await using catalog = await openCatalog({ root: await this.root(), store: 'journal', clock: () => now });
  await catalog.add(path);
  now = noon(2);
  await catalog.register({ id: 'pending', source: 'hf:org/repo' });
  now = noon(3);
  const tiny = await catalog.setState('tiny', 'Retired');
  now = noon(4);
  const engine = { version: '1.2.3', artifacts: [], binary_path: '/opt/llama-server', created_ms: now };
  await catalog.engines.put(engineEntry('llama.cpp:1.2.3', engine));
  now = noon(5);
  await catalog.delete('pending');
  now = noon(6);
  const note: ChangeNote = { operation: 'adopt', operation_id: '01890000-0000-4000-8000-000000000001', reason: 'ollama has it' };
  const pinned = { ...tiny, name: 'Tiny', trust_state: 'verified' as const };
  const pins = [{ reason: 'in production', since: '2026-05-06T12:00:00.000Z' }];
  await catalog.store.models.put({ ...pinned, labels: { team: 'vision' }, pins }, { note });
  await catalog.store.models.put({ ...pinned, labels: {}, pins: [] }, { note });
});

Given('a catalog with a history of control and bidirectional characters', async function (this: HistoryWorld) {
  const store = await JournalCatalog.open({ root: await this.root() });
  const evil = 'a\u001b[2J\u202e\u009b1m\u0007\r\nb\u2028';
  const note: ChangeNote = { operation: evil, operation_id: '01890000-0000-4000-8000-000000000001', reason: evil };
  await store.models.put(modelEntry('evil', { name: evil, source: evil }), { note });
  const labels = { [evil]: evil };
  await store.models.put(modelEntry('evil', { name: 'x', source: evil, labels, pins: [{ reason: evil, since: evil }] }), { note });
  await store.models.put(modelEntry('evil', { name: evil, source: 'y', ref: evil }), { note });
  await store.close();
});

Given(/^a catalog with a journal and 20 (models|engines)$/, async function (this: HistoryWorld, what: 'models' | 'engines') {
  const store = await JournalCatalog.open({ root: await this.root() });
  for (let nth = 0; nth < 20; nth++) {
    if (what === 'models') await store.models.put(modelEntry(`m${nth}`));
    else await store.engines.put(engineEntry(`m${nth}`));
  }
  await store.close();
});

Given(/^a root with the policy (.+)$/, async function (this: HistoryWorld, policy: string) {
  const root = await this.root();
  await mkdir(root, { recursive: true, mode: 0o700 });
  await writeFile(join(root, 'policy.json'), policy);
});

When('each of these is run on both, one after the other:', async function (this: HistoryWorld, lines: DataTable) {
  const cwd = await this.folder();
  const all = lines.rows().map(([line = '']) => line);
  const [overFiles = [], overJournal = []] = await Promise.all(
    stores.map(async (store) => {
      const root = join(cwd, store);
      const results = await runAll(
        all.map((line) => ['--root', root, ...wordsOf(line)]),
        { cwd },
      );
      return results.map((ran) => comparable(ran, root));
    }),
  );
  this.pairs = all.map((line, nth) => [line, overFiles[nth] ?? '', overJournal[nth] ?? '']);
});

When('these are run, one after the other:', async function (this: HistoryWorld, lines: DataTable) {
  this.expected = lines.hashes() as unknown as Expected[];
  const root = await this.root();
  const all = this.expected.map(({ command, code }) => ['--root', root, ...wordsOf(code ? `${command} --json` : command)]);
  this.all = await runAll(all, { cwd: await this.folder() });
});

When(
  /^`catalog (watch .+?) ?` is run over and over, and killed (?:after ([\d, and]+) lines)?(?: and )?(at the end)?$/,
  async function (this: HistoryWorld, line: string, counts?: string, toEnd?: string) {
    const told: string[][] = [];
    for (const count of [...(counts?.match(/\d+/g) ?? []).map(Number), ...(toEnd ? ['m19'] : [])]) {
      told.push(await watched(this, line, count));
      // One that was killed may have told more by then, and so all.
      if (told.at(-1)?.includes('m19')) break;
    }
    this.told = told;
  },
);

When('a program with a gate of its own puts models there', async function (this: HistoryWorld) {
  const own: Gate = {
    name: 'own',
    check: ({ payload }) =>
      (payload as { id: string }).id === 'mine' ? { permits: false, code: 'MINE', message: 'it is mine' } : { permits: true },
  };
  await using catalog = await openCatalog({ root: await this.root(), store: 'journal', gates: [own] });
  const denied: string[] = [];
  for (const entry of [
    modelEntry('code', { metadata: { format: 'other', code_bearing: true } }),
    modelEntry('mine'),
    modelEntry('good', { metadata: { format: 'gguf', code_bearing: false } }),
  ]) {
    if ((await this.attempt(() => catalog.put(entry))) !== undefined) continue;
    const { code, details } = this.takeRefusal();
    denied.push(`${entry.id}: ${code} ${details.gate}`);
  }
  this.denied = denied;
});

Then('both answered the same, but for revisions and times', function (this: HistoryWorld) {
  for (const [line, fs, journal] of this.pairs) expect(journal, line).to.equal(fs);
});

Then('it exits with {int} and tells:', async function (this: HistoryWorld, exit: number, lines: string) {
  const { exitCode, stdout, stderr } = this.ran as Ran;
  expect({ exitCode, stderr }, stdout).to.deep.equal({ exitCode: exit, stderr: '' });
  const text = stdout
    .replaceAll(await this.folder(), '<folder>')
    .replace(/process \d+ on [^ )]+/g, 'process <pid> on <host>')
    .replace(/<host> \([^)\n]+\)/g, '<host> (<command>)')
    .replace(/sha256:[0-9a-f]{12}…/g, 'sha256:<hex>…')
    .replace(/\b(copy|reflink)\b/g, '<mode>');
  expect(text.trimEnd()).to.equal(lines);
});

Then(
  /^it tells of the revisions ([\d, ]+|none), a line each, as the library does$/,
  async function (this: HistoryWorld, revisions: string) {
    const { exitCode, stdout, stderr } = this.ran as Ran;
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' });
    const lines = stdout.split('\n').slice(0, -1);
    const entries = lines.map((line) => JSON.parse(line) as HistoryEntry);
    expect(entries.map(({ revision }) => revision).join(', ') || 'none').to.equal(revisions);
    const store = await JournalCatalog.open({ root: await this.root(), readOnly: true });
    this.onEnd(() => store.close());
    const all: unknown[] = [];
    for await (const entry of store.history()) {
      if (entries.some(({ revision }) => revision === entry.revision)) all.push({ schema: 1, type: 'change', ...entry });
    }
    expect(entries).to.deep.equal(all);
  },
);

Then('it shows the records of {string} as they were', async function (this: HistoryWorld, records: string) {
  const { exitCode, stdout } = this.ran as Ran;
  expect(exitCode, JSON.stringify(this.ran)).to.equal(0);
  const store = await JournalCatalog.open({ root: await this.root(), readOnly: true });
  this.onEnd(() => store.close());
  const wanted: Record<string, unknown[]> = { models: [], engines: [] };
  for (const [, id = '', revision] of records.matchAll(/(\S+)@(\d+)/g)) {
    const at = await store.at(Number(revision));
    for (const collection of ['models', 'engines'] as const) {
      const found = (at[collection] as readonly { record: { id: string }; revision: number }[]).find(({ record }) => record.id === id);
      if (found === undefined) continue;
      expect(found.revision).to.equal(Number(revision));
      wanted[collection]?.push(found.record);
    }
  }
  expect(JSON.parse(stdout)).to.deep.equal({ schema: 1, ...wanted });
});

Then('each began where the one before it had ended, or with its last line', function (this: HistoryWorld) {
  let next = 0;
  for (const lines of this.told) {
    const first = Number(lines[0]?.slice(1));
    expect(first).to.be.oneOf([next, Math.max(0, next - 1)]);
    expect(lines).to.deep.equal(lines.map((_, nth) => `m${first + nth}`));
    next = first + lines.length;
  }
  expect(next).to.equal(20);
});

Then('each denial names the gate {string}', function (this: HistoryWorld, gate: string) {
  const denials = (this.all ?? []).filter(({ exitCode }) => exitCode === 1);
  expect(denials).to.not.have.length(0);
  for (const { stderr } of denials) {
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(error.details.gate).to.equal(gate);
    expect(error.message).to.include(gate);
  }
});

Then('the catalog holds {int} models, and nothing is on its way', async function (this: HistoryWorld, count: number) {
  const root = await this.root();
  await using catalog = await openCatalog({ root, readOnly: true });
  expect(await catalog.list()).to.have.length(count);
  const under = async (folder: string) => readdir(join(root, folder)).catch(() => []);
  expect(await under('ingest')).to.deep.equal([]);
  expect(await under('models')).to.have.length((await catalog.list()).filter(({ files }) => files !== undefined).length);
});

Then('{string} denied the one that can carry code, and the gate of the program its own', function (this: HistoryWorld, gate: string) {
  expect(this.denied).to.deep.equal([`code: GateDenied ${gate}`, 'mine: GateDenied own']);
});

/** Without what differs between stores and from run to run. */
function comparable({ exitCode, stdout, stderr }: Ran, root: string): string {
  return `${exitCode}\n${stdout}${stderr}`
    .replaceAll(root, '<root>')
    .replace(/("revision":|revision +)\d+/g, '$1<number>')
    .replace(/("identity":")[\d:]+/g, '$1<identity>')
    .replace(/("(?:last_verified_ms|duration_ms|created_ms)":)\d+/g, '$1<number>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b\d+\.\d s\b/g, '<seconds>');
}

/** What a watch tells until it has told so many lines, or one line: then it is killed. */
async function watched(world: HistoryWorld, line: string, until: number | string): Promise<readonly string[] & string[]> {
  let text = '';
  const ran = await runCatalog(['--root', await world.root(), ...wordsOf(line)], {
    cwd: await world.folder(),
    meanwhile: (child) =>
      child.stdout?.on('data', (more: string) => {
        text += more;
        const lines = text.split('\n').slice(0, -1);
        if (typeof until === 'number' ? lines.length >= until : lines.includes(until)) child.kill('SIGKILL');
      }),
  });
  expect(ran.signal, JSON.stringify(ran)).to.equal('SIGKILL');
  return ran.stdout.split('\n').slice(0, -1);
}

/** What is said line by line; of a list its models: the bytes of them are not in a copy of the history. */
function told(lines = ''): unknown[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { models?: unknown })
    .map((line) => line.models ?? line);
}

Then('`catalog log` and `catalog ls` tell of the copy what they tell of the catalog', async function (this: HistoryWorld) {
  const cwd = await this.folder();
  for (const verb of ['log', 'ls']) {
    const [own, copied] = await Promise.all(
      [await this.root(), join(cwd, 'copy')].map((root) => runCatalog(['--root', root, '--read-only', verb, '--json'], { cwd })),
    );
    expect(told(copied?.stdout)).to.deep.equal(told(own?.stdout)).and.not.be.empty;
  }
});
