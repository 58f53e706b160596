import { type CatalogError, refusal } from '../../core/errors.js';
import type { StoreClaims } from '../catalog-store.js';

/** What a server says of itself. */
export interface ServerFacts {
  readonly version: number;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly in_recovery: boolean;
  readonly encoding: string;
}

export const factsQuery = `SELECT current_setting('server_version_num') AS version, current_setting('fsync') AS fsync,
  current_setting('full_page_writes') AS full_page_writes, current_setting('synchronous_commit') AS synchronous_commit,
  pg_is_in_recovery()::text AS in_recovery, current_setting('server_encoding') AS encoding`;

const oldestVersion = 130_000;

export function factsIn(row: Readonly<Record<string, string | null>>): ServerFacts {
  const text = (name: string): string => row[name] ?? '';
  return {
    version: Number(text('version')),
    fsync: text('fsync'),
    full_page_writes: text('full_page_writes'),
    synchronous_commit: text('synchronous_commit'),
    in_recovery: text('in_recovery') === 'true',
    encoding: text('encoding'),
  };
}

/** CAT-FLT-7005: why a server may not keep a catalog: it would lose what it acknowledged, or is not the one that takes writes. */
export function weaknessOf(facts: ServerFacts): CatalogError | undefined {
  if (facts.version < oldestVersion) return weak('server_version', facts.version, 'is older than PostgreSQL 13');
  if (facts.fsync !== 'on') return weak('fsync', facts.fsync, 'does not wait for its disk: fsync is off');
  if (facts.full_page_writes !== 'on')
    return weak('full_page_writes', facts.full_page_writes, 'cannot mend torn pages: full_page_writes is off');
  if (facts.in_recovery) return weak('in_recovery', true, 'is in recovery: it is a standby, which takes no writes');
  return facts.encoding === 'UTF8'
    ? undefined
    : weak('server_encoding', facts.encoding, 'does not keep all text: its encoding is not UTF8');
}

export function durabilityOf({ synchronous_commit }: ServerFacts): StoreClaims['durable'] {
  return synchronous_commit === 'off' ? 'weak' : 'full';
}

function weak(setting: string, found: unknown, why: string): CatalogError {
  return refusal('WeakServer', `the server ${why}`, { setting, found });
}
