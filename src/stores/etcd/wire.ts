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

export function transactionAnswer(body: unknown): TransactionAnswer {
  const { header, succeeded = false, responses = [] } = body as { header?: unknown; succeeded?: boolean; responses?: readonly object[] };
  const ranges = responses.flatMap((response) => ('response_range' in response ? [rangeAnswer(response.response_range)] : []));
  return { header: headerOf(header), succeeded, ranges };
}

export function watchAnswer(body: unknown): WatchAnswer {
  const { result = {} } = body as { result?: Readonly<Record<string, unknown>> };
  const { header, events = [], canceled = false, compact_revision: compacted, cancel_reason: reason = '' } = result;
  const puts = (events as readonly { kv?: unknown }[]).map(({ kv }) => keyValue(kv));
  return {
    header: headerOf(header),
    puts,
    canceled: Boolean(canceled),
    compactRevision: compacted === undefined ? undefined : Number(compacted),
    reason: String(reason),
  };
}

export function headerOf(header: unknown): Header {
  const { cluster_id: clusterId = '', revision = 0 } = (header ?? {}) as { cluster_id?: string; revision?: string };
  return { clusterId: String(clusterId), revision: Number(revision) };
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
  const { kvs = [], more = false } = (body ?? {}) as { kvs?: readonly unknown[]; more?: boolean };
  return { found: kvs.map(keyValue), more };
}

function keyValue(body: unknown): KeyValue {
  const { key = '', value = '', mod_revision: revision = 0, version = 0, lease = '0' } = (body ?? {}) as Readonly<Record<string, string>>;
  return { key: decoded(key), value: decoded(value), modRevision: Number(revision), version: Number(version), lease: String(lease) };
}

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const decoded = (text: string): string => Buffer.from(text, 'base64').toString();
