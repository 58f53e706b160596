import type { ArtifactStore } from '../artifacts/artifact-store.js';
import { endFlight, takeFlight } from '../artifacts/flights.js';
import { asCatalogError } from '../disk/failure.js';
import type { Host } from '../disk/host.js';
import type { DiskProgram } from '../disk/program.js';

interface Place {
  readonly artifacts: ArtifactStore;
  readonly host: Host;
  /** Makes the root, where there is none. */
  readonly prepare: () => Promise<void>;
}

/** What is done by one at a time is told whether another did it meanwhile: then it may be done. */
export type FlightWork<T> = (flight: { readonly hasWaited: boolean }) => Promise<T>;

/**
 * CAT-PRV-2501: does work while nobody else, in this process or another of this machine, does work under the same key in this root; who
 * dies at it makes room for the next.
 */
export async function inSingleFlight<T>(
  place: Place,
  key: string,
  work: FlightWork<T>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const { artifacts, host, prepare } = place;
  const typed = <R>(program: DiskProgram<R>) =>
    artifacts.run(program).catch((error: unknown) => {
      throw asCatalogError(error, 'could not take turns');
    });
  await prepare();
  const flight = await typed(takeFlight(key, { root: artifacts.root, host, signal }));
  try {
    return await work({ hasWaited: flight.hasWaited });
  } finally {
    await typed(endFlight(flight, host));
  }
}
