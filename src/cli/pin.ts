import { pinResult } from './model-result.js';
import { examples } from './options.js';
import type { Verb } from './run.js';

interface PinFlags {
  readonly reason: string;
}

export const pin: Verb<PinFlags> = {
  declare(command) {
    command
      .argument('<id>')
      .option('--reason <text>', 'why it must stay', 'pinned by hand')
      .addHelpText('after', examples('catalog pin tinyllama', "catalog pin tinyllama --reason 'the demo of Friday'"));
  },
  async run({ catalog }, [id = ''], { reason }) {
    await catalog.pin(id, reason);
    return pinResult(catalog, id);
  },
};
