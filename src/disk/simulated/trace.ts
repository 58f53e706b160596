import type { Disk } from '../program.js';
import { describeStep, isDiskError, type Step } from '../steps.js';

/** One step that was performed: plain data, without bytes. */
export interface TraceEntry {
  readonly step: string;
  readonly kind: Step['kind'];
  /** The code of the error it failed with, if it failed. */
  readonly failed?: string;
}

/** The same disk, telling every step it is asked for. A step that gives a promise is told when it is asked, without its failure. */
export function tracing(disk: Disk, tell: (entry: TraceEntry) => void): Disk {
  return {
    ...(disk.host && { host: disk.host }),
    perform(step) {
      const entry = { step: describeStep(step), kind: step.kind };
      try {
        const result = disk.perform(step);
        tell(entry);
        return result;
      } catch (error) {
        tell({ ...entry, failed: isDiskError(error) ? error.code : String(error) });
        throw error;
      }
    },
  };
}
