import type { FileHeader } from './model-header.js';

/**
 * CAT-DIG-1408: what the structure of a file says of its length. No verification: a file that is `sound` may hold any bytes behind
 * its header. `unknown`: the format says nothing of the length, or its header is beyond what we read.
 */
export interface Probed {
  readonly kind: 'sound' | 'truncated' | 'malformed' | 'unknown';
  readonly method: 'probe';
  readonly format?: 'gguf' | 'safetensors' | 'other';
  /** How long the file is by its header, at least. */
  readonly expected_bytes?: number;
  readonly bytes: number;
  readonly reason?: string;
}

export function judgeHeader(header: FileHeader, bytes: number): Probed {
  const found = { method: 'probe', bytes } as const;
  switch (header.kind) {
    case 'gguf':
      return { ...found, format: 'gguf', ...judgeGguf(header.header, bytes) };
    case 'safetensors':
      return { ...found, format: 'safetensors', ...judgeSafetensors(header.header.dataEnd, bytes) };
    case 'malformed':
      return {
        kind: kindOf(header.code),
        ...found,
        ...(header.format && { format: header.format }),
        reason: `${header.code}: it ${header.reason}`,
      };
    case 'other':
      return { kind: 'unknown', ...found, format: 'other', reason: `it is ${header.what}` };
    case 'shards':
    case 'config':
    case 'unknown':
      return { kind: 'unknown', ...found, reason: 'it is of no format that says how long it is' };
  }
}

type Judgement = Pick<Probed, 'kind' | 'expected_bytes' | 'reason'>;

/** Bytes behind the last tensor are nobody's, and engines read past them. */
function judgeGguf(
  { dataEnd, unsizedTypes }: { readonly dataEnd: number; readonly unsizedTypes: readonly number[] },
  bytes: number,
): Judgement {
  if (dataEnd > bytes) return { kind: 'truncated', expected_bytes: dataEnd, reason: shortage(dataEnd, bytes) };
  if (unsizedTypes.length === 0) return { kind: 'sound', expected_bytes: dataEnd };
  return { kind: 'unknown', reason: `it has tensors of types of unknown size: ${unsizedTypes.slice(0, 8).join(', ')}` };
}

/** The format leaves nothing behind the last tensor. */
function judgeSafetensors(dataEnd: number, bytes: number): Judgement {
  if (dataEnd > bytes) return { kind: 'truncated', expected_bytes: dataEnd, reason: shortage(dataEnd, bytes) };
  if (dataEnd === bytes) return { kind: 'sound', expected_bytes: dataEnd };
  return { kind: 'malformed', expected_bytes: dataEnd, reason: `bad-offset: ${bytes - dataEnd} bytes follow its last tensor` };
}

function shortage(expected: number, bytes: number): string {
  return `truncated: ${expected - bytes} of ${expected} bytes are not there`;
}

function kindOf(code: Extract<FileHeader, { kind: 'malformed' }>['code']): Probed['kind'] {
  if (code === 'truncated') return 'truncated';
  return code === 'over-limit' || code === 'unreadable' || code === 'changed' ? 'unknown' : 'malformed';
}
