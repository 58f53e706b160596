import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { Journal, type JournalEvent } from '../../../src/journal/index.js';
import { Draws } from '../draws.js';
import { freshlyBuilt } from '../fresh-build.js';
import { type Appended, fact, type JournalLoad, type Told } from './writer.js';

export interface JournalKillReport {
  readonly cycles: number;
  /** Kills that fell between what a writer was about to do and its answer. */
  readonly inside: number;
  /** Of these, those of which everything was there all the same. */
  readonly unansweredThere: number;
  readonly acknowledged: number;
}

export interface JournalKills {
  readonly directory: string;
  readonly seed: string;
  readonly cycles: number;
  /** A control: what befalls the journal when its writer is dead. */
  readonly afterKill?: (directory: string) => void;
}

/**
 * CAT-JRN-3104, 3303: one journal lives through many cycles. In each a writer that is a process works on it and is killed at a moment that
 * is drawn; the next process must find exactly what it was told, and may append.
 */
export async function runJournalKillCycles(options: JournalKills): Promise<JournalKillReport> {
  let report: JournalKillReport = { cycles: 0, inside: 0, unansweredThere: 0, acknowledged: 0 };
  let before: State = { events: [], passed: 0 };
  for (let cycle = 1; cycle <= options.cycles; cycle++) {
    const seed = `${options.seed} ${cycle}`;
    const told = await killedInWork({ directory: options.directory, seed, name: `cycle ${cycle}` });
    options.afterKill?.(options.directory);
    try {
      const { state, unansweredThere } = judged(options.directory, before, told);
      const isInside = told.at(-1)?.word === 'about';
      const acknowledged = told.filter(({ word }) => word === 'ack').length;
      report = {
        cycles: cycle,
        inside: report.inside + Number(isInside),
        unansweredThere: report.unansweredThere + Number(unansweredThere),
        acknowledged: report.acknowledged + acknowledged,
      };
      before = state;
    } catch (error) {
      throw new Error(`cycle ${cycle} of seed ${options.seed}, killed in ${JSON.stringify(told.at(-1))}: ${String(error)}`, {
        cause: error,
      });
    }
  }
  return report;
}

interface State {
  readonly events: readonly JournalEvent[];
  /** How far a consumer has come, by sequence. */
  readonly passed: number;
}

/** About as many turns of the event loop as an operation takes, so that the kill falls anywhere in it. */
const mostTurns = 400;
/** Generous, because nothing waits for it. */
const deadlineMs = 120_000;

/** Lets a writer work until it was told a drawn number of times that something was done, and kills it a little later. */
function killedInWork(load: JournalLoad): Promise<readonly Told[]> {
  const draws = new Draws(`${load.seed} kill`);
  const [answers, turns] = [draws.between(0, 40), draws.between(0, mostTurns)];
  const child = spawn(process.execPath, [freshlyBuilt('support/interrupt/journal/writer.ts'), JSON.stringify(load)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {},
  });
  const told: Told[] = [];
  let [heard, said, isOver] = [0, '', false];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    const one: Told = JSON.parse(line);
    told.push(one);
    if (one.word === 'ack') heard++;
    if (isOver || heard < answers || one.word !== 'about') return;
    isOver = true;
    void turnsGoBy(turns).then(() => child.kill('SIGKILL'));
  });
  const deadline = setTimeout(() => child.kill('SIGTERM'), deadlineMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      clearTimeout(deadline);
      if (signal === 'SIGKILL') resolve(told);
      else reject(new Error(`the writer ended with ${signal ?? 'no signal'}: ${said}`));
    });
  });
}

async function turnsGoBy(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

/** Judged by a reader before anything is mended, and again by a writer, who appends. */
function judged(directory: string, before: State, told: readonly Told[]): { readonly state: State; readonly unansweredThere: boolean } {
  const answered = told.flatMap((one) => (one.word === 'ack' ? [one] : []));
  const acknowledged = answered.flatMap(({ appended }) => appended);
  const last = told.at(-1);
  const unanswered = last?.word === 'about' ? last : undefined;
  const read = stateOf(directory);
  expect(asTold(read.events.slice(0, before.events.length)), 'what was there before').to.deep.equal(asTold(before.events));
  const found = read.events.slice(before.events.length);
  expect(asTold(found.slice(0, acknowledged.length)), 'what was acknowledged').to.deep.equal(acknowledged);
  expect(payloadsOf(found.slice(0, acknowledged.length)), 'what was said of what was acknowledged').to.deep.equal(
    told.flatMap((one) => (one.word === 'about' && one !== unanswered ? one.payloads : [])),
  );
  const more = payloadsOf(found.slice(acknowledged.length));
  expect(more, 'what was not answered: whole or not at all').to.be.deep.oneOf([[], unanswered?.payloads ?? []]);
  const passed = answered.findLast((one) => one.passed !== undefined)?.passed ?? before.passed;
  expect(read.passed, 'how far a consumer has come').to.be.at.least(passed);
  if (unanswered?.operation !== 'cursor') expect(read.passed, 'how far a consumer has come').to.equal(passed);
  return { state: appendedAfter(directory, read, acknowledged), unansweredThere: more.length > 0 };
}

function appendedAfter(directory: string, read: State, acknowledged: readonly Appended[]): State {
  const journal = Journal.open({ directory, lifecycle: 'lazy' });
  expect(asTold(factsIn(journal)), 'what a writing open shows').to.deep.equal(asTold(read.events));
  for (const receipt of acknowledged) journal.verifyReceipt(receipt);
  journal.append({ entity: 'judge', scope: 's' }, fact, 'and on');
  expect(journal.verify()).to.include({ ok: true });
  const events = factsIn(journal);
  journal.close();
  expect(events).to.have.length(read.events.length + 1);
  expect(readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(tmp|suspect)$/.test(name))).to.deep.equal([]);
  return { events, passed: read.passed };
}

function stateOf(directory: string): State {
  const journal = Journal.open({ directory, readOnly: true });
  const events = factsIn(journal);
  const passed = journal.cursor('follower', { kind: fact }).committed;
  journal.close();
  return { events, passed };
}

const factsIn = (journal: Journal): JournalEvent[] => [...journal.read({ kind: fact })].map((event) => event.toJSON?.() ?? event);

const payloadsOf = (events: readonly JournalEvent[]): unknown[] => events.map(({ payload }) => payload);

function asTold(events: readonly JournalEvent[]): Appended[] {
  return events.map(({ event_id, sequence, content_hash, event_hash }) => ({ event_id, sequence, content_hash, event_hash }));
}
