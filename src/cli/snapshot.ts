import { journalOf } from './history.js';
import { examples } from './options.js';
import type { Verb } from './run.js';

const what = `
The copy opens by itself, with --root. It has every record and the whole history; the bytes of models are not in it. Full
segments of the journal are shared with it by hard links where the disk has them.`;

export const snapshot: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<dir>', 'a directory that is missing or empty')
      .addHelpText('after', what)
      .addHelpText('after', examples('catalog snapshot /backup/catalog-2026-05-01', 'catalog log --root /backup/catalog-2026-05-01'));
  },
  async run({ catalog }, [directory = '']) {
    const report = await journalOf(catalog).copyTo(directory);
    const { events, segments, linked } = report;
    return {
      document: { report },
      ids: [],
      lines: () => [`${directory} has ${events} events in ${segments} segments, ${linked} of them shared`],
    };
  },
};
