import { readSync, writeSync } from 'node:fs';

/** Writes all of a text before anything else happens in this process. */
export function tellPipe(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(descriptor, bytes, at);
}

/** Waits, and the whole process with it, for one letter; `undefined` where the other end is closed. */
export function awaitLetter(descriptor: number): string | undefined {
  const byte = Buffer.alloc(1);
  return readSync(descriptor, byte) === 0 ? undefined : byte.toString();
}
