import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import type { Ended } from './place.js';

/** What is under version control, or will be, as it is now. */
export function copyFresh(folder: string): void {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  for (const path of stdout.split('\0').filter((name) => name !== '' && !name.startsWith('bench/'))) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    cpSync(join(projectRoot, path), join(folder, path));
  }
}

/** As somebody types it there: with the settings of npm that this machine has. */
export function typedIn(folder: string, line: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: withoutOurs(), maxBuffer: 64 * 1024 * 1024 };
    execFile('/bin/bash', ['-c', line], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** What npm tells the scripts that it runs is not for a script of another project. */
function withoutOurs(): NodeJS.ProcessEnv {
  const told = /^(npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix)|NODE_OPTIONS$|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !told.test(name)));
}
