import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { CatalogError } from 'catalog-core';
import { expect } from 'chai';
import { pauseAfter, retryAfterMs } from '../packages/provisioner/src/backoff.js';
import { hubAuthorization } from '../packages/provisioner/src/credentials.js';
import { HttpFetcher, type HttpFetcherOptions } from '../packages/provisioner/src/index.js';
import { bytesNamed, HubStage, sha256Of } from '../support/hub/fetching-from-hub.js';
import type { Manner } from '../support/hub/hub-server.js';
import { TunnelProxy } from '../support/hub/tunnel-proxy.js';
import type { CatalogWorld } from '../support/world.js';

export interface HubWorld extends CatalogWorld {
  stage: HubStage;
  /** Of a row of fetches: what each came to, and how many bytes were sent for it. */
  rows: { readonly right: boolean; readonly sent: number; readonly cut: number; readonly size: number }[];
  sentBefore: number;
  proxied: readonly string[];
  token: { readonly found?: string | undefined; readonly code?: string };
}

const secret = 'hf_planted-token-of-the-hub';

Given('a hub with {string} of these files:', async function (this: HubWorld, repository: string, table: DataTable) {
  this.stage = await HubStage.begin(this);
  for (const { path = '', bytes = '0', kept } of table.hashes()) {
    const content = bytesNamed(path, Number(bytes));
    this.stage.contents.set(path, content);
    this.stage.hub.put(repository, path, content, { isLarge: kept === 'largely' });
  }
  plainFile(this.stage, 120, { etag: '"1"' });
});

Given(/^a hub with "([^"]*)" of ([^":]+)$/, async function (this: HubWorld, repository: string, files: string) {
  for (const path of files.split(' ')) {
    const content = bytesNamed(path, 50);
    this.stage.contents.set(basename(path), content);
    this.stage.hub.put(repository, path, content, { isLarge: /\.(gguf|safetensors|bin)$/.test(path) });
  }
});

Given(/^a file of the web with (\d+) bytes, and (\{.*\})$/, function (this: HubWorld, bytes: string, headers: string) {
  plainFile(this.stage, Number(bytes), JSON.parse(headers.replace('<now>', new Date().toUTCString())));
});

Given('the hub gives whole files only', function (this: HubWorld) {
  this.stage.hub.always = { whole: true };
});

Given(/^the next answers with bytes are (\[.*\])$/, function (this: HubWorld, answers: string) {
  const given = JSON.parse(answers) as ('always' | Manner)[];
  if (given[0] === 'always') this.stage.hub.always = given[1] as Manner;
  else this.stage.hub.manners.push(...(given as Manner[]));
});

Given(/^all answers with bytes are (\{.*\})$/, function (this: HubWorld, answer: string) {
  this.stage.hub.always = JSON.parse(answer) as Manner;
});

Given('the hub keeps other bytes than it says for {string}', function (this: HubWorld, path: string) {
  const content = this.stage.contents.get(path) ?? Buffer.alloc(0);
  content.writeUInt8((content.at(17) ?? 0) ^ 1, 17);
});

Given('a hub that wants a token', function (this: HubWorld) {
  this.stage.hub.token = secret;
});

Given('a proxy', async function (this: HubWorld) {
  const proxy = await TunnelProxy.begin();
  this.onEnd(() => proxy.end());
  this.proxied = proxy.asked;
  this.stage.environment = { HTTP_PROXY: proxy.urlFor() };
});

When(
  /^"([^"]*)" is fetched( by its digest)? with a cut behind each of its bytes, one time after the other$/,
  async function (this: HubWorld, ref: string, byDigest: string | null) {
    const { hub } = this.stage;
    const content = contentOf(this.stage, ref);
    this.rows = [];
    for (let cut = 0; cut < content.byteLength; cut++) {
      await this.stage.forget();
      hub.manners.push({ cutAfter: cut });
      const before = hub.bytesSent;
      await this.stage.fetch(ref, {}, byDigest === null ? {} : { digest: sha256Of(content) });
      const right = content.equals(await this.stage.bytes());
      this.rows.push({ right, sent: hub.bytesSent - before, cut, size: content.byteLength });
    }
  },
);

When(
  /^"<plain>" is cut behind (\d+) bytes, and is another file with (\d+) bytes and (\{.*\}) from then on$/,
  async function (this: HubWorld, cut: string, bytes: string, headers: string) {
    const { hub } = this.stage;
    hub.manners.push({ cutAfter: Number(cut) });
    let answers = 0;
    const old = this.stage.plain;
    hub.beforeBytes = async () => {
      if (++answers === 2) plainFile(this.stage, Number(bytes), JSON.parse(headers), 'changed');
    };
    await this.stage.fetch(old);
  },
);

When(
  /^"([^"]*)" is fetched by spans of (\d+) bytes(?:, (\d+) at a time)?(, with every third request cut in the middle)?$/,
  async function (this: HubWorld, ref: string, span: string, parallel: string | null, cuts: string | null) {
    const { hub } = this.stage;
    if (cuts !== null) hub.manners.push(...Array.from({ length: 30 }, (_, place) => (place % 3 === 2 ? { cutAfter: 16 } : {})));
    await this.stage.fetch(ref, { spanBytes: Number(span), parallel: Number(parallel ?? 1) });
  },
);

When(/^"([^"]*)" is fetched by spans of 100 bytes, and the hub is away behind 150 bytes$/, async function (this: HubWorld, ref: string) {
  this.stage.hub.manners.push({}, { cutAfter: 50 });
  this.stage.hub.always = { cutAfter: 0 };
  await this.stage.fetch(ref, { spanBytes: 100, parallel: 1, mostFailures: 2 });
});

When(/^(?:the hub is back, and )?another fetcher fetches it$/, async function (this: HubWorld) {
  this.stage.hub.always = {};
  await this.stage.fetch('hf:org/model/model.gguf');
});

When('{string} is fetched, and the catalog dies before it has it', async function (this: HubWorld, ref: string) {
  await this.stage.fetch(ref);
});

When('a byte of what was fetched is changed', async function (this: HubWorld) {
  if (this.stage.came === undefined || 'error' in this.stage.came) throw new Error('nothing was fetched');
  const { path } = this.stage.came.fetched;
  const bytes = await readFile(path);
  bytes.writeUInt8((bytes.at(99) ?? 0) ^ 1, 99);
  await writeFile(path, bytes);
});

When(/^its record is made(?: (.*))?$/, async function (this: HubWorld, record: string | null) {
  const [name = ''] = await readdir(this.stage.downloads);
  const parts = join(this.stage.downloads, name, 'parts');
  const [json = ''] = (await readdir(parts)).filter((one) => one.endsWith('.json'));
  const tag = sha256Of(contentOf(this.stage, 'model.gguf')).slice('sha256:'.length);
  await writeFile(join(parts, json), (record ?? '').replace('<tag>', tag));
});

When('{string} is fetched', async function (this: HubWorld, ref: string) {
  await this.stage.fetch(ref);
});

When('{string} is fetched by a wrong digest', async function (this: HubWorld, ref: string) {
  await this.stage.fetch(ref, {}, { digest: sha256Of(Buffer.from('other')) });
});

When('{string} is fetched, and the hub has another commit behind the first file', async function (this: HubWorld, ref: string) {
  const { hub } = this.stage;
  const first = hub.commit;
  hub.beforeBytes = async () => {
    hub.commits.push(first);
    hub.commit = 'd'.repeat(40);
  };
  await this.stage.fetch(ref);
});

When('{string} is fetched with the token', async function (this: HubWorld, ref: string) {
  this.stage.environment = { HF_TOKEN: secret };
  this.stage.hub.asked.length = 0;
  await this.stage.fetch(ref);
});

When(/^the token of the hub is looked for where (.*)$/, async function (this: HubWorld, what: string) {
  const home = this.stage.folder;
  await mkdir(join(home, '.cache/huggingface'), { recursive: true });
  const isInFile = what.startsWith('a file') || what.startsWith('it is not');
  if (isInFile) await writeFile(join(home, '.cache/huggingface/token'), `${secret}\n`);
  await writeFile(join(home, 'elsewhere'), secret);
  const environment = {
    HOME: home,
    ...(what.startsWith('HF_TOKEN_PATH') && { HF_TOKEN_PATH: join(home, 'elsewhere') }),
    ...(what.startsWith('it is not') && { HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }),
    ...(what.startsWith('it has a newline') && { HF_TOKEN: 'hf_a\nb' }),
  };
  try {
    this.token = { found: hubAuthorization(environment, 'https://hub.example')(new URL('https://hub.example/x')) };
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    this.token = { code: error.code };
  }
});

When(
  /^"([^"]*)" is fetched through the proxy(, which is not for this host)?$/,
  async function (this: HubWorld, ref: string, not: string | null) {
    await this.stage.forget();
    if (not !== null) this.stage.environment = { ...this.stage.environment, NO_PROXY: '127.0.0.1' };
    await this.stage.fetch(ref);
  },
);

When('{string} is fetched by a clock on which 100 bytes take a second', async function (this: HubWorld, ref: string) {
  const clock = (): number => (this.stage.progress.length + 1) * 1000;
  await this.stage.fetch(ref, { spanBytes: 100, parallel: 1, clock });
});

When('{string} is fetched, and stopped behind 100 bytes', async function (this: HubWorld, ref: string) {
  const stop = new AbortController();
  const onProgress = (): void => stop.abort();
  await this.stage.fetch(ref, { spanBytes: 100, parallel: 1 }, { onProgress, signal: stop.signal });
});

When(/^a fetcher is made with (\{.*\})$/, async function (this: HubWorld, options: string) {
  const given = JSON.parse(options) as HttpFetcherOptions;
  const made = async () => new HttpFetcher(given).fetch({ kind: 'hf', org: 'o', repo: 'x', path: 'a.gguf' }, this.stage.folder);
  const error: unknown = await made().catch((thrown: unknown) => thrown);
  if (!(error instanceof CatalogError)) throw error;
  this.stage.came = { error };
});

Then(
  /^each time it is what it is on the (?:hub|web), and was sent (once|from its beginning after the cut)$/,
  function (this: HubWorld, how: string) {
    expect(this.rows.length).to.be.greaterThan(0);
    for (const { right, sent, cut, size } of this.rows)
      expect([cut, right, sent]).to.deep.equal([cut, true, how === 'once' ? size : cut + size]);
  },
);

Then(/^it is what it is on the (?:hub|web now)(, and was sent once)?$/, async function (this: HubWorld, once: string | null) {
  const { stage } = this;
  const name = stage.plain.endsWith('changed') ? 'changed' : 'model.gguf';
  const content = contentOf(stage, name);
  expect(content.equals(await stage.bytes())).to.equal(true);
  if (once !== null) expect(stage.hub.bytesSent).to.equal(content.byteLength);
});

Then('it was begun again because its content has changed', function (this: HubWorld) {
  const restarts = this.stage.events.flatMap((event) => (event.type === 'restarted' ? event.why : []));
  expect(restarts).to.deep.equal(['its content has changed since it was begun']);
});

Then(/^the fetch is refused with (\w+)(?:, because it is (\w+))?$/, function (this: HubWorld, code: string, reason: string | null) {
  const { came } = this.stage;
  if (came === undefined || !('error' in came)) throw new Error('it was not refused');
  expect([came.error.code, came.error.message]).to.deep.equal([code, came.error.message]);
  if (reason !== null) expect(came.error.details.reason).to.equal(reason);
});

Then('{int} bytes of it are told as a partial download of {int}', async function (this: HubWorld, bytes: number, total: number) {
  const partials = await this.stage.fetcher().partials();
  expect(partials.map(({ ref, bytes: there, total_bytes }) => [ref, there, total_bytes])).to.deep.equal([
    ['hf:org/model/model.gguf', bytes, total],
  ]);
});

Then('there is no partial download', async function (this: HubWorld) {
  const { came } = this.stage;
  if (came !== undefined && 'fetched' in came) await came.fetched.release?.();
  expect(await this.stage.fetcher().partials()).to.deep.equal([]);
});

Then(/^the fetch comes to (.*)$/, async function (this: HubWorld, outcome: string) {
  const { stage } = this;
  const { came } = stage;
  if (came === undefined) throw new Error('nothing was fetched');
  expect(await toldOf(stage, came)).to.equal(outcome.replace(/, (through the proxy|and the proxy was not asked again)$/, ''));
  if (outcome.endsWith('through the proxy')) expect(this.proxied.length).to.be.greaterThan(0);
  if (outcome.endsWith('asked again')) expect(this.proxied.length).to.equal(2);
});

Then('nothing of it is left', async function (this: HubWorld) {
  for (const name of await readdir(this.stage.downloads)) {
    const files = await readdir(join(this.stage.downloads, name), { recursive: true, withFileTypes: true });
    const kept = files.filter((file) => file.isFile() && file.parentPath.endsWith('files'));
    expect(kept).to.deep.equal([]);
  }
  const [partial] = await this.stage.fetcher().partials();
  expect(partial?.bytes).to.equal(0);
});

Then('no byte of it was fetched', function (this: HubWorld) {
  expect(this.stage.progress).to.deep.equal([]);
});

Then('the second file was asked for by the commit of the first', function (this: HubWorld) {
  const revisions = this.stage.hub.resolved.map((path) => path.split('/resolve/')[1]?.split('/')[0]);
  expect(revisions).to.deep.equal(['main', 'c'.repeat(40)]);
});

Then(/^of a hub at (\S+) the token is told to (\S+): (yes|no)$/, (endpoint: string, url: string, how: string) => {
  const told = hubAuthorization({ HF_TOKEN: secret }, endpoint)(new URL(url));
  expect(told).to.equal(how === 'yes' ? `Bearer ${secret}` : undefined);
});

Then('the storage was told no token', function (this: HubWorld) {
  expect(this.stage.hub.asked.map(({ authorization }) => authorization)).to.deep.equal([undefined]);
});

Then('the token is in no file, event or error of it', async function (this: HubWorld) {
  const { stage } = this;
  const texts = [inspect(stage, { depth: 10, showHidden: true })];
  for (const file of await readdir(stage.downloads, { recursive: true, withFileTypes: true }))
    if (file.isFile()) texts.push(await readFile(join(file.parentPath, file.name), 'latin1'));
  // The stage itself was told the token, by its environment and by its hub.
  const told = texts.join('\n').replaceAll(`HF_TOKEN: '${secret}'`, '').replaceAll(`token: '${secret}'`, '');
  expect(told).to.not.include(secret);
  expect(told).to.not.include(Buffer.from(secret).toString('base64').slice(0, -3));
});

Then(/^the token is (found|none|InvalidArgument)$/, function (this: HubWorld, outcome: string) {
  const { found, code } = this.token;
  expect(code ?? (found === undefined ? 'none' : 'found')).to.equal(outcome);
  if (found !== undefined) expect(found).to.equal(`Bearer ${secret}`);
});

Then(
  'its last progress is {int} of {int} bytes at {int} bytes a second',
  function (this: HubWorld, bytes: number, total: number, rate: number) {
    const { path, ...last } = this.stage.progress.at(-1) ?? expect.fail('no progress');
    expect([path, last]).to.deep.equal(['model.gguf', { bytes, total_bytes: total, bytes_per_s: rate, eta_ms: 0 }]);
  },
);

Then('after 1 to 20 failures the longest pauses are 500 1000 2000 4000 8000 16000 and 30000 ms, the shortest 0', function (this: HubWorld) {
  const longest = Array.from({ length: 20 }, (_, place) => pauseAfter(place + 1, 1));
  expect([...new Set(longest)]).to.deep.equal([500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
  expect(Array.from({ length: 20 }, (_, place) => pauseAfter(place + 1, 0))).to.deep.equal(Array(20).fill(0));
});

Then('a server that asks for 7 s is given 7 s, and one that asks for a day 5 minutes', function (this: HubWorld) {
  const asked = ['7', new Date(7000).toUTCString(), '86400', 'soon', undefined].map((header) => retryAfterMs(header, 0));
  expect(asked).to.deep.equal([7000, 7000, 86_400_000, undefined, undefined]);
  expect(asked.map((ms) => pauseAfter(1, 0, ms))).to.deep.equal([7000, 7000, 300_000, 0, 0]);
});

function plainFile(stage: HubStage, bytes: number, headers: Record<string, string>, name = 'plain.gguf'): void {
  const content = bytesNamed(name, bytes);
  const isOther = name === 'changed';
  // What is at the place of the file by now is another one.
  const url = stage.hub.putPlain('plain.gguf', content, headers);
  stage.contents.set(isOther ? 'changed' : 'plain.gguf', content);
  stage.plain = isOther ? `${url}#changed` : url;
}

function contentOf(stage: HubStage, ref: string): Buffer {
  const name = ref === '<plain>' ? 'plain.gguf' : basename(ref);
  return stage.contents.get(name) ?? expect.fail(`there is no ${name}`);
}

async function toldOf(stage: HubStage, came: NonNullable<HubStage['came']>): Promise<string> {
  if ('error' in came) return [came.error.code, came.error.details.reason].filter(Boolean).join(': ');
  const { path } = came.fetched;
  const names = await namesAt(path);
  for (const name of names) expect(stage.contents.get(basename(name))?.equals(await readFile(name)), name).to.equal(true);
  const [only] = names;
  if (only === path) {
    const all = (await readdir(join(path, '..'))).sort();
    if (['model.gguf', 'plain.gguf', 'small.json'].includes(basename(path))) return 'what is there';
    return all.length === 1 ? `the file ${basename(path)}` : `the files ${all.join(' ')}`;
  }
  return `the directory ${basename(path)} with ${names
    .map((name) => name.slice(path.length + 1))
    .sort()
    .join(' ')}`;
}

async function namesAt(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') throw error;
    return undefined;
  });
  return entries === undefined ? [path] : entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}
