import { parentPort } from 'node:worker_threads';
import type { Asked, Told } from '../../src/artifacts/hashing-thread.js';

/** A thread that does with a file what the file's name says: `dies`, `throws`, or waits until it is told to give it up. */
const tell = (told: Told): void => parentPort?.postMessage(told);

parentPort?.on('message', (asked: Asked) => {
  if (asked.kind === 'abort') return tell({ kind: 'refused', code: 'Aborted', message: 'given up', details: {} });
  if (asked.path.endsWith('dies')) process.exit(3);
  if (asked.path.endsWith('throws')) throw new Error('as the test wants it');
  return tell({ kind: 'progress', progress: { path: asked.path, bytes: 0, total_bytes: 1 } });
});
tell({ kind: 'ready' });
