import { once } from 'node:events';

/** Aborted when whoever reads our output stops reading. */
export function readerOfOutput(): AbortSignal {
  const controller = new AbortController();
  process.stdout.once('error', () => controller.abort()).once('close', () => controller.abort());
  return controller.signal;
}

/** Tells a line, and waits as long as whoever reads is behind. */
export async function told(line: string, reader: AbortSignal): Promise<void> {
  if (process.stdout.write(`${line}\n`) || reader.aborted) return;
  await once(process.stdout, 'drain', { signal: reader }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}

/** Tells a line; whether it was handed over to whoever reads. */
export function handedOver(line: string): Promise<boolean> {
  return new Promise((resolve) => process.stdout.write(`${line}\n`, (error) => resolve(error === undefined || error === null)));
}
