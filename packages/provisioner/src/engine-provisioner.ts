import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type Catalog, CatalogError, type EngineEntry, parseDigest } from 'catalog-core';
import { asTyped } from './download.js';
import { type EventListener, teller } from './events.js';
import { isInner } from './hub.js';
import { syncPath, textOf, writeWhole } from './part-file.js';

/** What was prepared, by paths inside the folder that it was prepared in. */
export interface PreparedEngine {
  readonly binary_path?: string;
  readonly artifacts?: readonly string[];
}

/** An engine that is wanted: which version, and how its files are prepared where they are not there. */
export interface EngineSpec {
  readonly engine: string;
  readonly version: string;
  /** By default `engine:version@digest`, or `engine:version` without a digest. */
  readonly id?: string;
  /** What the binary must be, or without one the first artifact. */
  readonly digest?: string;
  readonly build_ref?: string;
  readonly build_flags?: readonly string[];
  readonly sampler_profile_version?: string;
  /** An engine that is on this machine already, where it stays. */
  readonly binary_path?: string;
  /** Fetches, unpacks or builds one into an empty folder. It is run by one at a time; what a kill leaves is removed before it is run again. */
  readonly prepare?: (folder: string, options: { readonly signal?: AbortSignal | undefined }) => Promise<PreparedEngine>;
}

/** The catalog that engines are recorded in, and what brings their files. */
export interface EngineProvisionerOptions {
  readonly catalog: Catalog;
  /** Where engines are put that are prepared; by default `engines` beside the root of the catalog. */
  readonly directory?: string;
  readonly onEvent?: EventListener;
  readonly clock?: () => number;
}

interface Ready {
  readonly artifacts: string[];
  readonly binary_path?: string;
}

const finished = 'prepared.json';

/** Sees to it that engines are there (CAT-PRV-2502): an entry is written in one step, after its artifacts are durable. */
export class EngineProvisioner {
  readonly #catalog: Catalog;
  readonly #directory: string;
  readonly #tell: EventListener;
  readonly #clock: () => number;

  constructor({ catalog, directory, onEvent, clock = Date.now }: EngineProvisionerOptions) {
    this.#catalog = catalog;
    this.#directory = resolve(directory ?? join(dirname(catalog.root), 'engines'));
    this.#tell = teller(onEvent);
    this.#clock = clock;
    const inside = relative(catalog.root, this.#directory);
    if (inside === '' || (!inside.startsWith('..') && !isAbsolute(inside)))
      throw new CatalogError('InvalidArgument', 'engines are put outside the root of the catalog, which knows nothing of them', {
        argument: 'directory',
      });
  }

  /**
   * The entry of an engine, found or made: the same spec again gives the same entry and does nothing, also at the same time in other
   * processes. `AlreadyExists` where its id is that of another engine; `DigestMismatch` where it is not what it should be.
   */
  async ensure(spec: EngineSpec, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<EngineEntry> {
    const id = idOf(spec);
    const there = await this.#there(id, spec);
    if (there !== undefined) return there;
    return this.#catalog.singleFlight(`engine ${id}`, async () => (await this.#there(id, spec)) ?? this.#make(id, spec, options), options);
  }

  /** An entry that is this engine's, with all its files. */
  async #there(id: string, spec: EngineSpec): Promise<EngineEntry | undefined> {
    const entry = (await this.#catalog.engines.get(id))?.record;
    if (entry === undefined) return undefined;
    const { digest } = spec;
    const isSame =
      entry.engine === spec.engine && entry.version === spec.version && (digest === undefined || entry.digest === parseDigest(digest));
    if (!isSame) throw new CatalogError('AlreadyExists', `${id} is the id of another engine`, { stored: entry });
    const paths = [...(entry.binary_path === undefined ? [] : [entry.binary_path]), ...entry.artifacts.filter(isAbsolute)];
    return paths.every((path) => fs.existsSync(path)) ? entry : undefined;
  }

  async #make(id: string, spec: EngineSpec, options: { readonly signal?: AbortSignal | undefined }): Promise<EngineEntry> {
    try {
      const ready =
        spec.prepare === undefined ? await inPlace(spec) : await this.#prepared(id, { ...spec, prepare: spec.prepare }, options);
      const found = await digestOf(ready.binary_path ?? ready.artifacts[0]);
      const expected = spec.digest === undefined ? undefined : parseDigest(spec.digest);
      if (expected !== undefined && expected !== found) {
        if (spec.prepare !== undefined) await fs.promises.rm(this.#folderOf(id), { recursive: true, force: true });
        throw new CatalogError('DigestMismatch', `${id} was to be ${expected}, and is ${found}`, { expected, actual: found });
      }
      return await this.#record(id, spec, { ...ready, digest: found });
    } catch (error) {
      throw asTyped(error, id);
    }
  }

  async #record(id: string, spec: EngineSpec, { digest, ...ready }: Ready & { readonly digest: string }): Promise<EngineEntry> {
    const { engine, version, build_ref, build_flags, sampler_profile_version } = spec;
    const entry: EngineEntry = {
      ...{ id, engine, version, ...ready, created_ms: this.#clock(), digest: parseDigest(digest) },
      ...(build_ref !== undefined && { build_ref }),
      ...(build_flags !== undefined && { build_flags: [...build_flags] }),
      ...(sampler_profile_version !== undefined && { sampler_profile_version }),
    };
    const { record } = await this.#catalog.engines.put(entry);
    this.#tell({ type: 'prepared', engine: id });
    return record;
  }

  /** What was prepared, in its own folder, which has its name when all of it is durable. */
  async #prepared(
    id: string,
    spec: EngineSpec & Required<Pick<EngineSpec, 'prepare'>>,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Ready> {
    const folder = this.#folderOf(id);
    const known = readyIn(folder, await textOf(join(folder, finished)));
    if (known !== undefined && [...known.artifacts, known.binary_path].every((path) => path === undefined || fs.existsSync(path)))
      return known;
    this.#tell({ type: 'preparing', engine: id });
    await fs.promises.mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await this.#removeLeftOver(folder);
    const temp = `${folder}.${randomBytes(16).toString('base64url')}.tmp`;
    await fs.promises.mkdir(temp, { mode: 0o700 });
    try {
      const prepared = checked(await spec.prepare(temp, options), temp);
      await writeWhole(join(temp, finished), `${JSON.stringify(prepared)}\n`);
      await syncAll(temp);
      await fs.promises.rename(temp, folder);
    } catch (error) {
      await fs.promises.rm(temp, { recursive: true, force: true });
      throw error;
    }
    await syncPath(this.#directory);
    const ready = readyIn(folder, await textOf(join(folder, finished)));
    if (ready === undefined) throw new CatalogError('IoError', `${folder} could not be read again`, { path: folder });
    return ready;
  }

  /** Who prepares has the flight: whatever else there is of this engine is of somebody who died, or is damaged. */
  async #removeLeftOver(folder: string): Promise<void> {
    for (const name of await fs.promises.readdir(this.#directory)) {
      const isOurs = name === basename(folder) || (name.startsWith(`${basename(folder)}.`) && name.endsWith('.tmp'));
      if (isOurs) await fs.promises.rm(join(this.#directory, name), { recursive: true, force: true });
    }
  }

  #folderOf(id: string): string {
    const readable = id.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 64);
    return join(this.#directory, `${readable}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`);
  }
}

function idOf({ id, engine, version, digest }: EngineSpec): string {
  return id ?? (digest === undefined ? `${engine}:${version}` : `${engine}:${version}@${parseDigest(digest)}`);
}

/** An engine that is somebody's own is made durable where it is. */
async function inPlace({ binary_path }: EngineSpec): Promise<Ready> {
  if (binary_path === undefined || !isAbsolute(binary_path))
    throw new CatalogError('InvalidArgument', 'an engine has an absolute binary_path, or is prepared', { argument: 'binary_path' });
  if (!fs.existsSync(binary_path)) throw new CatalogError('NotFound', `there is no engine at ${binary_path}`, { path: binary_path });
  await syncPath(binary_path);
  return { artifacts: [], binary_path };
}

function checked(prepared: PreparedEngine, folder: string): PreparedEngine {
  const { binary_path, artifacts = [] } = (prepared as PreparedEngine | null | undefined) ?? {};
  if (!Array.isArray(artifacts))
    throw new CatalogError('InvalidArgument', 'the artifacts of what was prepared are no list', { argument: 'prepare' });
  const paths = [...artifacts, ...(binary_path === undefined ? [] : [binary_path])];
  if (paths.length === 0)
    throw new CatalogError('InvalidArgument', 'what was prepared has neither a binary nor an artifact', { argument: 'prepare' });
  for (const path of paths) {
    if (typeof path !== 'string' || !isInner(path))
      throw new CatalogError('PathOutsideRoot', 'what was prepared is not inside its folder', { path });
    if (!fs.existsSync(join(folder, path))) throw new CatalogError('NotFound', `what was prepared has no ${path}`, { path });
  }
  return { artifacts, ...(binary_path !== undefined && { binary_path }) };
}

/** What was prepared, as its folder tells; `undefined` where it tells nothing that is so. */
export function readyIn(folder: string, text: string | undefined): Ready | undefined {
  try {
    const found = JSON.parse(text ?? 'null') as PreparedEngine | null;
    if (found === null) return undefined;
    const { binary_path, artifacts = [] } = checked(found, folder);
    return {
      artifacts: artifacts.map((path) => join(folder, path)),
      ...(binary_path !== undefined && { binary_path: join(folder, binary_path) }),
    };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof CatalogError) return undefined;
    throw error;
  }
}

/** Every file and every folder, the inner ones first. */
async function syncAll(folder: string): Promise<void> {
  for (const one of await fs.promises.readdir(folder, { withFileTypes: true })) {
    const path = join(folder, one.name);
    if (one.isDirectory()) await syncAll(path);
    else if (one.isFile()) await syncPath(path);
  }
  await syncPath(folder);
}

async function digestOf(path: string | undefined): Promise<string> {
  if (path === undefined) throw new CatalogError('InvalidArgument', 'an engine has a binary or an artifact', { argument: 'spec' });
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
