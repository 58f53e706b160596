import { createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import { type CatalogError, refusal } from '../core/errors.js';
import type { EventId } from './event-id.js';
import type { GatePassed } from './gates.js';

/** CAT-JRN-3007: what an append gives. Hashes are lower-case hexadecimal SHA-256, and computed when they are asked for. */
export interface Receipt {
  readonly event_id: EventId;
  readonly sequence: number;
  readonly content_hash: string;
  readonly event_hash: string;
  /** Whether it was synced when this was given. */
  readonly durable: boolean;
  readonly gates: readonly GatePassed[];
  /** With a key: Ed25519 over the journal's lineage and all of this but `durable` and `gates`, as base64url. */
  readonly signature?: string;
}

/** An Ed25519 key, or its PEM. */
export type ReceiptKey = KeyObject | string;

/** What of a receipt is signed. */
export type Claim = Pick<Receipt, 'event_id' | 'sequence' | 'content_hash' | 'event_hash'>;

const algorithm = 'ed25519';

/** The private key of an option; `InvalidArgument` for anything else. */
export function signingKeyOf(key: ReceiptKey): KeyObject {
  return ed25519(key, (given) => (given instanceof KeyObject ? given : createPrivateKey(given)), 'private');
}

/** The public key, be it given or that of a private one. */
export function verifyingKeyOf(key: ReceiptKey): KeyObject {
  return ed25519(key, (given) => (given instanceof KeyObject && given.type === 'public' ? given : createPublicKey(given)), 'public');
}

export function signatureOf(claim: Claim, lineage: EventId, key: KeyObject): string {
  return sign(null, textOf(claim, lineage), key).toString('base64url');
}

/** Whether a signature is that of a claim; `ReceiptInvalid` where it is not, or there is none. */
export function checkSignature(receipt: Claim & Pick<Receipt, 'signature'>, lineage: EventId, key: KeyObject): void {
  const { signature } = receipt;
  if (typeof signature !== 'string') throw receiptInvalid(receipt, 'it is not signed');
  if (!verify(null, textOf(receipt, lineage), key, Buffer.from(signature, 'base64url'))) {
    throw receiptInvalid(receipt, 'its signature is not of this key, or not of what it says');
  }
}

/** Whether an event is what is claimed of it; `ReceiptInvalid` where it is not, or there is none. */
export function checkClaim(receipt: Claim, event: Omit<Claim, 'event_id'> | undefined): void {
  if (event === undefined) throw receiptInvalid(receipt, 'there is no such event');
  for (const part of ['sequence', 'content_hash', 'event_hash'] as const) {
    if (event[part] !== receipt[part])
      throw receiptInvalid(receipt, `its ${part} is ${receipt[part]}, and that of the event is ${event[part]}`);
  }
}

/** What somebody gives as a receipt, when it has the form of one; else `ReceiptInvalid`. */
export function checkedReceipt(given: Claim & Pick<Receipt, 'signature'>): Claim & Pick<Receipt, 'signature'> {
  const { event_id, sequence, content_hash, event_hash } = (given ?? {}) as Partial<Record<keyof Claim, unknown>>;
  const isForm = typeof sequence === 'number' && [event_id, content_hash, event_hash].every((part) => typeof part === 'string');
  if (isForm) return given;
  throw refusal('ReceiptInvalid', 'a receipt has the id, the sequence and both hashes of an event', { reason: 'it is no receipt' });
}

function receiptInvalid({ event_id, sequence }: Claim, reason: string): CatalogError {
  return refusal('ReceiptInvalid', `the receipt of ${event_id} does not hold: ${reason}`, { event_id, sequence, reason });
}

/** One text for each claim: no part of it has a line break. */
function textOf({ event_id, sequence, content_hash, event_hash }: Claim, lineage: EventId): Buffer {
  return Buffer.from(['catalog-core/receipt/1', lineage, event_id, String(sequence), content_hash, event_hash].join('\n'));
}

function ed25519(key: ReceiptKey, made: (key: ReceiptKey) => KeyObject, type: 'private' | 'public'): KeyObject {
  let found: KeyObject;
  try {
    found = key instanceof KeyObject && key.type === type ? key : made(key);
  } catch (error) {
    throw refusal('InvalidArgument', `an Ed25519 key, or its PEM, is needed: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (found.type === type && found.asymmetricKeyType === algorithm) return found;
  throw refusal('InvalidArgument', `a ${type} Ed25519 key is needed, not ${found.type} ${found.asymmetricKeyType ?? ''}`);
}
