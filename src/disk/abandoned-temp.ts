import { hourMs } from '../core/lock-owner.js';
import type { Host } from './host.js';
import { type DiskProgram, statHandle, tryLock, unlink } from './program.js';
import type { Handle } from './steps.js';
import { closing, openIfThere, unlessMissing } from './whole-file.js';

/** CAT-IDX-1112: removes a temp whose maker is dead, which shows in that its lock can be taken; never follows a link. */
export function* removeAbandonedTemp(path: string, host: Host): DiskProgram<void> {
  const handle = yield* openIfThere(path);
  if (handle !== undefined) yield* closing(handle, removeUnlessLocked(handle, path, host));
}

function* removeUnlessLocked(handle: Handle, path: string, host: Host): DiskProgram<void> {
  const { type, mtimeNs } = yield* statHandle(handle);
  if (type !== 'file') return;
  const free = yield* tryLock(handle, { shared: true });
  const isOld = host.clock() - Number(mtimeNs / 1_000_000n) > hourMs;
  // Where no lock can tell, age must.
  if (free === true || (free === 'unsupported' && isOld)) yield* unlessMissing(unlink(path));
}
