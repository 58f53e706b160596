import { CatalogError } from 'catalog-core';
import { retryAfterMs } from './backoff.js';
import type { Span } from './spans.js';

/** Headers by their names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** The head of an answer, and what the hub said on the way to it. */
export interface Head {
  readonly status: number;
  readonly headers: Headers;
  /** Of the redirects before it, the first of a name. */
  readonly hub: Headers;
}

/** What an origin says of a file. */
export interface Described {
  /** The same as long as the content is; absent where the origin has none that can be trusted. */
  readonly validator?: string;
  /** A strong entity tag, as it was sent. */
  readonly etag?: string;
  readonly sha256?: string;
  /** Of `blob <size>\0` and the content, as git has it. */
  readonly gitSha1?: string;
  readonly commit?: string;
}

export type Judged =
  /** The span that was asked for, or its beginning. */
  | { readonly kind: 'span'; readonly span: Span; readonly size: number; readonly described: Described }
  /** The whole of it, whatever was asked for. */
  | {
      readonly kind: 'whole';
      readonly size: number | undefined;
      readonly endIsTold: boolean;
      readonly takesRanges: boolean;
      readonly described: Described;
    }
  /** Not the file that was begun. */
  | { readonly kind: 'changed' }
  /** Ranges that are not those that were asked for. */
  | { readonly kind: 'unranged' }
  | { readonly kind: 'trouble'; readonly why: string; readonly waitMs: number | undefined }
  | { readonly kind: 'refused'; readonly error: CatalogError };

/** What is known of a file that was begun. */
export interface Begun {
  readonly size?: number | undefined;
  readonly validator?: string | undefined;
}

/** What may be otherwise another time; not what a server cannot do at all. */
const isTransient = (status: number): boolean => [408, 425, 429].includes(status) || (status >= 500 && ![501, 505].includes(status));

/** What an answer to a request for a span of a file is worth. */
export function judgeAnswer(
  head: Head,
  asked: Span | undefined,
  begun: Begun,
  context: { url: string; isHub: boolean; nowMs: number },
): Judged {
  const { status, headers } = head;
  if (isTransient(status)) {
    return { kind: 'trouble', why: `it answered ${status}`, waitMs: retryAfterMs(headers['retry-after'], context.nowMs) };
  }
  if (status === 416) return unsatisfied(headers['content-range'], head, context);
  if (status !== 200 && status !== 206) return { kind: 'refused', error: refused(head, context.url) };
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return {
      kind: 'refused',
      error: new CatalogError('IoError', `${context.url} was sent as ${encoding}, not as it is`, { reason: 'encoded' }),
    };
  }
  const described = describedBy(head, context.isHub);
  if (status === 200) return whole(head, described, begun);
  return part(headers['content-range'], asked, described, begun);
}

function whole({ headers }: Head, described: Described, begun: Begun): Judged {
  const size = lengthIn(headers['content-length']);
  if (isOther({ size, validator: described.validator }, begun)) return { kind: 'changed' };
  // A body that ends with its connection may have been cut.
  const endIsTold = size !== undefined || headers['transfer-encoding'] !== undefined;
  return { kind: 'whole', size, endIsTold, takesRanges: headers['accept-ranges'] === 'bytes', described };
}

function part(range: string | undefined, asked: Span | undefined, described: Described, begun: Begun): Judged {
  const [, from, last, total] = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(range ?? '')?.map(Number) ?? [];
  if (from === undefined || last === undefined || total === undefined || asked === undefined) return { kind: 'unranged' };
  const span = { from, to: last + 1 };
  if (isOther({ size: total, validator: described.validator }, begun)) return { kind: 'changed' };
  if (from !== asked.from || span.to <= from || span.to > total || span.to > asked.to) return { kind: 'unranged' };
  return { kind: 'span', span, size: total, described };
}

/** Nothing is behind what is asked for: an empty file, or one that is shorter than it was. */
function unsatisfied(range: string | undefined, head: Head, { isHub }: { isHub: boolean }): Judged {
  if (range !== 'bytes */0') return { kind: 'changed' };
  return { kind: 'whole', size: 0, endIsTold: true, takesRanges: true, described: describedBy(head, isHub) };
}

function isOther(is: Begun, begun: Begun): boolean {
  const differs = <T>(a: T | undefined, b: T | undefined): boolean => a !== undefined && b !== undefined && a !== b;
  return (
    differs(is.size, begun.size) || differs(is.validator, begun.validator) || (begun.validator !== undefined && is.validator === undefined)
  );
}

/** Where a hub says of its files what they are: the hash of large ones, git's of small ones (research: `X-Linked-Etag` before `ETag`). */
function describedBy({ headers, hub }: Head, isHub: boolean): Described {
  const commit = isHub ? (hub['x-repo-commit'] ?? headers['x-repo-commit']) : undefined;
  const linked = isHub ? (hub['x-linked-etag'] ?? headers['x-linked-etag'] ?? hub.etag) : undefined;
  const etag = strongTag(headers.etag);
  const name = linked === undefined ? undefined : linked.replace(/^W\//, '').replaceAll('"', '');
  const named = name ?? (isHub ? etag?.replaceAll('"', '') : undefined);
  const validator = name ?? etag ?? lastChange(headers);
  return {
    ...(validator !== undefined && { validator }),
    ...(etag !== undefined && { etag }),
    ...(named !== undefined && /^[0-9a-f]{64}$/.test(named) && { sha256: named }),
    ...(named !== undefined && /^[0-9a-f]{40}$/.test(named) && { gitSha1: named }),
    ...(commit !== undefined && /^[0-9a-f]{40}$/.test(commit) && { commit }),
  };
}

function strongTag(tag: string | undefined): string | undefined {
  return tag !== undefined && /^"[^"]*"$/.test(tag) ? tag : undefined;
}

/** A time of change is as good as a strong tag where it was a minute ago when it was told (RFC 9110, 8.8.2.2). */
function lastChange(headers: Headers): string | undefined {
  const [changed, told] = [headers['last-modified'], headers.date];
  if (changed === undefined || told === undefined) return undefined;
  return Date.parse(told) - Date.parse(changed) >= 60_000 ? changed : undefined;
}

export function lengthIn(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function refused({ status, headers, hub }: Head, url: string): CatalogError {
  const said = hub['x-error-code'] ?? headers['x-error-code'];
  const why = said !== undefined && /^\w{1,64}$/.test(said) ? { origin: said } : {};
  const details = { url, status, ...why };
  if (status === 401 || status === 403) {
    return new CatalogError(
      'PermissionDenied',
      `${url} is not for everybody (${status}): give a token of someone who may have it`,
      details,
    );
  }
  if (status === 404 || status === 410) return new CatalogError('NotFound', `there is nothing at ${url} (${status})`, details);
  return new CatalogError('IoError', `${url} was refused with ${status}`, { ...details, reason: 'refused' });
}
