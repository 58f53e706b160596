import { changedBytes } from './byte-changes.js';
import { Draws } from './draws.js';
import { changedJson, changedLine, type Json, jsonIn } from './json-changes.js';
import type { FuzzTarget, Seed } from './target.js';

/** One input of a reader, and of which seed it was made. */
export interface Input {
  readonly bytes: Buffer;
  readonly seed: string;
}

interface Prepared extends Seed {
  /** Where it is JSON. */
  readonly json: Json | undefined;
  readonly hasLines: boolean;
}

const longest = 1024 * 1024;
const prepared = new WeakMap<FuzzTarget, readonly Prepared[]>();

/** The input of a number: the same bytes for the same seed, in every run and on every machine. */
export function inputOf(target: FuzzTarget, seed: string, number: number): Input {
  const draws = new Draws(`${seed} ${target.name} ${number}`);
  const all = seedsOf(target);
  const [one, other] = [draws.oneOf(all), draws.oneOf(all)];
  const bytes = changed({ target, one, other, draws });
  return { bytes: bytes.subarray(0, longest), seed: one.name };
}

/** A seed as it is: what a reader is warmed up with. */
export function firstInput(target: FuzzTarget): Input {
  const [{ name, bytes }] = seedsOf(target) as [Prepared];
  return { bytes, seed: name };
}

interface Made {
  readonly target: FuzzTarget;
  readonly one: Prepared;
  readonly other: Prepared;
  readonly draws: Draws;
}

function changed({ target, one, other, draws }: Made): Buffer {
  switch (draws.below(100)) {
    case 0:
      return draws.once(3) ? Buffer.alloc(0) : draws.bytes(draws.size(512));
    case 1:
      return one.bytes;
    default: {
      const bytes = inItsForm({ target, one, other, draws });
      return target.mend === undefined || draws.once(4) ? bytes : target.mend(Buffer.from(bytes));
    }
  }
}

/** Half of them keep the form that the seed has, so that what is behind it is read. */
function inItsForm({ target, one, other, draws }: Made): Buffer {
  const { bytes, json, hasLines } = one;
  const ofTarget = target.change !== undefined && draws.once(2) ? target.change(Buffer.from(bytes), draws, other.bytes) : undefined;
  if (ofTarget !== undefined && !draws.once(8)) return ofTarget;
  if (json !== undefined && !draws.once(3)) return Buffer.from(changedJson(json, draws));
  if (hasLines && draws.once(2)) return Buffer.from(changedLine(bytes.toString(), draws));
  return changedBytes(ofTarget ?? bytes, draws, other.bytes);
}

function seedsOf(target: FuzzTarget): readonly Prepared[] {
  const known = prepared.get(target);
  if (known !== undefined) return known;
  const made = target.seeds().map((seed) => {
    const json = jsonIn(seed.bytes.toString());
    return { ...seed, json, hasLines: json === undefined && seed.bytes.includes('\n{') };
  });
  prepared.set(target, made);
  return made;
}
