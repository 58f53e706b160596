import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { AfterAll, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import { runCatalog } from '../support/cli.js';
import { allCaught, setTraps, trappedFromTheBeginning } from '../support/security/traps.js';
import type { CatalogWorld } from '../support/world.js';

setTraps();

let planted = 0;

AfterAll(() => {
  // CAT-SEC-6001: whoever swallowed the error of a trap is found out all the same.
  expect(allCaught().slice(planted)).to.deep.equal([]);
});

interface ReachWorld extends CatalogWorld {
  error: Error | undefined;
  before: number;
  said: string;
}

const calls: Readonly<Record<string, string>> = {
  'net.connect': "load('net').connect({ port: 1, host: '127.0.0.1' }).on('error', () => {}).destroy()",
  'net.createServer': "load('net').createServer()",
  'http.createServer': "load('http').createServer()",
  'http.get': "load('http').get('http://127.0.0.1:1/').on('error', () => {}).destroy()",
  'https.request': "load('https').request('https://127.0.0.1:1/').on('error', () => {}).destroy()",
  'tls.connect': "load('tls').connect({ port: 1, host: '127.0.0.1' }).on('error', () => {}).destroy()",
  'dns.lookup': "load('dns').lookup('localhost', () => {})",
  'dgram.createSocket': "load('dgram').createSocket('udp4').close()",
  'child_process.spawn': "load('child_process').spawn(process.execPath, ['--version'], { stdio: 'ignore' })",
  fetch: "fetch('http://127.0.0.1:1/').catch(() => {})",
};

/** Calls it as if it stood in that file. */
function callAs(who: string, call: string): void {
  const load = (name: string): unknown => process.getBuiltinModule(`node:${name}`);
  compileFunction(calls[call] ?? expect.fail(call), ['load'], { filename: join(projectRoot, who) })(load);
}

When(/^(\S+) calls ([\w.]+)$/, function (this: ReachWorld, who: string, call: string) {
  this.before = allCaught().length;
  try {
    callAs(who, call);
  } catch (error) {
    this.error = error as Error;
  }
});

Then(/^that is refused, and it is caught that (\S+) did$/, function (this: ReachWorld, who: string) {
  planted++;
  expect(this.error?.message).to.match(/reaches outside/);
  expect(allCaught().slice(this.before)).to.have.length(1);
  expect(allCaught().at(-1)?.by).to.equal(join(projectRoot, who));
});

Then('nothing is caught', function (this: ReachWorld) {
  expect(this.error).to.equal(undefined);
  expect(allCaught().length).to.equal(this.before);
});

When('the command is run with a module that calls net.connect as {string} before all else', async function (this: ReachWorld, who: string) {
  const code = `import { compileFunction } from 'node:vm';
    const load = (name) => process.getBuiltinModule('node:' + name);
    compileFunction(${JSON.stringify(calls['net.connect'])}, ['load'], { filename: ${JSON.stringify(join(projectRoot, who))} })(load);`;
  const environment = {
    NODE_OPTIONS: [...trappedFromTheBeginning, '--import', `data:text/javascript,${encodeURIComponent(code)}`].join(' '),
  };
  this.said = (await runCatalog(['--version'], { cwd: await this.folder(), environment })).stderr;
});

Then('that is refused there', function (this: ReachWorld) {
  expect(this.said).to.match(/reaches outside: connect/);
});
