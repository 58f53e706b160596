import type { Random } from '../../disk/host.js';
import type { ProgramWatcher, WatchedProgram } from '../../disk/program.js';
import type { Fingerprint } from '../../disk/simulated/fingerprint.js';
import * as fingerprint from '../../disk/simulated/fingerprint.js';
import { deterministicRandom } from '../../disk/simulated/random.js';

const { mix, ofText, ofChangingBytes } = fingerprint;

/** Data that is deeper is not looked into, nor what holds itself. */
const deepest = 64;

/**
 * What an actor can know of all that it was answered. Inside a program that is every answer; of a program that has ended it is what
 * the program gave or threw, because a program touches nothing but the disk (CAT-SIM-5002). So actors whose programs met different
 * things and gave the same are one.
 */
export class Memory implements ProgramWatcher {
  readonly #whole: Part;

  constructor(values: readonly ValueClass[], process: number) {
    this.#whole = new Part({ values, process, path: 1, parent: undefined });
  }

  began(): WatchedProgram {
    return this.#whole.began();
  }

  /** An answer, by its key. Where programs run at a time each may know it. */
  hear(key: string, { isStep = true } = {}): void {
    for (const part of this.#whole.innermost()) part.hear(ofText(key), isStep);
  }

  /** Bytes by chance, never twice the same; of a program's own, so that it does not show how many were drawn in those before. */
  random(bytes: number): Uint8Array {
    const innermost = [...this.#whole.innermost()];
    return (innermost.at(-1) ?? this.#whole).random(bytes);
  }

  /** The inode numbers that may still be compared, all of them bigints; `undefined` where any that was met may be. */
  get kept(): ReadonlySet<bigint> | undefined {
    const parts = [...this.#whole.all()];
    if (parts.some(({ kept }) => kept === undefined)) return undefined;
    return new Set(parts.flatMap(({ kept }) => [...(kept ?? [])]));
  }

  /** Equal for actors that know the same. */
  get fingerprint(): Fingerprint {
    let sum: Fingerprint = 1;
    for (const part of this.#whole.all()) sum = mix(sum, part.fingerprint);
    return sum;
  }
}

interface PartOptions {
  readonly values: readonly ValueClass[];
  readonly process: number;
  /** Different for the parts of one actor. */
  readonly path: Fingerprint;
  readonly parent: Part | undefined;
}

/** The whole of what an actor does, or one program of it, or one of those that a program is made of. */
class Part implements WatchedProgram {
  readonly #options: PartOptions;
  readonly #running = new Set<Part>();
  #known: Fingerprint = 1;
  #begun = 0;
  #random: Random | undefined;
  /** `undefined` once something was heard that may be kept. */
  #kept: Set<bigint> | undefined = new Set();

  constructor(options: PartOptions) {
    this.#options = options;
  }

  began(): WatchedProgram {
    const part = new Part({ ...this.#options, path: mix(this.#options.path, ++this.#begun), parent: this });
    this.#running.add(part);
    return part;
  }

  ended(outcome: { readonly gave: unknown } | { readonly threw: unknown }): void {
    this.#options.parent?.learn(this, outcome);
  }

  hear(answer: Fingerprint, isStep: boolean): void {
    this.#known = mix(this.#known, answer);
    if (isStep) this.#kept = undefined;
  }

  learn(part: Part, outcome: { readonly gave: unknown } | { readonly threw: unknown }): void {
    this.#running.delete(part);
    const [how, what] = 'gave' in outcome ? [2, outcome.gave] : [3, outcome.threw];
    const told = ofValue(what, { classes: this.#options.values, meet: (number) => this.#kept?.add(number) });
    // Of what cannot be looked into nobody can say that it is the same as another: it stands for all that led to it.
    if (told === undefined) this.#kept = undefined;
    this.#known = mix(this.#known, mix(told ?? mix(part.#known, 5), how));
  }

  random(bytes: number): Uint8Array {
    const { path, process } = this.#options;
    this.#random ??= deterministicRandom({ seed: path % 2 ** 32, boot: Math.floor(path / 2 ** 32), process });
    return this.#random(bytes);
  }

  get kept(): ReadonlySet<bigint> | undefined {
    return this.#kept;
  }

  get fingerprint(): Fingerprint {
    return mix(this.#known, mix(this.#options.path, this.#begun));
  }

  *all(): Generator<Part> {
    yield this;
    for (const part of this.#running) yield* part.all();
  }

  *innermost(): Generator<Part> {
    if (this.#running.size === 0) yield this;
    for (const part of this.#running) yield* part.innermost();
  }
}

/** A class whose instances are no more than what their enumerable members say; what else they hold follows from those. */
export type ValueClass = abstract new (...given: never[]) => object;

interface Looking {
  readonly classes: readonly ValueClass[];
  /** Told of every bigint. */
  readonly meet: (number: bigint) => void;
}

/** Of data; `undefined` for what holds something that is none. */
function ofValue(value: unknown, looking: Looking, depth = 0): Fingerprint | undefined {
  switch (typeof value) {
    case 'undefined':
      return 11;
    case 'bigint':
      looking.meet(value);
      return mix(19, ofText(String(value)));
    case 'boolean':
    case 'number':
    case 'string':
      return mix(ofText(typeof value), ofText(String(value)));
    case 'object':
      return value === null ? 12 : ofObject(value, looking, depth);
    default:
      return undefined;
  }
}

function ofObject(value: object, looking: Looking, depth: number): Fingerprint | undefined {
  if (depth > deepest) return undefined;
  const ofAll = (kind: number, parts: readonly unknown[]): Fingerprint | undefined => {
    let sum: Fingerprint = mix(kind, parts.length);
    for (const part of parts) {
      const one = ofValue(part, looking, depth + 1);
      if (one === undefined) return undefined;
      sum = mix(sum, one);
    }
    return sum;
  };
  if (value instanceof Uint8Array) return mix(13, ofChangingBytes(value));
  if (value instanceof Map) return ofAll(14, [...value].flat());
  if (value instanceof Set) return ofAll(15, [...value]);
  if (Array.isArray(value)) return ofAll(16, value);
  const members = Object.entries(value).flat();
  if (value instanceof Error) return ofAll(17, [value.name, value.message, value.cause, ...members]);
  const isData = [Object.prototype, null].includes(Object.getPrototypeOf(value)) || looking.classes.some((one) => value instanceof one);
  return isData ? ofAll(18, members) : undefined;
}
