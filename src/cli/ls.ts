import { Option } from 'commander';
import { type LifecycleState, lifecycleStates, type TrustState, trustStates } from '../core/records.js';
import { examples } from './options.js';
import { modelTable } from './render.js';
import type { Verb } from './run.js';

interface LsFlags {
  readonly state?: LifecycleState;
  readonly trust?: TrustState;
  readonly label?: string;
  readonly id?: string;
  readonly name?: string;
}

export const ls: Verb<LsFlags> = {
  declare(command) {
    command
      .addOption(new Option('--state <state>', 'only those in this state').choices(lifecycleStates))
      .addOption(new Option('--trust <trust>', 'only those of this trust').choices(trustStates))
      .option('--label <label>', 'only those with this label: key or key=value')
      .option('--id <glob>', 'only those whose id matches: * for any text, ? for one character')
      .option('--name <glob>', 'only those whose name matches')
      .addHelpText('after', examples('catalog ls', 'catalog ls --state Active --label team=vision', "catalog ls --id 'llama*' --json"));
  },
  async run({ catalog }, _, { state, trust, label, id, name }) {
    const models = await catalog.list({
      ...(state && { state }),
      ...(trust && { trust_state: trust }),
      ...(label !== undefined && { label }),
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
    });
    const drift = await catalog.drift(models);
    return {
      document: { models, ...(drift.length > 0 && { drift }) },
      ids: models.map((model) => model.id),
      lines: (screen) => modelTable(models, screen, drift),
    };
  },
};
