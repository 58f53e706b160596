import { basename, join, relative, resolve, sep } from 'node:path';
import { partialAt } from './artifacts/partials.js';
import { type CatalogContext, shownId } from './catalog-context.js';
import { type Digest, isDigest, parseDigest } from './core/digest.js';
import { refusal } from './core/errors.js';
import { idOfClaim, type Keeper, keepersByDigest, keepersOfEntry, type Roots } from './core/keepers.js';
import { blobPath, filePlaces } from './core/model-layout.js';
import { realPath, stat } from './disk/program.js';
import { readRoots } from './reachability.js';

/** CAT-GC-2303: what keeps a file or a blob; nothing where `gc` would remove it. */
export interface Reasons {
  path: string;
  digest?: Digest;
  kept: boolean;
  because: Keeper[];
}

/** What keeps a blob, by its digest or by any path that leads to it, or a file of somebody else that an entry refers to. */
export async function whyKept(context: CatalogContext, pathOrDigest: string): Promise<Reasons> {
  const roots = await readRoots(context);
  const digest = digestIn(pathOrDigest);
  if (digest !== undefined) return blobReasons(context, digest, roots);
  const path = resolve(pathOrDigest);
  const real = (await context.artifacts.run(realPath(path))) ?? path;
  const inner = innerPath(context.artifacts.root, real);
  const blob = inner === undefined ? undefined : digestOfBlob(inner);
  if (blob !== undefined) return blobReasons(context, blob, roots);
  const because = uniqueKeepers([...referring(context, [path, real], roots), ...(await ingesting(context, inner, roots))]);
  if (because.length === 0 && (inner === undefined || (await context.artifacts.run(stat(path))) === undefined))
    throw nothingThere(pathOrDigest);
  // What is not for a collector to judge is the catalog's own.
  return { path, kept: because.length > 0 || !isCollected(inner), because };
}

async function blobReasons(context: CatalogContext, digest: Digest, roots: Roots): Promise<Reasons> {
  const path = join(context.artifacts.root, blobPath(digest));
  const because = uniqueKeepers(keepersByDigest(roots).get(digest) ?? []);
  if (because.length === 0 && (await context.artifacts.run(stat(path))) === undefined) throw nothingThere(digest);
  return { path, digest, kept: because.length > 0, because };
}

/** The entries and engines that say that their files are at one of these paths, or below it. */
function referring({ artifacts }: CatalogContext, paths: readonly string[], { models, engines }: Roots): Keeper[] {
  const isThat = (place: string): boolean => paths.some((path) => place === path || place.startsWith(path + sep));
  return [
    ...models
      .filter((entry) => filePlaces(entry).some(({ path }) => isThat(resolve(artifacts.root, path))))
      .flatMap((entry) => [...keepersOfEntry(entry)]),
    ...engines
      .filter(({ artifacts: parts, binary_path }) => [...parts, binary_path ?? ''].some((part) => part.startsWith(sep) && isThat(part)))
      .map(({ id }) => ({ kind: 'engine' as const, id })),
  ];
}

/** What is on its way in is kept by whoever brings it. */
async function ingesting({ artifacts, host }: CatalogContext, inner: string | undefined, { claims }: Roots): Promise<Keeper[]> {
  const [, name = ''] = /^ingest\/([^/]+)/.exec(inner ?? '') ?? [];
  if (name === '') return [];
  const claim = claims.find(({ path }) => path === `ingest/${name}`);
  const found = await artifacts.run(partialAt(artifacts.root, `ingest/${name}`, host));
  return claim === undefined && !found?.isLive ? [] : [{ kind: 'ingest', id: claim === undefined ? name : idOfClaim(claim) }];
}

function digestIn(text: string): Digest | undefined {
  if (typeof text !== 'string' || text === '' || text.includes('\0'))
    throw refusal('InvalidArgument', 'why is asked of a path or a digest', { argument: 'pathOrDigest' });
  return /^([a-z0-9]+:[0-9A-Fa-f]+|[0-9A-Fa-f]{64})$/.test(text) ? parseDigest(text) : undefined;
}

function innerPath(root: string, path: string): string | undefined {
  const inner = relative(root, path);
  return inner.startsWith('..') || resolve(inner) === inner ? undefined : inner.split(sep).join('/');
}

function digestOfBlob(inner: string): Digest | undefined {
  const digest = `sha256:${basename(inner)}`;
  return isDigest(digest) && inner === blobPath(digest) ? digest : undefined;
}

/** Where a collector looks for what nothing reaches. */
const isCollected = (inner = ''): boolean => /^(blobs|models|ingest|trash|quarantine|leases)\/./.test(inner);

function uniqueKeepers(keepers: readonly Keeper[]): Keeper[] {
  return [...new Map(keepers.map((keeper) => [`${keeper.kind} ${keeper.id}`, keeper])).values()];
}

function nothingThere(pathOrDigest: string) {
  const asked = shownId(pathOrDigest);
  return refusal('NotFound', `${asked} is not the catalog’s, and nothing in it refers to it`, { path: asked });
}
