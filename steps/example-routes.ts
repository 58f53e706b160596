import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { ExampleProcess } from '../support/example-process.js';
import { writeGguf } from '../support/gguf.js';
import { canary, shows } from '../support/security/canary.js';
import type { CatalogWorld } from '../support/world.js';

/** What the routes answer with. */
interface Told {
  readonly models?: readonly Shown[];
  readonly model?: Shown;
  readonly outcome?: { readonly kind: string; readonly reason?: string };
  readonly error?: { readonly code: string };
}

interface Shown {
  readonly id: string;
  readonly state: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface RouteWorld extends CatalogWorld {
  server: ExampleProcess;
  url: string;
  answers: Answer[];
}

const zeros = '0'.repeat(64);

Given('a server over a catalog', async function (this: RouteWorld) {
  const catalog = await this.openCatalog();
  const path = join(await this.folder(), 'tiny.gguf');
  await writeGguf(path, { megabytes: 0.01 });
  await catalog.add(path, { id: 'org/tiny' });
  await catalog.register({ id: 'soon', source: 'hf:org/soon', labels: { task: 'chat' } });
  this.server = await ExampleProcess.start(this, 'express-route/server', ['--root', await this.root()]);
  this.url = (await this.server.next()).replace('listening on ', '');
  this.answers = [];
});

When(
  'it is asked for what has a secret in its source, in its query, in its path, and in a body that is no JSON',
  async function (this: RouteWorld) {
    const source = `https://user:${canary}@example.com/m.gguf?token=${canary}`;
    await asked(this, 'POST /models', JSON.stringify({ id: 'secret', source }));
    await asked(this, 'POST /models', JSON.stringify({ id: source, source }));
    await asked(this, 'POST /models', `{"id":${canary}`);
    await asked(this, `GET /models?token=${canary}`);
    await asked(this, `GET /models/${encodeURIComponent(source)}`);
    await asked(this, `POST /models/${encodeURIComponent(source)}/verify`);
    await asked(this, 'GET /models/secret');
    await asked(this, 'GET /models');
    expect(this.answers.map(({ status }) => status)).to.deep.equal([200, 400, 400, 400, 404, 404, 200, 200]);
  },
);

When('its root is removed, and it is asked for the models', async function (this: RouteWorld) {
  await rm(await this.root(), { recursive: true });
  await asked(this, 'GET /models');
});

When('it is told to end while it reads the body of a request, and then the rest of the body comes', async function (this: RouteWorld) {
  const body = JSON.stringify({ id: 'late', source: 'hf:org/late' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' };
  const request = httpRequest(`${this.url}/models`, { method: 'POST', headers });
  request.flushHeaders();
  await once(request, 'continue');
  this.server.kill('SIGTERM');
  await untilRefused(Number(new URL(this.url).port));
  request.end(body);
  const [response] = await once(request, 'response');
  expect(response.statusCode).to.equal(200);
  response.resume();
});

Then('it answers:', async function (this: RouteWorld, rows: DataTable) {
  for (const { request = '', body = '', status, told } of rows.hashes()) {
    const answer = await asked(this, request, body.replace('<zeros>', zeros));
    expect([answer.status, wordsOf(JSON.parse(answer.text))], `${request} ${body}`).to.deep.equal([Number(status), told]);
  }
});

Then('the last answer is {int} with {word}', function (this: RouteWorld, status: number, code: string) {
  const answer = this.answers.at(-1);
  expect([answer?.status, wordsOf(JSON.parse(answer?.text ?? '{}'))]).to.deep.equal([status, code]);
});

Then('no answer has the secret or the path of the root, and only the log says what went wrong', async function (this: RouteWorld) {
  const root = await this.root();
  expect(this.answers.filter(({ text }) => shows(text) || text.includes(root))).to.deep.equal([]);
  expect(this.server.complaints).to.contain('IndexCorrupt').and.to.contain(root);
  expect(shows(this.server.complaints)).to.equal(false);
});

Then('it has registered the model, and has ended with 0', async function (this: RouteWorld) {
  expect(await this.server.ended).to.equal(0);
  expect((await (await this.openCatalog()).get('late'))?.state).to.equal('Pending');
});

async function asked(world: RouteWorld, line: string, body = ''): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const sent = body === '' ? {} : { body, headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${world.url}${path}`, { method, ...sent });
  const answer = { status: response.status, text: await response.text() };
  world.answers.push(answer);
  return answer;
}

function wordsOf({ models, model, outcome, error }: Told): string {
  if (error !== undefined) return error.code;
  if (outcome !== undefined) return [outcome.kind, outcome.reason ?? []].flat().join(' ');
  const all = models ?? (model === undefined ? [] : [model]);
  return all.map(({ id, state }) => `${id} ${state}`).join(', ');
}

/** Until nobody listens there any more. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isTaken = await new Promise<boolean>((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    );
    socket.destroy();
    if (!isTaken) return;
  }
}
