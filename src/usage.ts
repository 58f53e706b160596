import { resolve } from 'node:path';
import { type PartialWork, partialsIn } from './artifacts/partials.js';
import { quarantinedIn } from './artifacts/quarantine.js';
import { blobsThere } from './artifacts/stored-blobs.js';
import { statusIfSeen } from './artifacts/survey.js';
import type { CatalogContext } from './catalog-context.js';
import type { Digest } from './core/digest.js';
import { filePlaces, isManaged } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import type { DiskProgram } from './disk/program.js';
import type { FileStat } from './disk/steps.js';
import { readKeepers } from './reachability.js';

/** CAT-ADO-2204: what a catalog holds, in bytes: the sizes of files, whatever of them a file system has allocated. */
export interface UsageReport {
  entries: number;
  /** Of blobs, each once. */
  stored_bytes: number;
  /** What is saved because entries share blobs: their sizes beyond the first entry. */
  shared_bytes: number;
  /** Of files that are referenced or adopted where they lie. */
  referenced_bytes: number;
  /** What `gc` would free once its grace is over: blobs that nothing reaches, abandoned ingests, what is in the trash. */
  reclaimable_bytes: number;
  /** Of content that lies more than once on this machine: in other tools' stores, or there and here. */
  duplicate_bytes: number;
  /** By the tool from which entries were adopted, `reference` for those that are referenced, `catalog` for those that are kept here. */
  by_tool: Record<string, { entries: number; bytes: number }>;
  /** What `gc --quarantine` would free, where there is something. */
  quarantined_bytes?: number;
}

/** Looks and changes nothing; see `Catalog.usage`. */
export async function usageOf(context: CatalogContext): Promise<UsageReport> {
  const { artifacts, host } = context;
  const entries = (await context.store.models.list()).map(({ record }) => record);
  const blobs = await artifacts.run(blobsThere(artifacts.root));
  const keepers = await readKeepers(context);
  const unreached = blobs.filter(({ digest }) => !keepers.has(digest));
  const abandoned = (await artifacts.run(partialsIn(artifacts.root, host))).filter(isAbandoned);
  const left = [...abandoned, ...(await artifacts.trashed())].map(({ bytes }) => bytes);
  const quarantined = sumOf((await artifacts.run(quarantinedIn(artifacts.root))).map(({ bytes }) => bytes));
  const elsewhere = await artifacts.run(filesElsewhere(entries, artifacts.root));
  return {
    entries: entries.length,
    stored_bytes: sumOf(blobs.map(sizeOf)),
    shared_bytes: sharedBytes(entries),
    referenced_bytes: sumOf([...distinct(elsewhere).values()].map(sizeOf)),
    reclaimable_bytes: sumOf([...unreached.map(freedBytes), ...left]),
    duplicate_bytes: duplicateBytes([...blobs, ...elsewhere]),
    by_tool: byTool(entries),
    ...(quarantined > 0 && { quarantined_bytes: quarantined }),
  };
}

/** As `gc` has it. */
const isAbandoned = ({ isLive, kind }: PartialWork): boolean => kind !== 'claim' && isLive === false;

/** A file, and what it holds as far as anybody knows. */
interface FoundBlob {
  readonly digest: Digest;
  readonly status: FileStat;
}

interface Elsewhere extends FoundBlob {
  readonly path: string;
}

/** The files of entries that are somebody else's, as far as they are there. */
function* filesElsewhere(entries: readonly ModelEntry[], root: string): DiskProgram<Elsewhere[]> {
  const found: Elsewhere[] = [];
  for (const entry of entries.filter((one) => !isManaged(one))) {
    for (const { file, path } of filePlaces(entry)) {
      const place = resolve(root, path);
      const status = yield* statusIfSeen(place, { follow: true });
      if (status?.type === 'file') found.push({ digest: file.digest, status, path: place });
    }
  }
  return found;
}

/** Each file once, however many names lead to it. */
function distinct(files: readonly FoundBlob[]): ReadonlyMap<string, FoundBlob> {
  return new Map(files.map((file) => [`${file.status.device}:${file.status.inode}`, file]));
}

function sharedBytes(entries: readonly ModelEntry[]): number {
  const seen = new Set<string>();
  let shared = 0;
  for (const { digest, bytes } of entries.filter(isManaged).flatMap(({ files = [] }) => files)) {
    if (seen.has(digest)) shared += bytes;
    seen.add(digest);
  }
  return shared;
}

function duplicateBytes(files: readonly FoundBlob[]): number {
  const sizes = new Map<string, number>();
  let duplicate = 0;
  for (const { digest, status } of distinct(files).values()) {
    if (sizes.has(digest)) duplicate += status.size;
    sizes.set(digest, status.size);
  }
  return duplicate;
}

function byTool(entries: readonly ModelEntry[]): UsageReport['by_tool'] {
  const tools = new Map<string, { entries: number; bytes: number }>();
  for (const entry of entries.filter(({ files }) => files !== undefined)) {
    const tool = entry.adopted_from?.tool ?? (isManaged(entry) ? 'catalog' : 'reference');
    const { entries: count, bytes } = tools.get(tool) ?? { entries: 0, bytes: 0 };
    tools.set(tool, { entries: count + 1, bytes: bytes + sumOf((entry.files ?? []).map((file) => file.bytes)) });
  }
  return Object.fromEntries([...tools].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** CAT-GC-2301: none while another name holds them. */
function freedBytes({ status }: Pick<FoundBlob, 'status'>): number {
  return status.links === 1 ? status.size : 0;
}

function sizeOf({ status }: Pick<FoundBlob, 'status'>): number {
  return status.size;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
