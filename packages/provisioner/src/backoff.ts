const firstMs = 500;
const longestMs = 30_000;
const longestAskedMs = 5 * 60_000;

/**
 * How long to wait after so many failures in a row: exponential with full jitter, so that many clients do not come back together, and
 * no less than the server asked for. `random` is in [0, 1).
 */
export function pauseAfter(failures: number, random: number, askedMs = 0): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 16));
  return Math.max(Math.round(random * ceiling), Math.min(askedMs, longestAskedMs));
}

/** What a `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
