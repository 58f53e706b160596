import type { Command } from 'commander';
import type { Catalog } from '../catalog.js';
import { CatalogError } from '../core/errors.js';
import type { CatalogStore } from '../stores/catalog-store.js';
import type { Asked } from './hints.js';
import { isOnServer, openOptions, type SharedOptions, sharedOptions } from './options.js';
import { type Result, tellError, tellMistake, tellResult } from './output.js';
import { type Meter, meterFor } from './progress.js';

/** What a verb works with. */
export interface Session {
  readonly catalog: Catalog;
  readonly options: SharedOptions;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly onProgress: Meter['onProgress'];
}

/** One verb: what it takes, and what it does. */
export interface Verb<O extends object = object> {
  declare(command: Command): void;
  run(session: Session, args: readonly string[], options: O): Promise<Result>;
  /** What can be refused before the catalog is opened. */
  check?(options: SharedOptions & O): void;
  /** Whether it changes nothing, not even what a dead writer left: the catalog is opened for reading. So it is for every dry run. */
  readonly onlyReads?: boolean;
  /** Whether it tells what is wrong with a root, instead of refusing one that is not safe (CAT-SEC-6002). */
  readonly looksAtAnyRoot?: boolean;
  /** Whether the work ends by itself soon after the signal was aborted. */
  readonly heedsSignal?: boolean;
}

/** A verb that knows nothing of catalogs: none is opened for it. */
export interface PlainVerb<O extends object = object> {
  declare(command: Command): void;
  answer(session: Pick<Session, 'options' | 'signal'>, args: readonly string[], options: O): Promise<Result>;
  readonly heedsSignal?: boolean;
}

/** A commit that was begun is over by then; what waits longer waits for a lock, and leaves nothing when it is ended. */
const graceMs = 500;

/** Opens the catalog, runs a verb, closes, tells; gives the exit code (CAT-CLI-6203). */
export async function perform(command: Command, verb: Verb | PlainVerb, name: string): Promise<number> {
  const options = { ...sharedOptions(command), verb: name };
  const interrupts = heardInterrupts();
  try {
    const work = answer(command, verb, options, interrupts.signal);
    const result = await (verb.heedsSignal ? work : Promise.race([work, abandonment(interrupts.signal)]));
    return tellResult(result, options);
  } catch (error) {
    return tellFailure(error, options);
  } finally {
    interrupts.stop();
  }
}

async function answer(command: Command, verb: Verb | PlainVerb, options: SharedOptions, signal: AbortSignal): Promise<Result> {
  if ('answer' in verb) return verb.answer({ options, signal }, command.processedArgs, command.opts());
  verb.check?.({ ...options, ...command.opts() });
  const open = openOptions(options);
  const { openCatalog } = await import('../open-catalog.js');
  const meter = meterFor(process.stderr, options);
  const { dryRun } = command.opts<{ dryRun?: boolean }>();
  const asked = { ...((verb.onlyReads || dryRun) && { readOnly: true }), ...(verb.looksAtAnyRoot && { allowUnsafeRoot: true }) };
  const store = storeAsked(options, asked.readOnly ?? open.readOnly ?? false);
  // A server that does not answer is waited for by nobody who was interrupted.
  const catalog = await openCatalog({ ...open, ...asked, ...(await Promise.race([store, abandonment(signal)])) });
  try {
    return await verb.run({ catalog, options, signal, onProgress: meter.onProgress }, command.processedArgs, command.opts());
  } finally {
    meter.end();
    await catalog.close();
  }
}

/** The store that a URL names. */
async function storeAsked({ store, ...options }: SharedOptions, readOnly: boolean): Promise<{ readonly store?: CatalogStore }> {
  if (!isOnServer(store)) return {};
  const { openServerStore } = await import('./server-store.js');
  return { store: await openServerStore(store, options, readOnly) };
}

function tellFailure(error: unknown, options: SharedOptions & Asked): number {
  if (!(error instanceof CatalogError)) return tellMistake(error);
  const exitCode = tellError(error, options);
  // Whatever still waits is not waited for.
  if (error.code === 'Aborted') process.exit(exitCode);
  return exitCode;
}

/** The first SIGINT or SIGTERM asks the work to stop; the second ends the process. */
function heardInterrupts(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const hear = (name: string) => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGINT', hear).on('SIGTERM', hear);
  return { signal: controller.signal, stop: () => process.off('SIGINT', hear).off('SIGTERM', hear) };
}

/** Fails a while after the signal was aborted; never, when it is not. */
function abandonment(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new CatalogError('Aborted', 'the command was interrupted', {}, signal.reason));
    signal.addEventListener('abort', () => setTimeout(fail, graceMs).unref(), { once: true });
  });
}
