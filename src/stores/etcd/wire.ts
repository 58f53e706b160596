import { type CatalogError, refusal } from '../../core/errors.js';

/** Requests of the JSON gateway of etcd 3.4 and later: keys and values in base64, 64-bit integers as decimal text. */

/** What must hold of a key for the operations of a transaction to be done. One that is absent has version and revisions 0. */
export interface Comparison {
  readonly key: string;
  readonly target: 'MOD' | 'CREATE' | 'VERSION' | 'VALUE';
  readonly result?: 'EQUAL' | 'GREATER' | 'LESS';
  readonly value: number | string;
}

export interface Range {
  readonly type: 'range';
  readonly key: string;
  /** The first key that is not of it; without one the range is the key alone. */
  readonly end?: string;
  readonly limit?: number;
  readonly keysOnly?: boolean;
  /** What was changed last comes first; else by the bytes of keys. */
  readonly newestFirst?: boolean;
  /** As it was at a revision; now unless told. */
  readonly revision?: number;
}

export type Operation =
  | Range
  | { readonly type: 'put'; readonly key: string; readonly value: string; readonly lease?: string }
  /** What is there stays, and no lease ends it any more. */
  | { readonly type: 'keep'; readonly key: string }
  | { readonly type: 'delete'; readonly key: string };

export interface Transaction {
  readonly compare: readonly Comparison[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly modRevision: number;
  readonly version: number;
  /** `0` without one. */
  readonly lease: string;
}

export interface Header {
  readonly clusterId: string;
  readonly revision: number;
}

/** What a transaction ended with: whether what was compared held, and what each range found. */
export interface TransactionAnswer {
  readonly header: Header;
  readonly succeeded: boolean;
  readonly ranges: readonly RangeAnswer[];
}

export interface RangeAnswer {
  readonly found: readonly KeyValue[];
  /** Whether the limit has cut it off. */
  readonly more: boolean;
}

export interface WatchAnswer {
  readonly header: Header;
  /** What was put; what was deleted is left out. */
  readonly puts: readonly KeyValue[];
  readonly canceled: boolean;
  /** Where the server has forgotten what was asked for: the first revision that it still has. */
  readonly compactRevision: number | undefined;
  readonly reason: string;
}

export function transactionBody({ compare, success, failure }: Transaction): object {
  return { compare: compare.map(comparison), success: success.map(operation), failure: failure.map(operation) };
}

export function watchBody({ key, end, after }: { readonly key: string; readonly end: string; readonly after: number }): object {
  return {
    create_request: { key: encoded(key), range_end: encoded(end), start_revision: String(after + 1), filters: ['NODELETE'] },
  };
}

/** What the gateway answered to a transaction; `IoError` for what no etcd answers, as for all of these. */
export function transactionAnswer(body: unknown): TransactionAnswer {
  const { header, succeeded = false, responses } = membersOf(body);
  const ranges = listOf(responses).flatMap((response) => {
    const { response_range: range } = membersOf(response);
    return range === undefined ? [] : [rangeAnswer(range)];
  });
  return { header: headerOf(header), succeeded: succeeded === true, ranges };
}

export function watchAnswer(body: unknown): WatchAnswer {
  const { header, events, canceled = false, compact_revision: compacted, cancel_reason: reason } = membersOf(membersOf(body).result);
  return {
    header: headerOf(header),
    puts: listOf(events).map((event) => keyValue(membersOf(event).kv)),
    canceled: Boolean(canceled),
    compactRevision: compacted === undefined ? undefined : countOf(compacted),
    reason: textOf(reason),
  };
}

/** A lease that was granted: its id, and for how many seconds. */
export function grantAnswer(body: unknown): { readonly lease: string; readonly seconds: number } {
  const { ID, TTL } = membersOf(body);
  return { lease: textOf(ID), seconds: countOf(TTL) };
}

function headerOf(header: unknown): Header {
  const { cluster_id: clusterId, revision } = membersOf(header);
  return { clusterId: textOf(clusterId), revision: countOf(revision) };
}

/** The first key behind all that begin so. */
export function endOf(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}

function comparison({ key, target, result = 'EQUAL', value }: Comparison): object {
  const names = { MOD: 'mod_revision', CREATE: 'create_revision', VERSION: 'version', VALUE: 'value' } as const;
  return { key: encoded(key), target, result, [names[target]]: target === 'VALUE' ? encoded(String(value)) : String(value) };
}

function operation(asked: Operation): object {
  switch (asked.type) {
    case 'range':
      return { request_range: rangeBody(asked) };
    case 'put':
      return { request_put: { key: encoded(asked.key), value: encoded(asked.value), ...(asked.lease && { lease: asked.lease }) } };
    case 'keep':
      return { request_put: { key: encoded(asked.key), ignore_value: true } };
    case 'delete':
      return { request_delete_range: { key: encoded(asked.key) } };
  }
}

function rangeBody({ key, end, limit, keysOnly, newestFirst, revision }: Range): object {
  return {
    key: encoded(key),
    ...(end !== undefined && { range_end: encoded(end) }),
    ...(limit !== undefined && { limit: String(limit) }),
    ...(keysOnly && { keys_only: true }),
    ...(newestFirst && { sort_order: 'DESCEND', sort_target: 'MOD' }),
    ...(revision !== undefined && { revision: String(revision) }),
  };
}

function rangeAnswer(body: unknown): RangeAnswer {
  const { kvs, more = false } = membersOf(body);
  return { found: listOf(kvs).map(keyValue), more: more === true };
}

function keyValue(body: unknown): KeyValue {
  const { key, value, mod_revision: revision, version, lease } = membersOf(body);
  return {
    key: decoded(textOf(key)),
    value: decoded(textOf(value)),
    modRevision: countOf(revision),
    version: countOf(version),
    lease: textOf(lease, '0'),
  };
}

/** What is absent is empty: so the gateway leaves out zeros and empty lists. */
function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) throw unreadable('no object');
  return body as Readonly<Record<string, unknown>>;
}

function listOf(body: unknown): readonly unknown[] {
  if (body === undefined || body === null) return [];
  if (!Array.isArray(body)) throw unreadable('no list');
  return body;
}

function textOf(body: unknown, otherwise = ''): string {
  if (body === undefined || body === null) return otherwise;
  if (typeof body !== 'string' && typeof body !== 'number') throw unreadable('no text');
  return String(body);
}

function countOf(body: unknown): number {
  const count = Number(textOf(body, '0'));
  if (!Number.isSafeInteger(count)) throw unreadable('no number');
  return count;
}

function unreadable(what: string): CatalogError {
  return refusal('IoError', `what an etcd answered cannot be read: there is ${what} where one is to be`, { reason: 'not etcd' });
}

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const decoded = (text: string): string => Buffer.from(text, 'base64').toString();
