import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openCatalog } from 'catalog-core';
import { Orchestrator, type Running } from './orchestrator.js';

// npm run build && node build/examples/orchestrator/main.js --root /tmp/models

const { values } = parseArgs({
  options: { root: { type: 'string' }, ttl: { type: 'string', default: '60000' }, 'renew-every': { type: 'string', default: '20000' } },
});

/** In place of an engine: reads how the file begins. */
async function load(path: string): Promise<Running> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.toString() !== 'GGUF') throw new Error('it is no GGUF file');
  } finally {
    await file.close();
  }
  return { stop: async () => {} };
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

const catalog = await openCatalog({ root: values.root });
const orchestrator = new Orchestrator({
  ...{ catalog, load, tell: console.log, holder: `orchestrator ${process.pid}` },
  ...{ ttlMs: Number(values.ttl), renewEveryMs: Number(values['renew-every']) },
});
await orchestrator.run(stop.signal);
await catalog.close();
