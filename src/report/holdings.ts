import { compareUtf8 } from '../core/ids.js';
import { filePlaces, isManaged } from '../core/model-layout.js';
import type { ArtifactFile, EngineEntry, ModelEntry } from '../core/records.js';

/** Who needs a content. */
export interface Holder {
  readonly kind: 'entry' | 'engine';
  readonly id: string;
}

type PlaceKind = 'catalog' | 'adopted' | 'reference';

/** One place at which a content lies. */
interface Place {
  readonly kind: PlaceKind;
  /** `catalog`, the tool that it was adopted from, or `reference`. */
  readonly where: string;
  /** Outside of the catalog: where the first of its holders says that it lies. */
  readonly path?: string;
  readonly holders: Holder[];
}

interface Content {
  readonly digest: string;
  /** What a file of it is called. */
  readonly name: string;
  readonly bytes: number;
  readonly places: Map<string, Place>;
}

/** CAT-CLI-6205: what the records say of where the bytes are; each content once a place. */
export interface Holdings {
  /** In the catalog, of one model alone. */
  readonly own_bytes: number;
  /** In the catalog, of several. */
  readonly shared_bytes: number;
  /** What is saved because they share: the sizes beyond the first. */
  readonly saved_bytes: number;
  /** With other tools, where they were adopted. */
  readonly adopted_bytes: number;
  /** Where they were when they were referenced. */
  readonly referenced_bytes: number;
  /** Of content that lies at more than one place: the sizes beyond the first. */
  readonly duplicate_bytes: number;
}

/** A content that several hold at one place. */
export interface SharedContent {
  readonly digest: string;
  readonly name: string;
  readonly bytes: number;
  readonly where: string;
  readonly holders: readonly Holder[];
}

/** A content that lies at several places. */
export interface DuplicateContent {
  readonly digest: string;
  readonly name: string;
  readonly bytes: number;
  readonly copies: readonly { readonly where: string; readonly path?: string; readonly holders: readonly Holder[] }[];
}

export type Contents = ReadonlyMap<string, Content>;

/** The place of all that the catalog keeps itself. */
const inCatalog = 'catalog';

/** Where the bytes of a model lie; `undefined` where it has none. */
export function whereaboutsOf(entry: ModelEntry): { readonly kind: PlaceKind; readonly where: string } | undefined {
  if (entry.adopted_from !== undefined) return { kind: 'adopted', where: entry.adopted_from.tool };
  if (entry.mode === undefined) return undefined;
  return entry.mode === 'reference' ? { kind: 'reference', where: 'reference' } : { kind: 'catalog', where: inCatalog };
}

/** All content that models hold, and the engines that hold some of it too. */
export function contentsOf(models: readonly ModelEntry[], engines: readonly EngineEntry[]): Contents {
  const contents = new Map<string, Content>();
  for (const model of models) addModel(contents, model);
  for (const { id, artifacts } of engines) {
    for (const artifact of new Set(artifacts)) contents.get(artifact)?.places.get(inCatalog)?.holders.push({ kind: 'engine', id });
  }
  return contents;
}

export function holdingsOf(contents: Contents): Holdings {
  const held = { own_bytes: 0, shared_bytes: 0, saved_bytes: 0, adopted_bytes: 0, referenced_bytes: 0, duplicate_bytes: 0 };
  for (const { bytes, places } of contents.values()) {
    held.duplicate_bytes += bytes * (places.size - 1);
    for (const { kind, holders } of places.values()) {
      if (kind === 'reference') held.referenced_bytes += bytes;
      else if (kind === 'adopted') held.adopted_bytes += bytes;
      else if (holders.length === 1) held.own_bytes += bytes;
      else held.shared_bytes += bytes;
      if (kind === 'catalog') held.saved_bytes += bytes * (holders.length - 1);
    }
  }
  return held;
}

/** Bytes that were adopted from each tool, each once. */
export function bytesByTool(contents: Contents): ReadonlyMap<string, number> {
  const bytesOf = new Map<string, number>();
  for (const { bytes, places } of contents.values())
    for (const { kind, where } of places.values()) if (kind === 'adopted') bytesOf.set(where, (bytesOf.get(where) ?? 0) + bytes);
  return bytesOf;
}

/** What removing each model alone would free: the content in the catalog that nothing else holds. */
export function freedByRemoval(contents: Contents): ReadonlyMap<string, number> {
  const freed = new Map<string, number>();
  for (const { bytes, places } of contents.values()) {
    const [only, another] = places.get(inCatalog)?.holders ?? [];
    if (only !== undefined && another === undefined) freed.set(only.id, (freed.get(only.id) ?? 0) + bytes);
  }
  return freed;
}

/** What several hold, the most saved first. */
export function sharedIn(contents: Contents): SharedContent[] {
  const shared = [...contents.values()].flatMap(({ digest, name, bytes, places }) =>
    [...places.values()]
      .filter(({ holders }) => bytes > 0 && holders.length > 1)
      .map(({ where, holders }) => ({ digest, name, bytes, where, holders })),
  );
  return shared.sort((a, b) => b.bytes * (b.holders.length - 1) - a.bytes * (a.holders.length - 1) || compareUtf8(a.digest, b.digest));
}

/** What lies at several places, the most bytes beyond the first first. */
export function duplicatesIn(contents: Contents): DuplicateContent[] {
  const several = [...contents.values()].filter(({ bytes, places }) => bytes > 0 && places.size > 1);
  return several
    .map(({ digest, name, bytes, places }) => ({ digest, name, bytes, copies: [...places.values()].map(({ kind: _, ...copy }) => copy) }))
    .sort((a, b) => b.bytes * (b.copies.length - 1) - a.bytes * (a.copies.length - 1) || compareUtf8(a.digest, b.digest));
}

function addModel(contents: Map<string, Content>, model: ModelEntry): void {
  const whereabouts = whereaboutsOf(model);
  if (whereabouts === undefined) return;
  const [seen, isOurs] = [new Set<string>(), isManaged(model)];
  for (const { file, path } of filesOf(model)) {
    const key = isOurs ? inCatalog : (placeOf(file, path) ?? `entry:${model.id}`);
    // A model may hold one content under several names.
    if (isOurs && seen.has(file.digest)) continue;
    seen.add(file.digest);
    const { places } = contentOf(contents, file);
    const place = places.get(key) ?? { ...whereabouts, ...(!isOurs && path !== undefined && { path }), holders: [] };
    place.holders.push({ kind: 'entry', id: model.id });
    places.set(key, place);
  }
}

function contentOf(contents: Map<string, Content>, { path, digest, bytes }: ArtifactFile): Content {
  const found = contents.get(digest) ?? { digest, name: path.slice(path.lastIndexOf('/') + 1), bytes, places: new Map() };
  contents.set(digest, found);
  return found;
}

interface PlacedFile {
  readonly file: ArtifactFile;
  readonly path?: string;
}

function filesOf(model: ModelEntry): readonly PlacedFile[] {
  const { files, digest, bytes, local_path, name } = model;
  if (files !== undefined) return local_path === undefined ? files.map((file) => ({ file })) : filePlaces(model);
  // Others' stores may keep no list of files.
  if (digest === undefined || bytes === undefined) return [];
  return [{ file: { path: name, digest, bytes }, ...(local_path !== undefined && { path: local_path }) }];
}

/** Two paths may lead to one file: its device and number tell, where it was looked at. */
function placeOf({ identity }: ArtifactFile, path: string | undefined): string | undefined {
  const [, inode] = /^(\d+:\d+):/.exec(identity ?? '') ?? [];
  if (inode !== undefined) return `inode:${inode}`;
  return path === undefined ? undefined : `path:${path}`;
}
