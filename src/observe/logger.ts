import { exitCodes, refusal } from '../core/errors.js';
import type { OperationEvent, VerificationEvent } from './channels.js';

/** What a catalog logs with: pino's, and every one that takes an object and then a message (CAT-OBS-6101). */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

type Level = keyof Logger;
const levels: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** `InvalidArgument` for what cannot log: that would be found out only when it is needed. */
export function checkedLogger(logger: Logger | undefined): Logger | undefined {
  const missing = logger === undefined ? undefined : levels.find((level) => typeof logger?.[level] !== 'function');
  if (missing === undefined) return logger;
  throw refusal('InvalidArgument', `a logger has the methods ${levels.join(', ')}, and this one has no ${missing}`, { argument: 'logger' });
}

/** Codes with these exit codes say that a disk or a file failed, and not that something was refused. */
const graveExits: readonly number[] = [5, 7];

/** A line of a log: at which level, and in which words. */
export interface LogLine {
  readonly level: Level;
  readonly message: string;
}

/** What only looks is worth `debug`, what was done `info`, what was refused `warn`, and what broke `error`. */
export function lineOfOperation({ operation, kind, dry_run, outcome, code, message, model_id, engine_id }: OperationEvent): LogLine {
  const subject = model_id ?? engine_id;
  const what = `${operation}${subject === undefined ? '' : ` ${subject}`}${dry_run ? ' (dry run)' : ''}`;
  if (outcome === 'success') return { level: kind === undefined ? 'debug' : 'info', message: what };
  const isGrave = code === undefined || graveExits.includes(exitCodes[code]);
  return { level: isGrave ? 'error' : 'warn', message: `${what}: ${message ?? 'failed'}` };
}

export function lineOfVerification({ model_id, result, reason }: VerificationEvent): LogLine {
  const why = reason === undefined ? '' : `, ${reason}`;
  return { level: result === 'pass' ? 'debug' : 'warn', message: `verification of ${model_id}: ${result}${why}` };
}

/** A logger that fails costs nobody what was done. */
export function logged(logger: Logger, { level, message }: LogLine, fields: object): void {
  try {
    logger[level](fields, message);
  } catch {
    // Whoever gave it has it to look after.
  }
}
