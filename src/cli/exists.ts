import { exitCodes } from '../core/errors.js';
import { examples } from './options.js';
import type { Verb } from './run.js';

export const exists: Verb = {
  declare(command) {
    command
      .argument('<id|ref>', 'an id, or the reference that the model was made from')
      .addHelpText('after', examples('catalog exists tinyllama -q && echo there', 'catalog exists tinyllama --json'));
  },
  async run({ catalog }, [idOrRef = '']) {
    const isThere = await catalog.exists(idOrRef);
    return {
      document: { exists: isThere },
      // Asked by a reference, the exit code alone answers.
      ids: isThere && (await catalog.get(idOrRef)) ? [idOrRef] : [],
      lines: () => [isThere ? 'yes' : 'no'],
      exitCode: isThere ? 0 : exitCodes.NotFound,
    };
  },
};
