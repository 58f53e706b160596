import type { Case } from '../case.js';
import { expectEqual, expectRefusal, expectTrue } from '../expecting.js';
import { engine, model } from '../samples.js';

/** Revisions, what may be expected of them, and who wins. */
export const revisionCases: readonly Case[] = [
  {
    id: 'core.revisions-grow',
    level: 'core',
    title: 'Each change has a revision above all before it, and what is not changed keeps its own',
    requirements: ['CAT-IDX-1101', 'CAT-IDX-1102'],
    run: async ({ open }) => {
      const { models } = await open();
      const first = await models.put(model('a'));
      const second = await models.put(model('b'));
      await models.delete('a');
      const third = await models.put(model('c'));
      const again = await models.put(model('c'));
      const all = [first, second, third, again].map(({ revision }) => revision);
      expectTrue(
        all.every((revision, place) => revision > (all[place - 1] ?? 0)),
        `revisions grow from 1 on: ${all.join(', ')}`,
      );
      expectEqual((await models.get('b'))?.revision, second.revision, 'the revision of what was not changed');
      expectEqual(
        (await models.list()).map(({ revision }) => revision),
        [second.revision, again.revision],
        'the revisions in a list',
      );
    },
  },
  {
    id: 'core.revisions-gapless',
    level: 'core',
    title: 'Changes one after the other have revisions one after the other',
    requirements: ['CAT-IDX-1101', 'CAT-CNF-5202'],
    needs: ['gapless'],
    run: async ({ open }) => {
      const { models } = await open();
      const { revision } = await models.put(model('a'));
      await models.delete('a');
      expectEqual((await models.put(model('b'))).revision, revision + 2, 'the revision after a put and a delete');
    },
  },
  {
    id: 'core.expected-revision',
    level: 'core',
    title: 'A put that expects the stored revision is done, any other is a RevisionConflict and writes nothing',
    requirements: ['CAT-IDX-1109'],
    run: async ({ open }) => {
      const { models } = await open();
      const first = await models.put(model('a', { name: 'one' }));
      const second = await models.put(model('a', { name: 'two' }), { ifRevision: first.revision });
      const details = await expectRefusal('RevisionConflict', 'a put that expects an earlier revision', () =>
        models.put(model('a', { name: 'three' }), { ifRevision: first.revision }),
      );
      expectEqual(details, { expected: first.revision, actual: second.revision }, 'the details of the conflict');
      await expectRefusal('RevisionConflict', 'a put that expects a later revision', () =>
        models.put(model('a', { name: 'three' }), { ifRevision: second.revision + 1 }),
      );
      expectEqual(await models.get('a'), second, 'the model after refusals');
    },
  },
  {
    id: 'core.expected-absent',
    level: 'core',
    title: 'A put that expects nothing there is done once',
    requirements: ['CAT-IDX-1109'],
    run: async ({ open }) => {
      const { engines } = await open();
      const put = await engines.put(engine('e'), { ifRevision: 'absent' });
      const details = await expectRefusal('RevisionConflict', 'a put that expects nothing there', () =>
        engines.put(engine('e', { version: '2' }), { ifRevision: 'absent' }),
      );
      expectEqual(details, { expected: 'absent', actual: put.revision }, 'the details of the conflict');
      await engines.delete('e');
      await engines.put(engine('e'), { ifRevision: 'absent' });
    },
  },
  {
    id: 'core.expected-missing',
    level: 'core',
    title: 'A change that expects a revision of what is not there is a RevisionConflict',
    requirements: ['CAT-IDX-1109'],
    run: async ({ open }) => {
      const { models } = await open();
      const details = await expectRefusal('RevisionConflict', 'a put of a missing one', () => models.put(model('a'), { ifRevision: 1 }));
      expectEqual(details, { expected: 1, actual: 'absent' }, 'the details of the conflict');
      await expectRefusal('RevisionConflict', 'a delete of a missing one', () => models.delete('a', { ifRevision: 1 }));
      expectEqual(await models.list(), [], 'list');
    },
  },
  {
    id: 'core.expected-delete',
    level: 'core',
    title: 'A delete that expects another revision deletes nothing',
    requirements: ['CAT-IDX-1109', 'CAT-IDX-1114'],
    run: async ({ open }) => {
      const { models } = await open();
      const { revision } = await models.put(model('a'));
      const second = await models.put(model('a'));
      await expectRefusal('RevisionConflict', 'a delete that expects an earlier revision', () =>
        models.delete('a', { ifRevision: revision }),
      );
      expectEqual(await models.get('a'), second, 'the model after a refusal');
      expectEqual(await models.delete('a', { ifRevision: second.revision }), true, 'a delete that expects the stored revision');
      expectEqual(await models.get('a'), undefined, 'the model after its deletion');
      expectEqual(await models.delete('a'), false, 'a second delete');
    },
  },
  {
    id: 'core.expected-nonsense',
    level: 'core',
    title: 'What is no revision cannot be expected',
    requirements: ['CAT-IDX-1109'],
    run: async ({ open }) => {
      const { models } = await open();
      for (const ifRevision of [-1, 0.5, Number.NaN, 'present', null]) {
        await expectRefusal('InvalidArgument', `ifRevision ${String(ifRevision)}`, () =>
          models.put(model('a'), { ifRevision: ifRevision as never }),
        );
      }
      expectEqual(await models.list(), [], 'list');
    },
  },
  {
    id: 'core.together',
    level: 'core',
    title: 'Of changes that are asked for together each is done, and a refused one does not fail its neighbours',
    requirements: ['CAT-IDX-1110'],
    run: async ({ open }) => {
      const { models } = await open();
      const asked = Array.from({ length: 24 }, (_, place) =>
        models.put(model(`m${place}`), place % 8 === 3 ? { ifRevision: 99_999 } : undefined),
      );
      const ended = await Promise.allSettled(asked);
      const refused = ended.flatMap(({ status }, place) => (status === 'rejected' ? [place] : []));
      expectEqual(refused, [3, 11, 19], 'which of them were refused');
      expectEqual((await models.list()).length, 21, 'how many there are');
    },
  },
  {
    id: 'core.one-wins',
    level: 'core',
    title: 'Of those who expect the same revision at the same time one wins',
    requirements: ['CAT-IDX-1109', 'CAT-LCK-1203'],
    run: async ({ open }) => {
      const { models } = await open();
      let stored = await models.put(model('a', { name: 'none' }));
      for (let round = 0; round < 4; round++) {
        const { revision } = stored;
        const asked = ['x', 'y', 'z'].map((name) => models.put(model('a', { name: `${name}${round}` }), { ifRevision: revision }));
        const won = (await Promise.allSettled(asked)).flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
        expectEqual(won.length, 1, 'how many won');
        stored = won[0] ?? stored;
        expectEqual(await models.get('a'), stored, 'what is there');
      }
    },
  },
];
