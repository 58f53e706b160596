import { sizeText } from '../core/size-text.js';
import type { CatalogReport } from './report.js';

/** What somebody may want to do next, and the command that does it or shows more. */
export interface Advice {
  readonly text: string;
  readonly command: string;
}

export function adviceOf(report: CatalogReport): Advice[] {
  const { states, verified, models, usage } = report;
  const failed = named(states, 'Failed');
  const never = models.filter(({ bytes, last_verified_at }) => bytes !== undefined && last_verified_at === undefined).length;
  const old = named(verified, 'earlier');
  const freed = usage?.reclaimable_bytes ?? 0;
  const duplicate = duplicateBytes(report);
  const carrying = models.filter(({ code_bearing }) => code_bearing).length;
  const all: readonly (Advice & { readonly if: boolean })[] = [
    { if: failed > 0, text: `${counted(failed)} failed.`, command: 'catalog ls --state Failed' },
    { if: never > 0, text: `${counted(never)} with bytes ${was(never)} never verified.`, command: 'catalog verify --all' },
    { if: old > 0, text: `${counted(old)} ${was(old)} verified more than 90 days ago.`, command: 'catalog verify --all' },
    { if: freed > 0, text: `${sizeText(freed)} can be freed: nothing needs it.`, command: 'catalog gc --dry-run' },
    { if: duplicate > 0, text: `${sizeText(duplicate)} lie more than once on this machine.`, command: 'catalog df' },
    { if: carrying > 0, text: `${counted(carrying)} can carry code that runs when it is loaded.`, command: 'catalog ls' },
  ];
  return all.filter((advice) => advice.if).map(({ text, command }) => ({ text, command }));
}

/** As found on the disk; else as far as the records know. */
export function duplicateBytes({ usage, holdings }: CatalogReport): number {
  return usage?.duplicate_bytes ?? holdings.duplicate_bytes;
}

export function counted(models: number): string {
  return `${models.toLocaleString('en')} ${models === 1 ? 'model' : 'models'}`;
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function named(shares: CatalogReport['states'] | CatalogReport['verified'], name: string): number {
  return shares.find((share) => share.name === name)?.models ?? 0;
}
