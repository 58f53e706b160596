import { writeSync } from 'node:fs';
import { type Fence, Journal } from '../../../src/journal/index.js';
import { isCommand } from '../../is-command.js';
import { Draws } from '../draws.js';

/** What a writer of a journal is told to do: until it is killed. */
export interface JournalLoad {
  readonly directory: string;
  readonly seed: string;
  /** Of all payloads of this writer the beginning, so that no two are equal. */
  readonly name: string;
}

/** What it was about to do, and what it was told of that. */
export type Told =
  | { readonly word: 'about'; readonly operation: Operation; readonly payloads: readonly string[] }
  | { readonly word: 'ack'; readonly appended: readonly Appended[]; readonly passed?: number };

export interface Appended {
  readonly event_id: string;
  readonly sequence: number;
  readonly content_hash: string;
  readonly event_hash: string;
}

export type Operation = (typeof operations)[number];

const operations = ['append', 'batch', 'large append', 'fence and commit', 'fence and cancel', 'cursor', 'compact', 'reopen'] as const;
export const fact = 0x1001;
const segmentMaxBytes = 4096;
const toParent = 3;
const entities = ['a', 'b', 'c'] as const;

/** Works on a journal without end, and tells of each operation before it and after it. Everything is done at once, one after the other. */
function work({ directory, seed, name }: JournalLoad): never {
  const draws = new Draws(seed);
  let journal = Journal.open({ directory, segmentMaxBytes });
  for (let nth = 0; ; nth++) {
    const operation = draws.oneOf<Operation>(['append', 'append', 'batch', ...operations]);
    const payloads = payloadsOf(operation, `${name} ${nth}`);
    tell({ word: 'about', operation, payloads });
    if (operation === 'reopen') {
      journal.close();
      journal = Journal.open({ directory, segmentMaxBytes });
    }
    tell({
      word: 'ack',
      ...perform(
        journal,
        operation,
        payloads.map((payload) => ({ payload, entity: draws.oneOf(entities) })),
      ),
    });
  }
}

interface Asked {
  readonly payload: string;
  readonly entity: string;
}

function perform(journal: Journal, operation: Operation, asked: readonly Asked[]): Pick<Told & { word: 'ack' }, 'appended' | 'passed'> {
  switch (operation) {
    case 'append':
    case 'large append':
      return { appended: asked.map((one) => appendedBy(journal, one)) };
    case 'batch': {
      const receipts = journal.appendBatch(
        asked.map(({ payload, entity }) => ({ coordinate: { entity, scope: 's' }, kind: fact, payload })),
      );
      return { appended: receipts.map(asAppended) };
    }
    case 'fence and commit': {
      const fence = journal.fence();
      const appended = asked.map((one) => appendedBy(fence, one));
      fence.commit();
      return { appended };
    }
    case 'fence and cancel': {
      const fence = journal.fence();
      for (const hidden of ['hidden', 'hidden too']) appendedBy(fence, { payload: hidden, entity: 'a' });
      fence.cancel();
      return { appended: [] };
    }
    case 'cursor': {
      const cursor = journal.cursor('follower', { kind: fact });
      cursor.poll({ limit: 10 });
      cursor.commit();
      return { appended: [], passed: cursor.committed };
    }
    case 'compact':
      journal.compact({ strategy: 'merge' });
      return { appended: [] };
    case 'reopen':
      return { appended: [] };
  }
}

function payloadsOf(operation: Operation, name: string): readonly string[] {
  switch (operation) {
    case 'append':
      return [name];
    case 'large append':
      return [name.padEnd(3000, '.')];
    case 'batch':
    case 'fence and commit':
      return [1, 2, 3].map((nth) => `${name} ${nth}`);
    default:
      return [];
  }
}

function appendedBy(journal: Pick<Journal | Fence, 'append'>, { payload, entity }: Asked): Appended {
  return asAppended(journal.append({ entity, scope: 's' }, fact, payload));
}

function asAppended({ event_id, sequence, content_hash, event_hash }: Appended): Appended {
  return { event_id, sequence, content_hash, event_hash };
}

function tell(told: Told): void {
  writeSync(toParent, `${JSON.stringify(told)}\n`);
}

if (isCommand(import.meta.url)) work(JSON.parse(process.argv[2] ?? '{}'));
