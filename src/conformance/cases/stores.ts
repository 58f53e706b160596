import { compareUtf8 } from '../../core/ids.js';
import type { ModelEntry } from '../../core/records.js';
import { openCatalog } from '../../open-catalog.js';
import type { Case } from '../case.js';
import { drawing, oneOf } from '../drawing.js';
import { expectEqual, expectRefusal, expectTrue } from '../expecting.js';
import { levels } from '../module.js';
import { engine, fullEngine, fullModel, model } from '../samples.js';

/** A store as a whole: what it claims, its handles, and the catalog that is built on it. */
export const storeCases: readonly Case[] = [
  {
    id: 'core.claims',
    level: 'core',
    title: 'A store claims what its module claims, and nothing that cannot be shown',
    requirements: ['CAT-CNF-5202'],
    run: async ({ module, open }) => {
      const store = await open();
      const { claims } = module;
      expectTrue(typeof store.name === 'string' && store.name !== '', 'a store has a name');
      expectTrue(['full', 'weak', 'none'].includes(claims.durable), `durable is full, weak or none, not ${String(claims.durable)}`);
      expectTrue(['every', 'latest', 'none'].includes(claims.watch), `watch is every, latest or none, not ${String(claims.watch)}`);
      expectTrue(
        claims.levels.every((level) => levels.includes(level)),
        `levels are ${levels.join(', ')}`,
      );
      // Where it is now a store may promise less than it does elsewhere.
      for (const member of ['watch', 'history', 'gapless', 'maxEntryBytes', 'levels'] as const) {
        expectEqual(store.claims[member], claims[member], `what the store and its module claim as ${member}`);
      }
      const needActor = claims.levels.filter((level) => level === 'crash' || level === 'concurrency');
      expectTrue(needActor.length === 0 || module.actor !== undefined, `${needActor.join(' and ')} cannot be claimed without an actor`);
    },
  },
  {
    id: 'core.own-writes',
    level: 'core',
    title: 'What was acknowledged is shown to whoever asks next',
    requirements: ['CAT-IDX-1111'],
    run: async ({ open }) => {
      const { models } = await open();
      for (let place = 0; place < 10; place++) {
        const put = await models.put(model(`m${place}`));
        expectEqual(await models.get(`m${place}`), put, 'get after a put');
        expectEqual((await models.list()).length, place + 1, 'list after a put');
      }
    },
  },
  {
    id: 'core.lists-stay',
    level: 'core',
    title: 'A list that was given stays as it is',
    requirements: ['CAT-IDX-1111'],
    run: async ({ open }) => {
      const { models } = await open();
      const put = await models.put(model('a'));
      const before = await models.list();
      await models.put(model('b'));
      await models.delete('a');
      expectEqual(before, [put], 'the earlier list');
    },
  },
  {
    id: 'core.random',
    level: 'core',
    title: 'Whatever is done in whatever order, what is there is what was asked for',
    requirements: ['CAT-IDX-1101', 'CAT-IDX-1109', 'CAT-IDX-1114'],
    run: async ({ open }) => {
      const { models } = await open();
      const draw = drawing(5201);
      const expected = new Map<string, { readonly record: ModelEntry; readonly revision: number }>();
      for (let step = 0; step < 150; step++) {
        const id = oneOf(['a', 'b', 'c/d', 'é'], draw);
        const stored = expected.get(id);
        const record = model(id, { name: `step ${step}`, bytes: step });
        switch (draw(5)) {
          case 0:
            expectEqual(await models.delete(id), stored !== undefined, `step ${step}: delete ${id}`);
            expected.delete(id);
            break;
          case 1:
            expectEqual(await models.get(id), stored, `step ${step}: get ${id}`);
            break;
          case 2: {
            const wrong = (stored?.revision ?? 0) + 1;
            await expectRefusal('RevisionConflict', `step ${step}: put ${id} at ${wrong}`, () => models.put(record, { ifRevision: wrong }));
            break;
          }
          case 3:
            expected.set(id, await models.put(record, { ifRevision: stored?.revision ?? 'absent' }));
            break;
          default:
            expected.set(id, await models.put(record));
        }
        const all = [...expected.values()].sort((a, b) => compareUtf8(a.record.id, b.record.id));
        if (step % 10 === 9) expectEqual(await models.list(), all, `step ${step}: list`);
      }
    },
  },
  {
    id: 'core.closed',
    level: 'core',
    title: 'A closed handle refuses with Closed, and can be closed again',
    requirements: ['CAT-IDX-1101'],
    run: async ({ open }) => {
      const store = await open();
      await store.models.put(model('a'));
      await store.close();
      await expectRefusal('Closed', 'get', () => store.models.get('a'));
      await expectRefusal('Closed', 'list', () => store.engines.list());
      await expectRefusal('Closed', 'put', () => store.models.put(model('b')));
      await expectRefusal('Closed', 'delete', () => store.models.delete('a'));
      await store.close();
    },
  },
  {
    id: 'core.reopen',
    level: 'core',
    title: 'What was acknowledged is there when the store is opened again, with the same revisions',
    requirements: ['CAT-IDX-1102'],
    needs: ['durable'],
    run: async ({ open }) => {
      const store = await open();
      await store.models.put(fullModel);
      await store.models.put(model('gone'));
      await store.models.delete('gone');
      await store.engines.put(fullEngine);
      const [models, engines] = [await store.models.list(), await store.engines.list()];
      await store.close();
      const again = await open();
      expectEqual(await again.models.list(), models, 'the models');
      expectEqual(await again.engines.list(), engines, 'the engines');
      const { revision } = await again.models.put(model('next'));
      expectTrue(revision > (models[0]?.revision ?? 0) + 2, `revisions go on where they were: ${revision}`);
    },
  },
  {
    id: 'core.max-entry',
    level: 'core',
    title: 'A record above the size that is claimed is refused with EntryTooLarge',
    requirements: ['CAT-CNF-5202'],
    needs: ['max entry'],
    run: async ({ open, module }) => {
      const { models } = await open();
      const name = 'x'.repeat(module.claims.maxEntryBytes ?? 0);
      await expectRefusal('EntryTooLarge', 'a record that is too large', () => models.put(model('a', { name })));
      expectEqual(await models.list(), [], 'list');
    },
  },
  {
    id: 'core.catalog',
    level: 'core',
    title: 'A catalog on this store behaves as on any other',
    requirements: ['CAT-IDX-1101', 'CAT-REC-1003', 'CAT-REC-1005', 'CAT-REC-1006'],
    run: async ({ open, location }) => {
      const store = await open();
      const catalog = await openCatalog({ root: `${location}-artifacts`, store, allowUnsafeRoot: true });
      const asked = { id: 'm', source: 'file:///m.gguf' };
      const registered = await catalog.register(asked);
      expectEqual(registered.state, 'Pending', 'the state of a registered model');
      expectEqual(await catalog.register(asked), registered, 'what registering again gives');
      await expectRefusal('AlreadyExists', 'registering another source', () => catalog.register({ ...asked, source: 'file:///n.gguf' }));
      await expectRefusal('NotVerified', 'making an unverified model Active', () => catalog.setState('m', 'Active'));
      await catalog.setState('m', 'Retired');
      await expectRefusal('InvalidTransition', 'making a retired model Failed', () => catalog.setState('m', 'Failed'));
      expectEqual(
        (await catalog.listByState('Retired')).map(({ id }) => id),
        ['m'],
        'the retired models',
      );
      expectEqual((await store.models.get('m'))?.record.state, 'Retired', 'the state in the store');
      await catalog.engines.put(engine('e'));
      expectEqual(
        (await catalog.engines.find({ engine: 'llama.cpp' })).map(({ id }) => id),
        ['e'],
        'the engines that are found',
      );
    },
  },
];
