import type { Catalog } from '../catalog.js';
import { missingModel } from '../catalog-context.js';
import { storedModel } from './model-result.js';
import { examples } from './options.js';
import type { Result } from './output.js';
import { modelDetails } from './render.js';
import type { Verb } from './run.js';

export const show: Verb = {
  declare(command) {
    command.argument('<id>').addHelpText('after', examples('catalog show tinyllama', 'catalog show tinyllama --json'));
  },
  async run({ catalog }, [id = '']) {
    const ofFleet = (await catalog.get(id))?.fleet;
    if (ofFleet !== undefined) return fleetResult(catalog, id, ofFleet.revision);
    const { record, revision } = await storedModel(catalog, id);
    const drift = await catalog.drift([record]);
    const leases = await catalog.leases(id);
    return {
      document: { model: record, revision, ...(drift.length > 0 && { drift }), ...(leases.length > 0 && { leases }) },
      ids: [id],
      lines: (screen) => modelDetails(record, { revision, drift, leases }, screen),
    };
  },
};

/** What only the fleet has: as it was copied. */
async function fleetResult(catalog: Catalog, id: string, revision: number): Promise<Result> {
  const model = await catalog.get(id);
  if (model === undefined) throw missingModel(id);
  return {
    document: { model, revision },
    ids: [id],
    lines: (screen) => modelDetails(model, { revision, drift: [], leases: [], fleet: model.fleet?.from }, screen),
  };
}
