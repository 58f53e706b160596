import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openCatalog } from '../../src/open-catalog.js';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { calls, failingCalls } from './calls.js';

/** What a process of its own prints that calls every method once. */
export async function runEverything(folder: string): Promise<string> {
  const program = join(projectRoot, 'build/support/observing/everything.js');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, folder]);
  return stdout + stderr;
}

async function everything(folder: string): Promise<void> {
  for (const name of ['m.gguf', 'b.gguf']) writeFileSync(join(folder, name), `bytes of ${name}`);
  for (const [nth, store] of (['fs', 'journal'] as const).entries()) {
    await using catalog = await openCatalog({ root: join(folder, `root-${nth}`), store });
    await catalog.add(join(folder, 'm.gguf'), { id: 'm' });
    for (const call of [...Object.values(calls), ...Object.values(failingCalls)]) await call(catalog, folder).catch(() => {});
  }
}

if (isCommand(import.meta.url)) await everything(process.argv[2] ?? '');
