#!/usr/bin/env node
import { createRequire } from 'node:module';

const given = process.argv.slice(2);

// CAT-PRF-6413: the version is told before anything else is loaded.
if (given.length === 1 && (given[0] === '--version' || given[0] === '-V')) {
  process.stdout.on('error', async (error) => (await import('./output.js')).endWithoutOutput(error, {}));
  process.stdout.write(`${version()}\n`);
} else if (given[0] === '__complete') {
  await (await import('./complete.js')).complete(given.slice(1));
} else {
  const { main } = await import('./program.js');
  process.exitCode = await main(given, version());
}

/** By the package's own name: the compiled file lies in `dist/`, and for tests in `build/src/`. */
function version(): string {
  const load = createRequire(import.meta.url);
  return (load('catalog-core/package.json') as { version: string }).version;
}
