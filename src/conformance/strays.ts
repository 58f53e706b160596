import { AsyncLocalStorage } from 'node:async_hooks';

/** Somebody who is told what is thrown outside of any promise that is waited for: in a timer, or by a promise that nobody holds. */
interface Listener {
  readonly hear: (error: unknown) => void;
  readonly around: Listener | undefined;
}

const listeners = new Set<Listener>();
const current = new AsyncLocalStorage<Listener>();

/** Whatever the work throws elsewhere is heard, and ends no process; where nobody can tell whose it was, all who listen hear it. */
export async function listening<T>(hear: (error: unknown) => void, work: () => Promise<T>): Promise<T> {
  const listener: Listener = { hear, around: current.getStore() };
  if (listeners.size === 0 && !process.hasUncaughtExceptionCaptureCallback()) process.setUncaughtExceptionCaptureCallback(told);
  listeners.add(listener);
  try {
    return await current.run(listener, work);
  } finally {
    listeners.delete(listener);
    if (listeners.size === 0) process.setUncaughtExceptionCaptureCallback(null);
  }
}

function told(error: unknown): void {
  let whose = current.getStore();
  while (whose !== undefined && !listeners.has(whose)) whose = whose.around;
  for (const { hear } of whose === undefined ? listeners : [whose]) hear(error);
}
