import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below what systems give to those who connect: who tries again and again to reach a server that is down would else be given its port
 * sooner or later, and be connected to himself.
 */
const [lowest, highest] = [20_000, 32_000];

/** A port of the loopback that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
