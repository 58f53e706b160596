import { CatalogError, type ErrorCode } from '../../core/errors.js';
import { Passing } from '../passing.js';
import { type Place, withoutSecrets } from './place.js';

/** The connection is gone, and with it whatever was not committed there. */
export class LostConnection extends Passing {}

/** What a server says that somebody else was quicker, or that something took too long: nothing was done, and may be tried again. */
const passing = new Set(['40001', '40P01', '55P03', '57014', '53300', '53200', '53400', '23505']);
/** What it says while it starts, stops, or ends a session. */
const endings = new Set(['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04']);
const lost = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND']);
/** What the client says of a connection that is gone, or does not answer. */
const lostWords = /^(Connection terminated|Query read timeout|timeout expired|Client (was closed|has encountered a connection error))/;
/** What it says where the server asks for a password, and there is none. */
const passwordWords = /client password must be a (non-empty )?string/;
const codes: Readonly<Record<string, ErrorCode>> = {
  '28000': 'PermissionDenied',
  '28P01': 'PermissionDenied',
  '42501': 'PermissionDenied',
  '22021': 'InvalidArgument',
  '25006': 'ReadOnly',
  '3D000': 'NotFound',
  '53100': 'NoSpace',
  '54000': 'EntryTooLarge',
  '42P01': 'IndexCorrupt',
  '42703': 'IndexCorrupt',
};

interface Told extends Error {
  readonly code?: string;
  readonly severity?: string;
}

/** What a caller is told of an error of the client: `Passing` where it may pass, else a refusal without secrets. What is no error of it stays. */
export function serverError(error: unknown, place: Place): unknown {
  if (!(error instanceof Error) || error instanceof CatalogError || error instanceof Passing) return error;
  const { code, severity } = error as Told;
  const cause = redacted(error, place);
  if (isLost(error)) return new LostConnection(cause);
  if (code === undefined || severity === undefined) return error;
  if (passing.has(code)) return new Passing(cause);
  return new CatalogError(
    codes[code] ?? 'IoError',
    `the server at ${place.shown} refuses: ${cause.message}`,
    { server: place.shown, sqlstate: code },
    cause,
  );
}

/** As `serverError`, of a connection that is made: whatever keeps it from being made is told as the server's. */
export function connectError(error: unknown, place: Place): unknown {
  const told = serverError(error, place);
  if (told !== error || !(error instanceof Error) || error instanceof CatalogError || error instanceof Passing) return told;
  if (passwordWords.test(error.message)) {
    const message = `the server at ${place.shown} asks for a password: give one in PGPASSWORD, ~/.pgpass or the URL`;
    return new CatalogError('PermissionDenied', message, { server: place.shown });
  }
  return new CatalogError('IoError', `could not connect to ${place.shown}: ${withoutSecrets(error.message, place)}`, {
    server: place.shown,
  });
}

/** Whether the connection is gone of which that was told, or does not answer. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', message, errors }: Told & { readonly errors?: readonly unknown[] } = error;
  if (lost.has(code) || endings.has(code) || /^08/.test(code) || lostWords.test(message)) return true;
  // Of a host with several addresses.
  return errors !== undefined && errors.length > 0 && errors.every(isLost);
}

/** Whether the server says that it did not do what it was asked for, in a session that goes on. */
export function isRefusedByServer(error: unknown): boolean {
  return error instanceof Error && (error as Told).severity === 'ERROR';
}

/** The error of the client holds its parameters; of it only what it says is kept. */
function redacted(error: Error, place: Place): Error {
  return new Error(withoutSecrets(error.message || error.name, place));
}
