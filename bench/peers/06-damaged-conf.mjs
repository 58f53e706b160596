import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { overwrite } from '../support/damage.mjs';
import { model, newestGeneration, refusalOf, withCatalog } from '../support/ours.mjs';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'conf';
export const version = '15.1.0';
export const issue = '19: defaults are written over what cannot be read; here where clearInvalidConfig is asked for';
export const promise = 'a damaged file is refused, not replaced';

const damage = '{"kept": "a value", "cut';

/** With the option that conf offers for this; without it, it refuses as ours: see 06-damaged-conf-default.mjs. */
export const run = () => runWith({ clearInvalidConfig: true });

export const runWith = (options) =>
  inTemporary(async (cwd) => {
    const asked = options.clearInvalidConfig ? 'clearInvalidConfig' : 'as it comes';
    const file = join(cwd, 'config.json');
    writeFileSync(file, damage);
    const told = setOne({ cwd, ...options });
    const stays = readFileSync(file, 'utf8') === damage;
    return { kept: told !== 'acknowledged' && stays, seen: `${asked}: ${told}; the damaged file ${stays ? 'stays' : 'is gone'}` };
  });

function setOne(options) {
  try {
    new Conf(options).set('new', 1);
    return 'acknowledged';
  } catch (error) {
    return error.name;
  }
}

export const ours = () =>
  inTemporary(async (root) => {
    await withCatalog(root, (catalog) => catalog.models.put(model('kept')));
    const file = newestGeneration(root);
    const damaged = readFileSync(file).subarray(0, 100);
    overwrite(file, damaged);
    const told = await withCatalog(root, (catalog) => refusalOf(() => catalog.models.put(model('new'))));
    const stays = newestGeneration(root) === file && readFileSync(file).equals(damaged);
    return { kept: told === 'IndexCorrupt' && stays, seen: `${told}; the damaged file ${stays ? 'stays' : 'is gone'}` };
  });
