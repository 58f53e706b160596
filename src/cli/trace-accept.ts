import { acceptedLock } from '../trace/accept.js';
import { usualLock } from '../trace/config.js';
import { lockLine, lockText } from '../trace/lock.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable } from './render.js';
import type { PlainVerb } from './run.js';
import { declareConfig, type TraceOptions, traced, written } from './tracing.js';

export const traceAccept: PlainVerb<TraceOptions> = {
  declare(command) {
    command.argument('[requirements...]', 'their ids; by default all');
    declareConfig(command);
    command.addHelpText('after', examples('catalog trace accept', 'catalog trace accept CAT-INT-3301'));
  },
  async answer(_session, args, options) {
    const ids = args.flat();
    const project = await traced(options, { mayLackLock: true });
    const before = project.inputs.lock ?? new Map();
    const stranger = ids.find(
      (id) => !project.trace.requirements.some((one) => one.id === id) && ![...before.keys()].some((key) => key.split('#')[0] === id),
    );
    if (stranger !== undefined)
      throw new CliRefusal('InvalidArgument', `no requirement is named ${stranger}`, 'check the spelling; without ids all is accepted');
    const lines = acceptedLock(project.trace, before, ids);
    const path = await written(project, project.config.lock ?? usualLock, lockText(lines));
    const now = new Map(lines.map((line) => [line.id, lockLine(line)]));
    const old = new Map([...before].map(([id, line]) => [id, lockLine(line)]));
    const changed = [...new Set([...old.keys(), ...now.keys()])].filter((id) => old.get(id) !== now.get(id)).sort();
    return {
      document: { report: { path, changed } },
      ids: changed,
      lines: () =>
        changed
          .flatMap((id) => [...(old.has(id) ? [`- ${old.get(id)}`] : []), ...(now.has(id) ? [`+ ${now.get(id)}`] : [])])
          .map(printable),
      note: changed.length === 0 ? `${path} was as it is` : `${path} is written: put it under version control`,
    };
  },
};
