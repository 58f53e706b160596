import type { Digest } from './digest.js';
import type { EngineEntry, ModelEntry } from './records.js';

/** What keeps a blob, or a file of somebody else, and by which name it is known. */
export interface Keeper {
  kind: 'entry' | 'engine' | 'pin' | 'lease' | 'ingest';
  id: string;
}

/** CAT-GC-2305: what blobs are reached from. Kept generations are not: what only they name is gone for everybody. */
export interface Roots {
  /** Those that are under way. */
  readonly claims: readonly {
    readonly path: string;
    readonly of: { readonly id?: string; readonly folder?: string };
    readonly digests: readonly Digest[];
  }[];
  /** Those that are not over. */
  readonly leases: readonly { readonly id: string; readonly digests: readonly Digest[] }[];
  readonly models: readonly ModelEntry[];
  readonly engines: readonly EngineEntry[];
}

/** Who keeps each blob, for whoever asks for many. */
export function keepersByDigest({ claims, leases, models, engines }: Roots): ReadonlyMap<string, readonly Keeper[]> {
  const kept = new Map<string, readonly Keeper[]>();
  // What one keeper keeps shares one list: of a hundred thousand blobs nearly all are kept by one.
  const keep = (digests: readonly string[], keepers: readonly Keeper[]): void => {
    for (const digest of digests) {
      const known = kept.get(digest);
      kept.set(digest, known === undefined ? keepers : [...known, ...keepers]);
    }
  };
  for (const claim of claims) keep(unique(claim.digests), [{ kind: 'ingest', id: idOfClaim(claim) }]);
  for (const { id, digests } of leases) keep(unique(digests), [{ kind: 'lease', id }]);
  for (const model of models.filter(reliesOnBlobs)) keep(blobsOfModel(model), keepersOfEntry(model));
  for (const { id, artifacts } of engines) keep(unique(artifacts.map(asWritten)), [{ kind: 'engine', id }]);
  return kept;
}

/** Whatever an entry says of how it came: one that says of no place outside where its files lie may mean the blobs. */
const reliesOnBlobs = ({ local_path: path = '' }: ModelEntry): boolean => !/^([\\/]|[A-Za-z]:)/.test(path);

/** A digest as blobs are named by it, however it was written; a path as it is. */
function asWritten(artifact: string): string {
  const [, hex] = /^(?:sha256:)?([0-9A-Fa-f]{64})$/.exec(artifact) ?? [];
  return hex === undefined ? artifact : `sha256:${hex.toLowerCase()}`;
}

/** What an add is known by: the model that it brings. */
export const idOfClaim = ({ path, of: { id, folder } }: Roots['claims'][number]): string => id ?? folder ?? path;

/** An entry, with each of its pins. */
export function keepersOfEntry({ id, pins = [] }: ModelEntry): readonly Keeper[] {
  return [{ kind: 'entry', id }, ...pins.map(() => ({ kind: 'pin' as const, id }))];
}

/** The blobs that the files of a model are, each once. */
export const blobsOfModel = ({ files = [] }: ModelEntry): readonly Digest[] => unique(files.map(({ digest }) => digest));

const unique = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];
