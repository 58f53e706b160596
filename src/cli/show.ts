import { storedModel } from './model-result.js';
import { examples } from './options.js';
import { modelDetails } from './render.js';
import type { Verb } from './run.js';

export const show: Verb = {
  declare(command) {
    command.argument('<id>').addHelpText('after', examples('catalog show tinyllama', 'catalog show tinyllama --json'));
  },
  async run({ catalog }, [id = '']) {
    const { record, revision } = await storedModel(catalog, id);
    const drift = await catalog.drift([record]);
    const leases = await catalog.leases(id);
    return {
      document: { model: record, revision, ...(drift.length > 0 && { drift }), ...(leases.length > 0 && { leases }) },
      ids: [id],
      lines: (screen) => modelDetails(record, { revision, drift, leases }, screen),
    };
  },
};
