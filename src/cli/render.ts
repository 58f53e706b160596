import { styleText } from 'node:util';
import { printable } from '../core/printable.js';
import { type EngineEntry, type ModelEntry, metadataIn } from '../core/records.js';
import { sizeText } from '../core/size-text.js';
import type { VerificationOutcome } from '../core/verification.js';
import type { Drift } from '../drift.js';
import type { CatalogEntry } from '../fleet-entries.js';
import type { ModelLease } from '../leases-of.js';
import { shortened, widthOf } from './cells.js';
import { wrapped } from './wrapping.js';

export { printable, sizeText };

/** Where text goes. `columns` is unknown where nobody looks at it. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly color: boolean;
  readonly columns: number | undefined;
}

type Style = Parameters<typeof styleText>[0];

/** The worst last. */
const driftReasons: readonly Drift['reason'][] = ['changed', 'unreadable', 'missing'];

const gap = '  ';
const leastWidth = 8;
/** What comes after the first column gives way to it so far. */
const modestWidth = 12;
/** Where nobody looks nothing is cut; but one long text does not pad every row. */
const mostPadding = 60;
const styles: Readonly<Record<string, Style>> = {
  Active: 'green',
  Pending: 'yellow',
  Retired: 'gray',
  Failed: 'red',
  verified: 'green',
  warned: 'yellow',
  pass: 'green',
  warn: 'yellow',
  fail: 'red',
  changed: 'yellow',
  unreadable: 'red',
  missing: 'red',
};

/** One line of JSON that is safe on a terminal too. What JSON leaves as it is and does not print stands within strings only. */
export function jsonLine(document: unknown): string {
  const json = JSON.stringify(document, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** `3 d`, `5 h`, `12 min`, `40 s`: how long ago, roughly. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** A table with upper-case heads, as wide as the screen; columns whose head begins with `>` are aligned to the right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], screen: Screen): string[] {
  if (rows.length === 0) return [];
  const names = heads.map((head) => head.replace('>', ''));
  const cells = rows.map((row) => row.map(printable));
  const wanted = names.map((name, column) => widest([name, ...cells.map((row) => row[column] ?? '')]));
  const widths = screen.columns === undefined ? wanted.map((width) => Math.min(width, mostPadding)) : narrowed(wanted, screen.columns);
  const shown = (cell: string, width: number) => (screen.columns === undefined ? cell : shortened(cell, width));
  const line = (row: readonly string[], paint: (text: string) => string) =>
    row
      .map((cell, column) =>
        aligned(shown(cell, widths[column] ?? 0), widths[column] ?? 0, { paint, right: heads[column]?.startsWith('>') ?? false }),
      )
      .join(gap)
      .trimEnd();
  return [line(names, (text) => painted(text, 'bold', screen)), ...cells.map((row) => line(row, (text) => stateText(text, screen)))];
}

/** `name  value` lines; what is undefined is left out. A value that is too long for the screen goes on below itself. */
export function keyValues(pairs: readonly (readonly [string, string | undefined])[], screen: Screen): string[] {
  const there = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const width = widest(there.map(([key]) => printable(key)));
  const hang = ' '.repeat(width + gap.length);
  return there.flatMap(([key, value]) => {
    const name = aligned(printable(key), width, { paint: (text) => painted(text, 'bold', screen) });
    return wrapped(`${name}${gap}${stateText(printable(value), screen)}`, screen.columns, hang);
  });
}

/** `tinyllama  Active  warned  4.37 GB  copy  sha256:12ab…` */
export function modelLine(entry: ModelEntry, screen: Screen, ...more: readonly string[]): string {
  const { id, state, trust_state, bytes, mode, digest } = entry;
  const size = bytes === undefined ? undefined : sizeText(bytes);
  return joined([id, state, trust_state, size, mode, digest && shortDigest(digest), ...more], screen);
}

/** What drifted is told instead of the trust that its content had (CAT-ADO-2203); names and pins, where there are any that tell something. */
export function modelTable(entries: readonly CatalogEntry[], screen: Screen, drift: readonly Drift[] = []): string[] {
  const reasons = worstOf(drift);
  const hasNames = entries.some(({ id, name }) => name !== id);
  const hasPins = entries.some(isPinned);
  const row = (entry: CatalogEntry) => [
    entry.id,
    entry.state,
    reasons.get(entry.id) ?? entry.trust_state,
    optionalSize(entry.bytes),
    entry.mode ?? (entry.fleet === undefined ? '-' : 'fleet'),
    ...(hasPins ? [isPinned(entry) ? 'pinned' : ''] : []),
    ...(hasNames ? [entry.name] : []),
  ];
  const heads = ['ID', 'STATE', 'TRUST', '>SIZE', 'MODE', ...(hasPins ? ['PIN'] : []), ...(hasNames ? ['NAME'] : [])];
  return table(heads, entries.map(row), screen);
}

const isPinned = ({ pins = [] }: ModelEntry): boolean => pins.length > 0;

/** What is worst of the files of each model. */
function worstOf(drift: readonly Drift[]): ReadonlyMap<string, Drift['reason']> {
  return new Map(driftReasons.flatMap((reason) => drift.filter((one) => one.reason === reason)).map(({ id, reason }) => [id, reason]));
}

/** What is known of a model beside its record. */
export interface Beside {
  readonly revision: number;
  readonly drift: readonly Drift[];
  readonly leases: readonly ModelLease[];
  /** Where it belongs that is the fleet's. */
  readonly fleet?: string | undefined;
}

export function modelDetails(entry: ModelEntry, { revision, drift, leases, fleet }: Beside, screen: Screen): string[] {
  const { id, name, state, trust_state, source, ref, digest, digest_source, declared, bytes, mode, local_path, files = [] } = entry;
  const { registered_at, verified_at, labels = {}, metadata = {}, pins = [], adopted_from } = entry;
  const { warnings: _, ...said } = metadata;
  return keyValues(
    [
      ['id', id],
      ['name', name],
      ['state', state],
      ['trust', worstOf(drift).get(id) ?? trust_state],
      ...drift.map(({ reason, path }) => [reason, path] as const),
      ['source', source],
      ['ref', ref],
      ['digest', digest && `${digest}${digest_source ? ` (${digest_source})` : ''}`],
      ['declared', declared],
      ['size', bytes === undefined ? undefined : `${sizeText(bytes)} (${bytes} bytes)`],
      ['mode', mode],
      ['path', local_path],
      ['registered', registered_at],
      ['verified', verified_at],
      ['adopted from', adopted_from && `${adopted_from.tool} ${adopted_from.path}`],
      ...Object.entries(labels).map(([key, value]) => ['label', `${key}=${value}`] as const),
      ...Object.entries(said).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const),
      ...warningsOf(entry).map((warning) => ['warning', warning] as const),
      ...pins.map(({ reason, since }) => ['pin', `${reason} (since ${since})`] as const),
      ...leases.map(({ holder, expires_at }) => ['lease', `${holder} (until ${expires_at})`] as const),
      ...(files.length > 1 ? files : []).map((file) => ['file', `${file.path}  ${sizeText(file.bytes)}  ${file.digest}`] as const),
      ['fleet', fleet],
      ['revision', String(revision)],
    ],
    screen,
  );
}

/** `warning  truncated: model.gguf ends within its header`, and that it bears code; `of` says whose they are where that is not plain. */
export function warningLines(entry: Pick<ModelEntry, 'metadata'>, screen: Screen, of?: string): string[] {
  const { code_bearing = false } = entry.metadata ?? {};
  const code = code_bearing ? ['code_bearing: who loads it with its own tools runs what it says'] : [];
  return [...warningsOf(entry), ...code].map((warning) => joined(['warning', of, warning], screen));
}

const warningsOf = (entry: Pick<ModelEntry, 'metadata'>): readonly string[] => metadataIn(entry).warnings ?? [];

export function engineTable(entries: readonly EngineEntry[], screen: Screen): string[] {
  const row = ({ id, engine, version, build_ref, created_ms }: EngineEntry) => [
    id,
    engine,
    version,
    build_ref ?? '-',
    dateText(created_ms),
  ];
  return table(['ID', 'ENGINE', 'VERSION', 'BUILD', 'CREATED'], entries.map(row), screen);
}

export function engineDetails(entry: EngineEntry, revision: number, screen: Screen): string[] {
  const { id, engine, version, build_ref, digest, build_flags = [], artifacts, binary_path, sampler_profile_version, created_ms } = entry;
  return keyValues(
    [
      ['id', id],
      ['engine', engine],
      ['version', version],
      ['build', build_ref],
      ['digest', digest],
      ['binary', binary_path],
      ['sampler profile', sampler_profile_version],
      ...build_flags.map((flag) => ['flag', flag] as const),
      ...artifacts.map((artifact) => ['artifact', artifact] as const),
      ['created', dateText(created_ms)],
      ['revision', String(revision)],
    ],
    screen,
  );
}

/** `tinyllama  pass  4.37 GB  3.2 s  sha256:12ab…`; a failure says what was wanted and what was found. */
export function outcomeLine(id: string, outcome: VerificationOutcome, screen: Screen): string {
  const { kind, reason, expected, actual, bytes, duration_ms, method } = outcome;
  const compared = kind === 'fail' ? [expected && `expected ${expected}`, actual && `found ${actual}`] : [actual && shortDigest(actual)];
  const how = method === 'quick' ? 'quick: unchanged since it was verified' : `${(duration_ms / 1000).toFixed(1)} s`;
  return joined([id, kind, reason, sizeText(bytes), how, ...compared], screen);
}

export function optionalSize(bytes: number | undefined): string {
  return bytes === undefined ? '-' : sizeText(bytes);
}

function shortDigest(digest: string): string {
  return `${digest.slice(0, digest.indexOf(':') + 13)}…`;
}

function dateText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function joined(parts: readonly (string | undefined)[], screen: Screen): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) => stateText(printable(part), screen))
    .join(gap);
}

function stateText(text: string, screen: Screen): string {
  const style = Object.hasOwn(styles, text) ? styles[text] : undefined;
  return style === undefined ? text : painted(text, style, screen);
}

function painted(text: string, style: Style, screen: Screen): string {
  return screen.color && text !== '' ? styleText(style, text) : text;
}

function aligned(text: string, width: number, how: { paint: (text: string) => string; right?: boolean }): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return how.right ? space + how.paint(text) : how.paint(text) + space;
}

/** Columns give way until the line fits, as far as something of them remains: those after the first before it, the widest first. */
function narrowed(widths: readonly number[], columns: number): readonly number[] {
  const result = [...widths];
  const total = result.reduce((sum, width) => sum + width, (result.length - 1) * gap.length);
  for (let over = total - columns; over > 0; over--) {
    const column = givingWay(result);
    if (column === undefined) break;
    result[column] = (result[column] ?? 0) - 1;
  }
  return result;
}

function givingWay([first = 0, ...others]: readonly number[]): number | undefined {
  const most = Math.max(0, ...others);
  const other = others.indexOf(most) + 1;
  if (most > modestWidth) return other;
  if (first > Math.max(most, leastWidth)) return 0;
  return most > leastWidth ? other : undefined;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}
