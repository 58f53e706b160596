import { type KnownEvents, type NewEvent, type PlannedEvent, type Planning, planAppend } from './appending.js';
import type { Denied } from './gates.js';
import { kind } from './kind.js';
import type { OpenReport } from './open.js';

/** The events that the journal makes itself. */
const openings = { coordinate: { entity: 'journal', scope: 'lifecycle' }, kind: kind(0x0, 0x008) };
const denials = { coordinate: { entity: 'journal', scope: 'denials' }, kind: kind(0x0, 0x00f) };

/** CAT-JRN-3305: says what opening found. */
export const openingEvent = (report: OpenReport): NewEvent => ({ ...openings, payload: report });

/** CAT-JRN-3006: says who denied an append, and why. */
export const denialEvent = (denied: Denied): NewEvent => ({ ...denials, payload: asPayload(denied) });

export function planOwn(event: NewEvent, known: KnownEvents, { newId, clock }: Pick<Planning, 'newId' | 'clock'>): readonly PlannedEvent[] {
  const plan = planAppend([event], { known, gates: [], newId, clock, isOwn: true });
  return plan.kind === 'append' ? plan.events : [];
}

/** A denial without its context, where JSON cannot say that. */
function asPayload(denied: Denied): Denied {
  try {
    JSON.stringify(denied);
    return denied;
  } catch {
    const { context: _context, ...rest } = denied;
    return rest;
  }
}
