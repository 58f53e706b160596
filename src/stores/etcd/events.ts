import { canonicalJson } from '../../core/canonical-json.js';
import { type CatalogError, refusal } from '../../core/errors.js';
import type { FleetCollectionName } from '../../core/generation.js';
import { jsonIn } from '../../core/json.js';
import { type Author, isAuthor } from '../history.js';
import type { KeyValue } from './wire.js';

/** One change of a record as it is kept: what it did, who made it, when and why. */
export interface EventHead {
  readonly collection: FleetCollectionName;
  readonly id: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** The event of the same record before this one; of a record that was added none. */
  readonly previous?: string | undefined;
  /** By the clock of whoever made it: ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly by: Author;
  readonly operation?: string | undefined;
  readonly reason?: string | undefined;
  readonly because_of?: string | undefined;
  readonly part_of: string;
  /** Whether the text of the record is too long to be here too, and lies by itself. */
  readonly is_long?: true | undefined;
}

export interface StoredEvent extends EventHead {
  readonly revision: number;
  readonly reference: string;
  readonly eventId: string;
  /** Of the record as it was from then on; `undefined` where it was removed, or lies by itself. */
  readonly text: string | undefined;
}

const changes: readonly EventHead['change'][] = ['added', 'changed', 'removed'];

/** Where an event would be that will never be: whoever gave up a change has put it there. */
export const voidEvent = 'void';

/** The head of an event, and in a line of its own the record. */
export function eventText(head: EventHead, text: string | undefined): string {
  return text === undefined ? canonicalJson(head) : `${canonicalJson(head)}\n${text}`;
}

/** `undefined` for one that will never be; `IndexCorrupt` for what no catalog wrote. */
export function eventIn(reference: string, { value, modRevision }: KeyValue): StoredEvent | undefined {
  if (value === voidEvent) return undefined;
  const line = value.indexOf('\n');
  const head = headIn(reference, line === -1 ? value : value.slice(0, line));
  const text = line === -1 ? undefined : value.slice(line + 1);
  return { ...head, revision: modRevision, reference, eventId: reference.slice(reference.indexOf('/') + 1), text };
}

/** A record as it is kept: the event that made it, and in a line of its own its text. */
export function recordValue(reference: string, text: string): string {
  return `${reference}\n${text}`;
}

export function recordParts(value: string): { readonly reference: string; readonly text: string } {
  const line = value.indexOf('\n');
  return { reference: value.slice(0, Math.max(0, line)), text: value.slice(line + 1) };
}

function headIn(reference: string, text: string): EventHead {
  const head = jsonIn(text);
  if (isHead(head)) return head;
  throw corruptEvent(reference, 'it is no event');
}

function isHead(found: unknown): found is EventHead {
  if (typeof found !== 'object' || found === null) return false;
  const head = found as Readonly<Record<string, unknown>>;
  const { collection, id, change, at, by, part_of } = head;
  const isWhole = [collection, id, at, part_of].every(isText) && changes.some((one) => one === change) && isAuthor(by);
  return isWhole && [head.previous, head.operation, head.reason, head.because_of].every((member) => member === undefined || isText(member));
}

const isText = (value: unknown): boolean => typeof value === 'string';

export function corruptEvent(reference: string, reason: string): CatalogError {
  return refusal('IndexCorrupt', `the event ${reference} of the etcd cannot be read: ${reason}`, { path: reference, reason });
}
