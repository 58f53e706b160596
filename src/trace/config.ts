import { refusal } from '../core/errors.js';
import type { Policy } from './inputs.js';
import type { Waiver } from './trace.js';

/** `trace.config.json`: where a project keeps what a trace is made of. Paths are relative to the file; `*`, `**`, `?` and `{a,b}` stand for others. */
export interface TraceConfig extends Policy {
  readonly title: string;
  readonly id: string;
  /** What looks like an id and must be one, wherever it is cited; by default what is one. */
  readonly mentions: string | undefined;
  readonly checklists: boolean;
  readonly names: Readonly<Record<string, string>>;
  readonly specifications: readonly string[];
  readonly features: readonly string[];
  readonly citations: readonly string[];
  /** Files of Cucumber messages, by default `reports/*.ndjson`, and the store that they ran on where runs are told apart by that. */
  readonly results: readonly { readonly path: string; readonly store: string | undefined }[] | undefined;
  /** Files of the messages of dry runs: what there is to run, with the steps that are defined. */
  readonly plans: readonly string[];
  /** What saboteurs did, as JSON. */
  readonly saboteurs: string | undefined;
  /** Which lines each scenario ran, as JSON. */
  readonly coverage: string | undefined;
  /** By default `traceability.lock.txt`, which may be absent; one that is named must be there. */
  readonly lock: string | undefined;
  /** Where reports go. */
  readonly reports: string;
}

/** The lock of a project that names none. */
export const usualLock = 'traceability.lock.txt';
/** The results of a project that names none. */
export const usualResults = [{ path: 'reports/*.ndjson', store: undefined }] as const;

type Reader<T> = (value: unknown, name: string) => T;

const readers: { readonly [Name in keyof TraceConfig]: Reader<TraceConfig[Name]> } = {
  title: optional(text, ''),
  id: pattern,
  mentions: optional<string | undefined>(pattern, undefined),
  checklists: optional(truth, false),
  names: optional(texts, {}),
  specifications: list(text),
  features: optional(list(text), ['features/**/*.feature']),
  citations: optional(list(text), []),
  results: optional<TraceConfig['results']>(list(result), undefined),
  plans: optional(list(text), []),
  saboteurs: optional<string | undefined>(text, undefined),
  coverage: optional<string | undefined>(text, undefined),
  lock: optional<string | undefined>(text, undefined),
  reports: optional(text, 'reports'),
  normative: optional(text, '@normative'),
  external: optional(texts, {}),
  waivers: optional(list(waiver), []),
  rulings: optional(texts, {}),
  optional: optional(list(text), []),
  teeth: optional<string | undefined>(pattern, undefined),
  mayClaimNothing: optional(truth, false),
};

/** The configuration in a text; refuses one that is not JSON, that lacks something or has a member that nobody knows. */
export function configIn(source: string, path: string): TraceConfig {
  const found = members(parsed(source, path), path);
  const unknown = Object.keys(found).find((name) => name !== '$schema' && !Object.hasOwn(readers, name));
  if (unknown !== undefined) throw wrong(`${path} has a member ${JSON.stringify(unknown)}, which nobody knows`);
  const read = Object.entries(readers).map(([name, reader]) => [name, (reader as Reader<unknown>)(found[name], `${path}: ${name}`)]);
  return Object.fromEntries(read) as TraceConfig;
}

function parsed(source: string, path: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong(`${path} is not JSON: ${error.message}`);
    throw error;
  }
}

function optional<T>(reader: Reader<T>, otherwise: T): Reader<T> {
  return (value, name) => (value === undefined ? otherwise : reader(value, name));
}

function list<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, name) => {
    if (!Array.isArray(value)) throw wrong(`${name} is a list`);
    return value.map((item, place) => reader(item, `${name}[${place}]`));
  };
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(`${name} is a text that is not empty`);
  return value;
}

function truth(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw wrong(`${name} is true or false`);
  return value;
}

function texts(value: unknown, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(members(value, name)).map(([key, member]) => [key, text(member, `${name}.${key}`)]));
}

function pattern(value: unknown, name: string): string {
  const source = text(value, name);
  try {
    return new RegExp(source).source;
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong(`${name} is not a regular expression: ${error.message}`);
    throw error;
  }
}

function result(value: unknown, name: string): NonNullable<TraceConfig['results']>[number] {
  if (typeof value === 'string') return { path: text(value, name), store: undefined };
  const { path, store } = members(value, name, ['path', 'store']);
  return { path: text(path, `${name}.path`), store: store === undefined ? undefined : text(store, `${name}.store`) };
}

/** CAT-TRC-5104: a waiver names a reason and a date. */
function waiver(value: unknown, name: string): Waiver {
  const { id, reason, until } = members(value, name, ['id', 'reason', 'until']);
  const date = text(until, `${name}.until`);
  if (!isDate(date)) throw wrong(`${name}.until is a date such as 2027-01-31`);
  return { id: text(id, `${name}.id`), reason: text(reason, `${name}.reason`), until: date };
}

/** A day that there is: of the 30th of February the clock makes another. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The members of an object; with `known` no others than these. */
function members(value: unknown, name: string, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${name} is an object`);
  const unknown = known && Object.keys(value).find((member) => !known.includes(member));
  if (unknown !== undefined) throw wrong(`${name} has a member ${JSON.stringify(unknown)}, which nobody knows`);
  return value as Record<string, unknown>;
}

function wrong(message: string) {
  return refusal('InvalidArgument', message);
}
