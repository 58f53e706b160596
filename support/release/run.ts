import { spawn } from 'node:child_process';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';

interface Part {
  readonly name: string;
  /** A command of npm. */
  readonly command: readonly string[];
}

/** CAT-PKG-6304: what must hold before anything is released, the quickest first; the suite is the last, and its closing line. */
const parts: readonly Part[] = [
  { name: 'types, lint, format, directions, unused exports', command: ['run', '--silent', 'check'] },
  // System calls do not vary: they are compared on any machine, however busy.
  {
    name: 'benchmarks: what is written and synced',
    command: ['run', '--silent', 'bench:counts'],
  },
  { name: 'scenarios, conformance, package, trace gate', command: ['test', '--silent'] },
];

/** What takes longer, for a release itself. */
const whole: readonly Part[] = [
  ...parts.slice(0, 1),
  { name: 'benchmarks: all figures', command: ['run', '--silent', 'bench', '--', '--check'] },
  { name: 'coverage', command: ['run', '--silent', 'coverage'] },
  { name: 'saboteurs', command: ['run', '--silent', 'teeth'] },
  { name: 'mutations', command: ['run', '--silent', 'mutation'] },
  { name: 'all scenarios, conformance, package, trace gate', command: ['run', '--silent', 'test:full'] },
];

/** `npm run release:check`: each part is done whatever came before it; all must end well. */
async function releaseCheck(asked: readonly string[]): Promise<number> {
  const ended: { readonly name: string; readonly code: number }[] = [];
  for (const { name, command } of asked.includes('--full') ? whole : parts) {
    // What came before is told each time: the closing line of the suite is the last.
    for (const one of ended) console.error(`${one.code === 0 ? 'ok  ' : 'FAIL'}  ${one.name}`);
    console.error(`----  ${name}`);
    ended.push({ name, code: await codeOf(command) });
  }
  return ended.find(({ code }) => code !== 0)?.code ?? 0;
}

function codeOf(command: readonly string[]): Promise<number> {
  const child = spawn('npm', command, { cwd: projectRoot, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

if (isCommand(import.meta.url)) process.exitCode = await releaseCheck(process.argv.slice(2));
