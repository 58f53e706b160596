import { historyOf, momentIn } from './history.js';
import { examples } from './options.js';
import type { Verb } from './run.js';
import { differenceLines } from './story.js';

export const diff: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<a>', 'a revision, a day, or a time with its zone')
      .argument('[b]', 'another; by default now')
      .addHelpText('after', examples('catalog diff 42', 'catalog diff 42 57', 'catalog diff 2026-05-01 2026-06-01 --json'));
  },
  async run({ catalog }, [a = '', b]) {
    const store = historyOf(catalog);
    const differences = await store.diff(momentIn(a), b === undefined ? undefined : momentIn(b));
    return {
      document: { differences },
      ids: differences.map(({ id }) => id),
      lines: () => (differences.length === 0 ? ['nothing changed'] : differences.flatMap(differenceLines)),
    };
  },
};
