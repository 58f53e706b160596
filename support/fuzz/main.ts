import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../checks/sources.js';
import { isCommand } from '../is-command.js';
import { chosenBy, fuzz } from './fuzz.js';
import { inputOf } from './inputs.js';
import { judgedAlone } from './judging.js';
import { asText } from './report.js';
import type { FuzzTarget } from './target.js';

/** `npm run fuzz` (CAT-SEC-6003): hostile inputs for every reader; `--inputs`, `--seed`, `--target`, and `--only` for one input again. */
async function main(words: string[]): Promise<number> {
  const { values } = parseArgs({
    args: words,
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      target: { type: 'string', multiple: true },
      only: { type: 'string' },
      processes: { type: 'string' },
    },
  });
  const { seed, target: names, only } = values;
  if (only !== undefined) return readOne(chosenBy(names), seed, Number(only));
  const report = await fuzz({
    ...{ inputs: Number(values.inputs), seed },
    ...(names && { names }),
    ...(values.processes && { processes: Number(values.processes) }),
  });
  process.stdout.write(`${asText(report)}\n`);
  return report.findings.length === 0 ? 0 : 1;
}

/** Reads one input alone, and leaves its bytes in `reports/fuzz-input`. */
async function readOne([target]: readonly FuzzTarget[], seed: string, number: number): Promise<number> {
  if (target === undefined) throw new Error('say of which --target');
  const input = inputOf(target, seed, number);
  const verdict = await judgedAlone({ target: target.name, seed, number });
  mkdirSync(join(projectRoot, 'reports'), { recursive: true });
  writeFileSync(join(projectRoot, 'reports/fuzz-input'), input.bytes);
  console.log(`${input.bytes.byteLength} bytes, made of the seed ${input.seed}, are in reports/fuzz-input`);
  console.dir(verdict, { depth: 6 });
  return verdict.kind === 'read' && verdict.tally.faults.length === 0 ? 0 : 1;
}

if (isCommand(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
