import { missingModel, shownId } from '../catalog-context.js';
import type { CatalogError } from '../core/errors.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable } from './render.js';
import type { Verb } from './run.js';

export const locate: Verb = {
  declare(command) {
    command
      .argument('<id|ref>', 'an id, or the reference that the model was made from')
      .addHelpText(
        'after',
        examples(
          'catalog locate tinyllama',
          'llama-server -m "$(catalog locate tinyllama)"',
          'catalog locate hf:org/repo/model.gguf --json',
        ),
      );
  },
  async run({ catalog }, [idOrRef = '']) {
    const found = await catalog.locate(idOrRef);
    if (found === undefined) throw reasonFor(idOrRef, await catalog.exists(idOrRef));
    const { id, path, files } = found;
    // A script needs the path as it is; a terminal must not act on it.
    return { document: { id, path, files }, ids: [id], lines: ({ isTerminal }) => [isTerminal ? printable(path) : path] };
  },
};

function reasonFor(idOrRef: string, isKnown: boolean): CatalogError {
  if (!isKnown) return missingModel(idOrRef);
  const id = shownId(idOrRef);
  return new CliRefusal('NotFound', `the files of ${JSON.stringify(id)} are not there`, 'bring them with `catalog add`', { id });
}
