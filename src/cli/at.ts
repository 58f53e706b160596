import { historyOf, momentIn } from './history.js';
import { examples } from './options.js';
import { engineTable, modelTable } from './render.js';
import type { Verb } from './run.js';

export const at: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<time|revision>', 'a revision, a day, or a time with its zone; a day is its beginning in UTC')
      .addHelpText('after', examples('catalog at 42', 'catalog at 2026-05-01', 'catalog at 2026-05-01T12:00:00Z --json'));
  },
  async run({ catalog }, [given = '']) {
    const store = historyOf(catalog);
    const state = await store.at(momentIn(given));
    const models = state.models.map(({ record }) => record);
    const engines = state.engines.map(({ record }) => record);
    return {
      document: { models, engines },
      ids: [...models, ...engines].map(({ id }) => id),
      lines: (screen) => {
        const tables = [modelTable(models, screen), engineTable(engines, screen)].filter((table) => table.length > 0);
        return tables.flatMap((table, nth) => (nth === 0 ? table : ['', ...table]));
      },
      note: models.length + engines.length > 0 ? undefined : 'there were no models and no engines then; `catalog log` tells what came when',
    };
  },
};
