import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Catalog, type Change, type ModelEntry, openCatalog } from 'catalog-core';
import type { FromMain, FromWindow } from './messages.js';

// Shows what is in the catalog, as soon as it is so. A line on standard input is the id of a model that is wanted; its end closes the window.

const { values } = parseArgs({ options: { root: { type: 'string' } } });
const close = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => close.abort());

process.on('message', (message: FromMain) => {
  if ('failed' in message) console.log(`main could not bring ${message.failed}: ${message.code}`);
});
// What is in the catalog can be read whether or not anybody writes to it.
process.once('disconnect', () => close.signal.aborted || console.log('main is gone'));

const input = createInterface({ input: process.stdin, signal: close.signal });
input.on('line', (wanted) => process.connected && process.send?.({ wanted } satisfies FromWindow));
input.once('close', () => close.abort());

// Takes no lock and waits for nobody, so that it may be opened where blocking is forbidden; see README.md.
const catalog = await openCatalog({ root: values.root, readOnly: true });
const shown = new Map<string, string>();
for await (const change of catalog.watch({ after: 0, signal: close.signal })) await show(catalog, change);
await catalog.close();
if (process.connected) process.disconnect();

/** A record changes more often than what is shown of it. */
async function show(catalog: Catalog, { id, record }: Change<ModelEntry>): Promise<void> {
  const text = record === undefined ? 'gone' : await textOf(catalog, record);
  if (shown.get(id) !== text) console.log(`${id}: ${text}`);
  shown.set(id, text);
}

async function textOf(catalog: Catalog, { id, state, bytes }: ModelEntry): Promise<string> {
  if (state !== 'Active') return state;
  const { files = [] } = (await catalog.locate(id)) ?? {};
  // Of one that was removed meanwhile the next change tells.
  const found = files.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return `Active, ${found.reduce((sum, size) => sum + size, 0)} of ${bytes} bytes`;
}
