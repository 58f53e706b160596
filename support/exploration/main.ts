import { parseArgs } from 'node:util';
import { isCommand } from '../is-command.js';
import { explorePlan } from './explore.js';
import type { PlanName } from './plan.js';
import { asText, lockedOutcomes, writeReport } from './report.js';

const options = {
  full: { type: 'boolean', default: false },
  journal: { type: 'boolean', default: false },
  threads: { type: 'string' },
} as const;

/** `npm run explore`: every short history, crashed at every step; `--full` for three operations and other disks, `--journal` of a journal. */
async function explore(words: string[]): Promise<number> {
  const { values } = parseArgs({ args: words, options });
  const length = values.full ? 'full' : 'quick';
  const plan: PlanName = values.journal ? `${length} journal` : length;
  const found = await explorePlan(plan, values.threads === undefined ? undefined : Number(values.threads));
  writeReport(found);
  const locked = lockedOutcomes(plan);
  process.stdout.write(`${asText(found)}\nthe lock holds ${locked} outcomes\n`);
  return found.illegal > 0 || found.outcomes !== locked ? 1 : 0;
}

if (isCommand(import.meta.url)) process.exitCode = await explore(process.argv.slice(2));
