import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

// `npm run mutation` at the root, which has built what the scenarios start.

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const stryker = here('node_modules/@stryker-mutator/core/bin/stryker.js');

/** The exit code of a command at the root. */
function codeOf(command, words, cwd = here('..')) {
  return spawnSync(command, words, { cwd, stdio: 'inherit' }).status ?? 1;
}

if (!fs.existsSync(stryker)) {
  console.error('Stryker is installed (npm ci in mutation/)');
  const code = codeOf('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--legacy-peer-deps'], here('.'));
  if (code !== 0) process.exit(code);
}
process.exitCode = codeOf(process.execPath, [stryker, 'run', 'mutation/stryker.config.mjs', ...process.argv.slice(2)]);
