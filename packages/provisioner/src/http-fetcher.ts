import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CatalogError, type Fetched, type Fetcher, formatModelRef, type ModelRef } from 'catalog-core';
import { Connections, type Environment } from './connections.js';
import { hubAuthorization } from './credentials.js';
import { asTyped, type Downloaded, type DownloadProgress, download, type RemoteFile, type Transfer } from './download.js';
import { discard, folderOf, hasBegun, type PartialDownload, partialsIn } from './downloads.js';
import { type EventListener, teller } from './events.js';
import { isInner, onHub, type RemoteModel } from './hub.js';
import { nameOfPart } from './part-file.js';

/** Where downloads are kept until they are whole, and how servers are asked. */
export interface HttpFetcherOptions {
  /**
   * The folder where downloads are kept until they are whole, so that a later process can go on with one; best on the file system of the
   * catalog. Without it they are in the folder that the catalog gives, and end with the fetch.
   */
  readonly downloads?: string;
  /** Where the hub is; by default `$HF_ENDPOINT`, else `https://huggingface.co`. */
  readonly endpoint?: string;
  /** What tells an origin who asks, as the value of `Authorization`; by default the token of the hub for the hub. Asked for each request. */
  readonly authorization?: (url: URL) => string | undefined;
  /** By default `process.env`: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, `HF_TOKEN`, `HF_ENDPOINT` and what they go with. */
  readonly environment?: Environment;
  /** How many requests at a time a large file is fetched by; 4. */
  readonly parallel?: number;
  /** The length of what is asked for at a time, in bytes; 64 MiB. */
  readonly spanBytes?: number;
  /** How much of a download a kill may lose, in bytes; 32 MiB. */
  readonly keepBytes?: number;
  /** How many failures in a row, without a byte between them, are too many; 5. */
  readonly mostFailures?: number;
  /** How long a server may say nothing; 30,000 ms. */
  readonly stallMs?: number;
  readonly onEvent?: EventListener;
  /** How it waits between tries. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random?: () => number;
  readonly clock?: () => number;
}

/** What a download must be, who is told how far it has come, and what ends it. */
export interface FetchOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the content must be: a file with another SHA-256 is refused, if its origin tells before a byte of it is fetched. */
  readonly digest?: string | undefined;
}

const defaultEndpoint = 'https://huggingface.co';

/**
 * Fetches `hf:` and `https:` references (CAT-PRV-2503): resumed after a cut and, with `downloads`, after a kill; checked against what the
 * origin says of the content before it is given to anybody. Who asks for one reference at a time is for the catalog to see to, which does.
 */
export class HttpFetcher implements Fetcher {
  readonly #options: HttpFetcherOptions;
  readonly #tell: EventListener;
  #connections: Connections | undefined;

  constructor(options: HttpFetcherOptions = {}) {
    for (const name of ['parallel', 'spanBytes', 'keepBytes', 'stallMs'] as const) checkCount(name, options[name]);
    this.#options = options;
    this.#tell = teller(options.onEvent);
  }

  async fetch(ref: ModelRef, into: string, options: FetchOptions = {}): Promise<Fetched> {
    const text = formatModelRef(ref);
    try {
      return await this.#fetch(ref, text, into, options);
    } catch (error) {
      throw asTyped(error, text);
    }
  }

  /** Downloads that have not come to their end. */
  async partials(): Promise<PartialDownload[]> {
    const { downloads, clock = Date.now } = this.#options;
    return downloads === undefined ? [] : partialsIn(downloads, clock());
  }

  /** Whether there is anything of a download. */
  hasBegun(ref: string): boolean {
    const { downloads } = this.#options;
    return downloads !== undefined && hasBegun(downloads, ref);
  }

  /** Removes what there is of a download; whether there was any. For who has its flight in the catalog, `model ` and the reference. */
  async discard(ref: string): Promise<boolean> {
    const { downloads } = this.#options;
    return downloads === undefined ? false : discard(downloads, ref);
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    await this.#connections?.close();
    this.#connections = undefined;
  }

  async #fetch(ref: ModelRef, text: string, into: string, options: FetchOptions): Promise<Fetched> {
    if (ref.kind === 'file') return { path: ref.path };
    const { downloads } = this.#options;
    const folder = downloads === undefined ? into : await folderOf(downloads, text);
    const transfer = this.#transfer(into, options);
    this.#tell({ type: 'fetching', ref: text });
    const model = withDigest(await this.#find(ref, text, transfer), options.digest);
    // A directory has the name of its model, which is the id that it has by default.
    const top = join(folder, 'files', model.main === undefined ? model.name : '');
    const files: Downloaded[] = [];
    for (const file of model.files) files.push(await fetchOne(pinned(file, files[0]?.commit), { folder, top }, transfer));
    return {
      path: join(top, model.main ?? ''),
      ...vouchedFor(model, files),
      release: async () => void (downloads === undefined ? await fs.promises.rm(top, { recursive: true }) : await discard(downloads, text)),
    };
  }

  async #find(ref: ModelRef, text: string, transfer: Transfer): Promise<RemoteModel> {
    if (ref.kind === 'hf') return onHub(ref, this.#endpoint(), transfer);
    if (ref.kind === 'url' && /^https?:/.test(ref.url)) {
      const name = nameIn(ref.url);
      return { name, main: name, files: [{ url: ref.url, isHub: false, name }] };
    }
    throw new CatalogError('FetcherRequired', `${text} is neither on the hub nor on the web`, { ref: text });
  }

  #endpoint(): string {
    const { environment = process.env, endpoint = environment.HF_ENDPOINT || defaultEndpoint } = this.#options;
    return endpointIn(endpoint);
  }

  #transfer(into: string, { onProgress, signal }: FetchOptions): Transfer {
    const { environment = process.env, stallMs = 30_000, clock = Date.now, random = Math.random } = this.#options;
    const { parallel = 4, spanBytes = 64 * 1024 * 1024, keepBytes = 32 * 1024 * 1024, mostFailures = 5 } = this.#options;
    const { pause = (ms, stop) => setTimeout(ms, undefined, { signal: stop }) } = this.#options;
    this.#connections ??= new Connections({ environment, stallMs });
    return {
      ...{ connections: this.#connections, parallel, spanBytes, keepBytes, mostFailures, pause, random, clock, signal, onProgress },
      authorization: this.#options.authorization ?? hubAuthorization(environment, this.#endpoint()),
      tell: this.#tell,
      checkRoom: (needed) => checkRoom(this.#options.downloads ?? into, needed),
    };
  }
}

/** Where a hub is; `InvalidArgument` for what is no place on the web. */
export function endpointIn(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new CatalogError('InvalidArgument', 'the endpoint of the hub is no http URL', { argument: 'endpoint' });
  return text.replace(/\/+$/, '');
}

/** All files of a model are of one commit. */
function pinned(file: RemoteFile, commit: string | undefined): RemoteFile {
  return commit === undefined || file.pinned === undefined ? file : { ...file, url: file.pinned(commit) };
}

function fetchOne(file: RemoteFile, { folder, top }: { folder: string; top: string }, transfer: Transfer): Promise<Downloaded> {
  if (!isInner(file.name)) throw new CatalogError('IoError', 'a file of it is not inside it', { reason: 'answer' });
  return download(file, { part: nameOfPart(folder, file.name), target: join(top, file.name) }, transfer);
}

/** The digest of the model, where an origin vouches for every file of it: of one file its own, of many that of the manifest (CONTRACT). */
function vouchedFor({ files, main }: RemoteModel, all: readonly Downloaded[]): { digest?: string } {
  if (!all.every(({ isVouchedFor }) => isVouchedFor)) return {};
  const [only] = all;
  if (main !== undefined && all.length === 1 && only !== undefined) return { digest: `sha256:${only.sha256}` };
  const lines = all.map(({ sha256, bytes }, place) => ({ path: files[place]?.name ?? '', line: `sha256:${sha256} ${bytes} ` }));
  lines.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const hash = createHash('sha256');
  for (const { path, line } of lines) hash.update(`${line}${path}\n`);
  return { digest: `sha256:${hash.digest('hex')}` };
}

/** What the caller says of a model of one file is held against it before all of it is there. */
function withDigest(model: RemoteModel, digest: string | undefined): RemoteModel {
  const [, sha256] = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '') ?? [];
  const [only] = model.files;
  if (sha256 === undefined || only === undefined || model.files.length > 1 || model.main === undefined) return model;
  if (only.sha256 !== undefined && only.sha256 !== sha256) {
    const details = { expected: digest, actual: `sha256:${only.sha256}` };
    throw new CatalogError('DigestMismatch', `its origin says that it is ${details.actual}, not ${digest}`, details);
  }
  return { ...model, files: [{ ...only, sha256 }] };
}

/** The name of what a URL leads to, as a file may have it. */
export function nameIn(url: string): string {
  const name = decoded(basename(new URL(url).pathname));
  return name !== '' && isInner(name) ? name : 'model';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return '';
  }
}

async function checkRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize, blocks } = await fs.promises.statfs(folder);
  const free = bavail * bsize;
  if (blocks > 0 && free < needed)
    throw new CatalogError('NoSpace', `${folder} has room for ${free} bytes, and ${needed} are needed`, { needed, free });
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw new CatalogError('InvalidArgument', `${name} is a whole number above 0`, { argument: name });
}
