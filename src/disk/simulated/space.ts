import type { FileSystemStatus } from '../steps.js';
import type { NodeId } from './nodes.js';
import { diskError, nodeOf, type Volume } from './volume.js';

/** From now on there is room for so many bytes more; removing files makes more of it. */
export function fillUp(volume: Volume, bytes: number, error: string): void {
  volume.full = { capacityBytes: usedBytes(volume) + bytes, error };
}

/** The part of a write for which there is room; refused when there is none. What is written over needs no room. */
export function fitting(volume: Volume, id: NodeId, chunks: readonly Uint8Array[], position: number): readonly Uint8Array[] {
  const room = roomOf(volume);
  if (room === undefined) return chunks;
  const node = nodeOf(volume, id);
  const size = node.type === 'file' ? node.bytes.length : 0;
  const total = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const growth = Math.max(0, position + total - size);
  if (growth <= room.freeBytes) return chunks;
  const fits = total - (growth - room.freeBytes);
  if (fits <= 0) throw diskError(room.error, 'no space is left on the simulated disk');
  return [Buffer.concat(chunks).subarray(0, fits)];
}

/** The type is one that nobody knows. A disk without a limit is never full. */
export function fileSystemStatus(volume: Volume): FileSystemStatus {
  const room = roomOf(volume);
  const { freeBytes, capacityBytes } = room ?? { freeBytes: Number.MAX_SAFE_INTEGER, capacityBytes: Number.MAX_SAFE_INTEGER };
  return { type: 0, freeBytes, totalBytes: capacityBytes };
}

interface Room {
  readonly capacityBytes: number;
  readonly freeBytes: number;
  readonly error: string;
}

function roomOf(volume: Volume): Room | undefined {
  const { full, settings } = volume;
  const { capacityBytes = Number.POSITIVE_INFINITY } = settings;
  if (full === undefined && capacityBytes === Number.POSITIVE_INFINITY) return undefined;
  const limit = full !== undefined && full.capacityBytes < capacityBytes ? full : { capacityBytes, error: 'ENOSPC' };
  return { ...limit, freeBytes: Math.max(0, limit.capacityBytes - usedBytes(volume)) };
}

/** The sizes of all files that have a name or are open. */
function usedBytes({ nodes, openCounts }: Pick<Volume, 'nodes' | 'openCounts'>): number {
  let used = 0;
  for (const node of nodes.values()) {
    if (node.type === 'file' && (node.links > 0 || openCounts.has(node.id))) used += node.bytes.length;
  }
  return used;
}
