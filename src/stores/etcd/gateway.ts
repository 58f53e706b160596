import type { IncomingMessage } from 'node:http';
import { CatalogError, refusal } from '../../core/errors.js';
import { jsonIn } from '../../core/json.js';
import type { EtcdAddress } from './address.js';
import { Connections, type Sent } from './connections.js';
import { gatewayError, isStaleToken, notEtcd, TooLong, Unreachable, unanswered } from './gateway-errors.js';

/** No answer that was asked for in pages is longer; what is longer is asked for in smaller ones. */
const longestAnswer = 64 * 1024 * 1024;

/** Requests to the JSON gateway of one of the members of an etcd, the next one after each that failed. */
export class Gateway {
  readonly #address: EtcdAddress;
  readonly #connections: Connections;
  readonly #answerMs: number;
  #isClosed = false;
  #member = 0;
  #token: string | undefined;

  constructor(address: EtcdAddress, answerMs: number) {
    [this.#address, this.#answerMs] = [address, answerMs];
    this.#connections = new Connections({ isSecure: address.isSecure });
  }

  /** What it says of its version; `IoError` where something else answers. */
  async version(): Promise<string> {
    const { response, text } = await this.#answer('/version', { method: 'GET' });
    const { etcdserver } = (jsonIn(text) ?? {}) as { etcdserver?: unknown };
    if (!isOk(response) || typeof etcdserver !== 'string') throw notEtcd(this.#address.shown);
    return etcdserver;
  }

  /** One request, sent once: `Unreachable` says whether it may have been done all the same. */
  async call(path: string, body: object): Promise<unknown> {
    return this.#withToken(async () => {
      const { response, text } = await this.#answer(path, this.#post(body));
      if (!isOk(response)) throw this.#told(gatewayError(statusOf(response), jsonIn(text), this.#address.shown));
      const answer = jsonIn(text);
      if (typeof answer !== 'object' || answer === null) throw notEtcd(this.#address.shown);
      return { ...answer, date: response.headers.date };
    });
  }

  /** What it tells, line by line, until it ends or is aborted. */
  async *stream(path: string, body: object, signal: AbortSignal): AsyncGenerator<unknown> {
    const response = await this.#withToken(() => this.#sent(path, this.#post(body), signal));
    if (!isOk(response)) throw this.#told(gatewayError(statusOf(response), jsonIn(await this.#textOf(response)), this.#address.shown));
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.#chunks(response)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestAnswer) throw new TooLong();
      for (const line of lines) if (line !== '') yield jsonIn(line);
    }
    throw new Unreachable('the stream ended', true);
  }

  close(): void {
    this.#isClosed = true;
    this.#connections.close();
  }

  #post(body: object): Sent {
    const authorization = this.#token === undefined ? {} : { authorization: this.#token };
    return { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...authorization } };
  }

  async #answer(path: string, sent: Sent): Promise<{ readonly response: IncomingMessage; readonly text: string }> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#answerMs);
    try {
      const response = await this.#sent(path, sent, limit.signal);
      return { response, text: await this.#textOf(response) };
    } catch (error) {
      // What Node says of a request that was aborted tells nobody who waited for what.
      throw limit.signal.aborted && error instanceof Unreachable ? unanswered(path, this.#answerMs) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #sent(path: string, sent: Sent, signal: AbortSignal): Promise<IncomingMessage> {
    const member = this.#member;
    if (this.#isClosed) throw wasClosed();
    try {
      return await this.#connections.send(`${this.#endpoint}${path}`, sent, signal);
    } catch (error) {
      throw this.#failed(error, member);
    }
  }

  async #textOf(response: IncomingMessage): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.#chunks(response)) {
      length += chunk.byteLength;
      if (length > longestAnswer) throw new TooLong();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }

  async *#chunks(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    const member = this.#member;
    try {
      yield* response;
    } catch (error) {
      throw this.#failed(error, member);
    }
  }

  /** Asks the next member from now on, unless somebody else has turned to it already. */
  #failed(error: unknown, member: number): Error {
    if (error instanceof CatalogError || error instanceof TooLong || error instanceof Unreachable) return error;
    if (this.#isClosed) return wasClosed();
    if (member === this.#member) this.#member++;
    const { code, syscall, message } = reasonOf(error as Error);
    return new Unreachable(code ?? message, syscall !== 'connect' && syscall !== 'getaddrinfo');
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
    const answer = jsonIn(text) as { token?: string; error?: string } | undefined;
    // Who brings a name to a server that asks for none is let in as everybody is.
    if (!isOk(response) && /not enabled/.test(answer?.error ?? '')) return;
    if (!isOk(response)) throw gatewayError(statusOf(response), answer, shown);
    this.#token = answer?.token;
  }

  get #endpoint(): string {
    const { endpoints } = this.#address;
    return endpoints[this.#member % endpoints.length] ?? '';
  }
}

const wasClosed = (): Error => refusal('Closed', 'this catalog was closed');
const statusOf = ({ statusCode = 0 }: IncomingMessage): number => statusCode;
const isOk = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;

/** Where a name has several addresses, why the first of them could not be reached. */
function reasonOf(error: Error & { readonly errors?: readonly Error[] }): NodeJS.ErrnoException {
  return error.errors?.[0] ?? error;
}
