import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../checks/sources.js';
import type { Change, Job } from '../interrupt/job.js';
import { type Ended, start } from '../interrupt/start.js';
import type { Squeezed } from './crowded.js';

/** Under a limit of the shell, and then no shell any more. */
const limited = (limit: string): readonly string[] => ['sh', '-c', `ulimit ${limit}; exec "$0" "$@"`];
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** A writer that may write files of so many blocks of 512 bytes; node ignores the signal, and gets EFBIG. */
export function writeUnderSizeLimit(root: string, blocks: number, changes: readonly Change[]): Promise<Ended> {
  return start({ role: 'writer', root, changes }, { under: limited(`-f ${blocks}`) }).ended;
}

/** A process that puts with few descriptors left; it may have so many in all. */
export async function squeezeDescriptors(root: string, descriptors: number): Promise<readonly Squeezed[]> {
  const [command = '', ...under] = limited(`-n ${descriptors}`);
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  const program = join(projectRoot, 'build/support/failing/crowded.js');
  const { stdout } = await promisify(execFile)(command, [...under, process.execPath, program, root], { env });
  return JSON.parse(stdout) as readonly Squeezed[];
}

/** A process of a user without rights that reads a catalog, and tells all its steps. */
export function readAsNobody(root: string): Promise<Ended> {
  const never = { act: 'hold', since: 'open', at: { type: 'step', step: Number.MAX_SAFE_INTEGER, when: 'before' } } as const;
  return asNobody({ role: 'reopener', root, readOnly: true, plan: never });
}

export function putAsNobody(root: string, change: Change): Promise<Ended> {
  return asNobody({ role: 'writer', root, changes: [change] });
}

function asNobody(job: Job): Promise<Ended> {
  return start(job, { under: nobody }).ended;
}
