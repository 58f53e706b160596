import { refusal } from '../../core/errors.js';
import { redactUrl } from '../../core/redact.js';

/** Where an etcd is, and where in it a catalog. */
export interface EtcdAddress {
  /** `http://host:port` of each member, or `https://` of all of them. */
  readonly endpoints: readonly string[];
  readonly isSecure: boolean;
  /** What all its keys begin with: between two slashes. */
  readonly prefix: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The whole of it as anybody may see it. */
  readonly shown: string;
}

const form = /^(etcds?|https?):\/\/(?:([^@/]*)@)?([^/?#@]+)(\/[^?#]*)?(\?[^#]*)?$/;
const defaultPrefix = 'catalog';

/**
 * `etcd://[user:password@]host:2379[,host:2379…][/prefix][?tls]`; `etcds://` is the same as `?tls`. Anything else is `InvalidArgument`, in
 * which no password is shown.
 */
export function parseAddress(url: string, prefix?: string): EtcdAddress {
  const [, scheme = '', credentials = '', hosts = '', path = '', query = ''] = (typeof url === 'string' && form.exec(url)) || [];
  if (hosts === '') throw invalid('an etcd is named as etcd://host:2379[,host:2379…]/prefix');
  const parameters = [...new URLSearchParams(query).keys()];
  if (parameters.some((name) => name !== 'tls')) throw invalid('of what may follow a ? it knows tls alone; a catalog is named by the path');
  const isSecure = scheme === 'etcds' || scheme === 'https' || parameters.includes('tls');
  const endpoints = hosts.split(',').map((host) => endpointOf(host, isSecure));
  const [user, password] = credentials === '' ? [] : credentials.split(/:(.*)/s).map(decoded);
  return {
    endpoints,
    isSecure,
    prefix: checkedPrefix(prefix ?? decoded(path)),
    user,
    password,
    shown: redactUrl(`${scheme}://${hosts}${path}`),
  };
}

function endpointOf(host: string, isSecure: boolean): string {
  const text = `${isSecure ? 'https' : 'http'}://${/:\d+$/.test(host) ? host : `${host}:2379`}`;
  if (!URL.canParse(text)) throw invalid('one of its hosts is none');
  return text;
}

function checkedPrefix(given: string): string {
  const name = withoutSlashes(given) || defaultPrefix;
  if (!name.isWellFormed() || /\p{Cc}/u.test(name) || Buffer.byteLength(name) > 512) throw invalid('a prefix is up to 512 bytes of text');
  return `/${name}/`;
}

/** By hand: `/\/+$/` takes quadratic time. */
function withoutSlashes(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === '/') start++;
  while (end > start && text[end - 1] === '/') end--;
  return text.slice(start, end);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('what is percent-encoded in it is no text');
  }
}

function invalid(reason: string): Error {
  return refusal('InvalidArgument', `the url of an etcd cannot be read: ${reason}`, { argument: 'url' });
}
