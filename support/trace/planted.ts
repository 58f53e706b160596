import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { linesOf } from '../../src/trace/features.js';
import { MessageReader } from '../../src/trace/messages.js';
import type { Trace } from '../../src/trace/trace.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { projectRoot } from '../checks/sources.js';
import { inputsOf } from './project.js';

const specification = '- [REQ-1] Kept\n  - What was acknowledged MUST be there after a power cut.\n';

/** One scenario with our own steps, run by cucumber in a process of its own, and the trace of it. */
export function plantedRun(folder: string, steps: readonly string[]): Trace {
  const text = `Feature: Planted\n  @REQ-1\n  Scenario: A promise is kept\n${steps.map((step) => `    ${step}\n`).join('')}`;
  const path = join(folder, 'planted.feature');
  writeFileSync(path, text);
  const messages = join(folder, 'messages.ndjson');
  // Where these modules are compiled, so are the steps.
  const [ending, loader] = import.meta.url.endsWith('.ts') ? ['ts', ['ts-node/esm']] : ['js', []];
  const config = {
    paths: [path],
    loader,
    import: [`support/world.${ending}`, `steps/crash-exploration.${ending}`],
    format: [`message:${messages}`],
  };
  writeFileSync(join(folder, 'planted.mjs'), `export default ${JSON.stringify(config)};\n`);
  const cucumber = join(projectRoot, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const ran = spawnSync(process.execPath, [cucumber, '--config', relative(projectRoot, join(folder, 'planted.mjs'))], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  if (ran.status !== 1) throw new Error(`it was to fail, and ended with ${ran.status}: ${ran.stderr}${ran.stdout}`);
  const reader = new MessageReader({ id: 'planted', store: undefined, path: 'messages.ndjson' }, linesOf);
  for (const line of readFileSync(messages, 'utf8').split('\n')) reader.take(line);
  const run = reader.read();
  return traceOf(inputsOf({ specification, features: { [run.results[0]?.path ?? '']: text }, runs: [run] }));
}
