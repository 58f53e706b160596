import type { Source, Violation } from './sources.js';

const most = 300;
/** As its first line. */
const reasonForm = /^\/\/ Over 300 lines: .{20,}\n/;

/** Files that are longer than one thought, and do not say at their head why they are one file. */
export function lengthViolations(sources: readonly Source[]): Violation[] {
  return sources.flatMap(({ path, text }): Violation[] => {
    const lines = text.split('\n').length - 1;
    const isExcused = reasonForm.test(text);
    if (lines > most && !isExcused)
      return [{ path, line: 1, message: `has ${lines} lines: split it, or say why not in a first line "// Over ${most} lines: …"` }];
    if (lines <= most && isExcused) return [{ path, line: 1, message: 'gives a reason for a length that it does not have' }];
    return [];
  });
}
