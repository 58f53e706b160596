import { fork } from 'node:child_process';
import { freshlyBuilt } from '../interrupt/fresh-build.js';

/** What a process of its own answers to one question, by what was built of a source. */
export function answerOf<T>(source: string, question: string): Promise<T> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = fork(freshlyBuilt(source), [question], { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (answer: T) => resolve(answer));
    child.once('exit', (code, signal) => reject(new Error(`the process that was to answer ended with ${signal ?? code}`)));
  });
}

/** Answers in such a process; the test runner imports every file of support/, and asks nothing. */
export async function answer(question: string, work: () => Promise<object>): Promise<void> {
  if (process.argv[2] !== question || process.send === undefined) return;
  const found = await work();
  process.send(found, () => process.exit());
}
