import { basename, join } from 'node:path';
import { type Digest, parseDigest } from '../core/digest.js';
import { isCatalogError, refusal } from '../core/errors.js';
import { hourMs } from '../core/lock-owner.js';
import { isModelFolder } from '../core/model-layout.js';
import { type Host, newToken } from '../disk/host.js';
import { type DiskProgram, openForUpdate, stat, statHandle, sync, tryLock, unlink } from '../disk/program.js';
import { type FileStat, type Handle, isDiskError } from '../disk/steps.js';
import { syncFolder } from '../disk/temp-file.js';
import {
  closeQuietly,
  closing,
  listIfThere,
  manyBytes,
  openIfThere,
  quietly,
  readFully,
  readOpenFile,
  writeAll,
} from '../disk/whole-file.js';
import { contained, containedFolder, type DurableFolders } from './contained.js';
import { createLocked } from './locked-file.js';

/** What somebody is about to do: change the links of a model, and rely on blobs. It counts while its maker lives. */
export interface Claim {
  readonly path: string;
  /** Keeps the lock of whoever made the claim, or took it over. */
  readonly handle: Handle;
  readonly of: ClaimedLinks;
}

/** The model whose links change: by its id, or by their folder where nobody knows of which model they were. */
export type ClaimedLinks = { readonly id: string } | { readonly folder: string };

interface Claimed {
  readonly of: ClaimedLinks;
  readonly digests: readonly Digest[];
}

interface Work {
  readonly root: string;
  readonly host: Host;
  readonly durable?: DurableFolders;
}

const schema = 'catalog-core/claim';
const start = Buffer.from(`{"schema":"${schema}",`);

/**
 * CAT-GC-2305: a claim in `ingest/`, locked and durable, before the first link is changed and before a blob is looked for. A
 * crash leaves it, and the next writing open does what its maker could not.
 */
export function* makeClaim({ of, digests }: Claimed, work: Work): DiskProgram<Claim> {
  const bytes = Buffer.from(`${JSON.stringify({ schema, version: 1, ...of, digests })}\n`);
  if (bytes.byteLength > manyBytes)
    throw refusal('InvalidArgument', `a model of ${digests.length} files is too large`, { argument: 'path' });
  const folder = yield* containedFolder(work.root, 'ingest', work.durable);
  const path = yield* contained(work.root, `ingest/${newToken(work.host)}`);
  // Locked before it says what it is: whoever looks for abandoned claims asks for the lock of nothing else.
  const claim = { path, handle: yield* createLocked(path), of };
  try {
    yield* writeAll(claim.handle, [bytes]);
    yield* sync(claim.handle);
    yield* syncFolder(folder);
    return claim;
  } catch (error) {
    yield* removeClaim(claim);
    throw error;
  }
}

/** The work is done, and so is the claim; one that cannot be removed now is abandoned. */
export function* removeClaim(claim: Claim): DiskProgram<void> {
  yield* quietly(unlink(claim.path));
  yield* abandonClaim(claim);
}

/** Leaves a claim to the next writing open. */
export function* abandonClaim(claim: Claim): DiskProgram<void> {
  yield* closeQuietly(claim.handle);
}

export interface LiveClaim extends Claimed {
  /** Relative to the root. */
  readonly path: string;
}

/** What is under way: the claims that are locked, or younger than that. What cannot be read throws, so that nothing is removed that might be claimed. */
export function* liveClaims(work: Work & { readonly graceMs: number }): DiskProgram<LiveClaim[]> {
  const claims: LiveClaim[] = [];
  for (const path of yield* filesIn(work.root)) {
    const handle = yield* openIfThere(path);
    const claimed = handle === undefined ? undefined : yield* closing(handle, liveClaim(handle, work));
    if (claimed !== undefined) claims.push({ path: `ingest/${basename(path)}`, ...claimed });
  }
  return claims;
}

function* liveClaim(handle: Handle, { host, graceMs }: Work & { readonly graceMs: number }): DiskProgram<Claimed | undefined> {
  if (!(yield* isClaim(handle))) return undefined;
  const claimed = yield* readClaim(handle);
  const isYoung = host.clock() - Number((yield* statHandle(handle)).mtimeNs / 1_000_000n) < graceMs;
  return claimed !== undefined && (isYoung || !(yield* isFree(handle, { host, shared: true }))) ? claimed : undefined;
}

/** Where claims may lie. What is there may be bytes on their way in as well; those are nobody's business here (CAT-BLB-2107). */
export function* filesIn(root: string): DiskProgram<string[]> {
  const files: string[] = [];
  for (const name of yield* listIfThere(join(root, 'ingest'))) {
    const path = yield* contained(root, `ingest/${name}`);
    if ((yield* stat(path))?.type === 'file') files.push(path);
  }
  return files;
}

/** Takes over the claim of a maker who is dead; one taker at a time. `undefined` for all that is no such claim. */
export function* takeAbandoned(path: string, host: Host): DiskProgram<Claim | undefined> {
  try {
    const looking = yield* openIfThere(path);
    if (looking === undefined || !(yield* closing(looking, isClaim(looking)))) return undefined;
    const handle = yield* openForUpdate(path);
    return yield* takeOver(path, handle, host);
  } catch (error) {
    // What cannot be opened and read as a file of ours is not one.
    if (!isDiskError(error)) throw error;
    return undefined;
  }
}

function* takeOver(path: string, handle: Handle, host: Host): DiskProgram<Claim | undefined> {
  try {
    const claimed = yield* readIfFree(handle, host);
    if (claimed !== undefined) return { path, handle, of: claimed.of };
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
  yield* closeQuietly(handle);
  return undefined;
}

function* readIfFree(handle: Handle, host: Host): DiskProgram<Claimed | undefined> {
  if (!(yield* isFree(handle, { host, shared: false }))) return undefined;
  // Another one may have taken it, and removed it, between our opening and our lock.
  return (yield* statHandle(handle)).links > 0 ? yield* readClaim(handle) : undefined;
}

/** Whether it is a claim and whole; of one that is not nothing was done, and its bytes go as any others (CAT-BLB-2107). */
export function* isWholeClaim(handle: Handle): DiskProgram<boolean> {
  return (yield* isClaim(handle)) && (yield* readClaim(handle)) !== undefined;
}

/** By its first bytes, without reading what may be a whole model. */
function* isClaim(handle: Handle): DiskProgram<boolean> {
  const bytes = Buffer.alloc(start.byteLength);
  yield* readFully(handle, bytes, 0);
  return bytes.equals(start);
}

/** Whether its maker is dead: its lock can be taken; where there are no locks, it is old. */
function* isFree(handle: Handle, options: { readonly host: Host; readonly shared: boolean }): DiskProgram<boolean> {
  const taken = yield* tryLock(handle, { shared: options.shared });
  return taken === 'unsupported' ? isOld(yield* statHandle(handle), options.host) : taken;
}

function isOld(found: FileStat, host: Host): boolean {
  return host.clock() - Number(found.mtimeNs / 1_000_000n) > hourMs;
}

/** What a claim says; `undefined` for one that is not whole: then its maker has changed nothing yet. */
function* readClaim(handle: Handle): DiskProgram<Claimed | undefined> {
  return parseClaim((yield* readOpenFile(handle, manyBytes)).toString());
}

function parseClaim(text: string): Claimed | undefined {
  try {
    const { id, folder, digests } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    const of = typeof id === 'string' ? { id } : isModelFolder(folder) ? { folder } : undefined;
    if (of === undefined || !Array.isArray(digests)) return undefined;
    return { of, digests: digests.map((digest) => parseDigest(digest)) };
  } catch (error) {
    if (error instanceof SyntaxError || isCatalogError(error)) return undefined;
    throw error;
  }
}
