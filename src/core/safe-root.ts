/** What is told of a directory by its status. */
export interface DirectoryRights {
  readonly mode: number;
  readonly owner: number;
}

export type Unsafe = 'foreign-owner' | 'writable-by-others';

const othersWrite = 0o022;

/** CAT-SEC-6002: why a directory is not the user's alone to write to; nothing where users have no numbers. */
export function unsafeBecause({ mode, owner }: DirectoryRights, user: number | undefined): Unsafe[] {
  if (user === undefined) return [];
  const reasons: Unsafe[] = [];
  if (owner !== user) reasons.push('foreign-owner');
  if ((mode & othersWrite) !== 0) reasons.push('writable-by-others');
  return reasons;
}

export function asWords(reason: Unsafe, { mode, owner }: DirectoryRights, user: number | undefined): string {
  if (reason === 'foreign-owner') return `it belongs to user ${owner}, and this is user ${user}`;
  return `others can write to it (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`;
}
