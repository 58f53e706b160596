import { sizeText } from '../core/size-text.js';
import type { CatalogReport, ReportedModel } from './report.js';
import { isGood, type Standing } from './standing.js';

/** What somebody may want to do next, about which models, and the command that does it or shows more. */
export interface Advice {
  readonly text: string;
  /** Some of the models that are meant, the largest first. */
  readonly ids: readonly string[];
  /** How many more are meant. */
  readonly more: number;
  readonly note?: string;
  readonly command: string;
}

const mostNamed = 3;
const oldMs = 90 * 86_400_000;

/** What is wrong, then what is unsure, then what is too much. */
export function adviceOf(report: CatalogReport): Advice[] {
  const { models, made_at, usage } = report;
  const of = (is: (model: ReportedModel) => boolean) => models.filter(is).map(({ id }) => id);
  const drifted = (as: Standing) => of(({ standing, state }) => standing === as && state !== 'Failed');
  return [
    ...about(drifted('missing'), ['has files that are missing', 'have files that are missing'], 'catalog verify --all --quick'),
    ...about(drifted('changed'), ['changed since it was verified', 'changed since they were verified'], 'catalog verify --all --quick'),
    ...about(drifted('unreadable'), ['cannot be looked at', 'cannot be looked at'], 'catalog verify --all --quick'),
    ...about(of(isFailed), ['failed', 'failed'], 'catalog ls --state Failed'),
    ...about(of(isCutShort), ['is cut short or lacks a part', 'are cut short or lack a part']),
    ...about(of(hasOtherWarnings), ['has a header with warnings', 'have headers with warnings']),
    ...about(of(isUnread), ['with bytes was never verified', 'with bytes were never verified'], 'catalog verify --all'),
    ...about(
      of((model) => isOld(model, made_at)),
      ['was verified more than 90 days ago', 'were verified more than 90 days ago'],
      'catalog verify --all',
    ),
    ...tooMuch(usage?.reclaimable_bytes ?? 0, {
      ...{ text: 'can be freed', ids: [], command: 'catalog gc --dry-run' },
      note: 'Nothing needs it; gc leaves what is younger than an hour.',
    }),
    ...tooMuch(duplicateBytes(report), {
      ...{ text: 'lie more than once on this machine', ids: doubled(report), command: 'catalog dedupe --dry-run' },
      note: 'Copies in the root can become links.',
    }),
    ...about(of(canCarryCode), ['can carry code that runs when it is loaded', 'can carry code that runs when they are loaded']),
  ];
}

/** `2 models failed: a, b.` */
export function adviceText({ text, ids, more, note }: Advice): string {
  const names = `${ids.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
  return `${text}${names === '' ? '' : `: ${names}`}.${note === undefined ? '' : ` ${note}`}`;
}

/** As found on the disk; else as far as the records know. */
export function duplicateBytes({ usage, holdings }: CatalogReport): number {
  return usage?.duplicate_bytes ?? holdings.duplicate_bytes;
}

export function counted(models: number): string {
  return `${models.toLocaleString('en')} ${models === 1 ? 'model' : 'models'}`;
}

function about(
  ids: readonly string[],
  [one, many]: readonly [string, string],
  command = `catalog show ${shellWord(ids[0] ?? '')}`,
): Advice[] {
  return ids.length === 0 ? [] : [{ text: `${counted(ids.length)} ${ids.length === 1 ? one : many}`, ...someOf(ids), command }];
}

function tooMuch(bytes: number, advice: Omit<Advice, 'more'>): Advice[] {
  return bytes === 0 ? [] : [{ ...advice, text: `${sizeText(bytes)} ${advice.text}`, ...someOf(advice.ids) }];
}

function someOf(ids: readonly string[]): Pick<Advice, 'ids' | 'more'> {
  return { ids: ids.slice(0, mostNamed), more: Math.max(0, ids.length - mostNamed) };
}

/** The models whose content lies at another place as well. */
function doubled({ duplicates }: CatalogReport): string[] {
  const holders = duplicates.flatMap(({ copies }) => copies.flatMap((copy) => copy.holders));
  return [...new Set(holders.filter(({ kind }) => kind === 'entry').map(({ id }) => id))];
}

const isFailed = ({ state }: ReportedModel): boolean => state === 'Failed';
const isCutShort = ({ warnings }: ReportedModel): boolean => warnings.some(tellsOfAnEnd);
const hasOtherWarnings = ({ warnings }: ReportedModel): boolean => warnings.length > 0 && !warnings.some(tellsOfAnEnd);
const canCarryCode = ({ code_bearing }: ReportedModel): boolean => code_bearing;
const isUnread = ({ bytes, standing, last_verified_at }: ReportedModel): boolean =>
  bytes !== undefined && isGood(standing) && last_verified_at === undefined;

function tellsOfAnEnd(warning: string): boolean {
  return /^(truncated|incomplete): /.test(warning);
}

function isOld({ standing, last_verified_at }: ReportedModel, now: string): boolean {
  return isGood(standing) && last_verified_at !== undefined && Date.parse(now) - Date.parse(last_verified_at) > oldMs;
}

/** As a shell takes it for one word. */
function shellWord(text: string): string {
  return /^[\w./:@+][\w./:@+-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
