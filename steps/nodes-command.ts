import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { AfterAll, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { PostgresCatalog } from '../src/stores/postgres/index.js';
import { sha256 } from '../support/artifact-helpers.js';
import { expectShape, type Ran, runCatalog, wordsOf } from '../support/cli.js';
import { idsIn } from '../support/fleet/nodes-world.js';
import { fleetOn, postgresForNodes, stopPostgresForNodes } from '../support/fleet/postgres-fleet.js';
import { modelEntry } from '../support/model-entry.js';
import type { PostgresServer } from '../support/servers/postgres.js';
import type { CatalogWorld } from '../support/world.js';

interface CommandWorld extends CatalogWorld {
  server: PostgresServer;
  served: PostgresCatalog;
  url: string;
  ran: Ran;
  follower: Follower;
  silent: Server;
  asked: { readonly words: readonly string[]; readonly cwd: string };
}

/** `catalog sync --follow` as a process, and the lines it has told. */
interface Follower {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  readonly lines: string[];
  heard: () => void;
}

AfterAll(stopPostgresForNodes);

Given(
  'a fleet in PostgreSQL with the models {string}, and {string} as {string}',
  async function (this: CommandWorld, ids: string, content: string, id: string) {
    const server = await postgresForNodes();
    if (typeof server === 'string') {
      this.log(`skipped: ${server}`);
      return 'skipped';
    }
    const { fleet, url } = await fleetOn(server);
    this.onEnd(() => fleet.close());
    Object.assign(this, { server, served: fleet, url });
    for (const one of idsIn(ids)) await fleet.models.put(modelEntry(one));
    await fleet.models.put(modelEntry(id, { digest: sha256(content), digest_source: 'declared' }));
    await writeFile(join(await this.folder(), `${content.replaceAll(' ', '-')}.bin`), content);
    return undefined;
  },
);

Given('something that listens, and answers nobody', async function (this: CommandWorld) {
  const sockets = new Set<Socket>();
  this.silent = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => this.silent.listen(0, '127.0.0.1', resolve));
  this.onEnd(async () => {
    for (const socket of sockets) socket.destroy();
    this.silent.close();
  });
});

/** A line that is interrupted when it waits for an answer. */
async function interrupted(world: CommandWorld): Promise<void> {
  const { words, cwd } = world.asked;
  const meanwhile = (child: ChildProcess) => void world.silent.once('connection', () => child.kill('SIGINT'));
  world.ran = await runCatalog(words, { cwd, meanwhile });
}

When(
  /^on "(\w+)" `catalog (.*)` is interrupted when it has asked there$/,
  { timeout: 60_000 },
  async function (this: CommandWorld, node: string, line: string) {
    const { port } = this.silent.address() as AddressInfo;
    const [words, cwd] = await lineFor(this, node, `${line.trim().replace('{silent}', `127.0.0.1:${port}`)} --json`);
    this.asked = { words, cwd };
    await interrupted(this);
  },
);

Then('it ended with {int}, and says {string}', function (this: CommandWorld, exitCode: number, code: string) {
  expect([this.ran.exitCode, JSON.parse(this.ran.stderr || this.ran.stdout).error.code]).to.deep.equal([exitCode, code]);
});

Then('the same again ends with {int}', { timeout: 60_000 }, async function (this: CommandWorld, exitCode: number) {
  await interrupted(this);
  expect(this.ran.exitCode, this.ran.stderr).to.equal(exitCode);
});

/** With `{fleet}` for the URL, `{secret}` for the same with a password, and `{root}` for that of the node. */
async function lineFor(world: CommandWorld, node: string, line: string): Promise<readonly [string[], string]> {
  const cwd = await world.folder();
  const given = { fleet: world.url, secret: world.url?.replace('@', ':geheim@'), cwd };
  return [[...wordsOf(line, given), '--root', join(cwd, node)], cwd];
}

When(/^on "(\w+)" `catalog (.*)` exits with (\d+)$/, async function (this: CommandWorld, node: string, line: string, exitCode: string) {
  const [words, cwd] = await lineFor(this, node, line);
  this.ran = await runCatalog(words, { cwd });
  expect(this.ran.exitCode, this.ran.stderr).to.equal(Number(exitCode));
});

When(/^on "(\w+)" `catalog (.*)` goes on$/, async function (this: CommandWorld, node: string, line: string) {
  const [words, cwd] = await lineFor(this, node, line);
  this.follower = await new Promise((resolve) => {
    const lines: string[] = [];
    const ended = runCatalog(words, {
      cwd,
      meanwhile: (child) => {
        const follower: Follower = { child, ended: Promise.resolve().then(() => ended), lines, heard: () => {} };
        child.stdout?.on('data', (text: string) => {
          lines.push(...text.split('\n').filter((one) => one !== ''));
          follower.heard();
        });
        resolve(follower);
      },
    });
  });
});

When('in the fleet in PostgreSQL {string} is put', async function (this: CommandWorld, id: string) {
  await this.served.models.put(modelEntry(id));
});

When('the server is killed and started again', async function (this: CommandWorld) {
  await this.server.kill();
  await this.server.start();
});

When('the server is killed', function (this: CommandWorld) {
  return this.server.kill();
});

When('the server is started again', function (this: CommandWorld) {
  return this.server.start();
});

When('it is interrupted', function (this: CommandWorld) {
  this.follower.child.kill('SIGINT');
});

Then('it answers with a document like this:', function (this: CommandWorld, golden: string) {
  expectShape(
    JSON.parse(this.ran.stdout),
    JSON.parse(golden.replaceAll('<digest>', sha256('some weights')).replaceAll('<fleet>', this.url)),
  );
});

Then('it answers with the lines:', async function (this: CommandWorld, golden: string) {
  const text = this.ran.stdout
    .replaceAll(this.url, '<fleet>')
    .replaceAll(await this.folder(), '<folder>')
    .replace(/-[0-9a-f]{16}\//g, '-<hex>/');
  expect(text.trimEnd()).to.equal(golden);
});

Then('it says on standard error {string}', function (this: CommandWorld, part: string) {
  expect(this.ran.stderr.replaceAll(this.url, '<fleet>')).to.contain(part);
});

Then('nowhere is the password told or kept', async function (this: CommandWorld) {
  expect(`${this.ran.stdout}${this.ran.stderr}`).to.not.contain('geheim');
  const { filesBelow } = await import('../support/artifact-folders.js');
  const { readFile } = await import('node:fs/promises');
  for (const path of filesBelow(await this.folder())) expect(await readFile(path, 'latin1'), path).to.not.contain('geheim');
});

Then('it tells a round of {string} with {int} added models', async function (this: CommandWorld, node: string, added: number) {
  const { follower } = this;
  while (follower.lines.length === 0) {
    await Promise.race([
      new Promise<void>((resolve) => {
        follower.heard = resolve;
      }),
      follower.ended.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`))),
    ]);
  }
  const { type, report } = JSON.parse(follower.lines.shift() ?? '') as {
    type: string;
    report: { node: string; models: { added: number } };
  };
  expect([type, report.node, report.models.added]).to.deep.equal(['sync', node, added]);
});

Then('it ends with {int}', async function (this: CommandWorld, exitCode: number) {
  expect((await this.follower.ended).exitCode).to.equal(exitCode);
});
