import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';

export interface RanProvision {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command of the provisioner with this environment alone. */
export async function runProvision(given: readonly string[], env: Readonly<Record<string, string>>): Promise<RanProvision> {
  const command = join(projectRoot, 'packages/provisioner/dist/cli/main.js');
  const child = spawn(process.execPath, [command, ...given], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}
