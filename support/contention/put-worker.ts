import { dirname, join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { isCatalogError } from '../../src/core/errors.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { builtActor } from '../interrupt/fresh-build.js';
import { modelEntry } from '../model-entry.js';

export interface PutJob {
  readonly root: string;
  readonly ids: readonly string[];
  readonly lockTimeoutMs: number;
}

/** How many puts were acknowledged, and what the first that was not was refused with. */
export interface PutResult {
  readonly acknowledged: number;
  readonly refused?: { readonly code: string; readonly pid: unknown };
}

/** Puts models one after the other in a thread of its own, which runs the built program. */
export function putInWorker(putJob: PutJob): Promise<PutResult> {
  const worker = new Worker(join(dirname(builtActor()), '../contention/put-worker.js'), { workerData: { putJob }, execArgv: [] });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the worker ended and told nothing')));
  });
}

async function putAll({ root, ids, lockTimeoutMs }: PutJob): Promise<PutResult> {
  const store = await FsCatalog.open({ root, lockTimeoutMs });
  let acknowledged = 0;
  try {
    for (const id of ids) {
      await store.models.put(modelEntry(id));
      acknowledged++;
    }
    return { acknowledged };
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return { acknowledged, refused: { code: error.code, pid: error.details.pid } };
  } finally {
    await store.close();
  }
}

// The test runner imports every file of support/; only in a thread that was given a job does this one act.
const job = (workerData as { putJob?: PutJob } | null)?.putJob;
if (job !== undefined) parentPort?.postMessage(await putAll(job));
