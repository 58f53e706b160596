import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogError, type Fetched, type ModelRef, parseModelRef } from 'catalog-core';
import {
  type DownloadProgress,
  type FetchOptions,
  HttpFetcher,
  type HttpFetcherOptions,
  type ProvisionEvent,
} from '../../packages/provisioner/src/index.js';
import type { CatalogWorld } from '../world.js';
import { HubServer } from './hub-server.js';

/** What a fetch came to. */
export type Came = { readonly fetched: Fetched } | { readonly error: CatalogError };

/** A hub, and fetchers that have their downloads in one folder of the scenario. */
export class HubStage {
  readonly hub: HubServer;
  readonly folder: string;
  readonly events: ProvisionEvent[] = [];
  readonly pauses: number[] = [];
  readonly progress: DownloadProgress[] = [];
  came: Came | undefined;
  /** The reference that `<plain>` stands for. */
  plain = '';
  /** What each file is, by its name. */
  readonly contents = new Map<string, Buffer>();
  environment: Record<string, string> = {};
  #fetchers: HttpFetcher[] = [];

  private constructor(hub: HubServer, folder: string) {
    [this.hub, this.folder] = [hub, folder];
  }

  static async begin(world: CatalogWorld): Promise<HubStage> {
    const stage = new HubStage(await HubServer.begin(), await world.folder());
    world.onEnd(async () => {
      for (const fetcher of stage.#fetchers) await fetcher.close();
      await stage.hub.end();
    });
    return stage;
  }

  get downloads(): string {
    return join(this.folder, 'downloads');
  }

  fetcher(options: HttpFetcherOptions = {}): HttpFetcher {
    const fetcher = new HttpFetcher({
      ...{ downloads: this.downloads, endpoint: this.hub.url, stallMs: 300, environment: { HOME: this.folder, ...this.environment } },
      pause: async (ms) => void this.pauses.push(ms),
      onEvent: (event) => this.events.push(event),
      ...options,
    });
    this.#fetchers.push(fetcher);
    return fetcher;
  }

  ref(text: string): ModelRef {
    return parseModelRef(text.replace('<plain>', this.plain));
  }

  async fetch(text: string, options: HttpFetcherOptions = {}, asked: FetchOptions = {}): Promise<Came> {
    this.progress.length = 0;
    const onProgress = (progress: DownloadProgress): void => void this.progress.push(progress);
    this.came = await settled(this.fetcher(options).fetch(this.ref(text), join(this.folder, 'into'), { onProgress, ...asked }));
    return this.came;
  }

  /** Of a fetch that came to a file. */
  async bytes(): Promise<Buffer> {
    if (this.came === undefined || 'error' in this.came) throw this.came?.error ?? new Error('nothing was fetched');
    return readFile(this.came.fetched.path);
  }

  async forget(): Promise<void> {
    await rm(this.downloads, { recursive: true, force: true });
  }
}

/** Bytes that are nowhere the same. */
export function bytesNamed(name: string, length: number): Buffer {
  const chunks: Buffer[] = [];
  for (let place = 0; place * 32 < length; place++) chunks.push(createHash('sha256').update(`${name} ${place}`).digest());
  return Buffer.concat(chunks).subarray(0, length);
}

export const sha256Of = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function settled(work: Promise<Fetched>): Promise<Came> {
  try {
    return { fetched: await work };
  } catch (error) {
    if (error instanceof CatalogError) return { error };
    throw error;
  }
}
