import { spawn } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';

/** A copy of a folder of ours that finds the packages that we have. */
export function copiedWithPackages(from: string, to: string): void {
  cpSync(join(projectRoot, from), to, { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(to, 'node_modules'));
}

/** Runs Cucumber in a folder, in a process of its own; gives its exit code and what it printed. */
export function runCucumber(folder: string, words: readonly string[]): Promise<{ exitCode: number | null; printed: string }> {
  const program = join(projectRoot, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const child = spawn(process.execPath, [program, ...words], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', (text: string) => (printed += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, printed }));
  });
}
