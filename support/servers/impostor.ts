import { createServer, type RequestListener } from 'node:http';
import type { CatalogWorld } from '../world.js';

/** Where something answers each request alike on the loopback, until the scenario ends. */
export function impostor(world: CatalogWorld, answer: { readonly status: number; readonly body: string }): Promise<string> {
  return serving(world, (_, response) => response.writeHead(answer.status).end(answer.body));
}

/** Where requests are taken and never answered, or never to the end. */
export function silentServer(world: CatalogWorld, { begins }: { readonly begins: boolean }): Promise<string> {
  return serving(world, (_, response) => {
    if (begins) response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  });
}

async function serving(world: CatalogWorld, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.onEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
