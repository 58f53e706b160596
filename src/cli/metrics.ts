import { familiesOf, ofEntries } from '../observe/metrics.js';
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
    const families = familiesOf(ofEntries(await catalog.list()));
    const { prometheusText } = await import('../prometheus/text.js');
    return {
      document: { metrics: families },
      ids: families.map(({ name }) => name),
      lines: () => prometheusText(families).trimEnd().split('\n'),
    };
  },
};
