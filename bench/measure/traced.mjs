import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countedCalls, tracedCalls } from '../../build/support/bench/system-calls.js';
import { hasProgram } from './context.mjs';

const performer = fileURLToPath(new URL('performer.mjs', import.meta.url));

export const cannotTrace = () => (hasProgram('strace') ? undefined : 'strace is not there, with which system calls are counted');

/** What a process of its own asks of the system while it puts so many records, each when the one before is acknowledged. */
export function callsOfPuts(context, store, count) {
  return traced(context, (folder) => [performer, store, folder, String(count)]);
}

/** What a node process asks of the system; only what happens between two acknowledgements counts. */
export function traced(context, wordsFor, calls = tracedCalls) {
  const [folder, notes] = [context.folder(), context.folder()];
  const trace = join(notes, 'trace');
  const words = ['-f', '-y', '-s', '32', '-e', `trace=${calls}`, '-o', trace, process.execPath, ...wordsFor(folder)];
  const { status, stderr } = spawnSync('strace', words, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`a traced process ended with ${status}: ${stderr.slice(-500)}`);
  const text = fs.readFileSync(trace, 'utf8');
  for (const place of [folder, notes]) context.remove(place);
  return { text, counts: countedCalls(text, folder) };
}
