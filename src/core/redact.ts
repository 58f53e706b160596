/** CAT-REF-1305: what a query may say about a model; every other parameter may be a credential. */
const allowedParameters: ReadonlySet<string> = new Set(['revision', 'version', 'versionId', 'download']);

/** `[scheme:][//]` of a text that may be malformed: schemes that we know, and any other that `//` follows. */
const headPattern = /^\s*(?:(?:(?:https?|s3|oci|file|hf|ftp|wss?)|[a-z][a-z0-9+.-]*(?=:[\\/]{2})):)?[\\/]*/i;
const wellFormed = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)(\?[^#]*)?/i;
/** With a colon, or with two slashes where a text or a word of it begins. */
const likeUrl = /:|(?:^|[\s\p{Cc}])\/\//u;
/** In which no second line hides a URL: no path has a second colon. */
const drivePath = /^[a-z]:[\\/][^:\p{Cc}\p{Zl}\p{Zp}]*$/iu;
/** A token as a header of HTTP has it. */
const token = /\b(authorization:\s*\w+\s+)\S+|\b(bearer\s+)\S{8,}/gi;
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * The text without what may be a credential (CAT-REF-1305, CAT-SEC-6004): a well-formed URL loses its user info, its fragment
 * and every parameter that is not on the allow-list, and is otherwise unchanged; a malformed one loses all that could be one of
 * these, and the tokens of headers. A text without a colon or two slashes at the beginning of a word and a path with a drive are no URLs
 * and stay as they are. Idempotent; takes linear time.
 */
export function redactUrl(text: string): string {
  if (!likeUrl.test(text) || drivePath.test(text)) return text;
  const [, scheme = '', authority = '', path = '', query = ''] = (isPlainUrl(text) && wellFormed.exec(text)) || [];
  // Of `https:///user@host` the URL parser makes a host; only a file has none.
  if (authority !== '' || scheme.toLowerCase() === 'file://') {
    return `${scheme}${authority.slice(authority.lastIndexOf('@') + 1)}${path}${allowedQuery(query)}`;
  }
  const { head, body } = withoutSecrets(text);
  return head + body;
}

/**
 * An input as an error message may quote it: without whatever could be user info, a fragment or a parameter that is not on the
 * allow-list, also where it is no URL at all; what does not print is escaped as `\u{…}`; no longer than `limit` characters and
 * an ellipsis. It rather says too little: where it cannot tell a path from a password, neither is shown.
 */
export function redactText(text: string, limit = 200): string {
  // Cut last: a password is known by the @ behind it, which must not be cut off first.
  const { head, body } = withoutSecrets(text);
  const shown = `${head.slice(0, limit)}${body.slice(0, limit)}`;
  const escaped = shown.slice(0, limit).replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return head.length + body.length > limit || escaped.length > limit ? `${wholeEscapes(escaped.slice(0, limit))}…` : escaped;
}

/** A query (`?` and all) with its allowed parameters alone, in their order; empty when none is left. */
export function allowedQuery(query: string): string {
  // `;` separates for some servers; a second `?`, a blank or what does not print is a mistake that must not carry a token along.
  const pieces = query
    .split(/[&;?\s\p{Cc}]|%26|%3b|%3f|%[01][0-9a-f]|%7f/iu)
    .filter((piece) => allowedParameters.has(piece.split('=', 1)[0] ?? ''));
  return pieces.length === 0 ? '' : `?${pieces.join('&')}`;
}

/** The URL parser skips control characters and takes `\` for `/`: what it would parse is then not what is written there. */
function isPlainUrl(text: string): boolean {
  return !/[\p{Cc}\s\\]/u.test(text) && URL.canParse(text);
}

/** In two pieces: joined for their first characters only, a large input would be copied. */
function withoutSecrets(text: string): { head: string; body: string } {
  const head = headPattern.exec(text)?.[0] ?? '';
  const body = text.slice(head.length);
  const at = Math.max(endOfLast(body, '@'), endOfLast(body, '%40'));
  if (at === -1 || !mayHoldUserInfo(head, body.slice(0, at))) return { head, body: withoutTokens(withoutQuery(body)) };
  // A password with a ? in it, or a parameter with an @ in it? Neither is shown.
  const isUnclear = /[?#]|%3f|%23/i.test(body.slice(0, at));
  return { head, body: isUnclear ? '…' : withoutTokens(withoutQuery(body.slice(at))) };
}

/** The @ of `hf:org/repo@revision` and of a path follows no user, unless a colon or two slashes say otherwise. */
function mayHoldUserInfo(head: string, beforeAt: string): boolean {
  const isPath = ['', 'hf:', 'file:', '/', 'file:/'].includes(head.trim().toLowerCase());
  return !isPath || /:|%3a|[\s\p{Cc}][\\/]{2}/iu.test(beforeAt);
}

function withoutTokens(text: string): string {
  return text.replace(token, (_, ofAny: string | undefined, ofBearer = '') => `${ofAny ?? ofBearer}…`);
}

function withoutQuery(text: string): string {
  const [location = ''] = text.split('#', 1);
  const query = location.indexOf('?');
  return query === -1 ? location : location.slice(0, query) + allowedQuery(location.slice(query));
}

function endOfLast(text: string, mark: string): number {
  const start = text.lastIndexOf(mark);
  return start === -1 ? -1 : start + mark.length;
}

/** Without an escape that was cut in two. */
function wholeEscapes(text: string): string {
  return text.replace(/\\(?:u(?:\{[0-9a-f]{0,6})?)?$/, '');
}
