import { printable } from '../../src/core/printable.js';
import type { Finding, Fuzzed, FuzzReport } from './fuzz.js';

/** Findings of one kind after the first few are only counted. */
const mostShown = 2;

export function asText({ seed, fuzzed, findings, processes, seconds }: FuzzReport): string {
  const inputs = fuzzed.reduce((sum, one) => sum + one.inputs, 0);
  const found = `${findings.length === 0 ? 'no finding' : `${findings.length} findings`}`;
  const head = ['reader', 'inputs', 'taken', 'slowest ms', 'refused'];
  const rows = fuzzed.map((one) => [one.target, one.inputs, one.taken, one.slowest.ms.toFixed(1), refusals(one)]);
  return [
    aligned([head, ...rows]),
    `${inputs} inputs of seed ${seed} for ${fuzzed.length} readers, ${found}; ${Math.round(inputs / seconds)} a second in ${processes} processes, ${Math.round(seconds)} s`,
    ...kindsOf(findings).flatMap((alike) => [...alike.slice(0, mostShown).map(findingText), ...more(alike)]),
  ].join('\n');
}

/** What was found, and the command that brings it about again. */
export function findingText({ target, seed, number, kind, what, stack }: Finding): string {
  const head = `\n${kind.toUpperCase()} ${target}, input ${number}: ${printable(what)}`;
  const where = framesOf({ stack })
    .slice(0, 5)
    .map((line) => `  ${line}`);
  return [head, ...where, `  ${fuzzCommand({ target, seed, number })}`].join('\n');
}

export function fuzzCommand({ target, seed, number }: Pick<Finding, 'target' | 'seed' | 'number'>): string {
  return `npm run fuzz -- --target '${target}' --seed '${seed}' --only ${number}`;
}

/** Where it was thrown; messages may have lines of their own. */
function framesOf({ stack = '' }: Pick<Finding, 'stack'>): readonly string[] {
  return stack.split('\n').flatMap((line) => (/^ {4}at /.test(line) ? [line.trim()] : []));
}

function kindsOf(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { target, kind, what } = finding;
    const where = framesOf(finding).find((line) => line.includes('/src/'));
    const key = [target, kind, where ?? what.replace(/[0-9]+|".*"/g, '')].join(' ');
    kinds.set(key, [...(kinds.get(key) ?? []), finding]);
  }
  return [...kinds.values()];
}

function more(alike: readonly Finding[]): readonly string[] {
  return alike.length > mostShown ? [`  and ${alike.length - mostShown} more like these`] : [];
}

function refusals({ refused }: Fuzzed): string {
  const sorted = Object.entries(refused).sort(([, a], [, b]) => b - a);
  return sorted.map(([as, count]) => `${as} ${count}`).join(', ');
}

function aligned(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => String(row[at]).length)));
  const last = widths.length - 1;
  const cell = (value: string | number, at: number): string => {
    if (at === last) return String(value);
    return at === 0 ? String(value).padEnd(widths[at] ?? 0) : String(value).padStart(widths[at] ?? 0);
  };
  return rows.map((row) => row.map(cell).join('  ')).join('\n');
}
