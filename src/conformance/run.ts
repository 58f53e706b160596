import { join } from 'node:path';
import type { CatalogStore, StoreClaims } from '../stores/catalog-store.js';
import { Actors } from './actors/actors.js';
import { type Case, type CaseContext, type CaseResult, type CaseStatus, type Need, NotApplicable } from './case.js';
import { cases } from './cases.js';
import { Broken, within, wordsOf } from './expecting.js';
import type { ConformanceModule, Level } from './module.js';
import { workFolder } from './work-folder.js';

export interface ConformanceOptions {
  /** Only these levels; by default all that the store claims. */
  readonly levels?: readonly Level[] | undefined;
  /** Only the cases of these ids, or whose ids begin with these and a dot. */
  readonly only?: readonly string[] | undefined;
  /** How long a case waits for what a store owes; 5,000 by default. A case of many processes has ten times that in all. */
  readonly patienceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with each result as it comes. */
  readonly onResult?: ((result: CaseResult) => void) | undefined;
}

/** One store, case by case. */
export interface StoreVerdict {
  readonly store: string;
  readonly claims: StoreClaims;
  readonly cases: readonly CaseResult[];
  readonly totals: Readonly<Record<CaseStatus, number>>;
}

/** Puts a store to the test (CAT-CNF-5201): one verdict for each case, whatever the store does. */
export async function runConformance(module: ConformanceModule, options: ConformanceOptions = {}): Promise<StoreVerdict> {
  const folder = await workFolder();
  const results: CaseResult[] = [];
  try {
    for (const [place, one] of cases.entries()) {
      if (options.signal?.aborted) break;
      const result = await judged(one, { module, options, location: join(folder.path, String(place)) });
      results.push(result);
      options.onResult?.(result);
    }
  } finally {
    await folder.remove();
  }
  const count = (status: CaseStatus): number => results.filter((result) => result.status === status).length;
  const totals = {
    pass: count('pass'),
    fail: count('fail'),
    unsupported: count('unsupported'),
    disabled: count('disabled'),
    'not-applicable': count('not-applicable'),
    error: count('error'),
  };
  return { store: module.name, claims: module.claims, cases: results, totals };
}

interface Judging {
  readonly module: ConformanceModule;
  readonly options: ConformanceOptions;
  readonly location: string;
}

async function judged(one: Case, judging: Judging): Promise<CaseResult> {
  const { id, level, title, requirements } = one;
  const began = performance.now();
  const verdict = await verdictOn(one, judging);
  return { id, level, title, requirements, ...verdict, duration_ms: Math.round(performance.now() - began) };
}

type Verdict = Pick<CaseResult, 'status' | 'message'>;

async function verdictOn(one: Case, judging: Judging): Promise<Verdict> {
  const { module, options } = judging;
  const { claims } = module;
  const hasLevel = claims.levels.includes(one.level);
  if (!isAsked(one, options)) return { status: 'disabled' };
  const needsActor = one.level === 'crash' || one.level === 'concurrency';
  if (needsActor && module.actor === undefined) return { status: 'not-applicable', message: 'the module names no actor' };
  if (!hasLevel) return { status: 'unsupported', message: `the level ${one.level} is not claimed` };
  const missing = (one.needs ?? []).find((need) => !isClaimed(need, claims));
  if (missing === undefined) return attempt(one.run, one, judging, { status: 'pass' });
  const unsupported: Verdict = { status: 'unsupported', message: `not claimed: ${missing}` };
  // CAT-CNF-5202: what is not claimed is refused, or the claims do not tell what the store does.
  const canBeAsked = missing === 'watch' || missing === 'history' || (missing === 'watch every' && claims.watch === 'none');
  const refuses = canBeAsked ? one.refuses : undefined;
  return refuses === undefined ? unsupported : attempt(refuses, one, judging, unsupported);
}

function isAsked({ id, level }: Case, { levels, only }: ConformanceOptions): boolean {
  if (levels !== undefined && !levels.includes(level)) return false;
  return only === undefined || only.some((asked) => id === asked || id.startsWith(`${asked}.`));
}

function isClaimed(need: Need, claims: StoreClaims): boolean {
  switch (need) {
    case 'durable':
      return claims.durable !== 'none';
    case 'durable in full':
      return claims.durable === 'full';
    case 'watch':
      return claims.watch !== 'none';
    case 'watch every':
      return claims.watch === 'every';
    case 'history':
      return claims.history;
    case 'gapless':
      return claims.gapless;
    case 'max entry':
      return claims.maxEntryBytes !== undefined;
    case 'several processes':
      return claims.multiProcess;
  }
}

async function attempt(
  run: (context: CaseContext) => Promise<void>,
  { level }: Case,
  { module, options, location }: Judging,
  otherwise: Verdict,
): Promise<Verdict> {
  const { patienceMs = 5_000 } = options;
  const controller = new AbortController();
  const stores: CatalogStore[] = [];
  const actors = module.actor === undefined ? undefined : new Actors(module.actor);
  const open: CaseContext['open'] = async (more = {}) => {
    const context = { location, signal: controller.signal, ...more };
    const store = await (stores.length === 0 ? module.create(context) : (module.reopen ?? module.create).call(module, context));
    stores.push(store);
    return store;
  };
  const limitMs = patienceMs * (level === 'core' ? 2 : 10);
  try {
    await within(limitMs, 'the end of the case', run({ module, location, signal: controller.signal, patienceMs, open, actors }));
    return otherwise;
  } catch (error) {
    if (error instanceof NotApplicable) return { status: 'not-applicable', message: error.message };
    return { status: error instanceof Broken ? 'fail' : 'error', message: wordsOf(error) };
  } finally {
    controller.abort();
    await actors?.stop();
    // A store that does not close is left to itself.
    for (const store of stores) await within(patienceMs, 'the end of a store', store.close()).catch(() => {});
  }
}
