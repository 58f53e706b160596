import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { projectRoot } from './checks/sources.js';
import { trappedFromTheBeginning } from './security/traps.js';

export const command = join(projectRoot, 'build/src/cli/main.js');
const commandLines = join(projectRoot, 'build/support/command-lines.js');

/** How one command line ended. */
export interface Ran {
  readonly words: readonly string[];
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A user without rights; only root may become another. */
  readonly user?: number;
  /** A file that gets what is printed, in place of us. */
  readonly output?: string;
  /** Called once it runs. */
  readonly meanwhile?: (child: ChildProcess) => void;
}

/** Opened once; whoever waits for it goes on. */
export class Latch {
  open: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** An id as hubs give them, and longer than a line. */
export const longId = `hf.co/${'an-organization/'.repeat(6)}Meta-Llama-3.1-405B-Instruct-GGUF:Q4_K_M`;

const deadlineMs = 60_000;

/** Runs `catalog` as a process of its own, without a shell and without a terminal. */
export function runCatalog(words: readonly string[], options: RunOptions): Promise<Ran> {
  return runProgram([process.execPath, command, ...words], words, options);
}

/** Runs `catalog` on a terminal of its own, which answers when it is asked. */
export function runOnTerminal(words: readonly string[], options: RunOptions & { readonly answer?: string }): Promise<Ran> {
  const line = [process.execPath, command, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const meanwhile = (child: ChildProcess) => {
    child.stdout?.on('data', (text: string) => {
      if (text.includes('[y/N]') && options.answer !== undefined) child.stdin?.write(`${options.answer}\n`);
    });
  };
  return runProgram(['script', '-qec', line, '/dev/null'], words, { ...options, meanwhile }, 'pipe');
}

/** Several command lines, one after the other in one process: quicker, where what is looked at is what each of them answers. */
export async function runAll(lines: readonly (readonly string[])[], options: RunOptions): Promise<Ran[]> {
  const { stdout, stderr } = await runProgram([process.execPath, commandLines, JSON.stringify(lines)], [], options);
  expect(stderr).to.equal('');
  return (JSON.parse(stdout) as Omit<Ran, 'signal'>[]).map((ran) => ({ ...ran, signal: null }));
}

/** The words of a line: blanks separate, and `{name}` stands for what is given under that name. */
export function wordsOf(line: string, given: Readonly<Record<string, string>> = {}): string[] {
  return line.split(' ').map((word) => word.replace(/\{([a-zA-Z0-9-]+)\}/g, (_, name: string) => given[name] ?? `{${name}}`));
}

/** Waits until a process has opened a file of this name. */
export async function untilOpen(child: ChildProcess, name: string): Promise<void> {
  while (child.exitCode === null && !hasOpen(child, name)) await setImmediate();
}

/** Waits until a process has no file of this name open. */
export async function untilClosed(child: ChildProcess, name: string): Promise<void> {
  while (child.exitCode === null && hasOpen(child, name)) await setImmediate();
}

const hasOpen = (child: ChildProcess, name: string): boolean => openFiles(child.pid ?? -1).some((path) => path.endsWith(`/${name}`));

/** All that lies under a folder, with its content; a lock file alone has none that counts. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await entriesOf(folder)) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) tree[path] = 'directory';
    else if (entry.isSymbolicLink()) tree[path] = `link to ${await readlink(path)}`;
    else tree[path] = entry.name.endsWith('.lock') ? 'lock' : (await readFile(path)).toString('base64');
  }
  return tree;
}

/** The same members and nothing else; `<digest>` and its like stand for any value of that form. */
export function expectShape(actual: unknown, golden: unknown, path = '$'): void {
  if (typeof golden === 'string' && Object.hasOwn(forms, golden)) {
    expect(forms[golden]?.(actual), `${path} is ${JSON.stringify(actual)}, not ${golden}`).to.equal(true);
  } else if (Array.isArray(golden) && Array.isArray(actual)) {
    expect(actual, path).to.have.length(golden.length);
    golden.forEach((item, place) => {
      expectShape(actual[place], item, `${path}[${place}]`);
    });
  } else if (isObject(golden) && isObject(actual)) {
    expect(Object.keys(actual).sort(), path).to.deep.equal(Object.keys(golden).sort());
    for (const [key, value] of Object.entries(golden)) expectShape(actual[key], value, `${path}.${key}`);
  } else expect(actual, path).to.deep.equal(golden);
}

const isText = (value: unknown): value is string => typeof value === 'string';

const forms: Readonly<Record<string, (value: unknown) => boolean>> = {
  '<number>': (value) => typeof value === 'number',
  '<text>': (value) => isText(value) && value !== '',
  '<digest>': (value) => isText(value) && /^sha256:[0-9a-f]{64}$/.test(value),
  '<time>': (value) => isText(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  '<path>': (value) => isText(value) && value.startsWith('/'),
  '<place>': (value) => isText(value) && /^(models|blobs)\//.test(value),
  '<identity>': (value) => isText(value) && /^\d+(:\d+){4}$/.test(value),
  '<mode>': (value) => isText(value) && ['copy', 'reflink'].includes(value),
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function runProgram(
  line: readonly string[],
  words: readonly string[],
  options: RunOptions,
  stdin: 'ignore' | 'pipe' = 'ignore',
): Promise<Ran> {
  const [program = '', ...rest] = line;
  const { cwd, environment = {}, user, meanwhile, output } = options;
  // CAT-SEC-6001: whatever it reaches for out of its process fails.
  const env = { PATH: process.env.PATH, HOME: cwd, TERM: 'xterm', NODE_OPTIONS: trappedFromTheBeginning.join(' '), ...environment };
  const as = user === undefined ? {} : { uid: user, gid: user };
  const into = output === undefined ? 'pipe' : openSync(output, 'w');
  const child = spawn(program, rest, { cwd, env, ...as, stdio: [stdin, into, 'pipe'], timeout: deadlineMs, killSignal: 'SIGKILL' });
  if (into !== 'pipe') closeSync(into);
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  meanwhile?.(child);
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => resolve([code, by]));
  });
  return { words, exitCode, signal, stdout, stderr };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => targetOf(`/proc/${pid}/fd/${name}`));
  } catch {
    return [];
  }
}

/** A descriptor may be closed between the listing and the look. */
function targetOf(link: string): string[] {
  try {
    return [readlinkSync(link)];
  } catch {
    return [];
  }
}
