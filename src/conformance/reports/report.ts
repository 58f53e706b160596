import type { CaseResult } from '../case.js';
import type { StoreVerdict } from '../run.js';

/** CAT-CNF-5203: what `reports/conformance.json` holds. */
export interface ConformanceReport {
  readonly schema: 1;
  readonly stores: readonly StoreVerdict[];
}

/** The report of the verdicts on several stores. */
export function reportOf(stores: readonly StoreVerdict[]): ConformanceReport {
  return { schema: 1, stores };
}

/** 0 where no claim was broken and something was shown, 1 where one was broken, 9 where nothing ran. */
export function exitCodeOf({ stores }: ConformanceReport): 0 | 1 | 9 {
  if (stores.some(({ totals }) => totals.fail + totals.error > 0)) return 1;
  return stores.every(({ totals }) => totals.pass === 0) ? 9 : 0;
}

/** For a badge service that reads an address: https://shields.io/badges/endpoint-badge. */
export function badgeOf(verdict: StoreVerdict): object {
  return { schemaVersion: 1, label: `catalog conformance: ${verdict.store}`, ...shownBy(verdict) };
}

/** Only levels all of whose cases ran; what was left out, and what there was no means to show, is told. */
function shownBy({ claims, cases, totals }: StoreVerdict): { readonly message: string; readonly color: string } {
  const broken = totals.fail + totals.error;
  if (broken > 0) return { message: `${broken} broken`, color: 'red' };
  if (totals.pass === 0) return { message: 'nothing ran', color: 'lightgrey' };
  const byLevel = claims.levels.map((level) => ({ level, own: cases.filter((one) => one.level === level) }));
  const ran = byLevel.filter(({ own }) => own.some(isShown) && !own.some(({ status }) => status === 'disabled'));
  const names = ran.map(({ level, own }) => `${level}${limitOf(level, own)}`);
  if (byLevel.some(({ own }) => own.length === 0 || own.some(({ status }) => status === 'disabled')))
    return { message: `partial: ${names.join(', ') || `${totals.pass} shown`}`, color: 'yellow' };
  const isWhole = names.join() === claims.levels.join();
  return { message: names.join(', '), color: isWhole ? 'brightgreen' : 'green' };
}

function limitOf(level: string, own: readonly CaseResult[]): string {
  if (level === 'crash') return own.some((one) => one.id === 'crash.power-cut' && isShown(one)) ? '' : ' (kills only)';
  return own.some(({ status }) => status === 'not-applicable') ? ' (in part)' : '';
}

function isShown({ status }: CaseResult): boolean {
  return status === 'pass';
}
