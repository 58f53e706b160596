import { closeSync, openSync, realpathSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isCatalogError } from '../../src/core/errors.js';
import { isDiskError } from '../../src/disk/steps.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../model-entry.js';

/** How a put ended in a process that had so many descriptors left, and what was there then. */
export interface Squeezed {
  readonly free: number;
  /** `acknowledged`, or the code of the refusal. */
  readonly outcome: string;
  readonly readWhileCrowded: number;
  readonly isThere: boolean;
  readonly isThereForOthers: boolean;
  readonly worksAgain: boolean;
}

/** Puts with 0, 1, 2 and up to 10 free descriptors; a process of its own, because it uses up all that it may have. */
async function squeeze(root: string): Promise<readonly Squeezed[]> {
  const store = await FsCatalog.open({ root });
  await store.models.put(modelEntry('first'));
  const squeezed: Squeezed[] = [];
  for (let free = 0; free <= 10; free++) squeezed.push(await squeezeTo(free, store));
  await store.close();
  return squeezed;
}

async function squeezeTo(free: number, store: FsCatalog): Promise<Squeezed> {
  const id = `free-${free}`;
  const taken = takeAll();
  for (const descriptor of taken.splice(0, free)) closeSync(descriptor);
  const outcome = await outcomeOf(store, id);
  const readWhileCrowded = (await store.models.list()).length;
  for (const descriptor of taken) closeSync(descriptor);
  const isThere = (await store.models.get(id)) !== undefined;
  const other = await FsCatalog.open({ root: store.root, readOnly: true });
  const isThereForOthers = (await other.models.get(id)) !== undefined;
  await other.close();
  const worksAgain = (await outcomeOf(store, `after-${free}`)) === 'acknowledged';
  return { free, outcome, readWhileCrowded, isThere, isThereForOthers, worksAgain };
}

async function outcomeOf(store: FsCatalog, id: string): Promise<string> {
  try {
    await store.models.put(modelEntry(id));
    return 'acknowledged';
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return error.code;
  }
}

function takeAll(): number[] {
  const taken: number[] = [];
  for (;;) {
    try {
      taken.push(openSync('/dev/null', 'r'));
    } catch (error) {
      if (isDiskError(error, 'EMFILE')) return taken;
      throw error;
    }
  }
}

// The test runner imports every file of support/; only as a command does this one act.
const [, command, root] = process.argv;
if (command !== undefined && realpathSync(command) === fileURLToPath(import.meta.url)) {
  writeSync(1, JSON.stringify(await squeeze(root ?? '')));
}
