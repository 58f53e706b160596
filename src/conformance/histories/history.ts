/** What clients of a store did and were shown, as they saw it: plain data. Moments are places in the order of all begins and ends. */
export interface History {
  readonly operations: readonly Operation[];
  /** One list per watcher, as he was told. */
  readonly watched: readonly Watched[];
  /** What is there when all is over. */
  readonly end: readonly Shown[];
}

/** A record as it is shown: every put writes a value that no other writes. */
export interface Shown {
  readonly id: string;
  readonly value: string;
  readonly revision: number;
}

interface Lived {
  readonly client: number;
  readonly id: string;
  readonly begun: number;
  /** `undefined` where its client died before it was told, or was told that it is not known. */
  readonly ended: number | undefined;
}

export interface Put extends Lived {
  readonly type: 'put';
  readonly value: string;
  readonly ifRevision?: number | 'absent' | undefined;
  /** Where it was acknowledged. */
  readonly revision?: number | undefined;
  readonly refused?: string | undefined;
}

export interface Delete extends Lived {
  readonly type: 'delete';
  readonly ifRevision?: number | undefined;
  readonly existed?: boolean | undefined;
  readonly refused?: string | undefined;
}

export interface Get extends Lived {
  readonly type: 'get';
  readonly found: Omit<Shown, 'id'> | undefined;
}

/** What somebody did to a store, when it began and ended, and what it was told. */
export type Operation = Put | Delete | Get;

/** What one who watched was shown, and what was owed to him. */
export interface Watched {
  /** What he knew when he began: changes up to this revision are not owed to him. */
  readonly after: number;
  /** Whether every change is owed, or only the newest of each record. */
  readonly owed: 'every' | 'latest';
  readonly changes: readonly { readonly id: string; readonly revision: number; readonly value: string | undefined }[];
}

/** CAT-CNF-5204. */
export type FaultKind =
  | 'lost update'
  | 'stale read'
  | 'going back'
  | 'nobody wrote it'
  | 'skipped change'
  | 'repeated change'
  | 'change that vanished';

/** Why no order of the operations explains what was seen. */
export interface HistoryFault {
  readonly kind: FaultKind;
  readonly message: string;
}
