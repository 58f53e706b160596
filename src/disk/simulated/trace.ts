import { contextOf, type Disk } from '../program.js';
import { describeStep, isDiskError, type Step } from '../steps.js';

/** One step that was performed: plain data, without bytes. */
export interface TraceEntry {
  readonly step: string;
  readonly kind: Step['kind'];
  /** The code of the error it failed with, if it failed. */
  readonly failed?: string;
}

/** The same disk, telling every step that it performed, or that failed, as it ends. */
export function tracing(disk: Disk, tell: (entry: TraceEntry) => void): Disk {
  return {
    ...contextOf(disk),
    perform(step) {
      const entry = { step: describeStep(step), kind: step.kind };
      const ended = (result: unknown): unknown => {
        tell(entry);
        return result;
      };
      const failed = (error: unknown): never => {
        tell({ ...entry, failed: isDiskError(error) ? error.code : String(error) });
        throw error;
      };
      let result: unknown;
      try {
        result = disk.perform(step);
      } catch (error) {
        return failed(error);
      }
      return result instanceof Promise ? result.then(ended, failed) : ended(result);
    },
  };
}
