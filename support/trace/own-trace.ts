import { run } from '../../src/disk/program.js';
import { defaultDisk } from '../../src/disk/real-disk.js';
import { readProject } from '../../src/trace/reading.js';
import type { Trace } from '../../src/trace/trace.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { projectRoot } from '../checks/sources.js';

/** The trace of this project as it lies there, with what runs have left in `reports/`. */
export async function ownTrace(root = projectRoot): Promise<Trace> {
  const { inputs } = await run(readProject(root, 'trace.config.json', '2026-01-01'), defaultDisk);
  return traceOf(inputs);
}
