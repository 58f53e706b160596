import type { EngineQuery } from '../engine-collection.js';
import { whyNone } from './emptiness.js';
import { examples } from './options.js';
import { engineTable } from './render.js';
import type { Verb } from './run.js';

export const engineLs: Verb<EngineQuery> = {
  declare(command) {
    command
      .option('--engine <name>', 'only those of this engine')
      .option('--version <version>', 'only this version, or those of a range: ^1.2.0')
      .addHelpText('after', examples('catalog engine ls', "catalog engine ls --engine llama.cpp --version '>=1.2 <2' --json"));
  },
  async run({ catalog }, _, { engine, version }) {
    const engines = await catalog.engines.find({ ...(engine !== undefined && { engine }), ...(version !== undefined && { version }) });
    const isFiltered = engine !== undefined || version !== undefined;
    return {
      document: { engines },
      ids: engines.map(({ id }) => id),
      lines: (screen) => engineTable(engines, screen),
      note: engines.length > 0 ? undefined : await whyNone(catalog, { kind: 'engine', isFiltered }),
    };
  },
};
