import { writeSync } from 'node:fs';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { type Caught, setTraps } from './traps.js';

/** How a process ends in which a trap was sprung. No exit code of the command. */
const caughtExit = 86;
const shared = 'traps that were sprung';
const standardError = 2;

// The test runner imports every file of support/; this one acts only where a process, or a thread of it, begins with it.
if (new URL(import.meta.url).search === '?preloaded') trapProcess();

/** CAT-SEC-6001: whoever swallows what a trap throws, in whichever thread, is found out by how the process ends. */
function trapProcess(): void {
  if (isMainThread) setEnvironmentData(shared, new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const sprung = new Int32Array(getEnvironmentData(shared) as unknown as SharedArrayBuffer);
  setTraps(({ called, by }: Caught) => {
    Atomics.add(sprung, 0, 1);
    writeSync(standardError, `${by} reaches outside: ${called}\n`);
  });
  if (!isMainThread) return;
  process.on('exit', () => {
    if (Atomics.load(sprung, 0) > 0) process.exitCode = caughtExit;
  });
}
