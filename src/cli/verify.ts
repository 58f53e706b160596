import type { FailureReason } from '../core/verification.js';
import { examples } from './options.js';
import { outcomeLine } from './render.js';
import type { Verb } from './run.js';

interface VerifyFlags {
  readonly expected?: string;
  readonly quick?: boolean;
}

const nextSteps: Readonly<Record<FailureReason, string>> = {
  mismatch: 'do not use it; fetch it again and add it with `catalog add`, or check the digest that is expected',
  truncated: 'do not use it; fetch it again and add it with `catalog add`',
  missing: 'bring its files with `catalog add`, or remove it with `catalog rm`',
  unreadable: 'check owner and mode of its files, and the disk',
  'changed-during-verification': 'wait until nobody writes to it, and verify it again',
};

export const verify: Verb<VerifyFlags> = {
  heedsSignal: true,
  declare(command) {
    command
      .argument('<id>')
      .option('--expected <digest>', 'what the content must be; by default what is recorded')
      .option('--quick', 'take a file that has not changed since it was verified for good')
      .addHelpText('after', examples('catalog verify tinyllama', 'catalog verify tinyllama --quick', 'catalog verify tinyllama --json'));
  },
  async run({ catalog, signal, onProgress }, [id = ''], { expected, quick }) {
    const outcome = await catalog.verify(id, { expected, quick, onProgress, signal });
    const isBad = outcome.kind === 'fail';
    return {
      document: { id, outcome },
      ids: [id],
      lines: (screen) => [outcomeLine(id, outcome, screen)],
      exitCode: isBad ? 1 : 0,
      hint: isBad ? nextSteps[outcome.reason ?? 'mismatch'] : undefined,
    };
  },
};
