import { Option } from 'commander';
import { usualLock } from '../trace/config.js';
import { gateOf } from '../trace/gate.js';
import { examples } from './options.js';
import type { PlainVerb } from './run.js';
import { totalLines } from './trace-report.js';
import { declareConfig, findingLine, type TraceOptions, traced } from './tracing.js';

interface GateOptions extends TraceOptions {
  readonly level: 'MUST' | 'SHOULD';
}

const codes = `
Exit codes: 0 all is met, 1 a scenario failed, 2 usage, 3 a MUST is uncovered, 4 drift, 5 conflict, 6 orphan, 7 vacuous,
8 flaky or a waiver that has expired, 9 nothing ran. The lowest wins.`;

export const traceGate: PlainVerb<GateOptions> = {
  declare(command) {
    declareConfig(command);
    command.addOption(
      new Option('--level <level>', 'from which level on a requirement must be covered').choices(['MUST', 'SHOULD']).default('MUST'),
    );
    command.addHelpText('after', `${codes}\n${examples('catalog trace gate', 'catalog trace gate --level SHOULD')}`);
  },
  async answer(_session, _args, options) {
    const { trace, inputs } = await traced(options);
    const { exitCode, counted, others } = gateOf(trace, options);
    const notes = [
      ...(others.length > 0 ? [`${others.length} more findings do not count: catalog trace gate --json tells them`] : []),
      ...(inputs.lock ? [] : [`there is no ${usualLock}, so nothing was compared with what was accepted: catalog trace accept writes it`]),
    ];
    return {
      document: { report: { exit_code: exitCode, counted, others, totals: trace.totals } },
      ids: counted.flatMap(({ id }) => id ?? []),
      lines: (screen) => [...counted.map(findingLine), ...(counted.length > 0 ? [''] : []), ...totalLines(trace.totals, screen)],
      note: notes.length > 0 ? notes.join('\n') : undefined,
      exitCode,
    };
  },
};
