import { shownId } from './catalog-context.js';
import { refusal } from './core/errors.js';
import type { ModelEntry } from './core/records.js';
import { redactText, redactUrl } from './core/redact.js';
import type { VerificationOutcome } from './core/verification.js';
import type { Facts, OperationKind } from './observe/channels.js';

export interface Operation {
  /** As the history names it; the name of the method where it says nothing else. */
  readonly operation?: string;
  /** Absent where it only looks. */
  readonly kind?: OperationKind;
  /** What the message begins with where the disk fails. */
  readonly doing: string;
}

const look = { doing: 'could not look' } as const;

/** What the methods of a catalog do. */
export const operations = {
  register: { kind: 'register', doing: 'could not register' },
  add: { kind: 'add', doing: 'could not add' },
  adopt: { kind: 'adopt', doing: 'could not adopt' },
  verify: { kind: 'verify', doing: 'could not verify' },
  put: { kind: 'update', doing: 'could not put' },
  state: { kind: 'update', doing: 'could not change' },
  pin: { kind: 'update', doing: 'could not pin' },
  unpin: { kind: 'update', doing: 'could not unpin' },
  delete: { operation: 'rm', kind: 'delete', doing: 'could not remove' },
  evict: { operation: 'rm', kind: 'evict', doing: 'could not remove' },
  gc: { kind: 'gc', doing: 'could not collect' },
  dedupe: { kind: 'update', doing: 'could not replace copies' },
  'engine add': { kind: 'add', doing: 'could not add' },
  'engine rm': { kind: 'delete', doing: 'could not remove' },
  repair: { kind: 'update', doing: 'could not repair' },
  lease: { doing: 'could not lease' },
  sync: { doing: 'could not follow the fleet' },
  use: { doing: 'could not find' },
  locate: { doing: 'could not locate' },
  probe: { doing: 'could not probe' },
  correlate: { doing: 'could not correlate' },
  doctor: { doing: 'could not examine' },
  get: look,
  ls: look,
  exists: look,
  why: look,
  drift: look,
  usage: look,
  where: look,
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof operations;

/** What a call was asked about, as it was given: anything. */
interface Asked {
  readonly id?: unknown;
  /** Whether that is the id of an engine; else it is that of a model. */
  readonly isEngine?: boolean;
  readonly ref?: unknown;
}

/** What is known of a call before it is done, and what its result says. */
export interface About<T> extends Asked {
  /** The option of that name, as it was given. */
  readonly dryRun?: unknown;
  readonly found?: (result: T) => Facts;
}

/** What is asked for by an id, or by a text in its place, is asked for by a text; a reference may come without an id. */
export function checkAsked(asked: Asked): void {
  if (!('id' in asked) || 'ref' in asked || typeof asked.id === 'string') return;
  throw refusal('InvalidId', `an id is a text, not ${asked.id === null ? 'null' : typeof asked.id}`, { id: String(asked.id) });
}

/** What was asked for, as it may be said: what cannot be an id, and every URL, may have a password in it (CAT-SEC-6004). */
export function factsAsked({ id, isEngine = false, ref }: Asked): Facts {
  return {
    ...(typeof id === 'string' && { [isEngine ? 'engine_id' : 'model_id']: shownId(id) }),
    ...(typeof ref === 'string' && { model_ref: redactText(ref) }),
  };
}

export const factsOfEntry = ({ id, ref, source, digest, bytes }: ModelEntry): Facts => ({
  ...{ model_id: id, model_ref: redactUrl(ref ?? source) },
  ...{ digest, bytes },
});

export const factsOfOutcome = ({ actual, bytes }: VerificationOutcome): Facts => ({ digest: actual, bytes });

export const factsOfRemoval = ({
  removed,
  bytes_reclaimed: bytes,
}: {
  readonly removed: boolean | number;
  readonly bytes_reclaimed: number;
}): Facts => ({
  ...{ bytes, count: Number(removed) },
});
