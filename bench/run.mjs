import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

// `npm run bench` at the root, which has built what is measured.

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => JSON.parse(fs.readFileSync(here(path), 'utf8'));

/** The peers are those of the lock, whatever lay there before. */
function hasPeers() {
  const { devDependencies } = read('package.json');
  return Object.entries(devDependencies).every(([name, version]) => {
    const path = `node_modules/${name}/package.json`;
    return fs.existsSync(here(path)) && read(path).version === version;
  });
}

function installPeers() {
  console.error('the peers are installed (npm ci in bench/); one of them is compiled, which takes a minute');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here('.'), stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm ci in bench/ ended with ${status}`);
}

if (!hasPeers()) installPeers();
const { main } = await import('./measure/main.mjs');
process.exitCode = await main(process.argv.slice(2));
