import type { CatalogContext } from './catalog-context.js';
import { isCatalogError } from './core/errors.js';
import { wait } from './disk/program.js';
import { openSession, type SyncOptions, type SyncSession } from './fleet-session.js';
import { fleetCollections } from './stores/fleet-store.js';
import { type SyncReport, syncRound } from './sync-fleet.js';

const shortestPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * CAT-FLT-7010: round after round, each when something was changed in the fleet or in this node's own catalog; tells of the first, and of
 * each that changed something. While the fleet cannot be reached it waits; any other trouble ends it, and so does the signal.
 */
export async function* followFleet(context: CatalogContext, options: SyncOptions): AsyncGenerator<SyncReport> {
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, ...(options.signal ? [options.signal] : [])]);
  const session = await openSession(context, { ...options, signal });
  const own = context.store.models.watch({ signal })[Symbol.asyncIterator]();
  let ownNews = own.next();
  try {
    for (let told = 0, failed = 0; !signal.aborted; ) {
      const report = await unlessAway(() => syncRound(session), signal);
      failed = report === undefined ? failed + 1 : 0;
      if (report !== undefined && (told === 0 || hasNews(report))) {
        told++;
        yield report;
      }
      if (report === undefined) await pause(session, failed);
      else if ((await unlessAway(() => firstOf(session, ownNews, signal), signal)) === 'own') ownNews = own.next();
    }
  } finally {
    end.abort();
    await Promise.allSettled([ownNews]);
    await session.close();
  }
}

/** Nothing where the fleet cannot be reached, or nobody wants to know any more. Trouble of the disk is no trouble of the fleet, and is thrown. */
async function unlessAway<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted && !isCatalogError(error, 'IoError')) throw error;
    return undefined;
  }
}

/** Waits until something was changed; whose it was. */
async function firstOf({ fleet, reached }: SyncSession, own: Promise<unknown>, signal: AbortSignal): Promise<'own' | 'fleet'> {
  const heard = new AbortController();
  const both = AbortSignal.any([heard.signal, signal]);
  const watches = fleetCollections.map((name) => fleet[name].watch({ after: reached, signal: both })[Symbol.asyncIterator]());
  const firsts = watches.map((watch) => watch.next());
  try {
    return await Promise.race([own.then(() => 'own' as const), ...firsts.map((first) => first.then(() => 'fleet' as const))]);
  } finally {
    heard.abort();
    await Promise.allSettled(firsts);
    await Promise.allSettled(watches.map((watch) => watch.return?.()));
  }
}

function hasNews({ models, engines, holdings, announced }: SyncReport): boolean {
  const counts = [models, engines, holdings].flatMap(({ added, changed, removed }) => [added, changed, removed]);
  return [...counts, announced?.put ?? 0, announced?.deleted ?? 0].some((count) => count > 0);
}

/** Longer each time. */
async function pause({ context }: SyncSession, failed: number): Promise<void> {
  await context.artifacts.run(wait(Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(failed, 10))));
}
