/** What may become of one pending change in a crash. A rename that is `kept` is kept whole. */
export type Fate = 'lost' | 'kept' | 'zeroed' | 'source-kept' | 'destination-old';
export type RenameMode = Extract<Fate, 'kept' | 'source-kept' | 'destination-old'>;

/**
 * What a kind of disk promises about a crash (CAT-SIM-5003). `posix-weak` keeps any subset of what no sync has ordered;
 * `process-kill` keeps all that was visible; `liar` answers a sync and makes nothing durable.
 */
export interface CrashProfile {
  readonly name: ProfileName;
  readonly syncs: 'persist' | 'do-nothing';
  readonly volatile: 'what-is-pending' | 'nothing';
  /** The fates of a chunk of data beside `lost`. */
  readonly dataFates: readonly Fate[];
  /** The fates of a rename beside `lost`. */
  readonly renameFates: readonly RenameMode[];
  /** Which sets of pending names may survive. */
  readonly nameOrder: 'any-subset';
}

export type ProfileName = 'posix-weak' | 'process-kill' | 'liar';

const posixWeak: CrashProfile = {
  name: 'posix-weak',
  syncs: 'persist',
  volatile: 'what-is-pending',
  dataFates: ['kept', 'zeroed'],
  renameFates: ['kept', 'source-kept', 'destination-old'],
  nameOrder: 'any-subset',
};

export const profiles: Readonly<Record<ProfileName, CrashProfile>> = {
  'posix-weak': posixWeak,
  'process-kill': { ...posixWeak, name: 'process-kill', volatile: 'nothing' },
  liar: { ...posixWeak, name: 'liar', syncs: 'do-nothing' },
};
