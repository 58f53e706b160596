import { createInterface } from 'node:readline';
import { isCommand } from '../is-command.js';
import { modelEntry } from '../model-entry.js';
import { engineNamed } from './engines.js';

/** What a writer tells: one line of JSON each. */
export type WriterLine =
  | { readonly told: 'asked'; readonly id: string }
  | { readonly told: 'done'; readonly id: string; readonly revision: number }
  | { readonly told: 'failed'; readonly message: string };

/** A process of its own with one handle, which puts one new model after the other until its input ends, whatever becomes of the server. */
async function write(engine: string, url: string, place: string, prefix: string): Promise<void> {
  const store = await engineNamed(engine).open(url, place, { unreachableMs: 60_000 });
  let isOver = false;
  const input = createInterface({ input: process.stdin }).once('close', () => {
    isOver = true;
  });
  for (let nth = 0; !isOver; nth++) {
    const id = `${prefix}-${nth}`;
    tell({ told: 'asked', id });
    const { revision } = await store.models.put(modelEntry(id), { ifRevision: 'absent' });
    tell({ told: 'done', id, revision });
  }
  input.close();
  await store.close();
}

function tell(line: WriterLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

if (isCommand(import.meta.url)) {
  const [engine = '', url = '', place = '', prefix = ''] = process.argv.slice(2);
  write(engine, url, place, prefix).catch((error: Error) => {
    tell({ told: 'failed', message: error.stack ?? error.message });
    process.exitCode = 1;
  });
}
