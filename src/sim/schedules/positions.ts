import { type Asked, describeAsked, type Ending, type Outcome, type Role, RunningActor } from './actors.js';
import { CodeSet } from './touches.js';

/**
 * How far an actor has come: all that it was answered until now, which determines what it asks for next. Equal histories are one
 * object, whatever happened to others meanwhile; that is what makes states equal.
 */
export interface Position {
  readonly id: number;
  /** What it asks for next; `undefined` once it has ended. */
  readonly asks: Asked | undefined;
  readonly ending: Ending | undefined;
  readonly told: readonly unknown[];
  /** The inode numbers that it may still compare; `undefined` for all that it met. */
  readonly kept: ReadonlySet<bigint> | undefined;
  readonly depth: number;
  readonly before: { readonly position: Position; readonly outcome: Outcome } | undefined;
  readonly next: Map<string, Position>;
  /** Those from which it was reached: more than one where they knew different things and were one in the end. */
  readonly parents: Position[];
  /** All that it was ever seen to touch from here on, while others could see it. */
  readonly future: CodeSet;
}

/** Told that a position is reached from one more. */
export type Merged = (position: Position, parent: Position) => void;

const maxRunning = 256;

/**
 * An actor as the tree of all its histories. Programs cannot be cloned: where a branch is taken that none of the running copies
 * stands at, a new one is brought there by the answers of its history. No disk is needed for that.
 */
export class Positions {
  readonly name: string;
  readonly #place: number;
  readonly #role: Role;
  readonly #merged: Merged | undefined;
  readonly #running = new Map<Position, RunningActor>();
  readonly #ends = new Map<string, Position>();
  readonly #known = new Map<string, Position>();
  #count = 0;
  #replays = 0;

  /** Without somebody to tell, an actor is where it is by all that it was ever answered. */
  constructor(name: string, place: number, role: Role, merged: Merged | undefined) {
    this.#merged = merged;
    this.name = name;
    this.#place = place;
    this.#role = role;
  }

  /** How many histories it was seen to have. */
  get count(): number {
    return this.#count;
  }

  get replays(): number {
    return this.#replays;
  }

  async start(): Promise<Position> {
    const running = new RunningActor(this.name, this.#place, this.#role);
    await running.settle();
    return this.#note(running, undefined);
  }

  /** Where an outcome leads for the first time. */
  async learn(position: Position, outcome: Outcome): Promise<Position> {
    const running = this.#running.get(position) ?? (await this.#replayed(position));
    this.#running.delete(position);
    await running.answer(outcome);
    const next = this.#note(running, { position, outcome });
    position.next.set(outcome.key, next);
    return next;
  }

  async #replayed(position: Position): Promise<RunningActor> {
    this.#replays++;
    const running = new RunningActor(this.name, this.#place, this.#role);
    await running.settle();
    for (const { at, outcome } of answersOf(position)) {
      this.#check(running, at);
      await running.answer(outcome);
    }
    this.#check(running, position);
    return running;
  }

  #check(running: RunningActor, position: Position): void {
    const [before, now] = [position.asks, running.asks].map((asked) => asked && describeAsked(asked));
    if (before !== now) throw new Error(`${this.name} is not deterministic: it asked for ${before}, and after the same answers for ${now}`);
  }

  #note(running: RunningActor, before: Position['before']): Position {
    const asked = before?.position.asks;
    const told = before?.position.told ?? [];
    const position: Position = {
      id: this.#count++,
      asks: running.asks,
      ending: running.asks === undefined ? running.ending : undefined,
      told: asked?.op === 'tell' ? [...told, asked.what] : told,
      kept: running.kept,
      depth: (before?.position.depth ?? -1) + 1,
      before,
      next: new Map(),
      parents: before === undefined ? [] : [before.position],
      future: new CodeSet(before?.position.future),
    };
    if (position.asks === undefined) return this.#oneEnd(position);
    const known = this.#oneOfAKind(position, running);
    if (known !== position) return known;
    this.#keep(position, running);
    return position;
  }

  /** Of those that know the same and ask for the same one stands for all: they go on alike. */
  #oneOfAKind(position: Position, running: RunningActor): Position {
    if (this.#merged === undefined) return position;
    const { asks, told } = position;
    const key = `${running.knows} ${asks && describeAsked(asks)} ${JSON.stringify(told)}`;
    const known = this.#known.get(key);
    if (known === undefined) {
      this.#known.set(key, position);
      return position;
    }
    for (const parent of position.parents) this.#merged(known, parent);
    return known;
  }

  /** Of one that has ended nothing matters any more but what it said and how it ended; by what history it came there does not. */
  #oneEnd(position: Position): Position {
    const ending = nameOfEnding(position.ending);
    if (ending === undefined) return position;
    const key = `${ending} ${JSON.stringify(position.told)}`;
    const known = this.#ends.get(key);
    if (known === undefined) this.#ends.set(key, position);
    return known ?? position;
  }

  /** The oldest copies are dropped: each keeps a whole program alive. */
  #keep(position: Position, running: RunningActor): void {
    if (position.asks === undefined) return;
    this.#running.set(position, running);
    if (this.#running.size <= maxRunning) return;
    for (const oldest of this.#running.keys()) {
      this.#running.delete(oldest);
      return;
    }
  }
}

/** Errors of one name, code and message are one; objects are not looked into. */
function nameOfEnding(ending: Ending | undefined): string | undefined {
  const what = ending?.kind === 'threw' ? ending.error : ending?.value;
  if (what instanceof Error) return JSON.stringify([ending?.kind, what.name, 'code' in what ? String(what.code) : '', what.message]);
  if (typeof what === 'function' || (typeof what === 'object' && what !== null)) return undefined;
  return JSON.stringify([ending?.kind, typeof what, String(what)]);
}

function answersOf(position: Position): { readonly at: Position; readonly outcome: Outcome }[] {
  const answers: { at: Position; outcome: Outcome }[] = [];
  for (let at = position.before; at !== undefined; at = at.position.before) answers.push({ at: at.position, outcome: at.outcome });
  return answers.reverse();
}
