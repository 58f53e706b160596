import { admitted, type HostEvidence, type PlatformEvidence, type PlatformFacts, type PlatformSummary } from '../core/platform.js';
import type { Host } from '../disk/host.js';
import type { DiskProgram } from '../disk/program.js';
import { observe } from './observe.js';
import { tryOut } from './try-out.js';

/** What is looked at: a directory that a store is in, or is to be in. */
export interface ProbedPlace {
  readonly directory: string;
  readonly host: Host;
  /** A file of the store that nobody locks. */
  readonly witness: string;
}

/** Looks at a machine. It changes nothing, and tells a failure instead of throwing it. Another may be handed in. */
export interface PlatformProbe {
  readonly evidence: (place: ProbedPlace) => DiskProgram<PlatformEvidence>;
  /** What is told beside; where it may try, it makes files of its own for a moment. */
  readonly facts: (place: ProbedPlace, options: { readonly mayTry: boolean }) => DiskProgram<PlatformFacts>;
}

/** Looks at the machine that this runs on. */
export const realProbe: PlatformProbe = { evidence: observe, facts: tryOut };

/** Evidence, and what it admits. */
export function* summaryBy(probe: PlatformProbe, place: ProbedPlace): DiskProgram<PlatformSummary> {
  const { host, store_path } = yield* probe.evidence(place);
  return { host: withText(host), store_path, admission: admitted({ host, store_path }) };
}

/** JSON has no integers as large as these nanoseconds: there they are text. */
function withText(host: HostEvidence): HostEvidence {
  const toJSON = () => ({ ...host, process_clock_epoch_marker_ns: String(host.process_clock_epoch_marker_ns) });
  return Object.defineProperty({ ...host }, 'toJSON', { value: toJSON });
}
