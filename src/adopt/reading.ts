import { basename, dirname, join, resolve } from 'node:path';
import { type CatalogError, isCatalogError, refusal } from '../core/errors.js';
import { isInnerPath } from '../core/records.js';
import { asCatalogError } from '../disk/failure.js';
import { type DiskProgram, list, readLink, realPath, stat } from '../disk/program.js';
import { type FileType, isDiskError } from '../disk/steps.js';
import { readFileIfThere } from '../disk/whole-file.js';
import { type Findings, isWithin } from './found.js';

/** No manifest, tree or index of a model is larger; what is larger is not read (CAT-ADO-2202). */
const mostBytes = 16 * 1024 * 1024;
/** Nor is what lies beside a file and only helps. */
const mostBesideBytes = 64 * 1024;

/** A regular file below the place, however many links lead to it. */
export interface SeenFile {
  readonly path: string;
  readonly bytes: number;
  /** Where its name leads first, absolute; the path itself where it is no link. */
  readonly firstHop: string;
}

/** CAT-ADO-2202: reads one thing; what is wrong with it is a problem of its own, of the model of that id, and stops nothing else. */
export function* attempt<T>(findings: Findings, path: string, program: DiskProgram<T>, id?: string): DiskProgram<T | undefined> {
  try {
    return yield* program;
  } catch (error) {
    findings.problemOf(id, path, flawOf(error, path));
    return undefined;
  }
}

/** What is wrong with a thing of somebody else's store, as a refusal. */
export function flawOf(error: unknown, path: string): CatalogError {
  if (isCatalogError(error) || !isDiskError(error)) return asCatalogError(error, 'could not read');
  if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return refusal('NotFound', `${path} was gone when it was read`);
  if (isDiskError(error, 'ELOOP')) return refusal('InvalidRecord', `${path} is a link, or a circle of links`);
  if (isDiskError(error, 'ENAMETOOLONG', 'EISDIR')) return refusal('InvalidRecord', `${path} is no file that can be read`);
  return asCatalogError(error, `could not read ${path}`);
}

/** The names in a folder, in order, those that cannot be kept and what is the catalog's own apart; none where there is no folder. */
export function* namesIn(findings: Findings, folder: string): DiskProgram<string[]> {
  let names: readonly string[];
  try {
    names = yield* list(folder);
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return [];
    const { code, message } = flawOf(error, folder);
    findings.problem(folder, code, message);
    return [];
  }
  return names.filter((name) => !findings.isOwn(join(folder, name)) && isFit(findings, folder, name)).sort();
}

/** What bears a name, links not followed; `undefined` where nothing does. */
export function* typeOf(path: string): DiskProgram<FileType | undefined> {
  return (yield* stat(path))?.type;
}

export function* isFolder(path: string): DiskProgram<boolean> {
  return (yield* typeOf(path)) === 'directory';
}

/** A file that may be adopted: a regular one, that is there, and below the place when all links are followed. */
export function* seenFile(findings: Findings, path: string): DiskProgram<SeenFile> {
  const own = yield* stat(path);
  const found = own?.type === 'symlink' ? yield* stat(path, { follow: true }) : own;
  const isLink = own?.type === 'symlink';
  if (found === undefined) throw refusal('NotFound', isLink ? `${path} leads nowhere` : `${path} is not there`);
  if (found.type !== 'file') throw refusal('InvalidRecord', `${path} is not a regular file`);
  yield* checkInside(findings, path);
  const firstHop = isLink ? resolve(dirname(path), yield* readLink(path)) : path;
  return { path, bytes: found.size, firstHop };
}

/** A JSON object of at most so many bytes, which lies there itself. */
export function* readJson(path: string): DiskProgram<JsonObject> {
  return parsedJson(yield* readText(path), path);
}

export function parsedJson(text: string, path: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) throw error;
    throw refusal('InvalidRecord', `${path} is not JSON: it is truncated or damaged`);
  }
  throw refusal('InvalidRecord', `${path} is not a JSON object`);
}

/** The text of a small file that lies there itself; one that is empty says nothing, which is wrong of whatever is read here. */
export function* readText(path: string, most = mostBytes): DiskProgram<string> {
  const bytes = yield* readFileIfThere(path, most);
  if (bytes === undefined) throw refusal('NotFound', `${path} is not there`);
  if (bytes.byteLength === 0) throw refusal('InvalidRecord', `${path} is empty`);
  if (bytes.byteLength > most) throw refusal('InvalidRecord', `${path} is larger than ${most} bytes`);
  return bytes.toString('utf8');
}

/** As `readText`, of a small file; `undefined` where it is not there, or cannot be read: for what only helps. */
export function* textIfThere(path: string): DiskProgram<string | undefined> {
  try {
    return yield* readText(path, mostBesideBytes);
  } catch (error) {
    if (!isCatalogError(error) && !isDiskError(error)) throw error;
    return undefined;
  }
}

/** As `readJson`, of a small file; `undefined` where it is not there, or no such object: for what only helps. */
export function* jsonIfThere(path: string): DiskProgram<JsonObject | undefined> {
  const text = yield* textIfThere(path);
  try {
    return text === undefined ? undefined : parsedJson(text, path);
  } catch (error) {
    if (!isCatalogError(error, 'InvalidRecord')) throw error;
    return undefined;
  }
}

export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of its own: what every object inherits is not what a file says. */
export function member(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

export function textMember(object: unknown, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function countMember(object: unknown, name: string): number | undefined {
  const value = member(object, name);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function listMember(object: unknown, name: string): readonly unknown[] | undefined {
  const value = member(object, name);
  return Array.isArray(value) ? value : undefined;
}

/** A link, also one on the way, may lead anywhere; what is adopted lies in the place that was named. */
export function* checkInside(findings: Findings, path: string): DiskProgram<void> {
  const real = yield* realPath(path);
  if (real === undefined) throw refusal('NotFound', `${path} leads nowhere`);
  if (findings.isOwn(real)) throw refusal('PathOutsideRoot', `${path} leads into the catalog's own root, to ${real}`);
  if (isWithin(real, findings.place)) return;
  throw refusal('PathOutsideRoot', `${path} leads out of ${findings.place}, to ${real}; adopt the place where that lies`);
}

function isFit(findings: Findings, folder: string, name: string): boolean {
  if (isInnerPath(name) && !name.includes('\ufffd')) return true;
  findings.problem(join(folder, basename(name)), 'InvalidRecord', `${JSON.stringify(name)} is a name that cannot be kept`);
  return false;
}
