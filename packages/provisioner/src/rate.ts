/** How quick a transfer is now, and when it will be done at that. */
export interface Pace {
  readonly bytes_per_s: number;
  /** Absent where nobody knows how much is to come. */
  readonly eta_ms?: number;
}

const windowMs = 5_000;

/** The pace of the last five seconds. */
export class PaceMeter {
  readonly #seen: { readonly atMs: number; readonly bytes: number }[] = [];

  observe(bytes: number, atMs: number, total: number | undefined): Pace {
    this.#seen.push({ atMs, bytes });
    // One before the window stays, so that there is something to measure from.
    while (this.#seen.length > 2 && (this.#seen[1]?.atMs ?? atMs) < atMs - windowMs) this.#seen.shift();
    const [first = { atMs, bytes }] = this.#seen;
    const perMs = atMs > first.atMs ? (bytes - first.bytes) / (atMs - first.atMs) : 0;
    const isKnown = total !== undefined && perMs > 0;
    return { bytes_per_s: Math.round(perMs * 1000), ...(isKnown && { eta_ms: Math.round((total - bytes) / perMs) }) };
  }
}
