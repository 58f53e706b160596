import { storedEngine, storedModel } from './model-result.js';
import { examples } from './options.js';
import { keyValues } from './render.js';
import type { Verb } from './run.js';

export const engineCorrelate: Verb = {
  onlyReads: true,
  declare(command) {
    command
      .argument('<model>')
      .argument('<engine>')
      .addHelpText('after', examples('catalog engine correlate tinyllama llama.cpp:1.2.3 --json'));
  },
  async run({ catalog }, [modelId = '', engineId = '']) {
    // Each by itself: what to do next differs.
    await storedModel(catalog, modelId);
    await storedEngine(catalog, engineId);
    const correlation = await catalog.correlate(modelId, engineId);
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
