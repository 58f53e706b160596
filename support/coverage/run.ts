import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dirSync } from 'tmp-promise';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { compiledProject } from '../teeth/workspace.js';

/** CAT-PKG-6304: how much of what users get is run by the scenarios, in percent. */
const least = { lines: 95, branches: 90 } as const;
const told = 'reports/coverage';

/**
 * `npm run coverage`: the quick scenarios in a copy of the project in which whatever is started is made of the same files, so that each
 * process, killed ones aside, tells of them. Fails below what is asked for.
 */
async function covered(features: readonly string[]): Promise<number> {
  const temporary = dirSync({ prefix: 'catalog-core-coverage-', unsafeCleanup: true, mode: 0o755 });
  try {
    const [project, counts] = [join(temporary.name, 'project'), join(temporary.name, 'counts')];
    // Processes of users without rights tell too.
    mkdirSync(counts);
    chmodSync(counts, 0o777);
    compiledProject(projectRoot, project, { hasMaps: true });
    writeFileSync(join(project, 'cucumber.mjs'), `export default ${JSON.stringify(suiteOf(features))};\n`);
    // Scenarios about the checkout itself fail in a copy that is compiled: `npm test` judges them, and here counts what was run.
    await ended(project, ['@cucumber/cucumber/bin/cucumber.js'], { NODE_V8_COVERAGE: counts });
    return await ended(project, ['c8/bin/c8.js', 'report', ...wordsFor(counts)]);
  } finally {
    temporary.removeCallback();
  }
}

const suiteOf = (features: readonly string[]): object => ({
  paths: features.length > 0 ? features : ['features/**/*.feature'],
  import: ['support/world.js', 'steps/**/*.js'],
  tags: 'not @full',
  parallel: 2,
});

function wordsFor(counts: string): string[] {
  const asked = [
    ...['--temp-directory', counts, '--reports-dir', join(projectRoot, told)],
    ...['--all', '--src', 'src', '--include', 'src/**/*.ts', '--extension', '.ts', '--exclude-after-remap', '--merge-async'],
    ...['--reporter', 'text-summary', '--reporter', 'json-summary', '--reporter', 'html', '--check-coverage'],
  ];
  return [...asked, ...Object.entries(least).flatMap(([what, percent]) => [`--${what}`, String(percent)])];
}

/** The exit code of a program of a package. */
function ended(
  folder: string,
  [program = '', ...words]: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<number> {
  const path = join(folder, 'node_modules', program);
  const child = spawn(process.execPath, [path, ...words], { cwd: folder, stdio: 'inherit', env: { ...process.env, ...variables } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

if (isCommand(import.meta.url)) process.exitCode = await covered(parseArgs({ allowPositionals: true }).positionals);
