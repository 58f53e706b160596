import { type FoundFrame, frameAlignment, frameAt, looksAt, nextFrame } from './frame.js';

/** Where the chain of frames has come to: what the next frame must follow. */
export interface ChainEnd {
  /** The number of the next frame, and the sequence of the next event. */
  readonly next: number;
  readonly sequence: number;
  /** The hash of the last frame. */
  readonly hash: Buffer;
  /** The last frame that is known to be durable: from a checkpoint, a sealed segment, or a mark that a frame carries. */
  readonly durableTo: number;
}

/** A piece of a segment that was read in order. */
export interface Scan {
  readonly frames: readonly FoundFrame[];
  /** Where the last intact frame ends. */
  readonly end: number;
  readonly chain: ChainEnd;
  readonly rest: Rest;
}

/**
 * What follows the last frame. `clean`: zeros or nothing. `torn`: what a write left that nobody was told of, to be cut
 * (CAT-JRN-3301). `damaged`: bytes that were durable are not there any more (CAT-JRN-3302).
 */
export type Rest =
  | { readonly kind: 'clean' }
  | { readonly kind: 'torn'; readonly bytes: number; readonly reason: string }
  | { readonly kind: 'damaged'; readonly offset: number; readonly reason: string };

/** Reads the frames of a segment from an offset on, each of which follows the one before it. */
export function scan(bytes: Buffer, offset: number, begins: ChainEnd): Scan {
  const frames: FoundFrame[] = [];
  let end = offset;
  let chain = begins;
  for (;;) {
    const found = frameAt(bytes, end);
    // What follows a seal is in the next segment.
    if (found.kind === 'zeros')
      return { frames, end, chain, rest: frames.at(-1)?.type === 'sealed' ? { kind: 'clean' } : restWithout(end, chain) };
    if (found.kind === 'damaged') return { frames, end, chain, rest: restAfter(bytes, end, chain, found.reason) };
    const { frame } = found;
    const misfit = whyNotNext(frame, chain);
    if (misfit !== undefined) return { frames, end, chain, rest: restAfter(bytes, end, chain, misfit) };
    frames.push(frame);
    end += frame.length;
    chain = chainAfter(chain, frame);
  }
}

/** The end of the chain once this frame follows it. */
export function chainAfter(
  { durableTo }: ChainEnd,
  frame: Pick<FoundFrame, 'number' | 'sequence' | 'count' | 'hash' | 'durableTo'>,
): ChainEnd {
  return {
    next: frame.number + 1,
    sequence: frame.sequence + frame.count,
    hash: frame.hash,
    durableTo: Math.max(durableTo, frame.durableTo),
  };
}

/** Why a frame that is intact is not the next one; nothing where it is. */
function whyNotNext(frame: FoundFrame, { next, sequence, hash }: ChainEnd): string | undefined {
  if (frame.number !== next) return `it is frame ${frame.number} where ${next} follows`;
  if (frame.sequence !== sequence) return `its sequence is ${frame.sequence} where ${sequence} follows`;
  return frame.previousHash.equals(hash) ? undefined : 'it follows another frame than the one before it';
}

/** Where there is nothing more, what is known to be durable is there, or lost. */
function restWithout(offset: number, { next, durableTo }: ChainEnd): Rest {
  return durableTo < next
    ? { kind: 'clean' }
    : { kind: 'damaged', offset, reason: `it ends before frame ${next}, and the frames to ${durableTo} were durable` };
}

/**
 * Judges what is no next frame: torn where all that is missing may never have been durable. Intact frames behind it tell how far
 * the journal was durable when they were written, and no write that was not acknowledged was ever followed by one that says so.
 */
function restAfter(bytes: Buffer, offset: number, { next, durableTo }: ChainEnd, reason: string): Rest {
  let known = durableTo;
  const looks = looksAt(bytes);
  const laterFrom = (from: number): FoundFrame | undefined => nextFrame(bytes, from, { looks });
  for (let later = laterFrom(offset + frameAlignment); later !== undefined; later = laterFrom(later.offset + later.length)) {
    known = Math.max(known, later.durableTo);
  }
  if (looks.left < 0) return { kind: 'damaged', offset, reason: `${reason}, and more seems to follow than can be looked at` };
  if (known >= next) return { kind: 'damaged', offset, reason: `${reason}, and the frames to ${known} were durable` };
  return { kind: 'torn', bytes: bytes.byteLength - offset, reason };
}
