import { type Lock, type LockLine, linesOf } from './lock.js';
import type { Trace } from './trace.js';

/** The lock after what is there now was accepted: all of it, or these requirements alone. */
export function acceptedLock(
  trace: Pick<Trace, 'requirements' | 'scenarios'>,
  before: Lock | undefined,
  ids: readonly string[] = [],
): LockLine[] {
  const scenarios = new Map(trace.scenarios.map((scenario) => [scenario.id, scenario]));
  const now = trace.requirements.flatMap((requirement) => linesOf(requirement, scenarios));
  if (ids.length === 0) return now;
  const isAsked = ({ id }: LockLine): boolean => ids.includes(id.split('#')[0] ?? id);
  return [...[...(before?.values() ?? [])].filter((line) => !isAsked(line)), ...now.filter(isAsked)];
}
