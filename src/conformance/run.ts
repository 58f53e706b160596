import { join } from 'node:path';
import type { CatalogStore, StoreClaims } from '../stores/catalog-store.js';
import { Actors } from './actors/actors.js';
import { type Case, type CaseContext, type CaseResult, type CaseStatus, type Need, NotApplicable } from './case.js';
import { cases } from './cases.js';
import { Broken, Late, within, wordsOf } from './expecting.js';
import type { ConformanceModule, Level } from './module.js';
import { openedStore } from './opened-store.js';
import { listening } from './strays.js';
import { workFolder } from './work-folder.js';

/** Which cases are run, and how long each is waited for. */
export interface ConformanceOptions {
  /** Only these levels; by default all that the store claims. */
  readonly levels?: readonly Level[] | undefined;
  /** Only the cases of these ids, or whose ids begin with these and a dot. */
  readonly only?: readonly string[] | undefined;
  /** How long a case waits for what a store owes; 5,000 by default. A case of many processes has ten times that in all. */
  readonly patienceMs?: number | undefined;
  /** Ends the run: the cases to which it did not come are disabled, and say so. */
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
  const run: Run = { module, options, strays: new Strays(), lateInARow: 0 };
  try {
    await listening(
      (error) => run.strays.hear(error),
      async () => {
        for (const [place, one] of cases.entries()) {
          const result = await judged(one, run, join(folder.path, String(place)));
          results.push(result);
          options.onResult?.(result);
        }
      },
    );
  } finally {
    // A store that still works there, or forbids it, keeps its folder: its verdict counts more.
    await folder.remove().catch(() => {});
  }
  const late = run.strays.taken();
  const last = results.findLastIndex(({ status }) => status === 'pass' || status === 'fail');
  if (late !== undefined && last !== -1) results[last] = { ...(results[last] as CaseResult), status: 'error', message: late.message };
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

/** So many cases in a row that come to no end, and the others are not waited for. */
const latest = 3;

interface Run {
  readonly module: ConformanceModule;
  readonly options: ConformanceOptions;
  readonly strays: Strays;
  lateInARow: number;
}

/** What a store throws outside of any promise: told to the case that runs, or else to the next. */
class Strays {
  #heard: Error | undefined;
  #tell: ((error: Error) => void) | undefined;

  hear(error: unknown): void {
    this.#heard ??= new Error(`thrown outside of any promise that is waited for: ${wordsOf(error)}`);
    this.#tell?.(this.#heard);
  }

  taken(): Error | undefined {
    const heard = this.#heard;
    this.#heard = undefined;
    this.#tell = undefined;
    return heard;
  }

  /** Rejects with the first. */
  next(): Promise<never> {
    return new Promise((_, reject) => {
      this.#tell = reject;
      if (this.#heard !== undefined) reject(this.#heard);
    });
  }
}

/** The run was ended from outside. */
class Interrupted extends Error {}

async function judged(one: Case, run: Run, location: string): Promise<CaseResult> {
  const { id, level, title, requirements } = one;
  const began = performance.now();
  const verdict = await verdictOn(one, run, location);
  return { id, level, title, requirements, ...verdict, duration_ms: Math.round(performance.now() - began) };
}

type Verdict = Pick<CaseResult, 'status' | 'message'>;

const interrupted: Verdict = { status: 'disabled', message: 'the run was interrupted' };

async function verdictOn(one: Case, run: Run, location: string): Promise<Verdict> {
  const { module, options } = run;
  const { claims } = module;
  const hasLevel = claims.levels.includes(one.level);
  if (!isAsked(one, options)) return { status: 'disabled' };
  const needsActor = one.level === 'crash' || one.level === 'concurrency';
  if (needsActor && module.actor === undefined) return { status: 'not-applicable', message: 'the module names no actor' };
  if (!hasLevel) return { status: 'unsupported', message: `the level ${one.level} is not claimed` };
  const missing = (one.needs ?? []).find((need) => !isClaimed(need, claims));
  if (missing === undefined) return attempt(one.run, one, { run, location, otherwise: { status: 'pass' } });
  const unsupported: Verdict = { status: 'unsupported', message: `not claimed: ${missing}` };
  // CAT-CNF-5202: what is not claimed is refused, or the claims do not tell what the store does.
  const canBeAsked = missing === 'watch' || missing === 'history' || (missing === 'watch every' && claims.watch === 'none');
  const refuses = canBeAsked ? one.refuses : undefined;
  return refuses === undefined ? unsupported : attempt(refuses, one, { run, location, otherwise: unsupported });
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

interface Attempt {
  readonly run: Run;
  readonly location: string;
  readonly otherwise: Verdict;
}

type Test = (context: CaseContext) => Promise<void>;

async function attempt(test: Test, one: Case, asked: Attempt): Promise<Verdict> {
  const { options, lateInARow, strays } = asked.run;
  if (options.signal?.aborted) return interrupted;
  if (lateInARow >= latest) return { status: 'error', message: `not tried: ${latest} cases in a row came to no end` };
  const verdict = await tried(test, one, asked);
  // What it threw in the meantime, and in the turn that follows, is its own.
  await new Promise((resolve) => setImmediate(resolve));
  const stray = strays.taken();
  if (stray === undefined || verdict.status === 'fail' || verdict === interrupted) return verdict;
  return { status: 'error', message: stray.message };
}

async function tried(test: Test, { level }: Case, { run, location, otherwise }: Attempt): Promise<Verdict> {
  const { module, options, strays } = run;
  const { patienceMs = 5_000 } = options;
  const controller = new AbortController();
  const stores: CatalogStore[] = [];
  const actors = module.actor === undefined ? undefined : new Actors(module.actor);
  const open: CaseContext['open'] = async (more = {}) => {
    const context = { location, signal: controller.signal, ...more };
    const store = await openedStore(module, context, stores.length === 0 ? 'create' : 'reopen');
    stores.push(store);
    return store;
  };
  const limitMs = patienceMs * (level === 'core' ? 2 : 10);
  const stop = awaitAbort(options.signal);
  let isLate = false;
  try {
    const tested = test({ module, location, signal: controller.signal, patienceMs, open, actors });
    await Promise.race([within(limitMs, theEnd, tested), strays.next(), stop.aborted]);
    return otherwise;
  } catch (error) {
    if (error instanceof Interrupted) return interrupted;
    isLate = error instanceof Late && error.what === theEnd;
    if (error instanceof NotApplicable) return { status: 'not-applicable', message: error.message };
    return { status: error instanceof Broken ? 'fail' : 'error', message: wordsOf(error) };
  } finally {
    stop.forget();
    run.lateInARow = isLate ? run.lateInARow + 1 : 0;
    controller.abort();
    await actors?.stop();
    // A store that does not close, or throws where it is closed, is left to itself.
    const closed = Promise.allSettled(stores.map(async (store) => store.close()));
    await within(options.signal?.aborted ? closingMs : patienceMs, 'the end of its stores', closed).catch(() => {});
  }
}

const theEnd = 'the end of the case';
/** What is interrupted waits no longer for a store to close. */
const closingMs = 500;

function awaitAbort(signal: AbortSignal | undefined): { readonly aborted: Promise<never>; readonly forget: () => void } {
  let forget = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    const hear = () => reject(new Interrupted('the run was interrupted'));
    signal?.addEventListener('abort', hear, { once: true });
    forget = () => signal?.removeEventListener('abort', hear);
  });
  return { aborted, forget };
}
