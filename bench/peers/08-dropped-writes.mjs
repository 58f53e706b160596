import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JSONFilePreset } from 'lowdb/node';
import { model, withCatalog } from '../support/ours.mjs';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'lowdb';
export const version = '7.0.1';
export const issue = '12: issues 549 and 617, acknowledged writes are dropped';
export const promise = 'of writes through two handles none is dropped';

export const run = () =>
  inTemporary(async (directory) => {
    const file = join(directory, 'db.json');
    const handles = [await JSONFilePreset(file, {}), await JSONFilePreset(file, {})];
    for (const [n, handle] of handles.entries()) await handle.update((data) => Object.assign(data, { [n]: n }));
    const { length } = Object.keys(JSON.parse(readFileSync(file, 'utf8')));
    return { kept: length === handles.length, seen: `${handles.length} acknowledged, ${length} there` };
  });

export const ours = () =>
  inTemporary(async (root) => {
    const ids = ['0', '1'];
    await withCatalog(root, (one) =>
      withCatalog(root, async (other) => {
        await Promise.all([one.models.put(model(ids[0])), other.models.put(model(ids[1]))]);
      }),
    );
    const { length } = await withCatalog(root, (catalog) => catalog.models.list());
    return { kept: length === ids.length, seen: `${ids.length} acknowledged, ${length} there` };
  });
