import { type CatalogError, exitCodes } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import { type Asked, CliRefusal, hintFor } from './hints.js';
import type { SharedOptions } from './options.js';
import { jsonLine, printable, type Screen } from './render.js';
import { wrapped } from './wrapping.js';

/** What a verb found, in the three ways in which it can be asked for. */
export interface Result {
  /** The one document of `--json`, without its schema. */
  readonly document: Readonly<Record<string, unknown>>;
  /** For `-q`. */
  readonly ids: readonly string[];
  /** For people. */
  readonly lines: (screen: Screen) => readonly string[];
  /** Where the answer itself is no: 1 for a failed verification, 3 for what is not there. */
  readonly exitCode?: number;
  /** What lines leave open, for people: why there are none, or what else was done. On standard error. */
  readonly note?: string | undefined;
  /** What to do next, where the answer is no. */
  readonly hint?: string | undefined;
  /** Whether all of it was told already, line by line. */
  readonly isTold?: boolean;
  /** A refusal that is told after the answer. */
  readonly refusal?: CatalogError | undefined;
}

type Telling = Pick<SharedOptions, 'json'> & Asked;

/** Results on standard output, all else on standard error; gives the exit code. */
export function tellResult(result: Result, options: SharedOptions & Asked): number {
  if (result.isTold) return result.exitCode ?? 0;
  const lines = options.json ? [jsonLine({ schema: 1, ...result.document })] : linesOf(result, options);
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  if (result.note !== undefined && !options.json && !options.quiet) process.stderr.write(`${forPeople(...result.note.split('\n'))}\n`);
  if (result.refusal) return tellError(result.refusal, options);
  if (result.hint !== undefined && !options.json) process.stderr.write(`${forPeople(`hint: ${result.hint}`)}\n`);
  return result.exitCode ?? 0;
}

/** CAT-CLI-6204: what was wrong and what to do next, on standard error; gives the exit code. */
export function tellError(error: CatalogError, options: Telling): number {
  const { code, message, details } = error;
  const hint = hintFor(error, options);
  const text = options.json
    ? jsonLine({ schema: 1, error: { code, message, details, hint } })
    : forPeople(`catalog: ${message}`, `hint: ${hint}`);
  process.stderr.write(`${text}\n`);
  return exitCodes[code];
}

/** What no code tells is a mistake of ours; 70 is EX_SOFTWARE of sysexits.h, which no code has. */
export function tellMistake(error: unknown): number {
  const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `catalog: a mistake in catalog-core:\n${story.split('\n').map(printable).join('\n')}\nhint: please report it with these lines\n`,
  );
  return 70;
}

/**
 * Whoever reads our output may stop reading; that is no error of ours. An answer that cannot be written is one, and ends the command.
 * Where errors cannot be told, the exit code alone tells.
 */
export function heedFailingOutput(options: Telling): void {
  process.stdout.on('error', (error) => endWithoutOutput(error, options));
  process.stderr.on('error', () => {});
}

export function endWithoutOutput(error: NodeJS.ErrnoException, options: Telling): void {
  if (error.code === 'EPIPE') return;
  const failure = asCatalogError(error, 'could not write to standard output');
  const hint = failure.code === 'NoSpace' ? 'make room where the output goes' : 'send the output elsewhere';
  process.exit(tellError(new CliRefusal(failure.code, failure.message, hint, failure.details), options));
}

/** On standard error, as wide as that is. */
function forPeople(...lines: readonly string[]): string {
  return lines.flatMap((line) => wrapped(printable(line), columnsOf(process.stderr), '  ')).join('\n');
}

function linesOf(result: Result, options: SharedOptions): readonly string[] {
  if (options.quiet) return result.ids.map(printable);
  return result.lines(screenOf(process.stdout, options));
}

function screenOf(stream: NodeJS.WriteStream, options: SharedOptions): Screen {
  const { NO_COLOR, TERM } = process.env;
  const isTerminal = stream.isTTY === true;
  // no-color.org: set and not empty.
  const color = isTerminal && options.color !== false && !NO_COLOR && TERM !== 'dumb';
  return { isTerminal, color, columns: columnsOf(stream) };
}

/** `undefined` where nobody looks, and nothing is to be cut or broken. */
export function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  return (stream.isTTY === true && stream.columns) || undefined;
}
