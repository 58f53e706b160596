import { createServer } from 'node:http';
import type { CatalogWorld } from '../world.js';

/** Where something answers each request alike on the loopback, until the scenario ends. */
export async function impostor(world: CatalogWorld, answer: { readonly status: number; readonly body: string }): Promise<string> {
  const server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.onEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
