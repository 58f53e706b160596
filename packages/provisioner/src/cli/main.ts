#!/usr/bin/env node
import { createRequire } from 'node:module';
import { run } from './run.js';

// By the package's own name: the compiled file lies in `dist/`, and for tests elsewhere.
const { version } = createRequire(import.meta.url)('catalog-core-provisioner/package.json') as { version: string };

process.exitCode = await run(process.argv.slice(2), version);
