import { pinResult } from './model-result.js';
import { examples } from './options.js';
import type { Verb } from './run.js';

export const unpin: Verb = {
  declare(command) {
    command.argument('<id>').addHelpText('after', examples('catalog unpin tinyllama'));
  },
  async run({ catalog }, [id = '']) {
    await catalog.unpin(id);
    return pinResult(catalog, id);
  },
};
