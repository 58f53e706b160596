import type { Trace } from '../trace.js';
import { total } from './words.js';

/** As an endpoint of shields.io takes it. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
}

/** How much of what MUST hold is verified; red where the gate is not met. */
export function badgeOf({ totals, findings }: Trace): Badge {
  const [verified, all] = [totals.must.verified, total(totals.must)];
  const message = all === 0 ? 'no requirements' : `${verified}/${all} MUST verified`;
  const isMet = !findings.some(({ counts }) => counts);
  return { schemaVersion: 1, label: 'requirements', message, color: isMet ? colourOf(verified, all) : 'red' };
}

function colourOf(verified: number, all: number): string {
  if (all === 0) return 'lightgrey';
  return verified === all ? 'brightgreen' : 'blue';
}
