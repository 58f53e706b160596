import type { Case, CaseContext } from '../case.js';
import { drawing, oneOf } from '../drawing.js';
import { expectEqual, expectRefusal, expectTrue } from '../expecting.js';
import { model } from '../samples.js';
import { folded, Watcher } from '../watcher.js';

const refuses = async ({ open }: CaseContext): Promise<void> => {
  const { models } = await open();
  await expectRefusal('Unsupported', 'a watch that is not claimed', async () => {
    await models.watch()[Symbol.asyncIterator]().next();
  });
};

const ofWatching = { requirements: ['CAT-IDX-1119'], needs: ['watch'], refuses } as const;

/** What those who watch are told. */
export const watchCases: readonly Case[] = [
  {
    id: 'core.watch-from-call',
    level: 'core',
    title: 'A watch tells what comes after the call, however late the first change is asked for',
    ...ofWatching,
    run: async ({ open, patienceMs }) => {
      const { models } = await open();
      await models.put(model('before'));
      const watcher = new Watcher(models, patienceMs);
      // A store may need to look once where the watch begins.
      await models.list();
      await models.put(model('after'));
      await models.put(model('later'));
      expectEqual(idsOf(await watcher.untilTold('later')), ['after', 'later'], 'who was told of');
      await watcher.stop();
    },
  },
  {
    id: 'core.watch-all',
    level: 'core',
    title: 'After 0 a watch tells all there is, and then what comes',
    ...ofWatching,
    run: async ({ open, patienceMs }) => {
      const { models } = await open();
      await models.put(model('a'));
      await models.put(model('b'));
      const watcher = new Watcher(models, patienceMs, 0);
      await watcher.untilTold('b');
      await models.put(model('c'));
      const told = await watcher.untilTold('c');
      expectEqual(idsOf(told), ['a', 'b', 'c'], 'who was told of');
      expectEqual(told[2]?.record, model('c'), 'the record that was told');
      await watcher.stop();
    },
  },
  {
    id: 'core.watch-resumed',
    level: 'core',
    title: 'Who begins again after what was seen misses nothing and is told nothing twice',
    ...{ ...ofWatching, requirements: [...ofWatching.requirements, 'CAT-IDX-1107'] },
    run: async ({ open, patienceMs }) => {
      const { models } = await open();
      const first = await models.put(model('a'));
      await models.put(model('b'));
      const { revision } = await models.put(model('a', { name: 'again' }));
      const watcher = new Watcher(models, patienceMs, first.revision);
      expectEqual(idsOf(await watcher.until(revision)), ['b', 'a'], 'who was told of');
      await watcher.stop();
      const resumed = new Watcher(models, patienceMs, revision);
      await models.list();
      await models.put(model('c'));
      expectEqual(idsOf(await resumed.untilTold('c')), ['c'], 'who was told of after that');
      await resumed.stop();
    },
  },
  {
    id: 'core.watch-deletions',
    level: 'core',
    title: 'A deletion is told as a change without a record',
    ...ofWatching,
    run: async ({ open, patienceMs }) => {
      const { models } = await open();
      const { revision } = await models.put(model('a'));
      const watcher = new Watcher(models, patienceMs, revision);
      await models.list();
      await models.delete('a');
      const change = await watcher.next();
      expectEqual([change.id, change.record, change.last], ['a', undefined, true], 'the change');
      expectTrue(change.revision > revision, 'a deletion has a revision of its own');
      await watcher.stop();
    },
  },
  {
    id: 'core.watch-every',
    level: 'core',
    title: 'Every change is told once, those that were replaced since too',
    ...{ ...ofWatching, needs: ['watch every'] },
    run: async ({ open, patienceMs }) => {
      const { models } = await open();
      const revisions: number[] = [];
      for (const name of ['one', 'two', 'three']) revisions.push((await models.put(model('a', { name }))).revision);
      const watcher = new Watcher(models, patienceMs, 0);
      const told = await watcher.until(revisions[2] ?? 0);
      expectEqual(
        told.map(({ record }) => record?.name),
        ['one', 'two', 'three'],
        'the names that were told',
      );
      expectEqual(
        told.map(({ revision }) => revision),
        revisions,
        'their revisions',
      );
      await watcher.stop();
    },
  },
  {
    id: 'core.watch-folded',
    level: 'core',
    title: 'What was told, folded, is what is there',
    ...ofWatching,
    run: async ({ open, patienceMs }) => {
      const { models } = await open();
      const draw = drawing(1119);
      const watcher = new Watcher(models, patienceMs, 0);
      for (let step = 0; step < 60; step++) {
        const id = oneOf(['a', 'b', 'c'], draw);
        if (draw(3) === 0) await models.delete(id);
        else await models.put(model(id, { name: `step ${step}` }));
        if (draw(4) === 0) await models.put(model('mark', { name: `mark ${step}` })).then(({ revision }) => watcher.until(revision));
      }
      const end = await models.put(model('end'));
      const told = await watcher.until(end.revision);
      expectEqual(
        [...folded(told)].sort(byId),
        (await models.list()).map(({ record }) => [record.id, record]).sort(byId as never),
        'the records',
      );
      const revisions = told.map(({ revision }) => revision);
      expectTrue(
        revisions.every((revision, place) => revision >= (revisions[place - 1] ?? 0)),
        `revisions do not go back: ${revisions.join(', ')}`,
      );
      await watcher.stop();
    },
  },
  {
    id: 'core.watch-ahead',
    level: 'core',
    title: 'Who saw more than there is is refused with HistoryRewound, who saw nothing that could be with InvalidArgument',
    ...ofWatching,
    run: async ({ open, patienceMs }) => {
      const { models } = await open();
      const { revision } = await models.put(model('a'));
      await expectRefusal('HistoryRewound', 'watching after a later revision', async () =>
        new Watcher(models, patienceMs, revision + 5).next(),
      );
      for (const after of [-1, 1.5, Number.NaN]) {
        await expectRefusal('InvalidArgument', `watching after ${after}`, async () => new Watcher(models, patienceMs, after).next());
      }
    },
  },
  {
    id: 'core.watch-ends',
    level: 'core',
    title: 'A watch ends when it is aborted, and when its store is closed',
    ...ofWatching,
    run: async ({ open, patienceMs }) => {
      const store = await open();
      await store.models.put(model('a'));
      const aborted = new Watcher(store.models, patienceMs);
      const waiting = aborted.waiting();
      await store.models.list();
      await aborted.stop();
      expectEqual(await waiting, { done: true }, 'what somebody gets who waited');
      const closed = new Watcher(store.models, patienceMs);
      await store.models.list();
      const ended = closed.ended();
      // It fails by itself too where the store does not close.
      ended.catch(() => {});
      await store.close();
      await ended;
    },
  },
];

const idsOf = (changes: readonly { readonly id: string }[]): string[] => changes.map(({ id }) => id);
const byId = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : Number(a > b));
