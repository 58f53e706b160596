import type { Catalog } from '../catalog.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { storeOfRoot } from '../stores/fs/fs-catalog.js';

/** Why nothing is listed, and what to do; `kind` is `model` or `engine`. */
export async function whyNone(
  { store }: Catalog,
  { kind, isFiltered }: { kind: 'model' | 'engine'; isFiltered: boolean },
): Promise<string> {
  const root = 'root' in store && typeof store.root === 'string' ? store.root : undefined;
  const list = kind === 'model' ? 'catalog ls' : 'catalog engine ls';
  if (root !== undefined && (await run(storeOfRoot(root), defaultDisk)) === undefined)
    return `there is no catalog at ${root} yet; \`catalog add\` makes one, --root names another`;
  if (isFiltered) return `no ${kind} is like that; \`${list}\` alone lists all`;
  return kind === 'model' ? 'no models yet; `catalog add <file>` brings one in' : 'no engines yet; `catalog engine add` notes one';
}
