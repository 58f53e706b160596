import { CatalogError } from 'catalog-core';
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { Head, Headers } from './answers.js';
import { shownUrl } from './shown-url.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Answer extends Head {
  readonly body: AsyncIterable<Buffer>;
  /** Gives up what is left of the body. */
  leave(): void;
}

interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  /** What tells an origin who asks; for that origin alone. */
  readonly authorization?: (url: URL) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const mostRedirects = 10;
const connectMs = 10_000;
/** What is said on the way to a file: of its content, and why there is none. */
const told = ['x-linked-etag', 'x-linked-size', 'x-repo-commit', 'x-error-code', 'etag'];

/** Requests over HTTP, through the proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). */
export class Connections {
  readonly #agent: Dispatcher;

  constructor(options: { readonly environment: Environment; readonly stallMs: number }) {
    const { environment, stallMs } = options;
    const proxy = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? '';
    this.#agent = new EnvHttpProxyAgent({
      ...{ httpProxy: proxy('HTTP_PROXY'), httpsProxy: proxy('HTTPS_PROXY'), noProxy: proxy('NO_PROXY') },
      ...{ connectTimeout: connectMs, headersTimeout: stallMs, bodyTimeout: stallMs },
    });
  }

  /** The answer behind all redirects. What identifies the caller is told to no other origin, and nothing goes from https to http. */
  async get(from: string, asking: Asking): Promise<Answer> {
    const hub: Record<string, string> = {};
    let url = new URL(from);
    for (let hops = 0; hops <= mostRedirects; hops++) {
      const answer = await this.#once(url, asking);
      const headers = flat(answer.headers);
      const location = answer.statusCode >= 300 && answer.statusCode < 400 ? headers.location : undefined;
      if (location === undefined) return answerOf(answer, headers, hub);
      for (const name of told) if (hub[name] === undefined && headers[name] !== undefined) hub[name] = headers[name];
      answer.body.on('error', () => {}).destroy();
      url = redirected(url, location, from);
    }
    throw new CatalogError('IoError', `${shownUrl(from)} leads from one place to another without end`, {
      url: shownUrl(from),
      reason: 'redirects',
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #once(url: URL, { headers, authorization, signal }: Asking): Promise<Dispatcher.ResponseData> {
    const secret = authorization?.(url);
    return request(url, {
      dispatcher: this.#agent,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'catalog-core-provisioner',
        ...headers,
        ...(secret !== undefined && { authorization: secret }),
      },
      ...(signal && { signal }),
    });
  }
}

function answerOf({ statusCode: status, body }: Dispatcher.ResponseData, headers: Headers, hub: Headers): Answer {
  const incoming = new Incoming(body);
  return { status, headers, hub, body: incoming, leave: () => incoming.leave() };
}

const mostQueuedBytes = 1024 * 1024;

/** What comes in, to the last byte before a connection is cut: a stream that fails forgets what nobody has read yet. */
class Incoming implements AsyncIterable<Buffer> {
  readonly #body: Dispatcher.ResponseData['body'];
  readonly #queue: Buffer[] = [];
  #queued = 0;
  #end: { readonly error?: Error } | undefined;
  #wake: () => void = () => {};

  constructor(body: Dispatcher.ResponseData['body']) {
    this.#body = body;
    body.on('data', (chunk: Buffer) => {
      this.#queue.push(chunk);
      this.#queued += chunk.byteLength;
      if (this.#queued > mostQueuedBytes) body.pause();
      this.#wake();
    });
    body.on('end', () => this.#ended({}));
    body.on('error', (error) => this.#ended({ error }));
    body.on('close', () => this.#ended({ error: Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }) }));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#queued -= chunk.byteLength;
        if (this.#body.isPaused()) this.#body.resume();
        yield chunk;
      } else if (this.#end?.error) throw this.#end.error;
      else if (this.#end) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  leave(): void {
    this.#body.destroy();
  }

  #ended(end: { readonly error?: Error }): void {
    this.#end ??= end;
    this.#wake();
  }
}

/** Where an answer leads to; refused where that is no place on the web, or others could read it there. */
export function redirected(url: URL, location: string, from: string): URL {
  const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const details = { url: shownUrl(from), reason: 'redirects' };
  if (target === undefined || !/^https?:$/.test(target.protocol))
    throw new CatalogError('IoError', `${shownUrl(from)} leads to no place on the web`, details);
  if (url.protocol === 'https:' && target.protocol === 'http:')
    throw new CatalogError('PermissionDenied', `${shownUrl(from)} leads from https to http, where others can read and change it`, details);
  return target;
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
}

/** Whether a request may come to a good end another time: the network failed, and no rule. */
export function isNetworkTrouble(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || error instanceof CatalogError || error.name === 'AbortError') return false;
  return 'code' in error && typeof error.code === 'string' && networkCodes.test(error.code);
}

const networkCodes = /^(UND_ERR_\w+|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|HPE_\w+)$/;
