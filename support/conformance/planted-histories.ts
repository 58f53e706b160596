import type { History, Operation } from '../../src/conformance/index.js';

const put = (value: string, at: number, revision: number, rest: Partial<Operation> = {}): Operation =>
  ({ type: 'put', client: 1, id: 'a', value, begun: at, ended: at + 1, revision, ...rest }) as Operation;
const get = (at: number, found: { value: string; revision: number } | undefined, client = 2): Operation => ({
  type: 'get',
  client,
  id: 'a',
  begun: at,
  ended: at + 1,
  found,
});
const change = (value: string | undefined, revision: number) => ({ id: 'a', value, revision });
const [one, two, three] = [
  { value: 'one', revision: 1 },
  { value: 'two', revision: 2 },
  { value: 'three', revision: 3 },
];
const writes = [put('one', 1, 1), put('two', 5, 2, { ifRevision: 1 }), put('three', 9, 3, { ifRevision: 2 })];
const end = [{ id: 'a', ...three }];
const all = [change('one', 1), change('two', 2), change('three', 3)];
const watchedAs = (changes: readonly ReturnType<typeof change>[]): History => ({
  operations: writes,
  watched: [{ after: 0, owed: 'every', changes }],
  end,
});

/** By the words of a scenario: one fault each. */
export const plantedHistories: Readonly<Record<string, History>> = {
  sound: {
    operations: [...writes, get(3, one), get(4, one), get(8, two), get(12, three)],
    watched: [
      { after: 0, owed: 'every', changes: all },
      { after: 0, owed: 'latest', changes: all.slice(2) },
    ],
    end,
  },
  'two puts on one revision': {
    operations: [put('one', 1, 1), put('two', 5, 2, { ifRevision: 1 }), put('three', 6, 3, { ifRevision: 1, client: 2 })],
    watched: [],
    end,
  },
  'an acknowledged put that is gone': { operations: writes, watched: [], end: [{ id: 'a', ...two }] },
  'a read of what was replaced': { operations: [...writes, get(7, one)], watched: [], end },
  'a read of nothing after a put': { operations: [...writes, get(3, undefined)], watched: [], end },
  'a read older than one before': {
    operations: [put('one', 1, 1), put('two', 5, 2, { ended: 20 }), get(7, two), get(9, one, 3)],
    watched: [],
    end: [{ id: 'a', ...two }],
  },
  'a value that nobody wrote': { operations: [...writes, get(12, { value: 'ghost', revision: 3 })], watched: [], end },
  'a watcher that skips': watchedAs([change('one', 1), change('three', 3)]),
  'a watcher that is told twice': watchedAs([...all, change('three', 3)]),
  'a watcher that goes back': watchedAs([change('two', 2), change('one', 1), change('three', 3)]),
  'a watcher that saw a ghost': watchedAs([...all, change('ghost', 4)]),
};
