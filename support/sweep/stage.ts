import type { Catalog } from '../../src/catalog.js';
import { type CatalogError, isCatalogError } from '../../src/core/errors.js';
import type { Disk } from '../../src/disk/program.js';
import { openCatalog } from '../../src/open-catalog.js';
import { SimulatedDisk, type SimulatedProcess } from '../../src/sim/index.js';
import { root, source } from '../exploration/alphabet.js';
import type { Strike } from './errors.js';
import { misled, type Omission, toldWithout } from './omissions.js';
import type { Scenario } from './scenario.js';
import { StruckDisk } from './struck-disk.js';

/** How an operation ended, as its caller was told. */
export type Outcome =
  | { readonly kind: 'acknowledged'; readonly value: unknown }
  | { readonly kind: 'refused' | 'unknown'; readonly error: CatalogError };

/** An operation that has ended, on the disk on which it was done. */
export interface Ran {
  readonly disk: SimulatedDisk;
  readonly process: SimulatedProcess;
  readonly struckDisk: StruckDisk;
  /** The handle by which it was done; `undefined` where that could not be opened. */
  readonly catalog: Catalog | undefined;
  readonly outcome: Outcome;
}

/** A disk with what was done before the operation; every operation begins on a fork of it. */
export async function prepared(scenario: Scenario): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ root: ['/home/user'], ...scenario.disk }).plant(source.path, source.text);
  await scenario.before?.(disk);
  return disk.fork();
}

/** One run of an operation, struck or, as its control, not. */
export async function ran(scenario: Scenario, before: SimulatedDisk, strike?: Strike, omission?: Omission): Promise<Ran> {
  const disk = before.fork();
  const process = disk.process();
  const { handle, act, handicap = same } = scenario;
  const struckDisk = new StruckDisk(misled(omission, handicap(process)));
  const open = () => openedOn(struckDisk, scenario);
  let catalog: Catalog | undefined;
  if (handle === 'warm') {
    catalog = await open();
    await catalog.list();
    await catalog.engines.list();
  }
  struckDisk.arm(strike);
  const told = await outcomeOf(async () => {
    catalog ??= await open();
    return act(catalog);
  });
  struckDisk.disarm();
  const outcome = toldWithout(omission, told, struckDisk.asked);
  return { disk, process, struckDisk, catalog, outcome };
}

const same = (disk: Disk): Disk => disk;

function openedOn(disk: Disk, { handle, keepGenerations, fetcher }: Scenario): Promise<Catalog> {
  const readOnly = handle === 'opened by it for reading';
  return openCatalog({ root, disk, lockTimeoutMs: 20, readOnly, keepGenerations, fetcher });
}

export async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { kind: 'acknowledged', value: await ending(work()) };
  } catch (error) {
    if (!isCatalogError(error))
      throw new Error(`an error without a type: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    return { kind: error.code === 'CommitUnknown' ? 'unknown' : 'refused', error };
  }
}

/** A simulated disk answers at once: what has not ended when the loop comes round waits for nothing that will come. */
function ending<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setImmediate(() => reject(new Error('it hangs')));
    work.then(resolve, reject).finally(() => clearImmediate(late));
  });
}
