// Over 300 lines: one grammar, read and written; what is read is what is written.
import { refusal } from './errors.js';
import { unfitCharacter } from './ids.js';
import { allowedQuery, redactText, redactUrl } from './redact.js';

export type ModelRef = HuggingFaceRef | FileRef | UrlRef;

/** A model of the Hugging Face hub, or one file or one quantization of it. The parts are plain text, not percent-encoded. */
export interface HuggingFaceRef {
  readonly kind: 'hf';
  readonly org?: string;
  readonly repo: string;
  readonly revision?: string;
  readonly path?: string;
  readonly quant?: string;
}

export interface FileRef {
  readonly kind: 'file';
  readonly path: string;
}

export interface UrlRef {
  readonly kind: 'url';
  readonly url: string;
}

export const ModelRef = { parse: parseModelRef, format: formatModelRef } as const;

const maximumBytes = 4096;
const drive = /^[a-z]:[\\/]/i;

/**
 * The reference that a text means, in its normal form (CAT-REF-1301, CAT-REF-1302):
 *
 * - `hf:[org/]repo[@revision][/path | :quant]`. `hf:a/b` is org and repo. Parts are percent-decoded and keep their case; a
 *   revision with slashes is written `refs%2Fpr%2F1`, an `@` or `:` inside a part as `%40` or `%3A`; `.` parts of the path go.
 * - `file:/abs`, `file:///abs`, `file://localhost/abs`: percent-decoded; a query and a fragment go.
 * - any text without a colon before its first slash, and `C:\x`: a path, taken literally. A relative one is resolved against
 *   `cwd`, and without it stays relative. `.`, `..`, repeated and trailing slashes are resolved. `\` separates after a drive (of
 *   the path or of `cwd`) alone; a drive is in upper case.
 * - `https://`, `http://`, `s3://`, `oci://`: the scheme and host in lower case, without default port, dot segments, trailing
 *   slashes, user info, fragment and all parameters but `revision`, `version`, `versionId` and `download` (CAT-REF-1305).
 *
 * Surrounding blanks go. `parse(format(parse(x)))` equals `parse(x)`. All else is `InvalidRef` with the redacted `input` and the
 * `reason` (CAT-REF-1303): more than 4,096 bytes, as given or in normal form; another scheme; an empty part; `..` in an `hf:`
 * part; a query in `hf:`; control, bidirectional and zero-width characters, also encoded; a malformed escape; what begins with
 * two slashes (`\\host\share`: mount it). Time is linear in the text.
 */
export function parseModelRef(text: string, options: { cwd?: string } = {}): ModelRef {
  if (typeof text !== 'string')
    throw refusal('InvalidRef', `a ${typeof text} is not a model reference: not text`, { input: typeof text, reason: 'not text' });
  checkLength(text, text);
  const trimmed = withoutBlanks(text);
  if (trimmed === '') throw invalid(text, 'empty');
  checkCharacters(trimmed, text);
  const ref = parseTrimmed(trimmed, options.cwd);
  checkLength(formatModelRef(ref), text);
  return ref;
}

/**
 * The text of a reference, which `parseModelRef` reads as the same reference. An absolute path becomes a percent-encoded
 * `file:` URL, a relative one begins with a dot. What no text can say, as a path in a repository without org and revision, is
 * `InvalidRef`.
 */
export function formatModelRef(ref: ModelRef): string {
  switch (ref.kind) {
    case 'hf':
      return formatHuggingFace(ref);
    case 'file':
      return formatPath(ref.path);
    case 'url':
      return redactUrl(ref.url);
  }
}

function parseTrimmed(text: string, cwd: string | undefined): ModelRef {
  if (drive.test(text)) return parsePath(text, undefined);
  const scheme = schemeOf(text);
  switch (scheme) {
    case undefined:
      return parsePath(text, cwd);
    case 'hf':
      return parseHuggingFace(text);
    case 'file':
      return parseFileUrl(text);
    case 'http':
    case 'https':
    case 's3':
    case 'oci':
      return parseUrl(text);
  }
  // The scheme is not quoted: of `user:password@host` it would be the user.
  throw invalid(text, 'an unknown scheme (a path that looks like one is written ./…)');
}

/** As in RFC 3986: the first part of a relative path has no colon, so that what has one begins with a scheme. */
function schemeOf(text: string): string | undefined {
  const end = text.search(/[:/\\]/);
  return end !== -1 && text[end] === ':' ? text.slice(0, end).toLowerCase() : undefined;
}

function parseHuggingFace(text: string): HuggingFaceRef {
  const body = text.slice('hf:'.length);
  if (/[?#]/.test(body)) throw invalid(text, 'an hf: reference has no query and no fragment; a revision is written @revision');
  const match = /^([^@:/]*)(?:\/([^@:/]*))?(?:@([^/:]*))?(?:\/(.*)|:(.*))?$/s.exec(body.endsWith('/') ? body.slice(0, -1) : body);
  const [, first = '', second, revision, path, quant] = match ?? [];
  return {
    kind: 'hf',
    ...(second !== undefined && { org: hubName(first, text) }),
    repo: hubName(second ?? first, text),
    ...(revision !== undefined && { revision: hubRevision(revision, text) }),
    ...hubPath(path, text),
    ...(quant !== undefined && { quant: hubName(quant, text) }),
  };
}

function hubName(encoded: string, text: string): string {
  return checkName(hubPart(encoded, text), text);
}

/** A revision is a Git name: its slashes are encoded, because a bare one begins the path. */
function hubRevision(encoded: string, text: string): string {
  const revision = decode(checkMarks(encoded, text), text);
  for (const part of revision.split('/')) checkName(checkPart(part, text), text);
  return revision;
}

function hubPath(encoded: string | undefined, text: string): { path?: string } {
  if (encoded === undefined) return {};
  const parts = encoded.split('/').map((part) => hubPart(part, text));
  const path = parts.filter((part) => part !== '.').join('/');
  return path === '' ? {} : { path };
}

function hubPart(encoded: string, text: string): string {
  const part = decode(checkMarks(encoded, text), text);
  if (part.includes('/')) throw invalid(text, 'a slash inside a part');
  return checkPart(part, text);
}

function checkMarks(encoded: string, text: string): string {
  if (/[@:/]/.test(encoded)) throw invalid(text, 'an @, : or / out of place (inside a part, @ is written %40, : %3A)');
  return encoded;
}

function checkPart(part: string, text: string): string {
  if (part === '') throw invalid(text, 'an empty part');
  if (part === '..') throw invalid(text, '.. in a part');
  if (part.includes('\\')) throw invalid(text, 'a backslash');
  return part;
}

/** Neither the hub nor Git has names with `..` in them; names of files may have it. */
function checkName(name: string, text: string): string {
  if (name === '.' || name.includes('..')) throw invalid(text, '. or .. in a part');
  return name;
}

function parseFileUrl(text: string): FileRef {
  const [location = ''] = text.slice('file:'.length).split(/[?#]/, 1);
  checkUrlCharacters(text);
  const encoded = location.startsWith('//') ? withoutLocalHost(location.slice(2), text) : location;
  if (!encoded.startsWith('/')) throw invalid(text, 'a file: reference has an absolute path');
  if (encoded.startsWith('//')) throw invalid(text, 'an empty part at the beginning');
  const onDrive = drive.test(encoded.slice(1));
  const parts = encoded.split('/').map((part) => fileName(part, onDrive, text));
  return { kind: 'file', path: onDrive ? drivePath(parts.slice(1).join('\\')) : `/${resolveDots(parts, true).join('/')}` };
}

/** User info goes (CAT-REF-1305); the host of a file is this one. */
function withoutLocalHost(location: string, text: string): string {
  const end = location.indexOf('/');
  const host = location.slice(0, end === -1 ? undefined : end);
  if (!['', 'localhost'].includes(host.slice(host.lastIndexOf('@') + 1).toLowerCase()))
    throw invalid(text, 'a file: reference to another host');
  return location.slice(host.length);
}

function fileName(encoded: string, onDrive: boolean, text: string): string {
  const name = decode(encoded, text);
  if (name.includes('/') || (onDrive && name.includes('\\'))) throw invalid(text, 'an encoded slash');
  return name;
}

function parsePath(text: string, cwd: string | undefined): FileRef {
  if (/^[\\/]{2}/.test(text)) throw invalid(text, 'two slashes at the beginning');
  const path = resolvePath(text, cwd);
  checkCharacters(path, text);
  return { kind: 'file', path };
}

function resolvePath(text: string, cwd: string | undefined): string {
  if (drive.test(text)) return drivePath(text);
  if (cwd !== undefined && drive.test(cwd)) return drivePath(/^[\\/]/.test(text) ? cwd.slice(0, 2) + text : `${cwd}\\${text}`);
  if (text.startsWith('/')) return `/${resolveDots(text.split('/'), true).join('/')}`;
  if (cwd === undefined) return relativePath(resolveDots(text.split('/'), false).join('/'));
  if (!cwd.startsWith('/')) throw refusal('InvalidArgument', 'cwd is an absolute path', { argument: 'cwd' });
  return `/${resolveDots(`${cwd}/${text}`.split('/'), true).join('/')}`;
}

/** A name like a drive keeps its `./`, or the value would mean another file than the text. */
function relativePath(path: string): string {
  return drive.test(path) ? `./${path}` : path || '.';
}

function drivePath(text: string): string {
  const [letter = '', ...parts] = text.split(/[\\/]/);
  return `${letter.toUpperCase()}\\${resolveDots(parts, true).join('\\')}`;
}

function resolveDots(parts: readonly string[], isRooted: boolean): string[] {
  const resolved: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') resolved.push(part);
    else if (resolved.length > 0 && resolved.at(-1) !== '..') resolved.pop();
    else if (!isRooted) resolved.push(part);
  }
  return resolved;
}

function parseUrl(text: string): UrlRef {
  checkUrlCharacters(text);
  if (!/^[a-z0-9]+:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) throw invalid(text, 'not a URL with //host');
  const url = new URL(text);
  if (url.host === '') throw invalid(text, 'an empty host');
  const path = withoutTrailingSlashes(url.pathname);
  return { kind: 'url', url: `${url.protocol}//${url.host.toLowerCase()}${path}${allowedQuery(url.search)}` };
}

function checkUrlCharacters(text: string): void {
  if (text.includes('\\')) throw invalid(text, 'a backslash');
  if (/%(?![0-9a-f]{2})/i.test(text)) throw invalid(text, 'a malformed escape');
  if (/%(?:[01].|7f)/i.test(text)) throw invalid(text, 'an encoded control character');
}

function formatHuggingFace({ org, repo, revision, path, quant }: HuggingFaceRef): string {
  const text = [
    org === undefined ? 'hf:' : `hf:${escaped(org)}/`,
    escaped(repo),
    revision === undefined ? '' : `@${escaped(revision)}`,
    path === undefined ? '' : `/${path.split('/').map(escaped).join('/')}`,
    quant === undefined ? '' : `:${escaped(quant)}`,
  ].join('');
  if (path !== undefined && org === undefined && revision === undefined) throw invalid(text, 'a path needs an org or a revision before it');
  return text;
}

/** What has a meaning in a reference, and nothing else: a name stays readable. */
function escaped(part: string): string {
  return part.replace(/[%/:@?# ]/g, encodeURIComponent);
}

function formatPath(path: string): string {
  checkCharacters(path, path);
  if (drive.test(path)) return `file:///${path.slice(0, 2)}${path.slice(2).split(/[\\/]/).map(encodeName).join('/')}`;
  // `C:` as a name on a POSIX system is not a drive.
  if (path.startsWith('/'))
    return `file://${path
      .split('/')
      .map(encodeName)
      .join('/')
      .replace(/^\/([a-z]):/i, '/$1%3A')}`;
  const dotted = /^\.\.?(?:\/|$)/.test(path) ? path : `./${path}`;
  return path.endsWith(' ') ? `${dotted}/.` : dotted; // a blank at the end would go
}

function encodeName(name: string): string {
  return encodeURI(name).replace(/[?#]/g, encodeURIComponent);
}

function decode(encoded: string, text: string): string {
  try {
    const decoded = decodeURIComponent(encoded);
    checkCharacters(decoded, text);
    return decoded;
  } catch (error) {
    if (error instanceof URIError) throw invalid(text, 'a malformed escape');
    throw error;
  }
}

function checkCharacters(part: string, text: string): void {
  const reason = unfitCharacter(part);
  if (reason !== undefined) throw invalid(text, reason);
}

/** No text has fewer bytes than code units, so that a huge one is not even measured. */
function checkLength(measured: string, text: string): void {
  const tooLong = measured.length > maximumBytes || Buffer.byteLength(measured) > maximumBytes;
  if (tooLong) throw invalid(text, `longer than ${maximumBytes} bytes${measured === text ? '' : ' in its normal form'}`);
}

/** By hand: `trim` also takes U+FEFF, which is to be refused, and `/\s+$/` takes quadratic time. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && ' \t\r\n'.includes(text.charAt(start))) start++;
  while (end > start && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

function invalid(text: string, reason: string): Error {
  const input = redactText(text);
  return refusal('InvalidRef', `"${input}" is not a model reference: ${reason}`, { input, reason });
}
