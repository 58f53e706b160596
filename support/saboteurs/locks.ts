import { CatalogError, isCatalogError } from '../../src/core/errors.js';
import type * as LockOwner from '../../src/core/lock-owner.js';
import type { Host } from '../../src/disk/host.js';
import type * as Locks from '../../src/disk/lock.js';
import { withLockDisabled } from '../interrupt/disks.js';
import { answersOf } from './answers.js';
import { type DiskSaboteur, inModule, type ModuleSaboteur } from './saboteur.js';

const lockModule = 'src/disk/lock.ts';
const ownerModule = 'src/core/lock-owner.ts';
const system = { noFollow: true };
const host = { clock: () => 0, random: (bytes: number) => new Uint8Array(bytes), monotonicMs: () => 0, system } as unknown as Host;
const hourMs = 3_600_000;
const owner = { pid: 1, host: 'there', command: 'node', since: '2026-01-01T00:00:00.000Z', boot_id: 'b', pid_namespace: 'n', token: 't' };

const lockAlwaysGranted: DiskSaboteur = {
  name: 'lock always granted',
  breaks: 'CAT-LCK-1202',
  by: 'schedule',
  does: 'Whoever asks for the lock of a root is told that he has it.',
  wrap: withLockDisabled,
};

const releasedEarly = inModule<typeof Locks, 'acquireLock'>({
  name: 'lock released early',
  breaks: 'CAT-LCK-1201',
  by: 'schedule',
  does: 'The lock of a root is given back before the work begins.',
  module: lockModule,
  names: ['acquireLock'],
  substitutes: ({ acquireLock, releaseLock }) => ({
    acquireLock: function* (path, options) {
      const lock = yield* acquireLock(path, options);
      yield* releaseLock(lock, options.host);
      return lock;
    },
  }),
  shows: ({ acquireLock }) =>
    answersOf(acquireLock('/r/catalog.lock', { timeoutMs: 0, host }), (step) =>
      step.op === 'stat-handle' ? { type: 'file', links: 1 } : step.op === 'lock' ? true : 100,
    ),
});

const nobodyNamed = inModule<typeof Locks, 'acquireLock'>({
  name: 'Busy names nobody',
  breaks: 'CAT-LCK-1202',
  by: 'scenario',
  does: 'Who waited for a lock in vain is not told who holds it.',
  module: lockModule,
  names: ['acquireLock'],
  substitutes: ({ acquireLock }) => ({
    acquireLock: function* (path, options) {
      try {
        return yield* acquireLock(path, options);
      } catch (error) {
        throw isCatalogError(error, 'Busy') ? new CatalogError('Busy', `${path} is held`) : error;
      }
    },
  }),
  shows: ({ acquireLock }) =>
    answersOf(acquireLock('/r/catalog.lock', { timeoutMs: 0, host }), (step) => (step.op === 'lock' ? false : { size: 0 })),
});

const neverBroken = inModule<typeof LockOwner, 'isAbandoned'>({
  name: 'stale lock never broken',
  breaks: 'CAT-LCK-1201',
  by: 'scenario',
  does: 'The lock of a dead process is held for ever.',
  module: ownerModule,
  names: ['isAbandoned'],
  substitutes: () => ({ isAbandoned: () => false }),
  shows: ({ isAbandoned }) => isAbandoned(owner, owner, { liveness: 'dead', nowMs: 0 }),
});

const judgedByPid = inModule<typeof LockOwner, 'isAbandoned'>({
  name: 'judged by pid from elsewhere',
  breaks: 'CAT-LCK-1206',
  by: 'scenario',
  does: 'A process of another machine or namespace is taken for dead because its number is free here.',
  module: ownerModule,
  names: ['isAbandoned'],
  substitutes: () => ({
    isAbandoned: ({ since }, _asker, { liveness, nowMs }) => liveness === 'dead' || nowMs - Date.parse(since) > hourMs,
  }),
  shows: ({ isAbandoned }) =>
    isAbandoned(owner, { host: 'here', boot_id: 'c', pid_namespace: 'n' }, { liveness: 'dead', nowMs: Date.parse(owner.since) }),
});

export const lockSaboteurs: readonly (ModuleSaboteur | DiskSaboteur)[] = [
  lockAlwaysGranted,
  releasedEarly,
  nobodyNamed,
  neverBroken,
  judgedByPid,
];
