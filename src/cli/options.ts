import { type Command, InvalidArgumentError, Option } from 'commander';
import { redactText } from '../core/redact.js';
import type { OpenCatalogOptions } from '../open-catalog.js';
import { isFleetUrl } from '../open-fleet.js';
import { CliRefusal } from './hints.js';

/** What every verb takes, before it and after it. */
export interface SharedOptions {
  readonly root?: string;
  readonly store?: string;
  readonly readOnly?: boolean;
  readonly lockTimeout?: number;
  readonly allowUnsafeRoot?: boolean;
  readonly platformProfile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
  readonly yes?: boolean;
}

const group = 'Options of every verb:';

export function declareShared(command: Command): void {
  const options = [
    new Option('--root <dir>', 'the directory of the catalog'),
    new Option('--store <store>', 'fs, journal, postgres://… or etcd://…; by default what the root says it is'),
    new Option('--read-only', 'write nothing, wait for no lock'),
    new Option('--lock-timeout <ms>', 'how long to wait for other writers (default: 10000)').argParser(wholeNumber),
    new Option('--allow-unsafe-root', 'use a root that others can write to'),
    new Option('--platform-profile <file>', 'refuse a machine that is not as this profile says'),
    new Option('--json', 'one JSON document on standard output'),
    new Option('-q, --quiet', 'ids only, no progress'),
    new Option('--no-color', 'no colours'),
    new Option('--yes', 'do not ask'),
  ];
  for (const option of options) command.addOption(option.helpGroup(group));
}

/** What was given to a verb or to those above it; what stands nearer to the verb counts. */
export function sharedOptions(command: Command): SharedOptions {
  const line: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) line.unshift(at);
  return Object.assign({}, ...line.map(givenTo)) as SharedOptions;
}

export function openOptions(options: SharedOptions): OpenCatalogOptions {
  const { root, store, readOnly, lockTimeout, allowUnsafeRoot, platformProfile } = options;
  return { root, store: storeNamed(store), readOnly, lockTimeoutMs: lockTimeout, allowUnsafeRoot, platformProfilePath: platformProfile };
}

/** Whether an error of the command line itself is to be told as JSON. */
export function wantsJson(given: readonly string[]): boolean {
  const end = given.indexOf('--');
  return given.slice(0, end === -1 ? given.length : end).includes('--json');
}

/** `--label k=v`, many times. */
export function labelsOf(given: readonly string[] | undefined): Record<string, string> | undefined {
  return given && Object.fromEntries(given.map(labelOf));
}

/** An option that may be given many times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function givenTo(command: Command): Partial<SharedOptions> {
  const values = Object.entries(command.opts());
  return Object.fromEntries(values.filter(([name]) => command.getOptionValueSource(name) === 'cli'));
}

/** Whether `--store` names a server: the records are there, and the bytes of models in the root. */
export function isOnServer(store: string | undefined): store is string {
  return store !== undefined && isFleetUrl(store);
}

function storeNamed(store: string | undefined): 'fs' | 'journal' | undefined {
  if (store === undefined || store === 'fs' || store === 'journal') return store;
  if (isOnServer(store)) return undefined;
  throw new CliRefusal(
    'InvalidArgument',
    `${JSON.stringify(redactText(store))} is not a store`,
    'use --store fs, --store journal or the URL of a server',
  );
}

function labelOf(given: string): readonly [string, string] {
  const equals = given.indexOf('=');
  if (equals > 0) return [given.slice(0, equals), given.slice(equals + 1)];
  throw new CliRefusal('InvalidArgument', `a label is key=value, not ${JSON.stringify(given)}`, 'give it as --label team=vision');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It is a whole number of milliseconds.');
  return value;
}
