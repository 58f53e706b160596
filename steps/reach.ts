import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { AfterAll, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { projectRoot } from '../support/checks/sources.js';
import { type Ran, runCatalog } from '../support/cli.js';
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
  ran: Ran;
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

/** Runs the command, and before it some code in which `reach` calls net.connect as if it stood in that file. */
async function runWith(world: ReachWorld, who: string, code: string): Promise<Ran> {
  const reaching = `const load = (name) => process.getBuiltinModule('node:' + name);
    const reach = () => load('vm').compileFunction(${JSON.stringify(calls['net.connect'])}, ['load'], { filename: ${JSON.stringify(join(projectRoot, who))} })(load);`;
  const module = `const reaching = ${JSON.stringify(reaching)}; ${reaching} ${code}`;
  const environment = {
    NODE_OPTIONS: [...trappedFromTheBeginning, '--import', `data:text/javascript,${encodeURIComponent(module)}`].join(' '),
  };
  return runCatalog(['--version'], { cwd: await world.folder(), environment });
}

When('the command is run with a module that calls net.connect as {string} before all else', async function (this: ReachWorld, who: string) {
  this.ran = await runWith(this, who, 'reach();');
});

const swallowing: Readonly<Record<string, string>> = {
  'in its main thread': 'try { reach(); } catch {}',
  'in a thread that is ended': `const { Worker, isMainThread } = load('worker_threads');
    if (isMainThread) {
      const code = reaching + "try { reach(); } catch {} const { parentPort } = load('worker_threads'); parentPort.on('message', () => {}); parentPort.postMessage('done');";
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
    }`,
};

When(
  /^the command is run with a module that calls net.connect as "([^"]+)" (.+), and swallows what that throws$/,
  async function (this: ReachWorld, who: string, where: string) {
    this.ran = await runWith(this, who, swallowing[where] ?? expect.fail(where));
  },
);

Then('the command fails, and says that {string} reached outside', function (this: ReachWorld, who: string) {
  expect(this.ran.exitCode).to.be.above(0);
  expect(this.ran.stderr).to.include(`${join(projectRoot, who)} reaches outside: connect`);
});

Then('that is refused there', function (this: ReachWorld) {
  expect(this.ran.stderr).to.match(/reaches outside: connect/);
});
