import type { Disk } from '../../src/disk/program.js';
import { RealDisk } from '../../src/disk/real-disk.js';
import type { StepKind } from '../../src/disk/steps.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../world.js';
import { withEachStep, withLockDisabled } from './disks.js';

/** A writer that has read its base and decided, and waits. */
export interface IdleWriter {
  /** All that should be there when it has put its model too. */
  readonly ids: readonly string[];
  /** Lets it go on; gives the revision that it was acknowledged. */
  readonly goOn: () => Promise<number>;
}

export interface Idling {
  /** The step before which it waits, when it comes there first. */
  readonly before: StepKind;
  /** How many models another puts meanwhile; two generations are kept. */
  readonly meanwhile: number;
  readonly sabotage?: (disk: Disk) => Disk;
}

export const idleId = 'of-the-idle-one';
const keepGenerations = 2;

/** Two writers that both believe they hold the lock: one waits while the other puts more than are kept. */
export async function idleWhileOthersPut(root: string, { before, meanwhile, sabotage = (disk) => disk }: Idling): Promise<IdleWriter> {
  const [gate, arrived] = [signal(), signal()];
  const ids = ['first', ...Array.from({ length: meanwhile }, (_, at) => `other-${at}`)];
  const other = await FsCatalog.open({ root, disk: withLockDisabled(new RealDisk()), keepGenerations });
  await other.models.put(modelEntry('first'));
  let isFirst = true;
  const disk = withEachStep(sabotage(withLockDisabled(new RealDisk())), (step) => {
    if (!isFirst || step.kind !== before) return undefined;
    isFirst = false;
    arrived.give();
    return gate.given;
  });
  const idle = await FsCatalog.open({ root, disk, keepGenerations });
  const put = idle.models.put(modelEntry(idleId));
  await arrived.given;
  for (const id of ids.slice(1)) await other.models.put(modelEntry(id));
  const goOn = async (): Promise<number> => {
    gate.give();
    const { revision } = await put;
    await idle.close();
    await other.close();
    return revision;
  };
  return { ids: [...ids, idleId], goOn };
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give: () => void = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}
