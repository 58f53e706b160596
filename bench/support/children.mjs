import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./child.mjs', import.meta.url));
const longestMs = 30_000;

/**
 * Calls an exported function of a module in a process of its own, and gives what it returned. `command` comes before node;
 * `pid` is what the process believes its own to be, before the module or the peer is loaded.
 */
export async function inChild(call) {
  return startChild(call).result;
}

/** As `inChild`; `stopped` resolves when the function waits at `pause`, and `go` lets it go on. */
export function startChild({ module, name, args = [], command = [], pid }) {
  const [program, ...words] = [...command, process.execPath, script, JSON.stringify({ module, name, args, pid })];
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], timeout: longestMs, killSignal: 'SIGKILL' });
  const lines = {};
  createInterface({ input: child.stdout }).on('line', (line) => Object.assign(lines, JSON.parse(line)) && child.emit('told'));
  const closed = once(child, 'close');
  return { stopped: told(child, lines, 'stopped', closed), go: () => child.stdin.end('go\n'), result: resultOf(lines, closed) };
}

async function resultOf(lines, closed) {
  const [code, signal] = await closed;
  if (code !== 0 || !('result' in lines)) throw new Error(`the child ended with ${signal ?? code}`);
  return lines.result;
}

async function told(child, lines, what, closed) {
  while (!(what in lines)) {
    const ended = await Promise.race([once(child, 'told').then(() => false), closed.then(() => true)]);
    if (ended) return undefined;
  }
  return lines[what];
}
