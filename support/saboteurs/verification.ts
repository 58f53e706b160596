import type * as HashFile from '../../src/artifacts/hash-file.js';
import type * as Lifecycle from '../../src/core/lifecycle.js';
import type { ModelEntry } from '../../src/core/records.js';
import type * as Verification from '../../src/core/verification.js';
import { contextOf, type Disk } from '../../src/disk/program.js';
import { attempted, pending } from './records.js';
import { type DiskSaboteur, inModule, type ModuleSaboteur } from './saboteur.js';

const hashFile = 'src/artifacts/hash-file.ts';
const verification = 'src/core/verification.ts';
const digest = `sha256:${'0123456789abcdef'.repeat(4)}` as const;

const nothingExpectedPasses = inModule<typeof Verification, 'judge'>({
  name: 'nothing expected passes',
  breaks: 'CAT-DIG-1402',
  by: 'scenario',
  does: 'A file of which nothing is known passes its verification.',
  module: verification,
  names: ['judge'],
  substitutes: ({ judge }) => ({
    judge: (...asked) => {
      const outcome = judge(...asked);
      return outcome.kind === 'warn' ? { ...outcome, kind: 'pass' } : outcome;
    },
  }),
  shows: ({ judge }) => judge({ digest, bytes: 1 }, {}, { duration_ms: 0, method: 'full' }).kind,
});

const quickSaysFull = inModule<typeof Verification, 'judge'>({
  name: 'a quick verification says that it was full',
  breaks: 'CAT-DIG-1406',
  by: 'scenario',
  does: 'That no byte was read is not told.',
  module: verification,
  names: ['judge'],
  substitutes: ({ judge }) => ({ judge: (reading, expectation, rest) => judge(reading, expectation, { ...rest, method: 'full' }) }),
  shows: ({ judge }) => judge({ digest, bytes: 1 }, {}, { duration_ms: 0, method: 'quick' }).method,
});

const firstLookBelieved: DiskSaboteur = {
  name: 'what changes while it is read is not seen',
  breaks: 'CAT-DIG-1403',
  by: 'scenario',
  does: 'A file counts as it was when it was opened, whatever became of it.',
  wrap: rememberingLooks,
};

const firstChunkHashed = inModule<typeof HashFile, 'ContentHash'>({
  name: 'only the first chunk is hashed',
  breaks: 'CAT-BLB-2101',
  by: 'scenario',
  does: 'Of a large file the digest is that of its beginning.',
  module: hashFile,
  names: ['ContentHash'],
  substitutes: ({ ContentHash }) => ({
    ContentHash: class extends ContentHash {
      #isFull = false;
      override update(bytes: Uint8Array): void {
        if (!this.#isFull) super.update(bytes);
        this.#isFull = true;
      }
    },
  }),
  shows: ({ ContentHash }) => {
    const hash = new ContentHash(undefined);
    for (const byte of [1, 2]) hash.update(Uint8Array.of(byte));
    return hash.digests().digest;
  },
});

const identityIgnoresTimes = inModule<typeof HashFile, 'identityOf'>({
  name: 'an identity without size and times',
  breaks: 'CAT-DIG-1405',
  by: 'scenario',
  does: 'A file that was changed in place counts as the one that was verified.',
  module: hashFile,
  names: ['identityOf'],
  substitutes: () => ({ identityOf: ({ device, inode }) => `${device}:${inode}:0:0:0` }),
  shows: ({ identityOf }) => identityOf({ device: 1n, inode: 2n, size: 3, mtimeNs: 4n, ctimeNs: 5n } as Parameters<typeof identityOf>[0]),
});

const abortNotHeard = inModule<typeof HashFile, 'checkNotAborted'>({
  name: 'an abort is not heard',
  breaks: 'CAT-DIG-1407',
  by: 'scenario',
  does: 'What is aborted while it is copied goes on to its end.',
  module: hashFile,
  names: ['checkNotAborted'],
  substitutes: () => ({ checkNotAborted: () => {} }),
  shows: ({ checkNotAborted }) => attempted(() => checkNotAborted(AbortSignal.abort())),
});

const raised = (after: ModelEntry): ModelEntry => (after.trust_state === 'warned' ? { ...after, trust_state: 'verified' } : after);

const warnedIsVerified = inModule<typeof Lifecycle, 'afterVerification' | 'afterGoodContent'>({
  name: 'trust is raised without a reason',
  breaks: 'CAT-DIG-1404',
  by: 'scenario',
  does: 'Content against which nothing was known makes a model verified.',
  module: 'src/core/lifecycle.ts',
  names: ['afterVerification', 'afterGoodContent'],
  substitutes: ({ afterVerification, afterGoodContent }) => ({
    afterVerification: (before, outcome, found) => raised(afterVerification(before, outcome, found)),
    afterGoodContent: (before, found) => raised(afterGoodContent(before, found)),
  }),
  shows: ({ afterVerification }) =>
    afterVerification(pending, { kind: 'warn', bytes: 1, duration_ms: 0, method: 'full' }, { now: new Date(0) }).trust_state,
});

export const verificationSaboteurs: readonly (ModuleSaboteur | DiskSaboteur)[] = [
  nothingExpectedPasses,
  quickSaysFull,
  firstLookBelieved,
  firstChunkHashed,
  identityIgnoresTimes,
  abortNotHeard,
  warnedIsVerified,
];

function rememberingLooks(disk: Disk): Disk {
  const looks = new Map<number, unknown>();
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (step.op === 'close') looks.delete(step.handle);
      // A file that we write to changes because of us.
      if (step.op === 'write' || step.op === 'change-mode') looks.delete(step.handle);
      if (step.op !== 'stat-handle') return disk.perform(step);
      if (!looks.has(step.handle)) looks.set(step.handle, disk.perform(step));
      return looks.get(step.handle);
    },
  };
}
