import { createInterface } from 'node:readline/promises';
import { CatalogError } from '../core/errors.js';
import { CliRefusal } from './hints.js';
import type { SharedOptions } from './options.js';

type Consent = SharedOptions & { readonly dryRun?: boolean };

const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** CAT-CLI-6202: where nobody can be asked, a verb that destroys fails instead of waiting. */
export function checkConsent({ yes, dryRun }: Consent): void {
  if (yes || dryRun || canAsk()) return;
  throw new CliRefusal(
    'InvalidArgument',
    'this destroys something, and there is no terminal to ask on',
    'say --yes, or look first with --dry-run',
  );
}

/** Asks on the terminal; anything but yes is `Aborted`. */
export async function askConsent(question: string, { yes }: Consent, signal: AbortSignal): Promise<void> {
  if (yes) return;
  // Not as a terminal: then Ctrl-C is a signal, as everywhere else.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed(lines)]);
    if (/^\s*y(es)?\s*$/i.test(answer)) return;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    lines.close();
  }
  throw new CatalogError('Aborted', 'nothing was removed');
}

function closed(lines: { once(event: 'close', listener: () => void): unknown }): Promise<string> {
  return new Promise((resolve) => lines.once('close', () => resolve('')));
}
