import { readUInt64, writeUInt64 } from './bytes.js';
import type { Frame } from './frame.js';

/** The last frame of a segment names the one that follows. */
export function sealBody(next: number): Buffer {
  const body = Buffer.alloc(8);
  writeUInt64(body, next, 0);
  return body;
}

/** Which segment follows, where this frame is the last of one that is full. */
export function sealedFor(frame: Pick<Frame, 'type' | 'body'> | undefined): number | undefined {
  return frame?.type === 'sealed' && frame.body.byteLength === 8 ? readUInt64(frame.body, 0) : undefined;
}
