import { fork } from 'node:child_process';
import { freshlyBuilt } from '../interrupt/fresh-build.js';
import type { Judged, Suspect } from './judge.js';

/** What an input comes to in a process of its own. One that takes too long is read again, up to three times: the best time counts. */
export async function judgedAlone(suspect: Suspect): Promise<Judged> {
  let verdict = await judgedOnce(suspect);
  for (let read = 1; read < 3 && verdict.kind === 'hang'; read++) verdict = await judgedOnce(suspect);
  return verdict;
}

function judgedOnce(suspect: Suspect): Promise<Judged> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = fork(freshlyBuilt('support/fuzz/judge.ts'), ['judge'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env, execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (verdict: Judged) => resolve(verdict));
    child.once('exit', (code, signal) => resolve({ kind: 'death', what: `ended its process (${signal ?? code})` }));
    child.send(suspect);
  });
}
