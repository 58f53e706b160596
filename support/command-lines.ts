import { main } from '../src/cli/program.js';
import type { Ran } from './cli.js';
import { isCommand } from './is-command.js';

async function ran(words: readonly string[]): Promise<Omit<Ran, 'signal'>> {
  const heard = [process.stdout, process.stderr].map(hear);
  const exitCode = await main(words, '0.0.0').finally(() => {
    for (const { stop } of heard) stop();
  });
  const [stdout = '', stderr = ''] = heard.map(({ told }) => told.join(''));
  return { words, exitCode, stdout, stderr };
}

/** What is written to a stream from now on, instead of writing it. */
function hear(stream: NodeJS.WriteStream): { readonly told: readonly string[]; readonly stop: () => void } {
  const told: string[] = [];
  const write = stream.write;
  stream.write = ((text: string, ...rest: unknown[]): boolean => {
    told.push(text);
    const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    if (done) setImmediate(done);
    return true;
  }) as typeof stream.write;
  return {
    told,
    stop: () => {
      stream.write = write;
    },
  };
}

/**
 * Runs command lines one after the other in one process, each as the command runs its own: what it printed and its exit code. The
 * lines come as JSON in the first argument.
 */
if (isCommand(import.meta.url)) {
  // Each line listens for closed pipes, and ends with its process.
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
  const results: Omit<Ran, 'signal'>[] = [];
  for (const words of JSON.parse(process.argv[2] ?? '[]') as string[][]) results.push(await ran(words));
  process.stdout.write(JSON.stringify(results));
}
