import { link, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LongWork } from '../src/artifacts/hash-file.js';
import { CatalogError } from '../src/core/errors.js';
import { formatModelRef, type ModelRef } from '../src/core/model-ref.js';
import type { Fetched, Fetcher } from '../src/fetch/fetcher.js';
import { gate } from './contention/gate.js';

/** What a fetcher gives the catalog: a file of its own, a second name of one that it keeps, or a link to it. */
export type Giving = 'its own' | 'a link to another' | 'a copy for the catalog';

/** A fetcher that tells what it was asked for, brings some words, and waits before that as long as it is held. */
export class HeldFetcher implements Fetcher {
  readonly asked: string[] = [];
  readonly released: string[] = [];
  says: string | undefined;
  giving: Giving = 'a copy for the catalog';
  failures = 0;
  /** Of the file that was given last. */
  givenInode = 0;
  readonly #begun = gate();
  #held = gate();
  readonly #folder: string;
  readonly #content: string;

  constructor(folder: string, content: string) {
    this.#folder = folder;
    this.#content = content;
    this.#held.open();
  }

  /** From now on nothing is brought until it is let go. */
  hold(): void {
    this.#held = gate();
  }

  letGo(): void {
    this.#held.open();
  }

  /** When it has been asked for something. */
  begun(): Promise<void> {
    return this.#begun.opened;
  }

  async fetch(ref: ModelRef, into: string, { signal }: LongWork): Promise<Fetched> {
    this.asked.push(formatModelRef(ref));
    this.#begun.open();
    await this.#held.opened;
    signal?.throwIfAborted();
    if (this.failures-- > 0) throw new CatalogError('IoError', 'the line is cut');
    const path = await this.#write(into);
    this.givenInode = (await stat(path)).ino;
    const digest = this.says === undefined ? {} : { digest: this.says };
    if (this.giving === 'a copy for the catalog') return { path, ...digest };
    const release = async (): Promise<void> => {
      this.released.push(path);
      await rm(path);
    };
    return { path, ...digest, release };
  }

  async #write(into: string): Promise<string> {
    if (this.giving === 'a copy for the catalog') {
      await writeFile(join(into, 'a.gguf'), this.#content);
      return join(into, 'a.gguf');
    }
    await mkdir(this.#folder, { recursive: true });
    const [kept, given] = [join(this.#folder, 'kept'), join(this.#folder, 'a.gguf')];
    await writeFile(kept, this.#content);
    await (this.giving === 'its own' ? link(kept, given) : symlink(kept, given));
    if (this.giving === 'its own') await rm(kept);
    return given;
  }
}
