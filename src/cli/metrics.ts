import { CatalogMetrics } from '../observe/catalog-metrics.js';
import { examples } from './options.js';
import type { Verb } from './run.js';

export const metrics: Verb = {
  onlyReads: true,
  declare(command) {
    command.addHelpText(
      'after',
      examples('catalog metrics', 'catalog metrics > /var/lib/node_exporter/catalog.prom', 'catalog metrics --json'),
    );
  },
  async run({ catalog }) {
    const counting = new CatalogMetrics(catalog);
    counting.close();
    const families = await counting.families();
    const { prometheusText } = await import('../prometheus/text.js');
    return {
      document: { metrics: families },
      ids: families.map(({ name }) => name),
      lines: () => prometheusText(families).trimEnd().split('\n'),
    };
  },
};
