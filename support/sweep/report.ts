import type { Complaint, Swept } from './sweep.js';

/** What became of every operation, as a table: how often it was done, and how often it was refused with which code. */
export function asTable(all: readonly Swept[]): string {
  const codes = [...new Set(all.flatMap(({ outcomes }) => Object.keys(outcomes)))].sort();
  const rows = all.map(({ scenario, steps, struck, outcomes }) => [scenario, steps, struck, ...codes.map((code) => outcomes[code] ?? 0)]);
  const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);
  const head = ['operation', 'steps', 'struck', ...codes];
  return aligned([head, ...rows, ['all', ...head.slice(1).map((_, at) => sum(at + 1))]]);
}

export function complaintAsText(complaint: Complaint): string {
  const { scenario, strike, step } = complaint;
  const where = `${strike.lasts ? 'from' : 'at'} step ${strike.step} ${strike.lasts ? 'on' : 'once'}`;
  const form = strike.when === 'instead' ? `no bytes taken ${where}` : `${strike.errno} ${where}, ${strike.when} its effect`;
  return `${scenario}, ${form} (${step}): ${complaint.complaint}\n  ${sweepCommand(complaint)}`;
}

/** The command that brings a complaint about again (CAT-SIM-5008). */
export function sweepCommand({ scenario, strike: { errno, lasts, when, step }, without }: Complaint): string {
  const flags = [lasts && '--lasting', when !== 'before' && `--${when}`, without !== undefined && `--without '${without}'`];
  return [`npm run sweep -- --scenario '${scenario}' --error ${errno} --step ${step}`, ...flags.filter(Boolean)].join(' ');
}

function aligned(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => String(row[at]).length)));
  const cell = (value: string | number, at: number): string =>
    at === 0 ? String(value).padEnd(widths[at] ?? 0) : String(value).padStart(widths[at] ?? 0);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
