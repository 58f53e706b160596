import { CatalogError, type ErrorCode, type ErrorDetails } from '../core/errors.js';

/** CAT-CLI-6204: what to do next. The compiler asks for a line when a code is added. */
export const hints: Readonly<Record<ErrorCode, string>> = {
  DigestMismatch: 'fetch the file again, or check the digest that you gave; nothing was added',
  GateDenied: 'the policy of this catalog says no; change the model or the policy',
  NotVerified: 'verify it first with `catalog verify`',
  InvalidId: 'choose another id with --id: letters, digits and . _ - : / are safe',
  InvalidRecord: 'correct the member that is named and try again',
  InvalidRef: 'a reference is a path, hf:org/repo[@revision][/path], or a URL; write ./ before a file with a colon in its name',
  InvalidDigest: 'give a digest as sha256: and 64 hex digits, as `sha256sum` prints them',
  InvalidCoordinate: 'correct the entity and the scope and try again',
  InvalidArgument: '`catalog --help` lists the verbs, `catalog <verb> --help` what a verb takes',
  ReservedKind: 'choose another kind of event: this one is the journal’s own',
  Closed: 'open the catalog again',
  NotFound: 'check the spelling; `catalog ls` lists the models that are there',
  Busy: 'wait for the process that is named, or give it longer with --lock-timeout; `catalog repair --break-lock` frees what a dead one on another machine holds',
  JournalLocked: 'wait for the process that is named, or end it',
  AlreadyExists: 'choose another id, or remove what is there with `catalog rm`',
  RevisionConflict: 'somebody else changed it meanwhile; look at it with `catalog show` and try again',
  SequenceMismatch: 'somebody else appended meanwhile; read on and try again',
  InUse: 'it is pinned or leased; take the pin away first, or wait for the end of the lease',
  FenceActive: 'commit or cancel the fence first',
  Fenced: 'another process took over; open the catalog again',
  IndexCorrupt: 'run `catalog repair`, which deletes nothing; `catalog repair --from <file>` brings back a copy that was kept elsewhere',
  CorruptSegment: 'write nothing there; put back the file that is named from a backup, or salvage the journal',
  CursorCheckpointCorrupt: 'remove the checkpoint that is named; the cursor begins anew',
  ReceiptInvalid: 'do not trust this receipt; ask its issuer for another',
  InvalidTransition: 'go by way of a state that allows it; `catalog state --help` shows them',
  SchemaVersionUnsupported: 'a newer version wrote this; use that version or a later one',
  StoreMismatch: 'leave --store away, or choose another --root',
  PathOutsideRoot: 'something under the root is a link that leads out of it; remove that link',
  UnsafeRoot:
    'make the root yours alone (chmod 700) or choose another, or say --allow-unsafe-root; a lock that is named and is not ours: remove it',
  PermissionDenied: 'check owner and mode of the path that is named, or run as the user who owns it',
  Unsupported: 'choose another way: this one is not there on this machine or in this version',
  PlatformProfileInvalid: 'write the profile anew',
  PlatformProfileMismatch: 'write the profile anew on this machine, if the change is meant',
  PlatformAdmissionFailed: 'put the root on a file system that can do what is named',
  CursorCheckpointRegionMismatch: 'use the region that the cursor was made with, or another id',
  CursorCheckpointAhead: 'the journal is older than the cursor; remove the checkpoint or restore the journal',
  Compacted: 'begin again from the oldest event that is kept; `catalog watch --after 0` tells all there is',
  HistoryRewound: 'the journal was put back to an older one; begin again from its beginning',
  WeakServer: 'change at the server what is named, or use another',
  FetcherRequired: '`catalog-provision pull` fetches it; or download it yourself and add the file: `catalog add ./model.gguf`',
  NoSpace: 'make room on that disk, or choose another --root',
  ReadOnly: 'choose a --root on a disk that can be written',
  IoError: 'look with `catalog doctor` and at the disk (dmesg, smartctl), and try again',
  StorePoisoned: 'the disk lost a write; look at it (dmesg, smartctl), then open the catalog again',
  CommitUnknown: 'look with `catalog show` whether it was done before you try again',
  TooManyFiles: 'raise the limit of open files (ulimit -n) and try again',
  EntryTooLarge: 'make the record smaller, or use another store',
  Aborted: 'nothing was left half done; run it again when you like',
};

/** A refusal of the command itself, which knows better what to do next than its code tells. */
export class CliRefusal extends CatalogError {
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, details: ErrorDetails = {}) {
    super(code, message, details);
    this.hint = hint;
  }
}

/** The command line that was refused, as far as it was understood. */
export interface Asked {
  readonly verb?: string | undefined;
  readonly readOnly?: boolean;
}

/** No hint names what the verb has not, or what was not said. */
export function hintFor(error: CatalogError, asked: Asked = {}): string {
  if (error instanceof CliRefusal) return error.hint;
  const { verb = '' } = asked;
  return hintByDetails(error, asked) ?? verbHints[verb]?.[error.code] ?? hints[error.code];
}

function hintByDetails({ code, details }: CatalogError, { verb, readOnly }: Asked): string | undefined {
  if (details.server !== undefined || details.waited_ms !== undefined) return ofServers[code];
  switch (code) {
    case 'InvalidArgument':
      return (['from', 'to'].includes(String(details.argument)) && verbHints[verb ?? '']?.InvalidArgument) || (verb && usageHint(verb));
    case 'AlreadyExists':
      if (verb === 'migrate') return undefined;
      if (details.node !== undefined) return 'give this node another name with --node; or say --take-over, if that machine is no more';
      return details.id === undefined ? undefined : 'choose an id that differs by more than case or form';
    case 'NotFound':
      return details.path === undefined ? undefined : (verbHints[verb ?? '']?.NotFound ?? 'check the path that is named: nothing is there');
    case 'IndexCorrupt':
    case 'HistoryRewound':
    case 'StoreMismatch':
    case 'DigestMismatch':
      return typeof details.needs === 'string' ? ofFleets[details.needs] : undefined;
    case 'ReadOnly':
      return readOnly ? 'leave --read-only away' : undefined;
    case 'Unsupported':
      return typeof details.needs === 'string' ? stores[details.needs] : undefined;
    default:
      return undefined;
  }
}

export function usageHint(verb: string): string {
  return `\`catalog ${verb} --help\` tells what it takes`;
}

/** Where a verb has a way that others have not. */
const verbHints: Readonly<Record<string, Partial<Record<ErrorCode, string>>>> = {
  add: { AlreadyExists: 'choose another --id; or say --replace, if what is there may go' },
  state: { NotVerified: 'verify it first with `catalog verify`, or say --allow-unverified' },
  snapshot: { AlreadyExists: 'choose a directory that is empty, or not there yet' },
  probe: { NotFound: 'give an id that `catalog ls` lists, or the path of a file or a folder' },
  why: { NotFound: 'give the path of a file, or a digest as `catalog show` tells it' },
  where: { NotFound: 'look with `catalog ls --fleet`; what is newer comes with `catalog sync`' },
  sync: { InvalidArgument: 'say which fleet: `catalog sync --from postgres://user@host/database`' },
  migrate: {
    NotFound: 'say with --root where the catalog is',
    InvalidArgument: 'say --to journal, --to fs, or which server: --to postgres://user@host:5432/database, --to etcd://host:2379',
    AlreadyExists: 'look at both with `catalog show`, the other with --store URL; remove the one that is not meant, and run this again',
    EntryTooLarge: 'make the record smaller, or choose a server that takes larger ones; nothing was written',
    RevisionConflict: 'look at it with `catalog show` and --store URL; if it is not meant, remove it there and run this again',
    IoError: 'see that the disk is well (`catalog doctor`), and the server if one was named; then run this again: it goes on',
    CommitUnknown: 'run this again: what was done is found',
    Aborted: 'run this again: it goes on',
  },
};

/** What to do about a server that refuses, or does not answer. */
const ofServers: Partial<Readonly<Record<ErrorCode, string>>> = {
  PermissionDenied: 'check the user, the password (PGPASSWORD or ~/.pgpass for PostgreSQL), and what the user was granted there',
  ReadOnly: 'ask the server that takes writes; or let the user write: default_transaction_read_only is on there',
  NotFound: 'check the name of the database, and make it if it is not there',
  NoSpace: 'make room where the server has its data; nothing that was acknowledged is lost',
  IoError: 'see that the server runs, that this machine can reach it, and that its certificate is known here, and try again',
};

/** What to do about a fleet and its copy. */
const ofFleets: Readonly<Record<string, string>> = {
  sync: 'take it anew with `catalog sync --from URL`; if the fleet is out of reach, move the folder `fleet` of the root away: your own models are not in it',
  origin:
    'as whom this node is known was in it: `catalog sync --from URL --node <its name> --take-over`; if the fleet is out of reach, move the folder `fleet` of the root away',
  restart: 'if the other one is meant, take it in place of the copy with `catalog sync --restart`',
  fleet: 'add the content that the fleet says, or choose another --id',
};

/** What to do where another store could do it. */
const stores: Readonly<Record<string, string>> = {
  fleet: 'change it in the fleet, with --store and the URL; or hold it: `catalog add <path> --id` with this id',
  'own store': 'leave --store away: the node’s own catalog is in --root',
  journal: 'move it to a store with a history: `catalog migrate --to journal`; or begin a new one with --store journal',
  'no policy': 'take policy.json away if it is not to be heeded any more, and run this again',
  fs: 'a journal is looked over when it is opened, and put right by the next command that writes: `catalog ls` tells of damage',
};
