import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../checks/sources.js';
import { npm, unlessNoRegistry } from './npm.js';

const kept = join(projectRoot, 'node_modules/.cache/catalog-core-nodes');

/** The program of this Node for this machine, fetched from the registry once and kept; undefined where none can be fetched. */
export async function nodeOf(version: string): Promise<string | undefined> {
  const program = join(kept, version, 'node');
  return existsSync(program) ? program : unlessNoRegistry(() => fetched(version, program));
}

/** The packages that hold the program alone are used: `node` itself would run a script to choose among them. */
async function fetched(version: string, program: string): Promise<string> {
  await mkdir(join(kept, version), { recursive: true });
  const work = await mkdtemp(join(kept, 'fetching-'));
  try {
    const said = await npm(['pack', '--json', '--prefer-offline', `node-${process.platform}-${process.arch}@${version}`], work);
    const [only] = Object.values(JSON.parse(said) as Record<string, { readonly filename: string }>);
    if (only === undefined) throw new Error(`npm gave no Node ${version}: ${said}`);
    await promisify(execFile)('tar', ['-xzf', only.filename, 'package/bin/node'], { cwd: work });
    await rename(join(work, 'package/bin/node'), program);
    return program;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
