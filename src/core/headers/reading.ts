/** CAT-ADO-2205: what a header may be at most; more is a warning, and nothing is allocated for it. */
export const mostHeaderBytes = 64 * 1024 * 1024;
export const mostItems = 1_000_000;

/**
 * What is wrong with a header, for scripts. `over-limit` says nothing of the file: it is larger than we read. `truncated` says that
 * the file ends too soon; the others that it would be wrong however long it was.
 */
export type HeaderTroubleCode =
  | 'bad-count'
  | 'bad-magic'
  | 'bad-offset'
  | 'bad-value'
  | 'duplicate'
  | 'over-limit'
  | 'too-deep'
  | 'truncated'
  | 'unsupported-version';

export interface HeaderTrouble {
  readonly kind: 'malformed';
  readonly code: HeaderTroubleCode;
  /** A predicate of the file, as in "… ends within its header". */
  readonly reason: string;
}

/** More of the file has to be read: at least so many bytes from its start, which it has. */
export interface NeedsMore {
  readonly kind: 'more';
  readonly bytes: number;
}

/** What the first bytes of a file say. A reader never throws for bytes. */
export type HeaderReading<H> = { readonly kind: 'parsed'; readonly header: H } | NeedsMore | HeaderTrouble;

export function malformed(code: HeaderTroubleCode, reason: string): HeaderTrouble {
  return { kind: 'malformed', code, reason };
}

/** A product or a sum that is exact; `undefined` beyond 2^53. */
export function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
