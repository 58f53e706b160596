import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { type Catalog, openCatalog } from 'catalog-core';
import { expect } from 'chai';
import { Orchestrator } from '../examples/orchestrator/orchestrator.js';
import { runCatalog } from '../support/cli.js';
import { ExampleProcess } from '../support/example-process.js';
import { writeGguf } from '../support/gguf.js';
import type { CatalogWorld } from '../support/world.js';

interface OrchestratorWorld extends CatalogWorld {
  /** What speaks: a process, or an orchestrator in this one. */
  example: Pick<ExampleProcess, 'next'>;
  orchestrator: ExampleProcess;
}

const zeros = '0'.repeat(64);

Given('an orchestrator that runs', async function (this: OrchestratorWorld) {
  await writeModels(this, 'a, b');
  await writeFile(join(await this.folder(), 'notes.txt'), 'no model');
  await start(this);
  await expectSaid(this, ['following']);
});

Given(
  /^an orchestrator that has loaded "([^"]*)"(?: with "([^"]*)")?$/,
  async function (this: OrchestratorWorld, ids: string, words: string | null) {
    await writeModels(this, `${ids}, c`);
    await addModels(this, ids);
    await start(this, words?.split(' ') ?? []);
    await expectSaid(this, [...ids.split(', ').map((id) => `loaded ${id}`), 'following']);
  },
);

Given(
  'an orchestrator that has looked at {string}, and watches only after {string} was removed by force, {string} added, and {int} others registered',
  async function (this: OrchestratorWorld, ids: string, gone: string, added: string, others: number) {
    await writeModels(this, `${ids}, ${added}`);
    await addModels(this, ids);
    await startHere(this, async () => {
      const catalog = await this.openCatalog();
      await catalog.evict(gone, { force: true });
      await addModels(this, added);
      for (let nth = 0; nth < others; nth++) await catalog.register({ id: `other-${nth}`, source: 'hf:org/other' });
    });
  },
);

When('others do this, it says that:', async function (this: OrchestratorWorld, rows: DataTable) {
  for (const { command = '', exit, 'it says': line } of rows.hashes()) {
    const words = [...command.replace('<zeros>', zeros).split(' '), '--root', await this.root()];
    const { exitCode, stderr } = await runCatalog(words, { cwd: await this.folder() });
    expect(exitCode, `${command}: ${stderr}`).to.equal(Number(exit));
    if (line !== '') expect(await this.example.next(), command).to.equal(line);
  }
});

When('it is told to end', function (this: OrchestratorWorld) {
  this.orchestrator.kill('SIGTERM');
});

When('{string} is retired, and it says {string}', async function (this: OrchestratorWorld, id: string, line: string) {
  await (await this.openCatalog()).setState(id, 'Retired');
  await expectSaid(this, [line]);
});

When('it is killed, and started again', async function (this: OrchestratorWorld) {
  await kill(this);
  await start(this);
});

When(
  'it is killed, {string} is retired, {string} is added, and it is started again',
  async function (this: OrchestratorWorld, retired: string, added: string) {
    await kill(this);
    await (await this.openCatalog()).setState(retired, 'Retired');
    await addModels(this, added);
    await start(this);
  },
);

Then(/^the orchestrator says ("[^"]*"(?: and "[^"]*")*)$/, async function (this: OrchestratorWorld, lines: string) {
  await expectSaid(this, linesIn(lines));
});

Then('the orchestrator says {string} and nothing else, and has ended with 0', async function (this: OrchestratorWorld, line: string) {
  await expectSaid(this, [line]);
  expect(await this.orchestrator.ended).to.equal(0);
  expect(this.orchestrator.lines.at(-1)).to.equal(line);
});

Then('{string} cannot be removed, because the orchestrator uses it', async function (this: OrchestratorWorld, id: string) {
  const catalog = await this.openCatalog();
  await this.attempt(() => catalog.evict(id));
  const { code, message } = this.takeRefusal();
  expect(code).to.equal('InUse');
  expect(message).to.contain(`orchestrator ${this.orchestrator.pid}`);
});

Then('a collection that is to leave nothing leaves {string}', async function (this: OrchestratorWorld, ids: string) {
  const catalog = await this.openCatalog();
  await catalog.gc({ maxBytes: 0, graceMs: 0, keepActive: false });
  for (const id of ids.split(', ')) expect((await catalog.verify(id)).kind).to.equal('pass');
});

Then('{string} can be removed', async function (this: OrchestratorWorld, id: string) {
  expect((await (await this.openCatalog()).evict(id)).removed).to.equal(true);
});

Then('the lease of {string} comes to end later and later', async function (this: OrchestratorWorld, id: string) {
  const catalog = await this.openCatalog();
  const ends = new Set<string>();
  // A renewal changes the record.
  for await (const change of catalog.watch({ after: 0 })) {
    if (change.id === id) for (const lease of await catalog.leases(id)) ends.add(lease.expires_at);
    if (ends.size === 3) break;
  }
  expect([...ends]).to.deep.equal([...ends].sort());
});

const linesIn = (text: string): string[] => [...text.matchAll(/"([^"]*)"/g)].map(([, line = '']) => line);

async function expectSaid(world: OrchestratorWorld, lines: readonly string[]): Promise<void> {
  for (const line of lines) expect(await world.example.next()).to.equal(line);
}

async function start(world: OrchestratorWorld, words: readonly string[] = []): Promise<void> {
  world.orchestrator = await ExampleProcess.start(world, 'orchestrator/main', ['--root', await world.root(), ...words]);
  world.example = world.orchestrator;
}

async function kill({ orchestrator }: OrchestratorWorld): Promise<void> {
  orchestrator.kill();
  expect(await orchestrator.ended).to.equal('SIGKILL');
}

/** In this process, where something can be done between its look at the catalog and its watch. */
async function startHere(world: OrchestratorWorld, between: () => Promise<void>): Promise<void> {
  const lines: string[] = [];
  let wake = (): void => {};
  const tell = (line: string): void => {
    lines.push(line);
    wake();
  };
  const catalog = await openCatalog({ root: await world.root() });
  const term = { ttlMs: 60_000, renewEveryMs: 20_000 };
  const load = async () => ({ stop: async () => {} });
  const stop = new AbortController();
  const running = new Orchestrator({ ...{ catalog: watchedLate(catalog, between), holder: 'here', load, tell }, ...term }).run(stop.signal);
  world.onEnd(async () => {
    stop.abort();
    await running;
    await catalog.close();
  });
  const next = async (): Promise<string> => {
    while (lines.length === 0) await Promise.race([running, new Promise<void>((resolve) => (wake = resolve))]);
    return lines.shift() ?? '';
  };
  world.example = { next };
}

/** A catalog whose first watch begins only when something else was done. */
function watchedLate(catalog: Catalog, between: () => Promise<void>): Catalog {
  let isFirst = true;
  async function* late(options: Parameters<Catalog['watch']>[0]) {
    if (isFirst) await between();
    isFirst = false;
    yield* catalog.watch(options);
  }
  return new Proxy(catalog, {
    get(target, name) {
      if (name === 'watch') return late;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

async function writeModels(world: OrchestratorWorld, ids: string): Promise<void> {
  const folder = await world.folder();
  for (const [seed, id] of ids.split(', ').entries()) await writeGguf(join(folder, `${id}.gguf`), { megabytes: 0.01, seed: seed + 1 });
}

async function addModels(world: OrchestratorWorld, ids: string): Promise<void> {
  const catalog = await world.openCatalog();
  for (const id of ids.split(', ')) await catalog.add(join(await world.folder(), `${id}.gguf`), { id });
}
