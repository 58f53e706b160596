import { parseArgs } from 'node:util';
import { isCommand } from '../is-command.js';
import { forms } from './errors.js';
import { omissions } from './omissions.js';
import { asTable, complaintAsText } from './report.js';
import { type SweepOptions, scenarioNamed, sweepScenario } from './sweep.js';
import { sweepAll } from './threads.js';

/** `npm run sweep`: every operation meets every error at every step; or one of them, as it was printed (CAT-SIM-5008). */
async function sweep(words: string[]): Promise<number> {
  const { scenario, ...rest } = flagsIn(words);
  const options = optionsOf(rest);
  Error.stackTraceLimit = 0;
  const found = scenario === undefined ? await sweepAll(options) : [await sweepScenario(scenarioNamed(scenario), options)];
  const complaints = found.flatMap((swept) => swept.complaints);
  process.stdout.write(`${[asTable(found), ...complaints.map(complaintAsText)].join('\n')}\n`);
  return complaints.length > 0 || found.every(({ struck }) => struck === 0) ? 1 : 0;
}

type Flags = ReturnType<typeof flagsIn>;

function flagsIn(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string' },
      error: { type: 'string' },
      step: { type: 'string' },
      lasting: { type: 'boolean', default: false },
      after: { type: 'boolean', default: false },
      instead: { type: 'boolean', default: false },
      without: { type: 'string' },
    },
  });
  return values;
}

/** With a step one fault of an error is meant; without, all of them. */
function optionsOf({ error, step, lasting, after, instead, without }: Omit<Flags, 'scenario'>): SweepOptions {
  const wanted = forms.filter(({ errno }) => error === undefined || errno === error);
  const meant = after ? 'after' : instead ? 'instead' : 'before';
  const isMeant = ({ lasts, when }: (typeof forms)[number]): boolean => lasts === lasting && when === meant;
  return {
    forms: step === undefined ? wanted : wanted.filter(isMeant),
    step: step === undefined ? undefined : Number(step),
    without: omissions.find((omission) => omission === without),
  };
}

if (isCommand(import.meta.url)) process.exitCode = await sweep(process.argv.slice(2));
