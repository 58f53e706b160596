import { CrashExplorer } from '../../src/sim/index.js';
import { isCommand } from '../is-command.js';
import type { Finding } from './found.js';
import { planOf } from './plan.js';
import { experimentOf, nameOf } from './subject.js';

/** `npm run replay -- '{"run":…,"events":…}'`: brings one finding about again, and says what is wrong now (CAT-SIM-5008). */
async function replay(given: string | undefined): Promise<number> {
  if (given === undefined) throw new Error(`give the finding as it was printed: npm run replay -- '{"run":…,"events":…}'`);
  const { run, events }: Pick<Finding, 'run' | 'events'> = JSON.parse(given);
  const complaint = await new CrashExplorer(planOf('quick').options).replay(nameOf(run), experimentOf(run), events);
  const story = events.map((event) => `  ${JSON.stringify(event)}`).join('\n');
  process.stdout.write(`${nameOf(run)}\n${story}\n${complaint ?? 'nothing is wrong'}\n`);
  return complaint === undefined ? 0 : 1;
}

if (isCommand(import.meta.url)) process.exitCode = await replay(process.argv[2]);
