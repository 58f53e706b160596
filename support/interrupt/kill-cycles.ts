import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { type Aftermath, expectAllThere, expectWritable } from './cycle-aftermath.js';
import { Draws } from './draws.js';
import type { State } from './load-judge.js';
import { isUnanswered, type LoadedWriter, startLoaded, type Told, wasInside } from './loaded-writer.js';

export interface KillCycles {
  readonly root: string;
  readonly seed: string;
  readonly cycles: number;
  readonly writers: number;
  /** The lock always succeeds: all writers believe that they hold it. */
  readonly lockDisabled?: boolean;
  /** A control: the writers say that an operation was acknowledged before they ask for it. */
  readonly acknowledgesEarly?: boolean;
  /** Draws every cycle as this one was drawn. */
  readonly only?: number;
  readonly onCycle?: (report: Report) => void;
}

export interface Report {
  readonly cycles: number;
  readonly kills: number;
  /** Kills that fell between what a writer was about to ask for and its answer. */
  readonly inside: number;
  /** Operations of these that were nevertheless there: killed between their publishing and their acknowledgement. */
  readonly unansweredThere: number;
  /** Cycles after which a temp was left: killed before its publishing. */
  readonly withTemps: number;
  /** Cycles after which either shows that somebody was killed inside a commit. */
  readonly insideCommits: number;
  readonly acknowledged: number;
}

const nothingYet: Report = { cycles: 0, kills: 0, inside: 0, unansweredThere: 0, withTemps: 0, insideCommits: 0, acknowledged: 0 };

/**
 * CAT-SIM-5010: one catalog lives through many cycles. In each, writers that are processes work on it at once; after a drawn number
 * of acknowledgements some of them, drawn too, are killed, and the others go on to their drawn end. When all have ended the next
 * process must find exactly what they were told. What is drawn is the seed's; how the processes run beside each other is not.
 */
export async function runKillCycles(options: KillCycles): Promise<Report> {
  let state: State = { models: new Map(), revision: 0 };
  let report = nothingYet;
  for (let number = 1; number <= options.cycles; number++) {
    try {
      const cycle = await killSome(options, number);
      const aftermath = await expectAllThere(options.root, state, cycle.histories);
      state = await expectWritable(options.root, aftermath.state, `after cycle ${number}`);
      report = added(report, reportOf(cycle, aftermath));
    } catch (error) {
      throw new Error(failureOf(options, number, error as Error), { cause: error });
    }
    options.onCycle?.(report);
  }
  return report;
}

/** Works on a root in a folder of its own, which is removed after a success, and kept for whoever asks what went wrong after a failure. */
export async function keepingDamage<T>(work: (root: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-kill-cycles-'));
  const result = await work(join(folder, 'root'));
  await rm(folder, { recursive: true });
  return result;
}

interface Cycle {
  readonly histories: readonly (readonly Told[])[];
  /** Those of these whose writers were killed. */
  readonly killed: readonly (readonly Told[])[];
}

/** Lets all writers go at once, kills the drawn ones, and waits for the end of all. */
async function killSome(options: KillCycles, cycle: number): Promise<Cycle> {
  const seed = `${options.seed} ${options.only ?? cycle}`;
  const draws = new Draws(seed);
  const { root, lockDisabled = false, acknowledgesEarly = false } = options;
  const keepGenerations = draws.oneOf([8, 2, 1]);
  const surroundings = { cycle, root, lockDisabled, acknowledgesEarly, keepGenerations, lockTimeoutMs: 60_000 };
  const moment = { acknowledgements: draws.between(0, 10 * options.writers), turns: draws.between(0, mostTurns) };
  const heard = atMoment(moment, () => {
    for (const { actor } of killed) actor.kill();
  });
  const victims = drawnVictims(draws, options.writers);
  const writers = victims.map((isVictim, which): LoadedWriter => {
    const load = { name: `writer-${which + 1}`, seed: `${seed} ${which + 1}`, ...surroundings };
    // Who is to be killed has no end of its own.
    return startLoaded(isVictim ? load : { ...load, operations: draws.between(5, 25) }, (word) => heard(word, isVictim));
  });
  const killed = writers.filter((_, which) => victims[which]);
  await untilAllEnded(writers);
  const survivors = writers.filter((writer) => !killed.includes(writer));
  for (const { history } of survivors) expect(history.filter(isUnanswered), 'operations of a survivor without an answer').to.deep.equal([]);
  return { histories: writers.map(({ history }) => history), killed: killed.map(({ history }) => history) };
}

/**
 * How many turns of the event loop go by at most before the kill: about as long as an operation takes, so that it falls anywhere
 * in it and not always at its beginning.
 */
const mostTurns = 1_000;

/** Acts once: after so many acknowledgements of any writers, when a victim is about to do something, and so many turns later. */
function atMoment(moment: { acknowledgements: number; turns: number }, act: () => void): (word: string, isVictim: boolean) => void {
  let acknowledged = 0;
  let isOver = false;
  return (word, isVictim) => {
    if (word === 'ack') acknowledged++;
    if (isOver || acknowledged < moment.acknowledgements || !isVictim || word !== 'about') return;
    isOver = true;
    void turnsGoBy(moment.turns).then(act);
  };
}

async function turnsGoBy(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

/** Any of them may be killed, and all; at least one is. */
function drawnVictims(draws: Draws, writers: number): readonly boolean[] {
  const choice = draws.between(1, 2 ** writers - 1);
  return Array.from({ length: writers }, (_, which) => ((choice >> which) & 1) === 1);
}

/** Leaves no process behind, whatever became of them. */
async function untilAllEnded(writers: readonly LoadedWriter[]): Promise<void> {
  try {
    for (const { actor } of writers) await actor.untilHeld();
    for (const { actor } of writers) actor.letGo();
    await Promise.all(writers.map(({ actor }) => actor.ended));
  } finally {
    await Promise.all(writers.map(({ actor }) => actor.stop()));
  }
}

function reportOf({ histories, killed }: Cycle, { leftTemps, unansweredThere }: Aftermath): Report {
  return {
    cycles: 1,
    kills: killed.length,
    inside: killed.filter(wasInside).length,
    unansweredThere,
    withTemps: leftTemps ? 1 : 0,
    insideCommits: leftTemps || unansweredThere > 0 ? 1 : 0,
    acknowledged: histories.flat().filter(({ acknowledged }) => acknowledged !== undefined).length,
  };
}

export function describeReport(report: Report, tookMs: number): string {
  const { cycles, kills, inside, unansweredThere, withTemps, acknowledged } = report;
  return [
    `${cycles} cycles (${((1000 * cycles) / tookMs).toFixed(1)} a second), ${acknowledged} operations acknowledged`,
    `${kills} kills, ${inside} of them inside an operation (${((100 * inside) / kills).toFixed(0)} %)`,
    `${unansweredThere} after its publishing, and in ${withTemps} cycles before it, when there was a temp`,
  ].join('; ');
}

function added(one: Report, other: Report): Report {
  const total = { ...one };
  for (const key of Object.keys(one) as (keyof Report)[]) Object.assign(total, { [key]: one[key] + other[key] });
  return total;
}

function failureOf(options: KillCycles, cycle: number, { message }: Error): string {
  const { root, seed, writers, only = cycle, lockDisabled = false } = options;
  const flags = `--seed ${seed} --writers ${writers}${lockDisabled ? ' --lock-disabled' : ''} --only ${only} --cycles 20`;
  return [
    `cycle ${cycle} of seed ${seed}: ${message}`,
    `Its root: ${root}`,
    `The same draws, 20 times: npm run kill-cycles -- ${flags}`,
    'How the processes ran beside each other is not replayed.',
  ].join('\n');
}
