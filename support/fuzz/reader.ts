import { openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { attempted, limits, told } from './attempt.js';
import type { Batch } from './batches.js';
import { firstInput, inputOf } from './inputs.js';
import { Inventory } from './inventory.js';
import { planted } from './planted.js';
import type { FuzzTarget } from './target.js';
import { targets } from './targets.js';

/** What is read between inputs. */
export const noInput = -1;

/** A fault of one input. */
export interface Fault {
  readonly number: number;
  readonly kind: 'fault' | 'growth' | 'prototype';
  readonly what: string;
  readonly stack?: string | undefined;
}

/** What became of the inputs of a batch, or of those up to the one after which the reader cannot be used any more. */
export interface Tally {
  readonly batch: Batch;
  /** The number after the last one that was read. */
  readonly upTo: number;
  readonly taken: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly faulty: number;
  readonly slowest: { readonly number: number; readonly ms: number };
  /** The first of them. */
  readonly faults: readonly Fault[];
  /** What of the prototypes is otherwise. */
  readonly changed: readonly string[];
}

const stackLines = 12;
/** More of one kind tell nothing new. */
const mostFaults = 20;

/** To a reader: a batch, or a target that it is to load and to read once. */
export type Asked = Batch | { readonly warm: string };

interface Reading {
  readonly seed: string;
  /** Told the number of each input before it is read, so that it can be named by others when its reader cannot any more. */
  readonly note: (number: number) => void;
  readonly inventory: Inventory;
}

/** Gives targets the inputs that it is told of, one batch after the other. */
async function answerTo(asked: Asked, reading: Reading): Promise<Tally | { readonly warm: number }> {
  const target = targetNamed('warm' in asked ? asked.warm : asked.target);
  await target.prepare?.();
  return 'warm' in asked ? { warm: (await attempted(target, firstInput(target))).ms } : tallied(asked, target, reading);
}

async function tallied(batch: Batch, target: FuzzTarget, { seed, note, inventory }: Reading): Promise<Tally> {
  const [refused, faults] = [new Map<string, number>(), [] as Fault[]];
  let [taken, faulty, number, slowest] = [0, 0, batch.from, { number: batch.from, ms: 0 }];
  let changed: readonly string[] = [];
  Error.stackTraceLimit = 0;
  while (number < batch.to && changed.length === 0) {
    note(number);
    const input = inputOf(target, seed, number);
    const { outcome, ms, grewBytes } = await attempted(target, input);
    if (ms > slowest.ms) slowest = { number, ms };
    if (outcome.kind === 'taken') taken++;
    else if (outcome.kind === 'refused') refused.set(outcome.as, (refused.get(outcome.as) ?? 0) + 1);
    else if (faulty++ < mostFaults) faults.push(await faultOf(target, number, input));
    if (grewBytes > limits.growthBytes) faults.push({ number, kind: 'growth', what: `took ${Math.round(grewBytes / 2 ** 20)} MiB` });
    number++;
    if (batch.isCareful || number === batch.to) changed = inventory.changed();
  }
  note(noInput);
  if (batch.isCareful && changed.length > 0)
    faults.push({ number: number - 1, kind: 'prototype', what: `changed ${changed.slice(0, 5).join(', ')}` });
  return { batch, upTo: number, taken, refused: Object.fromEntries(refused), faulty, slowest, faults, changed };
}

/** Once more, for where it was thrown. */
async function faultOf(target: FuzzTarget, number: number, input: ReturnType<typeof inputOf>): Promise<Fault> {
  Error.stackTraceLimit = stackLines;
  const { outcome } = await attempted(target, input);
  Error.stackTraceLimit = 0;
  const error = outcome.kind === 'fault' ? outcome.error : 'nothing, the second time';
  return { number, kind: 'fault', what: told(error), stack: error instanceof Error ? error.stack : undefined };
}

function targetNamed(name: string): FuzzTarget {
  const found = [...targets, ...planted].find((target) => target.name === name);
  if (found === undefined) throw new Error(`there is no reader called ${name}`);
  return found;
}

/** Writes the number down where others can read it, also when this process is no more. */
function notingIn(path: string): (number: number) => void {
  const [file, bytes] = [openSync(path, 'r+'), Buffer.alloc(4)];
  return (number) => {
    bytes.writeInt32LE(number);
    writeSync(file, bytes, 0, 4, 0);
  };
}

// The test runner imports every file of support/; only in a thread or a process that was told what to fuzz does this one act.
const ofThread = (workerData as { fuzzing?: string } | null)?.fuzzing;
const [, , what, ofProcess = '', path = ''] = process.argv;
if (parentPort !== null && ofThread !== undefined) {
  const [port, inventory] = [parentPort, new Inventory()];
  port.on('message', async (asked: Asked) => port.postMessage(await answerTo(asked, { seed: ofThread, note: () => {}, inventory })));
} else if (what === 'fuzz' && process.send !== undefined) {
  const reading = { seed: ofProcess, note: notingIn(path), inventory: new Inventory() };
  process.on('message', async (asked: Asked) => process.send?.(await answerTo(asked, reading)));
}
