import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CatalogError, openCatalog } from 'catalog-core';
import { HttpFetcher, ModelProvisioner } from 'catalog-core-provisioner';
import type { FromMain, FromWindow } from './messages.js';

// npm run build && node build/examples/two-processes/main.js --root /tmp/models --offers offers.json

const { values } = parseArgs({ options: { root: { type: 'string' }, offers: { type: 'string', default: 'offers.json' } } });
/** Where what can be had comes from, by id. */
const offers = new Map<string, string>(Object.entries(JSON.parse(await readFile(values.offers, 'utf8'))));

const catalog = await openCatalog({ root: values.root });
// Downloads are kept where they are, so that the next process goes on with what this one has begun.
const fetcher = new HttpFetcher({ downloads: join(catalog.root, 'downloads') });
const provisioner = new ModelProvisioner({ catalog, fetcher });
const quit = new AbortController();
const underWay: Promise<void>[] = [];

const window = fork(new URL('./window.js', import.meta.url), ['--root', catalog.root]);
window.on('message', ({ wanted }: FromWindow) => underWay.push(bring(wanted)));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => window.kill());
const closed = once(window, 'exit');

// What was wanted when an earlier process was killed.
for (const { id } of await catalog.list({ state: 'Pending' })) underWay.push(bring(id));

await closed;
quit.abort();
await Promise.all(underWay);
await fetcher.close();
await catalog.close();

async function bring(id: string): Promise<void> {
  try {
    const ref = offers.get(id);
    if (ref === undefined) throw new CatalogError('NotFound', `nobody offers ${id}`, { id });
    // Seen by every reader as Pending from now on, and by the next main process, should this one be killed.
    await catalog.register({ id, source: ref, ref });
    await provisioner.ensurePresent(ref, { id, signal: quit.signal });
    tell({ brought: id });
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    tell({ failed: id, code: error.code });
  }
}

function tell(message: FromMain): void {
  if (window.connected) window.send(message);
}
