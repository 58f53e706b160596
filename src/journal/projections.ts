import { checkCoordinatePart } from './coordinate.js';
import type { JournalEvent } from './event.js';
import { frozenState } from './plain-state.js';
import { type Folded, foldOf, type Projected, type Projection } from './projection.js';
import type { FoldName } from './projection-file.js';
import type { Region } from './region.js';

/** What projections ask of their journal. */
export interface ProjectionSource {
  /** Looks for what is new; gives the sequence of the last event that is shown. */
  readonly look: () => number;
  /** The events after a sequence, of one entity or of all. */
  readonly read: (region: Region, after: number, entity: string | undefined) => Iterable<JournalEvent>;
  /** What a file keeps of a fold, where it is of this journal as it is. */
  readonly load: (fold: FoldName) => Folded | undefined;
  readonly save: (fold: FoldName, folded: Folded) => void;
}

const maxRemembered = 1024;
/** So many events are folded again at most by who opens the journal next, or one in so many of all. */
const saved = { events: 1000, share: 8 } as const;

/** A fold, and how many of its events a file keeps. */
interface Remembered extends Folded {
  readonly kept: number;
}

/** The projections of a journal's handle: each fold goes on from where it came to the last time (CAT-JRN-3404). */
export class Projections {
  readonly #source: ProjectionSource;
  /** Those that were asked for last come last. */
  readonly #folded = new Map<string, Remembered>();

  constructor(source: ProjectionSource) {
    this.#source = source;
  }

  project<State>(projection: Projection<State>, entity: string | undefined): Projected<State> {
    const { region = {}, keep = false } = projection;
    const fold = foldOf(projection);
    if (entity !== undefined) checkCoordinatePart('entity', entity);
    const last = this.#source.look();
    const identity = entity === undefined ? fold.identity : `${fold.identity}\n=${entity}`;
    const named = { name: fold.name, entity, identity };
    const begun = this.#folded.get(identity) ?? this.#loaded(keep, named, last) ?? { ...fold.begin(), kept: 0 };
    // What is thrown here leaves what is remembered as it was.
    const folded = begun.sequence === last ? begun : fold.goOn(begun, this.#source.read(region, begun.sequence, entity), last);
    const isDue = keep && folded.events - begun.kept >= Math.max(saved.events, folded.events / saved.share);
    this.#remember(identity, { ...folded, kept: isDue ? folded.events : begun.kept });
    if (isDue) this.#source.save(named, folded);
    return { state: folded.state as State, sequence: last, applied: folded.events - begun.events };
  }

  /** A journal that ends before what was kept is not the one that was folded. */
  #loaded(keep: boolean, named: FoldName, last: number): Remembered | undefined {
    const folded = keep ? this.#source.load(named) : undefined;
    if (folded === undefined || folded.sequence > last) return undefined;
    return { ...folded, state: frozenState(folded.state), kept: folded.events };
  }

  #remember(identity: string, folded: Remembered): void {
    this.#folded.delete(identity);
    this.#folded.set(identity, folded);
    if (this.#folded.size <= maxRemembered) return;
    const [oldest] = this.#folded.keys();
    if (oldest !== undefined) this.#folded.delete(oldest);
  }
}
