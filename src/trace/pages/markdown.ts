import { printable } from '../../core/printable.js';
import type { Finding, Requirement, Trace } from '../trace.js';
import { placeText } from './overview.js';
import { apart, byGravity, counted, fromTheBest, meanings, total } from './words.js';

/** The trace for readers of plain text and of pull requests: totals, findings, and every requirement in a line. */
export function markdownOf(trace: Trace): string {
  const { title, totals } = trace;
  const all = total(totals.requirements);
  const parts = [
    `# ${text(title)}: traceability`,
    `**${totals.requirements.verified} of ${counted(all, 'requirement')} verified**: green, and shown to fail when it is broken.`,
    table(
      ['Status', 'All', 'MUST', ''],
      fromTheBest
        .filter((status) => totals.requirements[status] > 0)
        .map((status) => [status, String(totals.requirements[status]), String(totals.must[status]), meanings[status]]),
    ),
    '## What the gate finds',
    ...findingsOf(trace.findings),
    '## Requirements',
    requirementsTable(trace),
  ];
  return `${parts.join('\n\n')}\n`;
}

function findingsOf(findings: readonly Finding[]): string[] {
  const counting = findings.filter(({ counts }) => counts);
  const rest = findings.length - counting.length;
  const more = rest > 0 ? [`${rest} more ${rest === 1 ? 'is' : 'are'} told and not counted.`] : [];
  if (counting.length === 0) return ['The gate is met: nothing that it counts was found.', ...more];
  return [...byGravity(counting).map(([kind, found]) => [`### ${kind}`, '', ...found.map(findingLine)].join('\n')), ...more];
}

function findingLine({ message, places }: Finding): string {
  const where = places.map((place) => code(placeText(place))).join(', ');
  return `- ${text(message)}${where === '' ? '' : ` (${where})`}`;
}

function requirementsTable(trace: Trace): string {
  const stores = apart(trace);
  const row = ({ id, title, level, status, byRun, scenarios, caught }: Requirement) => [
    `${code(id)} ${text(title)}`,
    level,
    status === 'verified' || status === 'passing' ? status : `**${status}**`,
    ...stores.map((store) => byRun[store] ?? ''),
    String(scenarios.length),
    String(caught.length),
  ];
  return table(['Requirement', 'Level', 'Status', ...stores.map(text), 'Examples', 'Caught'], trace.requirements.map(row));
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Text that is no markup, on one line and in one cell. */
function text(given: string): string {
  return printable(given.replaceAll(/\s+/g, ' ')).replaceAll(/[\\`*_[\]<>|~&@]/g, (character) => `\\${character}`);
}

function code(given: string): string {
  return `\`${printable(given).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
