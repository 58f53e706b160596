import { engineResult, storedEngine } from './model-result.js';
import { examples } from './options.js';
import type { Verb } from './run.js';

export const engineShow: Verb = {
  declare(command) {
    command
      .argument('<engine>', 'its id')
      .addHelpText('after', examples('catalog engine show llama.cpp:1.2.3', 'catalog engine show llama.cpp:1.2.3 --json'));
  },
  async run({ catalog }, [id = '']) {
    return engineResult(await storedEngine(catalog, id));
  },
};
