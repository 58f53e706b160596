/** What a URL of a fleet may say beside where it is; every other parameter may be a credential. */
const allowedParameters: ReadonlySet<string> = new Set([
  ...['schema', 'prefix', 'tls', 'application_name', 'target_session_attrs'],
  ...['host', 'port', 'user', 'dbname', 'sslmode', 'sslrootcert'],
]);

/**
 * CAT-SEC-6004: the URL of a fleet as it may be kept and told: with its user, who is needed to ask again, and without the password, the
 * fragment and every parameter that may be another secret. Idempotent.
 */
export function shownFleetUrl(url: string): string {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?/is.exec(url) ?? [];
  if (scheme === '') return url;
  const at = authority.lastIndexOf('@');
  const user = at === -1 ? '' : `${authority.slice(0, at).split(':', 1)[0]}@`;
  const kept = query.split('&').filter((piece) => allowedParameters.has(piece.split('=', 1)[0] ?? ''));
  return `${scheme}${user}${authority.slice(at + 1)}${path}${kept.length === 0 ? '' : `?${kept.join('&')}`}`;
}
