import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes } from '../../src/core/errors.js';
import { projectRoot } from '../checks/sources.js';
import { ggufBytes } from '../gguf.js';
import { commandsOf, type Line } from './shell-lines.js';

/** Where a reader of a document is: a home of his own with a model in it, and both packages installed. */
export interface Place {
  readonly folder: string;
  readonly digest: string;
}

/** One by one, so that nothing that is done in a place reaches the packages of the project. */
const packages = ['catalog-core', 'catalog-core-provisioner', 'pino', 'prom-client', '@opentelemetry/api'];
const model = 'tinyllama.Q4_K_M.gguf';

export async function newPlace(folder: string): Promise<Place> {
  const bytes = ggufBytes({ megabytes: 1 });
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, model), bytes);
  await mkdir(join(folder, 'node_modules/@opentelemetry'), { recursive: true });
  for (const name of packages) await symlink(join(projectRoot, 'node_modules', name), join(folder, 'node_modules', name));
  const program = join(folder, 'bin/catalog');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${join(projectRoot, 'dist/cli/main.js')}' "$@"\n`);
  await chmod(program, 0o755);
  return { folder, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** What a session may do: it stays in its place. */
const typed = ['catalog', 'echo', 'cp', 'mkdir', 'mv', 'cat', 'printf'];

/** How a process ended, and what it printed. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const runScript = (place: Place, path: string): Promise<Ended> => ended(place, process.execPath, [path]);

/** What is wrong with how a line ends: with 0, or as its comment says: `InUse`, by that code's exit status, or `ends with 9: …`. */
export async function complaintOfLine(place: Place, { text, comment }: Line): Promise<string | undefined> {
  const others = commandsOf(text).flatMap(([program = '']) => (typed.includes(program) ? [] : [program]));
  if (others.length > 0) return `${others.join(', ')} is not typed here`;
  const { exitCode, stderr } = await ended(place, '/bin/bash', ['-c', `set -o pipefail; ${filledIn(text, place)}`]);
  const code = Object.entries(exitCodes).find(([name]) => comment.startsWith(name));
  const wanted = code?.[1] ?? Number(/^ends with (\d+):/.exec(comment)?.[1] ?? 0);
  return exitCode === wanted ? undefined : `${text} ended with ${exitCode}, not with ${wanted}: ${stderr}`;
}

/** Digests that a document does not write out are those of the model. */
function filledIn(text: string, { digest }: Place): string {
  return text.replaceAll('sha256:…', `sha256:${digest}`).replaceAll('sha256/ab/ab12…', `sha256/${digest.slice(0, 2)}/${digest}`);
}

const deadlineMs = 60_000;

function ended({ folder }: Place, program: string, words: readonly string[]): Promise<Ended> {
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder, PROJECT: projectRoot };
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...words],
      { cwd: folder, env, timeout: deadlineMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ exitCode, stdout, stderr: child.killed ? `it did not end; ${stderr}` : stderr });
      },
    );
    child.stdin?.end();
  });
}
