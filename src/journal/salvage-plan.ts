import { isWithin, type SequenceRange } from './ranges.js';
import type { DamagedRegion, EventRun, Expected, Piece } from './salvage-survey.js';

/** All that is known of a damaged journal. */
export interface Survey {
  readonly segments: number;
  readonly pieces: readonly Piece[];
  readonly damaged: readonly DamagedRegion[];
  /** `undefined` where the file cannot be read. */
  readonly cancelled: readonly SequenceRange[] | undefined;
  /** Frames that were durable, and what followed the last one, as far as anything says so. */
  readonly durableTo: number;
  readonly end: Expected;
}

/** Bytes of a journal that were not read, or not all of them. */
export interface LostBytes {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

/** Events that become a frame of the new journal. */
export interface Kept extends EventRun {
  readonly segment: number;
}

/** What is copied, in its order, and what is not. */
export interface SalvagePlan {
  /** With those between them that are hidden. */
  readonly kept: readonly Kept[];
  readonly hidden: readonly SequenceRange[];
  /** The sequence after the last one that is known. */
  readonly end: number;
  readonly events: number;
  readonly eventsLost: number;
  readonly eventsHidden: number;
  readonly lost: readonly LostBytes[];
}

/** No journal has lost so many events in a row: whoever says that sequences are farther apart is not believed. */
const farthest = 2 ** 40;

type Verdict = 'shown' | 'hidden' | { readonly lost: string };

/** Decides what of a damaged journal is shown in a new one: each frame once, and nothing that nobody was to see. */
export function planSalvage(survey: Survey): SalvagePlan {
  const { near: pieces, far } = withoutFar(chosen(survey.pieces));
  const judge = new Judge(survey, pieces);
  const cancelled = survey.cancelled ?? [];
  const kept: Kept[] = [];
  const tooFar = far.flatMap((piece) => piece.runs.map((run) => lostRun(piece, run, 'its sequences are too far from those before it')));
  const lost: LostBytes[] = [...judge.regionsLost(), ...judge.framesMissing(), ...tooFar];
  let [end, events, eventsHidden] = [1, 0, 0];
  for (const [nth, piece] of pieces.entries()) {
    const verdict = judge.verdictOn(nth, end);
    const count = piece.runs.reduce((sum, run) => sum + run.count, 0);
    if (typeof verdict === 'object') lost.push(...piece.runs.map((run) => lostRun(piece, run, verdict.lost)));
    else if (verdict === 'hidden') eventsHidden += count;
    else {
      const hidden = piece.runs.reduce((sum, run) => sum + countWithin(run, cancelled), 0);
      kept.push(...piece.runs.map((run) => ({ ...run, segment: piece.segment })));
      events += count - hidden;
      eventsHidden += hidden;
    }
    end = Math.max(end, piece.sequence + piece.count);
  }
  if (survey.end.sequence - end <= farthest) end = Math.max(end, survey.end.sequence);
  lost.sort((a, b) => a.segment - b.segment || a.offset - b.offset);
  return { kept, hidden: cancelled, end, events, eventsLost: end - 1 - events - eventsHidden, eventsHidden, lost };
}

/** Each frame once, in their order: the one of which most is there. What was dropped does not come back from a leftover. */
function chosen(pieces: readonly Piece[]): readonly Piece[] {
  const byNumber = new Map<number, Piece>();
  for (const piece of pieces) {
    const other = byNumber.get(piece.number);
    if (other === undefined || worth(piece) > worth(other)) byNumber.set(piece.number, piece);
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

/** Those whose sequences follow from those before them, as far as events may have been lost; and the others. */
function withoutFar(pieces: readonly Piece[]): { readonly near: readonly Piece[]; readonly far: readonly Piece[] } {
  const [near, far]: [Piece[], Piece[]] = [[], []];
  let end = 1;
  for (const piece of pieces) {
    const isFar = piece.sequence - end > farthest;
    (isFar ? far : near).push(piece);
    if (!isFar) end = Math.max(end, piece.sequence + piece.count);
  }
  return { near, far };
}

function worth({ isWhole, type, runs }: Piece): number {
  if (type === 'thinned') return Number.POSITIVE_INFINITY;
  return isWhole ? Number.MAX_SAFE_INTEGER : runs.reduce((sum, { count }) => sum + count, 0);
}

class Judge {
  readonly #survey: Survey;
  readonly #pieces: readonly Piece[];
  readonly #whole: ReadonlySet<number>;
  /** Fences that were committed. */
  readonly #committed: ReadonlySet<number>;

  constructor(survey: Survey, pieces: readonly Piece[]) {
    this.#survey = survey;
    this.#pieces = pieces;
    this.#whole = new Set(pieces.filter(({ isWhole }) => isWhole).map(({ number }) => number));
    this.#committed = new Set(pieces.filter(({ type, isWhole }) => isWhole && type === 'fence committed').map(({ fence }) => fence));
  }

  /** Whether the events of a frame are to be seen, where those before it go up to a sequence. */
  verdictOn(nth: number, end: number): Verdict {
    const piece = this.#pieces[nth];
    if (piece === undefined || piece.runs.length === 0) return 'shown';
    if (piece.sequence < end) return { lost: 'its sequences are those of other events' };
    if (this.#isCancelled(piece)) return 'hidden';
    if (!piece.isWhole) return this.#verdictOnPart(nth, piece);
    if (piece.fence === 0 || this.#committed.has(piece.fence)) return 'shown';
    return this.#isEndOfFenceRead(nth, piece) ? 'hidden' : { lost: 'whether its fence was committed cannot be read' };
  }

  /** The header of a damaged frame is not believed where it would show what nobody was to see. */
  #verdictOnPart(nth: number, { number, fence }: Piece): Verdict {
    if (this.#survey.cancelled === undefined) return { lost: 'what was cancelled cannot be read, and its frame is damaged' };
    if (number > this.#survey.durableTo) return { lost: 'its frame is damaged, and nothing says that it was ever durable' };
    const fences = [fence, ...[nth - 1, nth + 1].map((at) => this.#fenceBeside(at, number))];
    return fences.every((one) => one === 0 || this.#committed.has(one))
      ? 'shown'
      : { lost: 'its frame is damaged, and may lie under a fence' };
  }

  #fenceBeside(nth: number, number: number): number {
    const piece = this.#pieces[nth];
    return piece?.isWhole && Math.abs(piece.number - number) === 1 ? piece.fence : 0;
  }

  /** Where all is read up to the next frame that is none of the fence, that is no commit of it. */
  #isEndOfFenceRead(nth: number, { fence }: Piece): boolean {
    for (let at = nth; ; at++) {
      const [piece, next] = [this.#pieces[at], this.#pieces[at + 1]];
      if (next === undefined) return this.#survey.damaged.length === 0;
      if (!next.isWhole || next.number !== (piece?.number ?? 0) + 1) return false;
      if (next.type !== 'sealed' && next.fence !== fence) return true;
    }
  }

  #isCancelled({ runs }: Piece): boolean {
    return runs.every((run) => countWithin(run, this.#survey.cancelled ?? []) === run.count);
  }

  /** Damage of what is there whole in another segment, a leftover of a compaction, is none. */
  regionsLost(): LostBytes[] {
    const lost = this.#survey.damaged.filter(({ first, last = first }) => {
      if (first === undefined || last === undefined) return true;
      for (let number = first; number <= last; number++) if (!this.#whole.has(number)) return true;
      return false;
    });
    return lost.map(({ segment, offset, bytes, reason, read }) => ({
      segment,
      offset,
      bytes,
      reason: read === 0 ? reason : `${reason}; ${read} of its events were read`,
    }));
  }

  /** Frames of which no bytes are there. */
  framesMissing(): LostBytes[] {
    const lost: LostBytes[] = [];
    let next = 1;
    const end = { number: this.#survey.end.next, segment: this.#pieces.at(-1)?.segment ?? 1 };
    for (const { number, segment } of [...this.#pieces, end]) {
      if (number > next && !this.#isExplained(next, number - 1)) {
        lost.push({ segment, offset: 0, bytes: 0, reason: `before it frames ${next} to ${number - 1} are missing` });
      }
      next = Math.max(next, number + 1);
    }
    return lost;
  }

  #isExplained(from: number, to: number): boolean {
    return this.#survey.damaged.some(({ first = 0, last = Number.POSITIVE_INFINITY }) => first <= to && last >= from && last > 0);
  }
}

function lostRun({ segment }: Piece, { offset, bytes }: EventRun, reason: string): LostBytes {
  return { segment, offset, bytes, reason };
}

function countWithin({ sequence, count }: EventRun, ranges: readonly SequenceRange[]): number {
  let within = 0;
  for (let nth = 0; nth < count; nth++) if (isWithin(ranges, sequence + nth)) within++;
  return within;
}
