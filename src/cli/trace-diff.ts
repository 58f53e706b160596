import { resolve } from 'node:path';
import { jsonIn } from '../core/json.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { readFileIfThere } from '../disk/whole-file.js';
import { type Change, differenceOf } from '../trace/difference.js';
import type { Trace } from '../trace/trace.js';
import { differenceText, withoutMark } from '../trace/words.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable } from './render.js';
import type { PlainVerb } from './run.js';
import { asUsage, declareConfig, type TraceOptions, traced } from './tracing.js';

export const traceDiff: PlainVerb<TraceOptions> = {
  declare(command) {
    command.argument('<file>', 'a traceability.json').argument('[file]', 'another; by default what is there now');
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
      lines: () => (changes.length === 0 ? ['nothing changed'] : changes.flatMap(changeLines).map(printable)),
    };
  },
};

async function readTrace(path: string): Promise<Pick<Trace, 'requirements' | 'scenarios'>> {
  const bytes = await asUsage(run(readFileIfThere(resolve(path)), defaultDisk));
  const found = bytes && comparedIn(bytes.toString('utf8'));
  if (found !== undefined) return found;
  throw new CliRefusal('InvalidArgument', `${path} is no traceability.json`, 'give what `catalog trace report` has written');
}

/** What a comparison looks at of a `traceability.json`; `undefined` where a text is none. */
export function comparedIn(text: string): Pick<Trace, 'requirements' | 'scenarios'> | undefined {
  const found = jsonIn(withoutMark(text));
  return isCompared(found) ? found : undefined;
}

/** As far as a comparison looks at it. */
function isCompared(found: unknown): found is Pick<Trace, 'requirements' | 'scenarios'> {
  if (!isObject(found) || found.schema !== 1 || !Array.isArray(found.requirements) || !Array.isArray(found.scenarios)) return false;
  const isRequirement = (one: unknown): boolean =>
    isObject(one) &&
    ['id', 'title', 'text', 'hash', 'status'].every((name) => typeof one[name] === 'string') &&
    Array.isArray(one.scenarios) &&
    one.scenarios.every((id) => typeof id === 'string');
  const isScenario = (one: unknown): boolean =>
    isObject(one) &&
    typeof one.id === 'string' &&
    typeof one.name === 'string' &&
    isObject(one.place) &&
    typeof one.place.path === 'string';
  return found.requirements.every(isRequirement) && found.scenarios.every(isScenario);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
