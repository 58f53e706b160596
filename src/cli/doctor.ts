import type { Finding } from '../core/findings.js';
import type { DoctorReport } from '../stores/fs/examine.js';
import { examples } from './options.js';
import { printable } from './render.js';
import type { Verb } from './run.js';
import { wrapped } from './wrapping.js';

export const doctor: Verb = {
  onlyReads: true,
  looksAtAnyRoot: true,
  declare(command) {
    command.addHelpText('after', examples('catalog doctor', 'catalog doctor --json'));
  },
  async run({ catalog, options }) {
    const report = await catalog.doctor({ tryDisk: !options.readOnly });
    return {
      document: { report },
      ids: report.findings.map(({ id }) => id),
      lines: ({ columns }) => findingLines(report).flatMap((line) => wrapped(line, columns, '  ')),
      exitCode: report.ok ? 0 : 1,
    };
  },
};

/** For people. */
export function findingLines({ findings }: DoctorReport): string[] {
  if (findings.length === 0) return ['nothing found'];
  return findings.flatMap((finding, place) => [...(place > 0 ? [''] : []), ...paragraph(finding)]);
}

function paragraph({ severity, id, message, remedy }: Finding): string[] {
  return [`${severity}  ${id}`, `  ${message}`, `  remedy: ${remedy}`].map(printable);
}
