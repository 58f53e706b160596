import { useDisk } from '../support/simulated-fs.mjs';

/**
 * For packages that write synchronously, while the explorer lets the world go on between two steps: the work is done on a copy of
 * the disk first, and then its steps are taken on the disk itself, one after the other. They give the same there.
 */
export async function performedLater(copy, disk, work) {
  const taken = [];
  useDisk({ perform: (step) => perform(copy, step, taken) });
  await work();
  useDisk(disk);
  const handles = new Map();
  for (const { step, result } of taken) {
    const own = 'handle' in step ? { ...step, handle: handles.get(step.handle) } : step;
    const answer = await attempt(() => disk.perform(own));
    if (step.op === 'open') handles.set(result, answer);
  }
}

function perform(copy, step, taken) {
  const entry = { step, result: undefined };
  taken.push(entry);
  entry.result = copy.perform(step);
  return entry.result;
}

/** What failed on the copy fails again, and the package has seen it. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (typeof error.code === 'string') return undefined;
    throw error;
  }
}
