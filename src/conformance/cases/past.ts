import type { CatalogStore } from '../../stores/catalog-store.js';
import type { KeepsHistory } from '../../stores/history.js';
import type { Case, CaseContext } from '../case.js';
import { expectEqual, expectRefusal } from '../expecting.js';
import { engine, model } from '../samples.js';

const requirements = ['CAT-HIS-3602'];

/** Who has these without the claim refuses whoever asks; who has them not cannot be asked. */
const refuses = async ({ open }: CaseContext): Promise<void> => {
  const store = (await open()) as CatalogStore & Partial<KeepsHistory>;
  await store.models.put(model('a'));
  const operations: Readonly<Record<keyof KeepsHistory, (() => Promise<unknown>) | undefined>> = {
    history: store.history && (async () => store.history?.()[Symbol.asyncIterator]().next()),
    at: store.at && (async () => store.at?.(1)),
    diff: store.diff && (async () => store.diff?.(0)),
  };
  for (const [name, ask] of Object.entries(operations)) {
    if (ask !== undefined) await expectRefusal('Unsupported', `\`${name}\`, which is not claimed`, ask);
  }
};

/** What was there before, and how it came to be what it is. */
export const pastCases: readonly Case[] = [
  {
    id: 'history.told',
    level: 'history',
    title: 'Each change is told in its order, with its revision, its record and what it did',
    requirements,
    needs: ['history'],
    refuses,
    run: async ({ open }) => {
      const store = await keepsHistory(open);
      const revisions = [
        (await store.models.put(model('a'))).revision,
        (await store.engines.put(engine('e'))).revision,
        (await store.models.put(model('a', { name: 'other' }))).revision,
      ];
      await store.models.delete('a');
      const entries = await all(store.history());
      expectEqual(
        entries.map(({ collection, id, change }) => `${collection} ${id} ${change}`),
        ['models a added', 'engines e added', 'models a changed', 'models a removed'],
        'what was done',
      );
      expectEqual(
        entries.slice(0, 3).map(({ revision }) => revision),
        revisions,
        'their revisions',
      );
      expectEqual(
        entries[2]?.members.map(({ member, before, after }) => [member, before, after]),
        [['name', 'a', 'other']],
        'what the third changed',
      );
      const ofOne = await all(store.history({ id: 'e' }));
      expectEqual(
        ofOne.map(({ id }) => id),
        ['e'],
        'what was done to the engine alone',
      );
    },
  },
  {
    id: 'history.past',
    level: 'history',
    title: 'What was there at a revision is shown as it was, and stays so',
    requirements,
    needs: ['history'],
    refuses,
    run: async ({ open }) => {
      const store = await keepsHistory(open);
      const first = await store.models.put(model('a', { name: 'one' }));
      const second = await store.models.put(model('b'));
      await store.models.put(model('a', { name: 'two' }));
      await store.models.delete('b');
      expectEqual((await store.at(first.revision)).models, [first], 'the models after the first change');
      expectEqual((await store.at(second.revision)).models, [first, second], 'the models after the second change');
      expectEqual((await store.at(second.revision)).engines, [], 'the engines after the second change');
    },
  },
  {
    id: 'history.differences',
    level: 'history',
    title: 'From one revision to another what was added, changed and removed is told',
    requirements,
    needs: ['history'],
    refuses,
    run: async ({ open }) => {
      const store = await keepsHistory(open);
      await store.models.put(model('changed', { name: 'one' }));
      const { revision } = await store.models.put(model('gone'));
      await store.models.put(model('changed', { name: 'two' }));
      await store.models.delete('gone');
      const last = await store.models.put(model('new'));
      const expected = ['changed changed', 'gone removed', 'new added'];
      for (const after of [last.revision, undefined]) {
        const differences = await store.diff(revision, after);
        expectEqual(differences.map(({ id, change }) => `${id} ${change}`).sort(), expected, 'the differences');
      }
      expectEqual(await store.diff(last.revision, last.revision), [], 'the differences of a revision from itself');
    },
  },
];

async function keepsHistory(open: CaseContext['open']): Promise<CatalogStore & KeepsHistory> {
  const store = (await open()) as CatalogStore & Partial<KeepsHistory>;
  const missing = (['history', 'at', 'diff'] as const).filter((name) => typeof store[name] !== 'function');
  expectEqual(missing, [], 'what a store lacks that claims a history');
  return store as CatalogStore & KeepsHistory;
}

async function all<T>(told: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of told) found.push(each);
  return found;
}
