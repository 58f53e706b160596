import { join } from 'node:path';
import { outputsOf } from '../trace/outputs.js';
import { statuses, type Totals } from '../trace/trace.js';
import { examples } from './options.js';
import { keyValues, printable, type Screen } from './render.js';
import type { PlainVerb } from './run.js';
import { declareConfig, type TraceOptions, traced, written } from './tracing.js';

/** Tells and writes; what is wrong is for the gate to judge. */
export const traceReport: PlainVerb<TraceOptions> = {
  declare(command) {
    declareConfig(command);
    command.addHelpText('after', examples('catalog trace report', 'catalog trace report --config other/trace.config.json --json'));
  },
  async answer(_session, _args, options) {
    const project = await traced(options);
    const files: string[] = [];
    for (const { name, text } of outputsOf(project.trace)) files.push(await written(project, join(project.config.reports, name), text));
    const { totals } = project.trace;
    return {
      document: { report: { files, totals } },
      ids: files,
      lines: (screen) => [...totalLines(totals, screen), '', ...files.map(printable)],
    };
  },
};

export function totalLines({ requirements, must, scenarios }: Totals, screen: Screen): string[] {
  const counted = (counts: Readonly<Record<string, number>>, names: readonly string[]) =>
    names.flatMap((name) => ((counts[name] ?? 0) > 0 ? [`${counts[name]} ${name}`] : [])).join(', ') || 'none';
  return keyValues(
    [
      ['requirements', counted(requirements, statuses)],
      ['of these MUST', counted(must, statuses)],
      ['scenarios', counted(scenarios, Object.keys(scenarios))],
    ],
    screen,
  );
}
