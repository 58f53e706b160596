import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import cacache from 'cacache';
import { tear } from '../support/damage.mjs';
import { model, newestGeneration, refusalOf, withCatalog } from '../support/ours.mjs';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'cacache';
export const version = '20.0.4';
export const issue = '15: what is torn is missing in silence';
export const promise = 'a torn entry that was acknowledged is told of';

export const run = () =>
  inTemporary(async (cache) => {
    await cacache.put(cache, 'key', 'content');
    tear(bucketOf(cache));
    const told = await answer(() => cacache.get.info(cache, 'key'));
    return { kept: told !== 'nothing is there', seen: `get.info: ${told}` };
  });

function bucketOf(cache) {
  const index = readdirSync(cache).find((name) => name.startsWith('index-'));
  const files = readdirSync(join(cache, index), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return join(files[0].path, files[0].name);
}

async function answer(ask) {
  try {
    return (await ask()) === null ? 'nothing is there' : 'it is there';
  } catch (error) {
    return error.code ?? error.name;
  }
}

export const ours = () =>
  inTemporary(async (root) => {
    await withCatalog(root, (catalog) => catalog.models.put(model('key')));
    tear(newestGeneration(root));
    const told = await withCatalog(root, (catalog) => refusalOf(() => catalog.models.get('key')));
    return { kept: told === 'IndexCorrupt', seen: `get: ${told}` };
  });
