import { refusal } from '../../core/errors.js';

/** Where a catalog is: a server, or several of which one takes writes, and a schema there. */
export interface Place {
  /** One for each host of the URL, in their order. */
  readonly urls: readonly string[];
  readonly schema: string;
  /** The URL without what is secret. */
  readonly shown: string;
  /** What no message may tell. */
  readonly secrets: readonly string[];
}

const longestSchema = 40;

/** A place that is well-formed; else `InvalidArgument`, without the URL, which may hold a password. */
export function placeOf(url: string, asked?: string): Place {
  const [, scheme = '', user = '', hosts = '', rest = ''] = /^(postgres(?:ql)?:\/\/)([^/?#]*@)?([^/?#@]+)(.*)$/s.exec(String(url)) ?? [];
  const urls = hosts.split(',').map((host) => `${scheme}${user}${host}${rest}`);
  if (scheme === '' || !urls.every((one) => URL.canParse(one)))
    throw refusal('InvalidArgument', 'url is postgres://user@host:port/database, with one host or several', { argument: 'url' });
  const schema = asked ?? new URL(urls[0] as string).searchParams.get('schema') ?? 'catalog';
  if (!new RegExp(`^[a-z_][a-z0-9_]{0,${longestSchema - 1}}$`).test(schema) || schema.startsWith('pg_'))
    throw refusal('InvalidArgument', `schema is a name of a to z, 0 to 9 and _, up to ${longestSchema} long`, { argument: 'schema' });
  const password = new URL(urls[0] as string).password;
  const query = [...new URL(urls[0] as string).searchParams].flatMap(([name, value]) => (/pass|key/i.test(name) ? [value] : []));
  const secrets = [password, decoded(password), ...query].filter((secret) => secret !== '');
  return { urls, schema, shown: `${scheme}${hosts}${rest.replace(/[?#].*$/s, '')}`, secrets };
}

/** A message without what is secret. */
export function withoutSecrets(message: string, { secrets }: Pick<Place, 'secrets'>): string {
  return secrets.reduce((told, secret) => told.replaceAll(secret, '…'), message);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
