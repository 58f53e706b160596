import { spawnSync } from 'node:child_process';

/** How many MiB a process that runs this program had at most. */
export function maxMegabytes(program: string): number {
  // The process's own high water: maxRSS would count what its parent had in memory when it was started.
  const code = `${program};
    const status = (await import('node:fs')).readFileSync('/proc/self/status', 'utf8');
    console.log(/VmHWM:\\s+(\\d+)/.exec(status)[1])`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(stderr);
  return Math.round(Number(stdout) / 1024);
}
