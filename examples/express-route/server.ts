import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { openCatalog } from 'catalog-core';
import express from 'express';
import { catalogRoutes } from './routes.js';

// npm run build && node build/examples/express-route/server.js --root /tmp/models --port 8080

const { values } = parseArgs({ options: { root: { type: 'string' }, port: { type: 'string', default: '0' } } });

const catalog = await openCatalog({ root: values.root });
const app = express()
  .disable('x-powered-by')
  .use(catalogRoutes(catalog, { log: console.error }));
const server = app.listen(Number(values.port), '127.0.0.1');
await once(server, 'listening');
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);

const closed = once(server, 'close');
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
await closed;
await catalog.close();

/** What is being answered is answered first; the catalog is closed when nobody can ask for it any more. */
function end(): void {
  server.close();
  // A connection that has its answer is not kept open for more questions.
  server.keepAliveTimeout = 1;
}
