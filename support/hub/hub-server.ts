import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request for a file was answered with beside its bytes; the rest is as it should be. */
export interface Manner {
  /** The connection is cut behind so many bytes of the body. */
  readonly cutAfter?: number;
  /** An answer without the file. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** All of it, whatever part was asked for. */
  readonly whole?: boolean;
  /** Another part than was asked for. */
  readonly shiftBy?: number;
  /** So many bytes fewer than were asked for, and it says so. */
  readonly less?: number;
  /** Bytes behind those that were announced for the part. */
  readonly more?: string;
  /** It says nothing of the length: the end is the end of the connection, or the last chunk. */
  readonly length?: 'by connection' | 'chunked';
  /** After so many bytes it says nothing more. */
  readonly stallAfter?: number;
  /** Until then: the rest comes after all. */
  readonly until?: Promise<void>;
}

/** A request for the bytes of a file. */
export interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  sent: number;
}

/** What is given, and the headers that say of what kind it is. */
interface Given {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A file, and what is said of it, which it may not be any more. */
interface Kept {
  readonly bytes: Buffer;
  readonly isLarge: boolean;
  readonly sha256: string;
  readonly gitSha1: string;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const gitSha1 = (bytes: Buffer): string => createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');

/**
 * A hub on this machine, and the storage behind it on another origin: it lists repositories, names the commit and the hash of large files
 * on the way to the storage, gives small ones itself, and is as odd as it is told to be.
 */
export class HubServer {
  readonly asked: Asked[] = [];
  /** How the next requests for bytes are answered, one after the other. */
  readonly manners: Manner[] = [];
  /** How those after them are. */
  always: Manner = {};
  commit = 'c'.repeat(40);
  /** Those that it had before. */
  readonly commits: string[] = [];
  /** The paths of files that were asked for, as the hub saw them. */
  readonly resolved: string[] = [];
  /** Before each answer with bytes. */
  beforeBytes: () => Promise<void> = () => Promise.resolve();
  /** What the address of what is stored has in it, which is for who was given it. */
  signature = 'signed';
  /** What a repository needs to be told to who asks. */
  token: string | undefined;
  readonly #repositories = new Map<string, Map<string, Kept>>();
  readonly #plain = new Map<string, Given>();
  readonly #servers: Server[] = [];
  #ports: number[] = [];

  static async begin(): Promise<HubServer> {
    const hub = new HubServer();
    for (const answer of [hub.#answerHub, hub.#answerStorage]) {
      const server = createServer((request, response) => void answer.call(hub, request, response));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      hub.#servers.push(server);
    }
    hub.#ports = hub.#servers.map((server) => (server.address() as AddressInfo).port);
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports[0]}`;
  }

  get storage(): string {
    return `http://127.0.0.1:${this.#ports[1]}`;
  }

  put(repository: string, path: string, bytes: Buffer, { isLarge = true } = {}): void {
    const files = this.#repositories.get(repository) ?? new Map();
    this.#repositories.set(repository, files.set(path, { bytes, isLarge, sha256: sha256(bytes), gitSha1: gitSha1(bytes) }));
  }

  /** A file that is on no hub. */
  putPlain(name: string, bytes: Buffer, headers: Readonly<Record<string, string>> = { etag: `"${sha256(bytes).slice(0, 12)}"` }): string {
    this.#plain.set(`/plain/${name}`, { bytes, headers });
    return `${this.storage}/plain/${name}`;
  }

  get bytesSent(): number {
    return this.asked.reduce((sum, { sent }) => sum + sent, 0);
  }

  async end(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #answerHub(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', this.url);
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401, { 'x-error-code': 'GatedRepo' }).end('who are you?');
      return;
    }
    const listing = /^\/api\/models\/(.+)\/revision\/([^/]+)$/.exec(pathname);
    if (listing !== null) return this.#list(decodeURIComponent(listing[1] ?? ''), response);
    const [, repository = '', revision = '', path = ''] = /^\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    const found = this.#repositories.get(decodeURIComponent(repository))?.get(decodeURIComponent(path));
    if (found === undefined || !['main', this.commit, ...this.commits].includes(revision)) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end('not here');
      return;
    }
    this.resolved.push(pathname);
    const { bytes, isLarge } = found;
    const said = { 'x-repo-commit': revision === 'main' ? this.commit : revision };
    if (!isLarge) return this.#give(request, response, () => ({ bytes, headers: { ...said, etag: `"${found.gitSha1}"` } }));
    const tag = `"${found.sha256}"`;
    const location = `${this.storage}/stored/${found.sha256}?signature=${this.signature}`;
    this.#stored.set(found.sha256, bytes);
    response.writeHead(302, { ...said, location, etag: tag, 'x-linked-etag': tag, 'x-linked-size': String(bytes.byteLength) }).end();
  }

  readonly #stored = new Map<string, Buffer>();

  #list(repository: string, response: ServerResponse): void {
    const files = this.#repositories.get(repository);
    if (files === undefined) {
      response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end();
      return;
    }
    const siblings = [...files].map(([rfilename, { bytes, isLarge, ...said }]) => ({
      ...{ rfilename, size: bytes.byteLength, blobId: said.gitSha1 },
      ...(isLarge && { lfs: { sha256: said.sha256, size: bytes.byteLength, pointerSize: 134 } }),
    }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sha: this.commit, siblings }));
  }

  async #answerStorage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', this.storage);
    const stored = this.#stored.get(/^\/stored\/([0-9a-f]{64})$/.exec(pathname)?.[1] ?? '');
    if (stored !== undefined) return this.#give(request, response, () => ({ bytes: stored, headers: { etag: '"tag-of-the-storage"' } }));
    const plain = (): Given | undefined => this.#plain.get(decodeURIComponent(pathname));
    if (plain() !== undefined) return this.#give(request, response, plain);
    response.writeHead(404).end();
  }

  async #give(request: IncomingMessage, response: ServerResponse, file: () => Given | undefined): Promise<void> {
    const { range, authorization } = request.headers;
    const asked: Asked = { path: request.url ?? '', range, authorization, sent: 0 };
    this.asked.push(asked);
    const manner = this.manners.shift() ?? this.always;
    await this.beforeBytes();
    const { bytes: all, headers: said } = file() ?? { bytes: Buffer.alloc(0), headers: {} };
    const headers = withoutAbsent({ date: new Date().toUTCString(), ...said, ...manner.headers });
    if (manner.status !== undefined) {
      response.writeHead(manner.status, headers).end('trouble');
      return;
    }
    const part = manner.whole || !isMeant(request, headers) ? undefined : partOf(all, range, manner);
    if (part === 'none') {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${all.byteLength}` }).end();
      return;
    }
    this.#send(
      response,
      asked,
      {
        bytes: part?.bytes ?? all,
        headers: { ...headers, ...part?.headers, ...withoutAbsent(manner.headers ?? {}) },
        isPart: part !== undefined,
      },
      manner,
    );
  }

  #send(
    response: ServerResponse,
    asked: Asked,
    { bytes, headers, isPart }: { bytes: Buffer; headers: Record<string, string>; isPart: boolean },
    manner: Manner,
  ): void {
    const { cutAfter, stallAfter, until, length, more = '' } = manner;
    const stop = cutAfter ?? stallAfter;
    const body = stop === undefined ? Buffer.concat([bytes, Buffer.from(more)]) : bytes.subarray(0, stop);
    asked.sent += body.byteLength;
    if (length === 'by connection') {
      response.socket?.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'), body]));
      return;
    }
    const sized = length === 'chunked' ? {} : { 'content-length': String(bytes.byteLength + more.length) };
    response.writeHead(isPart ? 206 : 200, { ...headers, ...sized });
    if (cutAfter !== undefined) response.write(body, () => response.socket?.destroySoon());
    else if (stallAfter !== undefined) {
      response.write(body);
      void until?.then(() => response.end(bytes.subarray(stallAfter)));
    } else response.end(body);
    // Nothing is written before the head is, where there is no body to write.
    if (body.byteLength === 0 && stop !== undefined) response.flushHeaders();
    if (body.byteLength === 0 && cutAfter !== undefined) response.socket?.destroySoon();
  }
}

/** Whether a part is wanted of the content that is here (RFC 9110, 13.1.5). */
function isMeant({ headers }: IncomingMessage, said: Readonly<Record<string, string>>): boolean {
  const condition = headers['if-range'];
  return condition === undefined || condition === said.etag;
}

function partOf(all: Buffer, range: string | undefined, { shiftBy = 0, less = 0 }: Manner) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined) return undefined;
  if (Number(first) >= all.byteLength) return 'none' as const;
  const [from, to] = [Number(first) + shiftBy, Math.min(last ? Number(last) + 1 : all.byteLength, all.byteLength) - less];
  return { bytes: all.subarray(from, to), headers: { 'content-range': `bytes ${from}-${to - 1}/${all.byteLength}` } };
}

function withoutAbsent(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined));
}
