import { refusal } from '../../core/errors.js';
import { Passing } from '../passing.js';

/** Nobody answered, or not to the end: waited out by who asked. */
export class Unreachable extends Passing {
  /** Whether what was asked for may have been done all the same. */
  readonly mayBeDone: boolean;

  constructor(reason: string, mayBeDone: boolean) {
    super(new Error(reason));
    this.mayBeDone = mayBeDone;
  }
}

export const unanswered = (path: string, answerMs: number): Unreachable =>
  new Unreachable(`no answer to ${path} within ${answerMs / 1000} s`, true);

/** An answer longer than anybody should hold: ask for less at a time. */
export class TooLong extends Error {}

/** The server has compacted the revision that was asked for. */
export class Forgotten extends Error {}

class StaleToken extends Error {}

/** The status codes of gRPC, as the gateway passes them on. */
const grpc = { canceled: 1, unknown: 2, invalid: 3, deadline: 4, denied: 7, exhausted: 8, range: 11, unavailable: 14, noToken: 16 };

/** What a refusal of the gateway means to us. */
export function gatewayError(status: number, body: unknown, shown: string): Error {
  const { error, message = error, code } = (body ?? {}) as { error?: string; message?: string; code?: number };
  if (typeof message !== 'string' || typeof code !== 'number') return withoutAnswer(status, shown);
  if (/space exceeded/.test(message)) return refusal('NoSpace', `the etcd at ${shown} has no room left: ${message}`, { server: shown });
  if (/request is too large|larger than max|too many operations/.test(message))
    return refusal('EntryTooLarge', `the etcd at ${shown} takes no request as large: ${message}`);
  if (/authentication failed|user name is empty/.test(message) || code === grpc.denied)
    return refusal('PermissionDenied', `the etcd at ${shown} refuses: ${message}`, { server: shown });
  if (/auth store is old|invalid auth token/.test(message) || code === grpc.noToken) return new StaleToken(message);
  if (/has been compacted/.test(message)) return new Forgotten(message);
  if (/future revision/.test(message)) return refusal('HistoryRewound', `the etcd at ${shown} went back: ${message}`);
  if ([grpc.canceled, grpc.unknown, grpc.deadline, grpc.exhausted, grpc.unavailable].includes(code)) return new Unreachable(message, true);
  return refusal('IoError', `the etcd at ${shown} failed: ${message}`, { server: shown, code });
}

export function isStaleToken(error: unknown): boolean {
  return error instanceof StaleToken;
}

export function notEtcd(shown: string): Error {
  return refusal('IoError', `what answers at ${shown} is not the gateway of an etcd`, { server: shown, reason: 'not etcd' });
}

function withoutAnswer(status: number, shown: string): Error {
  if (status === 401 || status === 403) return refusal('PermissionDenied', `${shown} refuses with status ${status}`, { server: shown });
  if (status === 429 || status >= 502) return new Unreachable(`status ${status}`, true);
  return notEtcd(shown);
}
