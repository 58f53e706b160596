import { Argument } from 'commander';
import { type LifecycleState, lifecycleStates } from '../core/records.js';
import { modelResult } from './model-result.js';
import { examples } from './options.js';
import type { Verb } from './run.js';

interface StateFlags {
  readonly allowUnverified?: boolean;
}

const ways = `
From Pending to Active, Failed, Retired; from Active to Retired, Failed;
from Failed to Pending, Active, Retired; from Retired to Active, Pending.`;

export const state: Verb<StateFlags> = {
  declare(command) {
    command
      .argument('<id>')
      .addArgument(new Argument('<state>').choices(lifecycleStates))
      .option('--allow-unverified', 'make it Active although nobody verified it')
      .addHelpText('after', ways)
      .addHelpText('after', examples('catalog state tinyllama Retired', 'catalog state tinyllama Active'));
  },
  async run({ catalog }, [id = '', to = ''], { allowUnverified = false }) {
    await catalog.setState(id, to as LifecycleState, { allowUnverified });
    return modelResult(catalog, id);
  },
};
