import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';

const cucumber = join(projectRoot, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
const catalog = join(projectRoot, 'dist/cli/main.js');
const closingLine = 'reports/closing-line.txt';

/** What comes after the scenarios; each of it must end well, and all of it is done whatever came before. */
const afterwards: readonly (readonly string[])[] = [
  // Which steps nobody uses can be told only where every scenario was to run.
  [cucumber, '--profile', 'plan'],
  [catalog, 'conformance', '--store', 'memory,fs,journal', '--quiet'],
  [catalog, 'trace', 'report', '--quiet'],
  [catalog, 'trace', 'gate'],
];

/**
 * The test command: the scenarios, then the conformance of our own stores, then the reports of what is proved and the judgement of
 * that; in the end the closing line of the scenarios. Of a part of the scenarios nothing is judged.
 */
function suite(given: readonly string[]): number {
  const isFull = given[0] === '--full';
  const parts = isFull ? given.slice(1) : given;
  const all = isFull ? parts : ['--tags', 'not @full', '--parallel', '2', ...parts];
  if (parts.length > 0) return ended([cucumber, ...all]);
  rmSync(join(projectRoot, closingLine), { force: true });
  const codes = [[cucumber, ...all, '--format-options', JSON.stringify({ closingLine })], ...afterwards].map(ended);
  process.stdout.write(existsSync(closingLine) ? readFileSync(closingLine, 'utf8') : '0 passed, 1 failed\n');
  return codes.find((code) => code !== 0) ?? 0;
}

function ended(command: readonly string[]): number {
  const { status } = spawnSync(process.execPath, command, { cwd: projectRoot, stdio: 'inherit' });
  return status ?? 1;
}

if (isCommand(import.meta.url)) process.exitCode = suite(process.argv.slice(2));
