import { canonicalCopy, whyNotCanonical } from './canonical-json.js';
import { type Digest, isDigest } from './digest.js';
import { type CatalogError, refusal } from './errors.js';
import { type Holding, holdingId } from './holding.js';
import { checkId } from './ids.js';

/** Whether an entry is in use; only the transitions of CAT-REC-1003 are allowed. */
export type LifecycleState = 'Pending' | 'Active' | 'Retired' | 'Failed';
/** What is known of the bytes: nothing, that they were read while nothing was expected, or that they are what was declared. */
export type TrustState = 'unverified' | 'warned' | 'verified';
/** How bytes came in; `present` where the content was there already. */
export type StorageMode = 'reflink' | 'copy' | 'link' | 'reference' | 'present';

/** One file of a model: its path, what it must be, and how long. */
export interface ArtifactFile {
  /** Relative to the model's directory, with forward slashes. */
  path: string;
  digest: Digest;
  bytes: number;
  /** `<dev>:<ino>:<size>:<mtimeNs>:<ctimeNs>` when its content was last verified. */
  identity?: string;
}

/** What the headers of a model say of it, and what was wrong with them. */
export interface ModelMetadata {
  format?: 'gguf' | 'safetensors' | 'other';
  architecture?: string;
  parameters?: number;
  quantization?: string;
  context_length?: number;
  code_bearing?: boolean;
  warnings?: string[];
}

/** CAT-REC-1001. The names of the members are the same in the API, the index file, the journal and the command's JSON. */
export interface ModelEntry {
  id: string;
  name: string;
  source: string;
  state: LifecycleState;
  trust_state: TrustState;
  /** ISO 8601, UTC, milliseconds. */
  registered_at: string;
  ref?: string;
  digest?: Digest;
  digest_source?: 'declared' | 'computed';
  /** A digest of another algorithm than SHA-256 that was given. */
  declared?: Digest;
  bytes?: number;
  files?: ArtifactFile[];
  /** Relative to the root; absolute when referenced or adopted. */
  local_path?: string;
  mode?: StorageMode;
  verified_at?: string;
  last_verified_ms?: number;
  last_used_ms?: number;
  labels?: Record<string, string>;
  metadata?: ModelMetadata;
  pins?: { reason: string; since: string }[];
  adopted_from?: { tool: string; path: string };
}

/** CAT-ENG-2401. */
export interface EngineEntry {
  id: string;
  engine: string;
  version: string;
  build_ref?: string;
  digest?: Digest;
  build_flags?: string[];
  /** Digests of blobs, or absolute paths outside the root. */
  artifacts: string[];
  /** Required when `artifacts` is empty. */
  binary_path?: string;
  sampler_profile_version?: string;
  created_ms: number;
}

export const lifecycleStates: readonly LifecycleState[] = ['Pending', 'Active', 'Retired', 'Failed'];
export const trustStates: readonly TrustState[] = ['unverified', 'warned', 'verified'];

/** What a member must be, as words that finish the sentence "`name` must be …". */
interface Rule {
  readonly words: string;
  readonly holds: (value: unknown) => boolean;
}
type MemberRule = Rule & { readonly required: boolean };
type Shape<R> = { readonly [Member in keyof Required<R>]: MemberRule };
type Members = readonly (readonly [member: string, rule: MemberRule])[];

const text: Rule = { words: 'text', holds: (value) => typeof value === 'string' };
const someText: Rule = { words: 'text that is not empty', holds: (value) => typeof value === 'string' && value !== '' };
const count: Rule = { words: 'an integer from 0 to 2^53-1', holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0 };
const truth: Rule = { words: 'true or false', holds: (value) => typeof value === 'boolean' };
const digest: Rule = { words: 'a digest', holds: isDigest };
const texts: Rule = { words: 'a list of text', holds: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string') };
const moment: Rule = { words: 'a time in UTC, ISO 8601 with milliseconds', holds: isMoment };
const object: Rule = { words: 'an object', holds: isObject };

const modelShape: Shape<ModelEntry> = {
  id: required(text),
  name: required(someText),
  source: required(someText),
  state: required(oneOf(lifecycleStates)),
  trust_state: required(oneOf(trustStates)),
  registered_at: required(moment),
  ref: optional(someText),
  digest: optional(digest),
  digest_source: optional(oneOf(['declared', 'computed'])),
  declared: optional(digest),
  bytes: optional(count),
  files: optional({ words: 'a list of { path, digest, bytes } with paths inside the model', holds: isFileList }),
  local_path: optional(someText),
  mode: optional(oneOf(['reflink', 'copy', 'link', 'reference', 'present'])),
  verified_at: optional(moment),
  last_verified_ms: optional(count),
  last_used_ms: optional(count),
  labels: optional({ words: 'an object of text', holds: (value) => isObject(value) && Object.values(value).every(isText) }),
  metadata: optional(object),
  pins: optional({
    words: 'a list of { reason, since }',
    holds: (value) => Array.isArray(value) && value.every((pin) => isObject(pin) && isText(pin.reason) && isText(pin.since)),
  }),
  adopted_from: optional({
    words: 'an object with tool and path',
    holds: (value) => isObject(value) && isText(value.tool) && isText(value.path),
  }),
};

const engineShape: Shape<EngineEntry> = {
  id: required(text),
  engine: required(someText),
  version: required(someText),
  build_ref: optional(text),
  digest: optional(digest),
  build_flags: optional(texts),
  artifacts: required(texts),
  binary_path: optional(someText),
  sampler_profile_version: optional(text),
  created_ms: required(count),
};

const holdingShape: Shape<Holding> = {
  id: required(text),
  node: required(someText),
  digest: required(digest),
  path: required(someText),
  bytes: optional(count),
  model: optional(someText),
  verified_at: optional(moment),
  instance: required(someText),
};

const metadataShape: { readonly [Member in keyof Required<ModelMetadata>]: Rule } = {
  format: oneOf(['gguf', 'safetensors', 'other']),
  architecture: text,
  parameters: count,
  quantization: text,
  context_length: count,
  code_bearing: truth,
  warnings: texts,
};

const metadataMembers = Object.entries(metadataShape) as readonly (readonly [keyof ModelMetadata, Rule])[];
const modelMembers: Members = Object.entries(modelShape);
const engineMembers: Members = Object.entries(engineShape);
const holdingMembers: Members = Object.entries(holdingShape);

/**
 * A record as a collection keeps it: checked, frozen, and independent of what the caller holds. Members that this version does
 * not know are kept, value for value (CAT-REC-1002). Refuses with `InvalidRecord`, or `InvalidId` for the id.
 */
export function checkedModel(record: unknown): ModelEntry {
  return checked(record, checkModel);
}

export function checkedEngine(record: unknown): EngineEntry {
  return checked(record, checkEngine);
}

export function checkedHolding(record: unknown): Holding {
  return checked(record, checkHolding);
}

/** The form of a record alone, of one whose value is canonical; refuses as `checkedModel` does. */
export function checkModel(record: object): asserts record is ModelEntry {
  checkMembers(record, modelMembers);
}

export function checkEngine(record: object): asserts record is EngineEntry {
  checkMembers(record, engineMembers);
  const { artifacts, binary_path } = record as EngineEntry;
  // CAT-ENG-2401
  if (artifacts.length === 0 && binary_path === undefined) throw invalid('`binary_path` is required when `artifacts` is empty');
}

export function checkHolding(record: object): asserts record is Holding {
  checkMembers(record, holdingMembers);
  const { id, node, digest: held } = record as Holding;
  if (id !== holdingId(node, held)) throw invalid('the id of a holding is `<node>/<digest>`', 'id');
}

/** What of a model's metadata is what it should be: of a record only that it is an object is checked, as others may have written it. */
export function metadataIn({ metadata = {} }: Pick<ModelEntry, 'metadata'>): ModelMetadata {
  const known = metadataMembers.filter(([member, rule]) => Object.hasOwn(metadata, member) && rule.holds(metadata[member]));
  return Object.fromEntries(known.map(([member]) => [member, metadata[member]]));
}

/** CAT-ENG-2401: `engine:version@digest`, or `engine:version` without a digest. */
export function engineId(engine: Pick<EngineEntry, 'engine' | 'version' | 'digest'>): string {
  return `${engine.engine}:${engine.version}${engine.digest === undefined ? '' : `@${engine.digest}`}`;
}

/** A path inside a model: relative, forward slashes, no part that is empty, `.` or `..`, nothing a terminal or Windows minds. */
export function isInnerPath(path: unknown): path is string {
  if (typeof path !== 'string' || path === '' || path.length > 4096 || !path.isWellFormed()) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\\]/.test(path) || /^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function checked<R>(record: unknown, check: (record: object) => void): R {
  if (!isObject(record)) throw invalid('a record is an object');
  const reason = whyNotCanonical(record);
  if (reason) throw invalid(`the record ${reason}`);
  check(record);
  return canonicalCopy(record) as R;
}

function checkMembers(record: object, members: Members): void {
  const values = record as Readonly<Record<string, unknown>>;
  // The store's own member of an index line; a caller cannot bring one.
  if (values.revision !== undefined) throw invalid('`revision` is kept by the store and cannot be a member of a record');
  for (const [member, rule] of members) {
    const value = values[member];
    if (value === undefined ? rule.required : !rule.holds(value)) throw invalid(`\`${member}\` must be ${rule.words}`, member);
  }
  checkId(values.id);
}

function invalid(message: string, member?: string): CatalogError {
  return refusal('InvalidRecord', message, member === undefined ? {} : { member });
}

function required(rule: Rule): Rule & { required: true } {
  return { ...rule, required: true };
}

function optional(rule: Rule): Rule & { required: false } {
  return { ...rule, required: false };
}

function oneOf(values: readonly string[]): Rule {
  return { words: `one of ${values.join(', ')}`, holds: (value) => typeof value === 'string' && values.includes(value) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMoment(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/.test(value)) return false;
  const [year, month, day] = [numberIn(value, 0, 4), numberIn(value, 5, 7), numberIn(value, 8, 10)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  const [hour, minute, second] = [numberIn(value, 11, 13), numberIn(value, 14, 16), numberIn(value, 17, 19)];
  return minute < 60 && second < 60 && hour < 24;
}

/** Of digits, without a text of their own. */
function numberIn(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) number = number * 10 + text.charCodeAt(at) - 0x30;
  return number;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isFileList(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const seen = new Set<unknown>();
  for (const file of value) {
    if (!isObject(file) || !isInnerPath(file.path) || !isDigest(file.digest) || !count.holds(file.bytes)) return false;
    if (file.identity !== undefined && !isText(file.identity)) return false;
    if (seen.has(file.path)) return false;
    seen.add(file.path);
  }
  return true;
}
