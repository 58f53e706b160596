import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Digest, isDigest } from '../core/digest.js';
import { jsonIn } from '../core/json.js';
import { type Host, newToken } from '../disk/host.js';
import { type DiskProgram, rename, stat, statHandle, unlink } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { discard, syncFolder, writeTemp } from '../disk/temp-file.js';
import { closeQuietly, listIfThere, manyBytes, readFileIfThere, unlessMissing } from '../disk/whole-file.js';
import { contained, containedFolder } from './contained.js';

/** Somebody uses a model, until then; it is kept in a file of its own. */
export interface LeaseFile {
  /** Relative to the root. */
  readonly path: string;
  readonly id: string;
  readonly holder: string;
  /** The blobs of the model as it was leased. */
  readonly digests: readonly Digest[];
  readonly expiresMs: number;
}

interface Work {
  readonly root: string;
  readonly host: Host;
}

const privateMode = 0o600;
const damagedForMs = 24 * 60 * 60 * 1000;
const nameForm = /^([0-9a-f]{32})-[A-Za-z0-9_-]{22}\.json$/;

export function newLease(lease: Omit<LeaseFile, 'path'>, host: Host): LeaseFile {
  return { ...lease, path: `leases/${keyOf(lease.id)}-${newToken(host)}.json` };
}

/** A lease, or one that was renewed: whole and durable when it is done. */
export function* writeLease(lease: LeaseFile, { root, host }: Work): DiskProgram<void> {
  const folder = yield* containedFolder(root, 'leases');
  yield* containedFolder(root, 'ingest');
  const { id, holder, digests, expiresMs } = lease;
  const text = `${JSON.stringify({ schema: 'catalog-core/lease', version: 1, id, holder, digests, expires_ms: expiresMs })}\n`;
  const target = yield* contained(root, lease.path);
  let isThere = false;
  while (!isThere) isThere = yield* writtenTo(target, Buffer.from(text), { root, host });
  yield* syncFolder(folder);
}

/** False when a collector took it away in the moment when nothing held it yet. */
function* writtenTo(target: string, bytes: Buffer, { root, host }: Work): DiskProgram<boolean> {
  // On its way in like everything else: what a kill leaves of it there is collected.
  const temp = yield* writeTemp(yield* contained(root, `ingest/${newToken(host)}`), [bytes], privateMode);
  try {
    yield* rename(temp.path, target);
    yield* closeQuietly(temp.handle);
    return true;
  } catch (error) {
    const wasSwept = isDiskError(error, 'ENOENT') && (yield* statHandle(temp.handle)).links === 0;
    yield* discard(temp);
    if (wasSwept) return false;
    throw error;
  }
}

/** Whether it was there. */
export function* removeLease(path: string, root: string): DiskProgram<boolean> {
  const wasThere = yield* unlessMissing(unlink(yield* contained(root, path)));
  if (wasThere) yield* syncFolder(join(root, 'leases'));
  return wasThere;
}

/** All leases that are there, over or not. Of a damaged one nobody knows when it ends: it counts for a day. */
export function* leasesIn(root: string): DiskProgram<LeaseFile[]> {
  const leases: LeaseFile[] = [];
  for (const name of yield* listIfThere(join(root, 'leases'))) {
    const key = nameForm.exec(name)?.[1];
    if (key === undefined) continue;
    const path = `leases/${name}`;
    const bytes = yield* readFileIfThere(yield* contained(root, path), manyBytes);
    if (bytes !== undefined) leases.push({ path, ...(said(bytes) ?? (yield* damaged(path, root))) });
  }
  return leases;
}

const keyOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 32);

/** Whether a lease is of a model; its name tells that of a damaged one too. */
export const isLeaseOf = (lease: Pick<LeaseFile, 'path'>, id: string): boolean => lease.path.startsWith(`leases/${keyOf(id)}-`);

function* damaged(path: string, root: string): DiskProgram<Omit<LeaseFile, 'path'>> {
  const found = yield* stat(join(root, path));
  const expiresMs = found === undefined ? 0 : Number(found.mtimeNs / 1_000_000n) + damagedForMs;
  return { id: '', holder: 'unknown: its file is damaged', digests: [], expiresMs };
}

function said(bytes: Buffer): Omit<LeaseFile, 'path'> | undefined {
  const { id, holder, digests, expires_ms: expiresMs } = (jsonIn(bytes.toString()) ?? {}) as Record<string, unknown>;
  const isWhole = typeof id === 'string' && typeof holder === 'string' && Number.isSafeInteger(expiresMs);
  return isWhole && Array.isArray(digests) && digests.every(isDigest) ? { id, holder, digests, expiresMs: expiresMs as number } : undefined;
}
