/** Who holds a lock. Enough to tell, on the machine itself, whether that process still lives; never enough from elsewhere. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** When the lock was taken: ISO 8601, UTC. */
  readonly since: string;
  /** Of this boot of the machine, and of the process ids that it counts with; `undefined` where the system does not say. */
  readonly boot_id?: string | undefined;
  readonly pid_namespace?: string | undefined;
  /** When the process started, as the system counts it: a number that comes back is another process. */
  readonly process_start?: string | undefined;
  readonly token: string;
}

export type Liveness = 'alive' | 'dead' | 'cannot be told';

/** CAT-LCK-1201: the age above which what cannot be judged otherwise is taken for abandoned. */
export const hourMs = 3_600_000;

/**
 * CAT-LCK-1201: whether a lock may be taken from its owner. By its process where that can be asked for; from another host, boot
 * or namespace never by pid, only by age above one hour, and by an operator who says so.
 */
export function isAbandoned(
  owner: LockOwner,
  asker: Pick<LockOwner, 'host' | 'boot_id' | 'pid_namespace'>,
  found: { readonly liveness: Liveness; readonly nowMs: number },
): boolean {
  const isNeighbour =
    owner.boot_id !== undefined &&
    owner.pid_namespace !== undefined &&
    owner.host === asker.host &&
    owner.boot_id === asker.boot_id &&
    owner.pid_namespace === asker.pid_namespace;
  if (isNeighbour && found.liveness !== 'cannot be told') return found.liveness === 'dead';
  return found.nowMs - Date.parse(owner.since) > hourMs;
}

/** What a lock's file says; `undefined` when it is being written at this moment, or is no owner's record. */
export function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner>;
    const { pid, host, command, since, token } = owner;
    const isOwner = typeof pid === 'number' && typeof host === 'string' && typeof command === 'string' && typeof token === 'string';
    return isOwner && typeof since === 'string' && !Number.isNaN(Date.parse(since))
      ? { ...owner, pid, host, command, since, token }
      : undefined;
  } catch {
    return undefined;
  }
}
