import { refusal } from '../core/errors.js';
import type { Coordinate } from './coordinate.js';
import type { EventKind } from './kind.js';

/** What a gate looks at: the event as it would be appended. */
export interface Proposed {
  readonly coordinate: Coordinate;
  readonly kind: EventKind;
  readonly payload: unknown;
  readonly payload_version: number;
  /** How many events its entity has already. */
  readonly entity_version: number;
}

/** What a gate says of an event. */
export type Verdict = { readonly permits: true } | Denial;

/** Why a gate does not let an event pass. */
export interface Denial {
  readonly permits: false;
  readonly code: string;
  readonly message: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** CAT-JRN-3006: a named predicate of the caller's. It must be pure: nothing but what it is shown decides. */
export interface Gate {
  readonly name: string;
  readonly check: (proposed: Proposed) => Verdict;
}

/** What became of one gate, as it is kept with the event and told in the receipt. */
export interface GatePassed {
  readonly gate: string;
  /** Why it was not asked, in the words of whoever went round it. */
  readonly bypassed?: string;
}

/** The denial that a gate stands for which threw instead of judging. */
const defect = 'GATE_DEFECT';

/** A denial, with the gate that said it. */
export interface Denied extends Denial {
  readonly gate: string;
}

export type Judged =
  | { readonly kind: 'passed'; readonly passed: readonly GatePassed[] }
  | { readonly kind: 'denied'; readonly denied: Denied };

/** Asks the gates in their order, up to the first that denies. Those with a reason to be gone round are not asked. */
export function judge(gates: readonly Gate[], proposed: Proposed, bypass: Readonly<Record<string, string>>): Judged {
  const passed: GatePassed[] = [];
  for (const { name, check } of gates) {
    const reason = Object.hasOwn(bypass, name) ? bypass[name] : undefined;
    if (reason !== undefined) {
      passed.push({ gate: name, bypassed: reason });
      continue;
    }
    const verdict = verdictOf(check, proposed);
    if (!verdict.permits) return { kind: 'denied', denied: { ...verdict, gate: name } };
    passed.push({ gate: name });
  }
  return { kind: 'passed', passed };
}

export function checkGates(gates: readonly Gate[], bypass: Readonly<Record<string, string>>): void {
  const names = new Set<string>();
  for (const { name, check } of gates) {
    if (typeof name !== 'string' || name === '' || typeof check !== 'function') {
      throw refusal('InvalidArgument', 'a gate has a name and a function that checks', { argument: 'gates' });
    }
    if (names.has(name)) throw refusal('InvalidArgument', `two gates are called ${name}`, { argument: 'gates' });
    names.add(name);
  }
  for (const [name, reason] of Object.entries(bypass)) {
    if (!names.has(name)) throw refusal('InvalidArgument', `no gate is called ${name}, so it cannot be gone round`, { argument: 'bypass' });
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw refusal('InvalidArgument', `whoever goes round ${name} says why`, { argument: 'bypass' });
    }
  }
}

export function gateDenied({ gate, code, message, context }: Denied): Error {
  return refusal('GateDenied', `gate ${gate} denies it (${code}): ${message}`, { gate, code, message, ...(context && { context }) });
}

function verdictOf(check: Gate['check'], proposed: Proposed): Verdict {
  try {
    const verdict = check(proposed);
    if (verdict?.permits === true) return verdict;
    if (verdict?.permits === false && typeof verdict.code === 'string' && typeof verdict.message === 'string') return verdict;
    return { permits: false, code: defect, message: 'it gave no verdict' };
  } catch (error) {
    return { permits: false, code: defect, message: error instanceof Error ? error.message : String(error) };
  }
}
