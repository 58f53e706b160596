import type { ProgramWatcher } from '../../disk/program.js';
import type { Fingerprint } from '../../disk/simulated/fingerprint.js';
import * as fingerprint from '../../disk/simulated/fingerprint.js';

const { mix, ofText, ofChangingBytes } = fingerprint;

/** Data that is deeper is not looked into, nor what holds itself. */
const deepest = 64;

/**
 * What an actor can know of all that it was answered. Inside a program that is every answer; of a program that has ended it is what
 * the program gave or threw, because a program touches nothing but the disk (CAT-SIM-5002). So actors whose programs met different
 * things and gave the same are one.
 */
export class Memory implements ProgramWatcher {
  readonly #values: readonly ValueClass[];
  #known: Fingerprint = 1;
  /** All answers since everything was quiet: what programs that run may know. */
  #inside: Fingerprint = 0;
  #running = 0;

  constructor(values: readonly ValueClass[]) {
    this.#values = values;
  }

  began(): void {
    this.#running++;
  }

  ended(outcome: { readonly gave: unknown } | { readonly threw: unknown }): void {
    this.#running--;
    const [how, what] = 'gave' in outcome ? [2, outcome.gave] : [3, outcome.threw];
    // Of what cannot be looked into nobody can say that it is the same as another: it stands for all that led to it.
    const told = ofValue(what, this.#values) ?? mix(this.#inside, 5);
    this.#known = mix(this.#known, mix(told, how));
    if (this.#running === 0) this.#inside = 0;
  }

  /** An answer, by its key. */
  hear(key: string): void {
    if (this.#running === 0) this.#known = mix(this.#known, ofText(key));
    else this.#inside = mix(this.#inside, ofText(key));
  }

  /** Equal for actors that know the same. */
  get fingerprint(): Fingerprint {
    return mix(this.#known, mix(this.#inside, this.#running));
  }
}

/** A class whose instances are no more than what their enumerable members say; what else they hold follows from those. */
export type ValueClass = abstract new (...given: never[]) => object;

/** Of data; `undefined` for what holds something that is none. */
function ofValue(value: unknown, values: readonly ValueClass[], depth = 0): Fingerprint | undefined {
  switch (typeof value) {
    case 'undefined':
      return 11;
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return mix(ofText(typeof value), ofText(String(value)));
    case 'object':
      return value === null ? 12 : ofObject(value, values, depth);
    default:
      return undefined;
  }
}

function ofObject(value: object, values: readonly ValueClass[], depth: number): Fingerprint | undefined {
  if (depth > deepest) return undefined;
  const ofAll = (kind: number, parts: readonly unknown[]): Fingerprint | undefined => {
    let sum: Fingerprint = mix(kind, parts.length);
    for (const part of parts) {
      const one = ofValue(part, values, depth + 1);
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
  const isData = [Object.prototype, null].includes(Object.getPrototypeOf(value)) || values.some((one) => value instanceof one);
  return isData ? ofAll(18, members) : undefined;
}
