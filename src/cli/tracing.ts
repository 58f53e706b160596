import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { isCatalogError } from '../core/errors.js';
import { makeFolder } from '../disk/folders.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { isDiskError } from '../disk/steps.js';
import type { TraceConfig } from '../trace/config.js';
import type { Inputs } from '../trace/inputs.js';
import type { Finding, Trace } from '../trace/trace.js';
import { CliRefusal } from './hints.js';
import { printable } from './render.js';
import { persistReport } from './report-file.js';

export interface TraceOptions {
  readonly config: string;
}

/** A project that was read, and its trace. */
export interface Traced {
  readonly folder: string;
  readonly config: TraceConfig;
  readonly inputs: Inputs;
  readonly trace: Trace;
}

export function declareConfig(command: Command): void {
  command.option('--config <file>', 'what says where the project keeps its specification', 'trace.config.json');
}

/**
 * Reads the project and joins it. What hinders it is a matter of usage, with the exit code 2: in the table of the gate those of other
 * errors mean something else (CAT-TRC-5106).
 */
export async function traced({ config: given }: TraceOptions, more: { readonly mayLackLock?: boolean } = {}): Promise<Traced> {
  const path = resolve(given);
  const folder = dirname(path);
  const { readProject, traceOf } = await tracer();
  const { config, inputs } = await asUsage(run(readProject(folder, basename(path), today(), more), defaultDisk));
  return { folder, config, inputs, trace: traceOf(inputs) };
}

/** Writes a text whole or not at all, in place of what is there; gives its path below the project. */
export async function written({ folder }: Pick<Traced, 'folder'>, path: string, text: string): Promise<string> {
  const whole = join(folder, path);
  await asUsage(run(makeFolder(dirname(whole)), defaultDisk));
  await asUsage(persistReport(whole, text));
  return path;
}

export async function asUsage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isDiskError(error)) throw new CliRefusal('InvalidArgument', error.message, 'check that the file can be read, or written');
    if (isCatalogError(error, 'InvalidArgument'))
      throw new CliRefusal('InvalidArgument', error.message, 'correct the configuration or the file that is named');
    throw error;
  }
}

/** `drift CAT-IDX-1101 specs/20-catalog.md:12 its text is not the one that was accepted`; the id of a scenario is its place. */
export function findingLine({ kind, id, places: [place], message }: Finding): string {
  const where = place && `${place.path}:${place.line}`;
  return printable([kind, id, where === id ? undefined : where, message].filter((part) => part !== undefined && part !== '').join('  '));
}

/** Loaded when a trace is asked for, with the parser of features, which only it needs. */
async function tracer() {
  try {
    return { ...(await import('../trace/reading.js')), ...(await import('../trace/trace-of.js')) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('@cucumber/')))
      throw error;
    const hint = 'npm install --save-dev @cucumber/gherkin@38 @cucumber/messages@32';
    throw new CliRefusal('InvalidArgument', 'the parser of feature files is not installed', hint);
  }
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
