import { availableParallelism } from 'node:os';
import { limits } from './attempt.js';
import { type Batch, batchesOf } from './batches.js';
import { judgedAlone } from './judging.js';
import { planted } from './planted.js';
import { type Fault, noInput, type Tally } from './reader.js';
import { ReaderProcess } from './reader-process.js';
import type { FuzzTarget } from './target.js';
import { targets } from './targets.js';

/** An input that broke the promise (CAT-SEC-6003). */
export interface Finding {
  readonly target: string;
  readonly seed: string;
  readonly number: number;
  readonly kind: Fault['kind'] | 'hang' | 'death';
  readonly what: string;
  readonly stack?: string | undefined;
}

/** What became of all inputs of one reader. */
export interface Fuzzed {
  readonly target: string;
  readonly inputs: number;
  readonly taken: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly faulty: number;
  readonly slowest: { readonly number: number; readonly ms: number };
}

export interface FuzzReport {
  readonly seed: string;
  readonly fuzzed: readonly Fuzzed[];
  readonly findings: readonly Finding[];
  readonly processes: number;
  readonly seconds: number;
}

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: string;
  /** All readers unless some are named; planted ones only by name. */
  readonly names?: readonly string[];
  readonly processes?: number;
  readonly tell?: (done: number) => void;
}

const lookEveryMs = 100;

/** Gives the readers so many inputs; each that breaks the promise is a finding (CAT-SEC-6003). */
export async function fuzz({
  inputs,
  seed,
  names,
  processes = Math.min(4, availableParallelism()),
  tell,
}: FuzzOptions): Promise<FuzzReport> {
  const began = performance.now();
  const chosen = chosenBy(names);
  const run = new Run(seed, batchesOf(chosen, inputs), tell);
  await Promise.all(Array.from({ length: processes }, () => run.work()));
  const seconds = (performance.now() - began) / 1000;
  return { seed, fuzzed: chosen.map(({ name }) => run.fuzzed(name)), findings: run.findings, processes, seconds };
}

export function chosenBy(names: readonly string[] | undefined): readonly FuzzTarget[] {
  if (names === undefined) return targets;
  return names.map((name) => {
    const found = [...targets, ...planted].find((target) => target.name === name);
    if (found === undefined)
      throw new Error(`no reader is called ${JSON.stringify(name)}; there are ${targets.map((one) => one.name).join(', ')}`);
    return found;
  });
}

/** How the reading of a batch ended: with a tally, or with an input at which the process stood still or died. */
type Ended =
  | { readonly kind: 'tally'; readonly tally: Tally }
  | { readonly kind: 'stuck' | 'dead'; readonly number: number; readonly why: string };

class Run {
  readonly findings: Finding[] = [];
  readonly #seed: string;
  readonly #waiting: Batch[];
  readonly #tallies: Tally[] = [];
  readonly #tell: (done: number) => void;

  constructor(seed: string, batches: Batch[], tell: (done: number) => void = () => {}) {
    this.#seed = seed;
    this.#waiting = batches;
    this.#tell = tell;
  }

  fuzzed(name: string): Fuzzed {
    const own = this.#tallies.filter(({ batch }) => batch.target === name);
    const refused: Record<string, number> = {};
    for (const tally of own) for (const [as, count] of Object.entries(tally.refused)) refused[as] = (refused[as] ?? 0) + count;
    return {
      target: name,
      inputs: own.reduce((sum, { batch, upTo }) => sum + upTo - batch.from, 0),
      taken: own.reduce((sum, { taken }) => sum + taken, 0),
      refused,
      faulty: own.reduce((sum, { faulty }) => sum + faulty, 0),
      slowest: own.map(({ slowest }) => slowest).reduce((most, one) => (one.ms > most.ms ? one : most), { number: 0, ms: 0 }),
    };
  }

  /** One process after the other, each as long as it can be used. */
  async work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const reader = new ReaderProcess(this.#seed);
      await this.#workWith(reader);
      reader.end();
    }
  }

  async #workWith(reader: ReaderProcess): Promise<void> {
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift()) {
      const ended = await readBy(reader, batch);
      const isUsable = ended.kind === 'tally' ? this.#take(ended.tally) : await this.#suspect(batch, ended);
      if (!isUsable) return;
    }
  }

  /** Whether the process can be used again: not where something is otherwise that all share. */
  #take(tally: Tally): boolean {
    const { batch, upTo, changed } = tally;
    if (changed.length > 0 && !batch.isCareful) this.#waiting.unshift({ ...batch, isCareful: true });
    else this.#count(tally);
    if (changed.length > 0 && batch.isCareful && upTo < batch.to) this.#waiting.unshift({ ...batch, from: upTo });
    return changed.length === 0;
  }

  #count(tally: Tally): void {
    this.#tallies.push(tally);
    for (const fault of tally.faults) this.findings.push({ target: tally.batch.target, seed: this.#seed, ...fault });
    this.#tell(tally.upTo - tally.batch.from);
  }

  /** What stood still is read alone; the others of its batch are read by another process. */
  async #suspect(batch: Batch, { kind, number, why }: Exclude<Ended, { kind: 'tally' }>): Promise<false> {
    const { target } = batch;
    if (number === noInput) throw new Error(`${target} could not be read: ${why}`);
    for (const rest of [
      { ...batch, to: number },
      { ...batch, from: number + 1 },
    ])
      if (rest.to > rest.from) this.#waiting.unshift(rest);
    const verdict = await judgedAlone({ target, seed: this.#seed, number });
    this.#count(verdict.kind === 'read' ? verdict.tally : lostOne(target, number));
    const isFound = verdict.kind !== 'read' || kind === 'dead';
    const what =
      verdict.kind === 'read' ? `${why}, and not where it is read alone: something is kept from one input to the next` : verdict.what;
    const as = verdict.kind === 'read' ? 'death' : verdict.kind;
    if (isFound) this.findings.push({ target, seed: this.#seed, number, kind: as, what });
    return false;
  }
}

/** One input of which nothing more is known than that it broke the promise. */
function lostOne(target: string, number: number): Tally {
  const batch = { target, from: number, to: number + 1 };
  return { batch, upTo: number + 1, taken: 0, refused: {}, faulty: 1, slowest: { number, ms: 0 }, faults: [], changed: [] };
}

/** Resolves when the batch was read, when the process died, or when it stands at one input for longer than one may take. */
function readBy(reader: ReaderProcess, batch: Batch): Promise<Ended> {
  return new Promise((resolve) => {
    let [seen, since] = [noInput, performance.now()];
    const looking = setInterval(() => {
      const number = reader.now();
      if (number !== seen || number === noInput) [seen, since] = [number, performance.now()];
      else if (performance.now() - since > limits.cpuMs) end({ kind: 'stuck', number, why: 'stood still' });
    }, lookEveryMs);
    const end = (ended: Ended): void => {
      clearInterval(looking);
      resolve(ended);
    };
    reader.read(batch).then(
      (tally) => end({ kind: 'tally', tally }),
      // Also when it was ended, because it stood still: nobody waits for that any more.
      (error: Error) => end({ kind: 'dead', number: reader.now(), why: error.message }),
    );
  });
}
