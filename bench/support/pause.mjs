import { once } from 'node:events';

/** In a child: tells that it stopped here, and waits for the parent's `go`. */
export async function pause() {
  process.stdout.write(`${JSON.stringify({ stopped: true })}\n`);
  await once(process.stdin, 'data');
  process.stdin.destroy();
}
