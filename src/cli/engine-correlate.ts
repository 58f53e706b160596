import { isCatalogError } from '../core/errors.js';
import type { Correlation } from '../correlate.js';
import { CliRefusal } from './hints.js';
import { storedEngine, storedModel } from './model-result.js';
import { examples } from './options.js';
import { keyValues } from './render.js';
import type { Verb } from './run.js';

export const engineCorrelate: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<model>', 'its id')
      .argument('<engine>', 'its id')
      .addHelpText('after', examples('catalog engine correlate tinyllama llama.cpp:1.2.3 --json'));
  },
  async run({ catalog }, [modelId = '', engineId = '']) {
    // Each by itself: what to do next differs.
    await storedModel(catalog, modelId);
    await storedEngine(catalog, engineId);
    const correlation = await correlated(catalog.correlate(modelId, engineId), modelId);
    const { model, engine, digest } = correlation;
    return {
      document: { correlation },
      ids: [digest],
      lines: (screen) =>
        keyValues(
          [
            ['model', `${model.id}  ${model.digest}`],
            ['engine', engine.digest === undefined ? engine.id : `${engine.id}  ${engine.digest}`],
            ...(engine.build_flags ?? []).map((flag) => ['flag', flag] as const),
            ['pair', digest],
          ],
          screen,
        ),
    };
  },
};

async function correlated(work: Promise<Correlation>, id: string): Promise<Correlation> {
  try {
    return await work;
  } catch (error) {
    if (!isCatalogError(error, 'NotVerified')) throw error;
    throw new CliRefusal(error.code, error.message, `run \`catalog verify ${id}\`, and then this again`, error.details);
  }
}
