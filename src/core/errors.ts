/** The closed set of codes, each with the exit code of the command (the table of CONTRACT). */
export const exitCodes = {
  DigestMismatch: 1,
  GateDenied: 1,
  NotVerified: 1,
  InvalidId: 2,
  InvalidRecord: 2,
  InvalidRef: 2,
  InvalidDigest: 2,
  InvalidCoordinate: 2,
  InvalidArgument: 2,
  ReservedKind: 2,
  Closed: 2,
  NotFound: 3,
  Busy: 4,
  JournalLocked: 4,
  AlreadyExists: 4,
  RevisionConflict: 4,
  SequenceMismatch: 4,
  InUse: 4,
  FenceActive: 4,
  Fenced: 4,
  IndexCorrupt: 5,
  CorruptSegment: 5,
  CursorCheckpointCorrupt: 5,
  ReceiptInvalid: 5,
  InvalidTransition: 6,
  SchemaVersionUnsupported: 6,
  StoreMismatch: 6,
  PathOutsideRoot: 6,
  UnsafeRoot: 6,
  PermissionDenied: 6,
  Unsupported: 6,
  PlatformProfileInvalid: 6,
  PlatformProfileMismatch: 6,
  PlatformAdmissionFailed: 6,
  CursorCheckpointRegionMismatch: 6,
  CursorCheckpointAhead: 6,
  Compacted: 6,
  HistoryRewound: 6,
  WeakServer: 6,
  FetcherRequired: 6,
  NoSpace: 7,
  ReadOnly: 7,
  IoError: 7,
  StorePoisoned: 7,
  CommitUnknown: 7,
  TooManyFiles: 7,
  EntryTooLarge: 7,
  Aborted: 130,
} as const;

/** The closed list of codes; the README has the meaning and the remedy of each. */
export type ErrorCode = keyof typeof exitCodes;
/** What was wanted and what was found, for programs. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The one error class. Branch on `code`; the message says what was wanted and what was found and may change.
 * `cause` is kept where the disk or another error was the reason.
 */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** A rule said no. */
export function refusal(code: ErrorCode, message: string, details: ErrorDetails = {}): CatalogError {
  return new CatalogError(code, message, details);
}

export function isCatalogError(error: unknown, code?: ErrorCode): error is CatalogError {
  return error instanceof CatalogError && (code === undefined || error.code === code);
}
