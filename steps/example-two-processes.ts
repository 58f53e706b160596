import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { gate } from '../support/contention/gate.js';
import { ExampleProcess } from '../support/example-process.js';
import { bytesNamed } from '../support/hub/fetching-from-hub.js';
import { HubServer } from '../support/hub/hub-server.js';
import type { CatalogWorld } from '../support/world.js';

interface WindowWorld extends CatalogWorld {
  source: HubServer;
  /** When the source was asked for the bytes. */
  asked: Promise<void>;
  sendRest: () => void;
  /** The window, and those of application that were started again. */
  windows: ExampleProcess[];
}

const bytes = 200_000;
const contentOf = (id: string): Buffer => bytesNamed(id, bytes);
/** As on the main thread of a renderer (ECMA-262, 25.4.13: where the agent cannot block). */
const refusesToBlock = 'data:text/javascript,Atomics.wait=()=>{throw new TypeError("Atomics.wait cannot be called in this context")}';

Given(/^the application runs(, and its source stops in the middle of a file)?$/, async function (this: WindowWorld, stops: string | null) {
  this.source = await HubServer.begin();
  this.onEnd(() => this.source.end());
  if (stops !== null) stopInTheMiddle(this);
  const offers = { tiny: this.source.putPlain('tiny', contentOf('tiny')) };
  await writeFile(join(await this.folder(), 'offers.json'), JSON.stringify(offers));
  this.windows = [await startApplication(this)];
});

Given('a window in whose process Atomics.wait is refused, as on the main thread of a renderer', async function (this: WindowWorld) {
  const words = ['--root', await this.root()];
  this.windows = [await ExampleProcess.start(this, 'two-processes/window', words, { nodeWords: ['--import', refusesToBlock] })];
});

When('{string} is typed into the window', function (this: WindowWorld, id: string) {
  this.windows[0]?.type(id);
});

When('{string} is typed into the window, and the source has sent half of it', async function (this: WindowWorld, id: string) {
  this.windows[0]?.type(id);
  await this.asked;
});

When('the source sends the rest', function (this: WindowWorld) {
  this.sendRest();
});

When('the main process is killed', function (this: WindowWorld) {
  this.windows[0]?.kill();
});

When('another process adds {string}', async function (this: WindowWorld, id: string) {
  const path = join(await this.folder(), id);
  await writeFile(path, contentOf(id));
  await (await this.openCatalog()).add(path, { id });
});

When('the application is started again', async function (this: WindowWorld) {
  const again = await startApplication(this);
  // The new window begins with all there is.
  await again.until(/^other: Active/);
  this.windows.push(again);
});

Then(
  /^(?:all that the window shows is|the window shows|the next that the window shows is) ((?:"[^"]*"(?: and )?)+)$/,
  async function (this: WindowWorld, lines: string) {
    for (const [, line] of lines.matchAll(/"([^"]*)"/g)) expect(await nextOf(this.windows[0])).to.equal(line);
  },
);

Then('nobody finds a file of {string}', async function (this: WindowWorld, id: string) {
  expect(await (await this.openCatalog()).locate(id)).to.equal(undefined);
});

Then(
  /^the next that the window shows is all bytes of "([^"]*)"(?:, as the source has them)?$/,
  async function (this: WindowWorld, id: string) {
    const path = () => this.openCatalog({ readOnly: true }).then((catalog) => catalog.modelPath(id));
    for (const window of this.windows) expect(await nextOf(window)).to.equal(`${id}: Active, ${bytes} of ${bytes} bytes`);
    expect(contentOf(id).equals(await readFile(await path()))).to.equal(true);
  },
);

async function startApplication(world: WindowWorld): Promise<ExampleProcess> {
  const offers = join(await world.folder(), 'offers.json');
  return ExampleProcess.start(world, 'two-processes/main', ['--root', await world.root(), '--offers', offers]);
}

function stopInTheMiddle(world: WindowWorld): void {
  const [asked, rest] = [gate(), gate()];
  [world.asked, world.sendRest] = [asked.opened, rest.open];
  world.source.manners.push({ stallAfter: bytes / 2, until: rest.opened });
  world.source.beforeBytes = async () => asked.open();
}

function nextOf(window: ExampleProcess | undefined): Promise<string> {
  return window?.next() ?? expect.fail('there is no window');
}
