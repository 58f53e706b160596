import { Option } from 'commander';
import type { PartialWork } from '../artifacts/partials.js';
import { type LifecycleState, lifecycleStates, type TrustState, trustStates } from '../core/records.js';
import { whyNone } from './emptiness.js';
import { examples } from './options.js';
import type { Result } from './output.js';
import { ageText, modelTable, sizeText, table } from './render.js';
import type { Verb } from './run.js';

interface LsFlags {
  readonly state?: LifecycleState;
  readonly trust?: TrustState;
  readonly label?: string;
  readonly id?: string;
  readonly name?: string;
  readonly partial?: boolean;
  readonly fleet?: boolean;
}

export const ls: Verb<LsFlags> = {
  declare(command) {
    command
      .addOption(new Option('--state <state>', 'only those in this state').choices(lifecycleStates))
      .addOption(new Option('--trust <trust>', 'only those of this trust').choices(trustStates))
      .option('--label <label>', 'only those with this label: key or key=value')
      .option('--id <glob>', 'only those whose id matches: * for any text, ? for one character')
      .option('--name <glob>', 'only those whose name matches')
      .option('--fleet', 'also those that only the fleet has, as of the last `catalog sync`')
      .option('--partial', 'what is on its way in, and what was left there, instead')
      .addHelpText('after', examples('catalog ls', 'catalog ls --state Active --label team=vision', "catalog ls --id 'llama*' --json"));
  },
  async run({ catalog }, _, { state, trust, label, id, name, partial, fleet }) {
    if (partial) return partialResult(await catalog.partials());
    const filter = {
      ...(state && { state }),
      ...(trust && { trust_state: trust }),
      ...(label !== undefined && { label }),
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
    };
    const models = await catalog.list({ ...filter, ...(fleet && { fleet }) });
    const isFiltered = Object.keys(filter).length > 0;
    const drift = await catalog.drift(models.filter((model) => model.fleet === undefined));
    return {
      document: { models, ...(drift.length > 0 && { drift }) },
      ids: models.map((model) => model.id),
      lines: (screen) => modelTable(models, screen, drift),
      note: models.length > 0 ? undefined : await whyNone(catalog, { kind: 'model', isFiltered }),
    };
  },
};

function partialResult(partials: readonly PartialWork[]): Result {
  const rows = partials.map(({ path, kind, bytes, ageMs, isLive }) => [
    path,
    kind,
    sizeText(bytes),
    ageText(ageMs),
    isLive === undefined ? 'unknown' : isLive ? 'under way' : 'abandoned',
  ]);
  return {
    document: {
      partials: partials.map(({ path, kind, bytes, ageMs, isLive }) => ({
        path,
        kind,
        bytes,
        age_ms: Math.round(ageMs),
        live: isLive ?? null,
      })),
    },
    ids: partials.map(({ path }) => path),
    lines: (screen) => table(['PATH', 'KIND', 'SIZE', 'AGE', 'STATE'], rows, screen),
  };
}
