import type { ProfileName } from '../../src/disk/simulated/profiles.js';
import { SimulatedDisk } from '../../src/sim/index.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../model-entry.js';

const root = '/home/models';

/** Whether some state that a power cut can leave after a put was acknowledged lacks what was put, or is refused. */
export async function isLostByPowerCut(profile: ProfileName): Promise<boolean> {
  const disk = new SimulatedDisk({ root: ['/home'], profile });
  const store = await FsCatalog.open({ root, disk });
  await store.models.put(modelEntry('a'));
  for (const state of disk.crashStates()) if (!(await isThere(state.disk))) return true;
  return false;
}

async function isThere(disk: SimulatedDisk): Promise<boolean> {
  try {
    const store = await FsCatalog.open({ root, disk });
    return (await store.models.get('a')) !== undefined;
  } catch {
    return false;
  }
}
