import { resolve } from 'node:path';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { readFileIfThere } from '../disk/whole-file.js';
import { type Change, differenceOf } from '../trace/difference.js';
import type { Trace } from '../trace/trace.js';
import { differenceText } from '../trace/words.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import type { PlainVerb } from './run.js';
import { asUsage, declareConfig, type TraceOptions, traced } from './tracing.js';

export const traceDiff: PlainVerb<TraceOptions> = {
  declare(command) {
    command.argument('<a>', 'a traceability.json').argument('[b]', 'another; by default what is there now');
    declareConfig(command);
    command.addHelpText('after', examples('catalog trace diff old/traceability.json', 'catalog trace diff old.json new.json --json'));
  },
  async answer(_session, [a = '', b], options) {
    const before = await readTrace(a);
    const now = b === undefined ? (await traced(options)).trace : await readTrace(b);
    const changes = differenceOf(before, now);
    return {
      document: { changes },
      ids: changes.map(({ id }) => id),
      lines: () => (changes.length === 0 ? ['nothing changed'] : changes.flatMap(changeLines)),
    };
  },
};

async function readTrace(path: string): Promise<Pick<Trace, 'requirements' | 'scenarios'>> {
  const bytes = await asUsage(run(readFileIfThere(resolve(path)), defaultDisk));
  const found = bytes && parsed(bytes.toString('utf8'));
  if (found?.schema === 1 && Array.isArray(found.requirements) && Array.isArray(found.scenarios)) return found as Trace;
  throw new CliRefusal('InvalidArgument', `${path} is no traceability.json`, 'give what `catalog trace report` has written');
}

function parsed(text: string): Partial<Trace> | undefined {
  try {
    return JSON.parse(text) as Partial<Trace>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function changeLines({ id, kind, before, now, words, scenarios }: Change): string[] {
  const status = before === now ? `${now}` : `${before ?? 'absent'} → ${now ?? 'absent'}`;
  return [
    `${id}  ${kind}  ${status}`,
    ...(words.length > 0 ? [`  ${differenceText(words)}`] : []),
    ...scenarios.went.map((name) => `  - ${name}`),
    ...scenarios.came.map((name) => `  + ${name}`),
  ];
}
