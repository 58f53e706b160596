import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { isCommand } from '../is-command.js';
import { describeReport, keepingDamage, type Report, runKillCycles } from './kill-cycles.js';

/**
 * The long form of the kill cycles: `npm run kill-cycles -- --cycles 5000 --writers 4 --seed N`. Ends with 0 when every cycle was
 * green, with 1 at the first that was not, whose root is kept, and with 2 when it was asked wrongly.
 */
async function main(words: string[]): Promise<number> {
  const asked = askedFor(words);
  if (asked === undefined) return 2;
  console.log(`seed ${asked.seed}, ${asked.cycles} cycles, ${asked.writers} writers`);
  const began = performance.now();
  const tell = (report: Report): void => console.log(describeReport(report, performance.now() - began));
  const onCycle = (report: Report): void => {
    if (report.cycles % 100 === 0 && report.cycles < asked.cycles) tell(report);
  };
  try {
    tell(await keepingDamage((root) => runKillCycles({ ...asked, root, onCycle })));
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

interface Asked {
  readonly cycles: number;
  readonly writers: number;
  readonly seed: string;
  readonly lockDisabled: boolean;
  readonly only?: number;
}

function askedFor(words: string[]): Asked | undefined {
  try {
    const text = { type: 'string' } as const;
    const options = { cycles: text, writers: text, seed: text, only: text, 'lock-disabled': { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: words, options });
    const { cycles = '200', writers = '4', seed = String(randomInt(1_000_000)), only } = values;
    return {
      cycles: count('cycles', cycles),
      writers: count('writers', writers, 16),
      seed,
      lockDisabled: values['lock-disabled'] ?? false,
      ...(only === undefined ? {} : { only: count('only', only) }),
    };
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

function count(name: string, text: string, most = 1_000_000): number {
  if (!/^[1-9][0-9]*$/.test(text) || Number(text) > most) throw new Error(`--${name} is a whole number from 1 to ${most}, not ${text}`);
  return Number(text);
}

if (isCommand(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
