import { CatalogError, refusal } from '../../core/errors.js';
import type { EtcdAddress } from './address.js';
import { gatewayError, isStaleToken, notEtcd, TooLong, Unreachable } from './gateway-errors.js';

/** No answer that was asked for in pages is longer; what is longer is asked for in smaller ones. */
const longestAnswer = 64 * 1024 * 1024;
const answerMs = 10_000;

/** Requests to the JSON gateway of one of the members of an etcd, the next one after each that failed. */
export class Gateway {
  readonly #address: EtcdAddress;
  readonly #closed = new AbortController();
  #member = 0;
  #token: string | undefined;

  constructor(address: EtcdAddress) {
    this.#address = address;
  }

  /** What it says of its version; `IoError` where something else answers. */
  async version(): Promise<string> {
    const { response, text } = await this.#answer('/version', { method: 'GET' });
    const { etcdserver } = (jsonOf(text) ?? {}) as { etcdserver?: unknown };
    if (!response.ok || typeof etcdserver !== 'string') throw notEtcd(this.#address.shown);
    return etcdserver;
  }

  /** One request, sent once: `Unreachable` says whether it may have been done all the same. */
  async call(path: string, body: object): Promise<unknown> {
    return this.#withToken(async () => {
      const { response, text } = await this.#answer(path, this.#post(body));
      if (!response.ok) throw this.#told(gatewayError(response.status, jsonOf(text), this.#address.shown));
      const answer = jsonOf(text);
      if (typeof answer !== 'object' || answer === null) throw notEtcd(this.#address.shown);
      return { ...answer, date: response.headers.get('date') };
    });
  }

  /** What it tells, line by line, until it ends or is aborted. */
  async *stream(path: string, body: object, signal: AbortSignal): AsyncGenerator<unknown> {
    const response = await this.#withToken(() => this.#sent(path, this.#post(body), signal));
    if (!response.ok) throw this.#told(gatewayError(response.status, jsonOf(await this.#textOf(response, signal)), this.#address.shown));
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.#chunks(response, signal)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestAnswer) throw new TooLong();
      for (const line of lines) if (line !== '') yield jsonOf(line);
    }
    throw new Unreachable('the stream ended', true);
  }

  close(): void {
    this.#closed.abort();
  }

  #post(body: object): RequestInit {
    const authorization = this.#token === undefined ? {} : { authorization: this.#token };
    return { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...authorization } };
  }

  async #answer(path: string, init: RequestInit): Promise<{ readonly response: Response; readonly text: string }> {
    const signal = AbortSignal.timeout(answerMs);
    const response = await this.#sent(path, init, signal);
    return { response, text: await this.#textOf(response, signal) };
  }

  async #sent(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const member = this.#member;
    try {
      return await fetch(`${this.#endpoint}${path}`, {
        ...init,
        redirect: 'error',
        signal: AbortSignal.any([this.#closed.signal, signal]),
      });
    } catch (error) {
      throw this.#failed(error, member);
    }
  }

  async #textOf(response: Response, signal: AbortSignal): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.#chunks(response, signal)) {
      length += chunk.byteLength;
      if (length > longestAnswer) throw new TooLong();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }

  /** Its end is not left to the signal of `fetch`, which forgets it with its request once there is an answer. */
  async *#chunks({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const member = this.#member;
    const reader = body?.getReader();
    const signals = [this.#closed.signal, signal];
    const cut = (): void => void reader?.cancel().catch(() => {});
    for (const one of signals) one.addEventListener('abort', cut, { once: true });
    try {
      for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) yield read.value;
      for (const one of signals) one.throwIfAborted();
    } catch (error) {
      throw this.#failed(error, member);
    } finally {
      for (const one of signals) one.removeEventListener('abort', cut);
      cut();
    }
  }

  /** Asks the next member from now on, unless somebody else has turned to it already. */
  #failed(error: unknown, member: number): Error {
    if (error instanceof CatalogError || error instanceof TooLong || error instanceof Unreachable) return error;
    if (this.#closed.signal.aborted) return refusal('Closed', 'this catalog was closed');
    if (member === this.#member) this.#member++;
    const { cause } = error as { cause?: { code?: string; message?: string } };
    const wasSent = !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(
      cause?.code ?? '',
    );
    return new Unreachable(cause?.code ?? cause?.message ?? (error as Error).message, wasSent);
  }

  #told(error: Error): Error {
    if (error instanceof Unreachable) this.#member++;
    return error;
  }

  async #withToken<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#address.user !== undefined && this.#token === undefined) await this.#authenticate();
    try {
      return await ask();
    } catch (error) {
      // It was refused before it was looked at, so that asking again does nothing twice.
      if (this.#address.user === undefined || !isStaleToken(error)) throw error;
      await this.#authenticate();
      return ask();
    }
  }

  async #authenticate(): Promise<void> {
    const { user: name, password = '', shown } = this.#address;
    this.#token = undefined;
    const { response, text } = await this.#answer('/v3/auth/authenticate', this.#post({ name, password }));
    const answer = jsonOf(text) as { token?: string; error?: string } | undefined;
    // Who brings a name to a server that asks for none is let in as everybody is.
    if (!response.ok && /not enabled/.test(answer?.error ?? '')) return;
    if (!response.ok) throw gatewayError(response.status, answer, shown);
    this.#token = answer?.token;
  }

  get #endpoint(): string {
    const { endpoints } = this.#address;
    return endpoints[this.#member % endpoints.length] ?? '';
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
