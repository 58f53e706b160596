// Over 300 lines: the cases of one subject, each of which stands by itself.
import type { Case } from '../case.js';
import { expectEqual, expectRefusal, expectTrue } from '../expecting.js';
import { engine, fullEngine, fullModel, model } from '../samples.js';

const oddText = 'a "quoted" \\ line\nof\ttext, \u2028 é, 漢字, \u{1F600}';
const wrongModels: readonly (readonly [string, Record<string, unknown>])[] = [
  ['no name', { name: undefined }],
  ['an empty source', { source: '' }],
  ['a state that there is not', { state: 'Sleeping' }],
  ['trust that there is not', { trust_state: 'blind' }],
  ['a time without a zone', { registered_at: '2026-01-02 03:04' }],
  ['a day that there is not', { registered_at: '2026-02-30T00:00:00.000Z' }],
  ['a negative size', { bytes: -1 }],
  ['a size beyond 2^53-1', { bytes: 2 ** 53 }],
  ['a digest without its algorithm', { digest: 'abc' }],
  ['a file outside the model', { files: [{ path: '../x', digest: `sha256:${'a'.repeat(64)}`, bytes: 1 }] }],
  ['labels that are no text', { labels: { a: 1 } }],
  ['a revision of its own', { revision: 7 }],
  ['a number that JSON has not', { later: Number.NaN }],
];
const wrongIds = [
  '',
  '.',
  '..',
  'a/../b',
  '/a',
  'a/',
  'a//b',
  'a\\b',
  'a\u0000b',
  'a\nb',
  'a\u200bb',
  'a\u202eb',
  'e\u0301',
  'x'.repeat(513),
];
const collidingIds: readonly (readonly [string, string])[] = [
  ['llama', 'LLaMA'],
  ['straße', 'STRASSE'],
  ['ﬁn', 'fin'],
];
const orderedIds = ['B', 'a', 'a-b', 'a/b', 'a0', 'b', 'é', '漢', '\uFFFD', '\u{1F600}'];

/** What a record is, and that it comes back as it went in. */
export const recordCases: readonly Case[] = [
  {
    id: 'core.missing',
    level: 'core',
    title: 'What is not there is undefined, and deleting it is false',
    requirements: ['CAT-REC-1008', 'CAT-IDX-1114'],
    run: async ({ open }) => {
      const { models, engines } = await open();
      for (const collection of [models, engines]) {
        expectEqual(await collection.get('nobody'), undefined, 'get of a missing id');
        expectEqual(await collection.delete('nobody'), false, 'delete of a missing id');
        expectEqual(await collection.list(), [], 'list of an empty collection');
      }
    },
  },
  {
    id: 'core.round-trip',
    level: 'core',
    title: 'A model comes back member for member',
    requirements: ['CAT-REC-1001', 'CAT-IDX-1102'],
    run: async ({ open }) => {
      const { models } = await open();
      const put = await models.put(fullModel);
      expectEqual(put.record, fullModel, 'what put gives');
      expectEqual(await models.get(fullModel.id), put, 'get');
      expectEqual(await models.list(), [put], 'list');
    },
  },
  {
    id: 'core.round-trip-engine',
    level: 'core',
    title: 'An engine comes back member for member',
    requirements: ['CAT-ENG-2401', 'CAT-IDX-1102'],
    run: async ({ open }) => {
      const { engines } = await open();
      const put = await engines.put(fullEngine);
      expectEqual(put.record, fullEngine, 'what put gives');
      expectEqual(await engines.get(fullEngine.id), put, 'get');
      expectEqual(await engines.list(), [put], 'list');
    },
  },
  {
    id: 'core.unknown-members',
    level: 'core',
    title: 'Members that nobody knows are kept, at every depth',
    requirements: ['CAT-REC-1002'],
    run: async ({ open }) => {
      const { models, engines } = await open();
      const later = { future: { list: [1, null, true, { deep: '' }], number: 0.5 }, 'odd name': 'x' };
      await models.put(model('a', { ...later, metadata: { format: 'gguf', newer: 1 } as never }));
      await engines.put(engine('e', later));
      const expected = model('a', { ...later, metadata: { format: 'gguf', newer: 1 } as never });
      expectEqual((await models.get('a'))?.record, expected, 'the model');
      expectEqual((await engines.get('e'))?.record, engine('e', later), 'the engine');
    },
  },
  {
    id: 'core.text',
    level: 'core',
    title: 'Text of all kinds comes back as it was',
    requirements: ['CAT-IDX-1102'],
    run: async ({ open }) => {
      const { models } = await open();
      const record = model('a', { name: oddText, labels: { [oddText]: oddText } });
      await models.put(record);
      expectEqual((await models.get('a'))?.record, record, 'the model');
    },
  },
  {
    id: 'core.large-numbers',
    level: 'core',
    title: 'Sizes up to 2^53-1 come back exactly',
    requirements: ['CAT-IDX-1117'],
    run: async ({ open }) => {
      const { models } = await open();
      for (const bytes of [0, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
        await models.put(model('a', { bytes }));
        expectEqual((await models.get('a'))?.record.bytes, bytes, 'the size');
      }
    },
  },
  {
    id: 'core.hostile-names',
    level: 'core',
    title: 'Ids that mean something to a language are ids like any other',
    requirements: ['CAT-IDX-1117', 'CAT-REC-1007'],
    run: async ({ open }) => {
      const { models } = await open();
      for (const id of ['constructor', 'toString', 'hasOwnProperty', 'null', '0', 'a%2fb', "'; --"]) {
        expectEqual(await models.get(id), undefined, `get of ${id}, which nobody put`);
        await models.put(model(id));
        expectEqual((await models.get(id))?.record, model(id), `the model ${id}`);
      }
      expectEqual((await models.list()).length, 7, 'how many there are');
    },
  },
  {
    id: 'core.nesting',
    level: 'core',
    title: 'Members are kept 64 levels deep, and refused beyond that; none of them is taken for a prototype',
    requirements: ['CAT-IDX-1117'],
    run: async ({ open }) => {
      const { models } = await open();
      const deep = model('deep', { later: nested(64) });
      await models.put(deep);
      expectEqual((await models.get('deep'))?.record, deep, 'a model 64 levels deep');
      await expectRefusal('InvalidRecord', 'a model 65 levels deep', () => models.put(model('deeper', { later: nested(65) })));
      const odd = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as Record<string, unknown>;
      await models.put(model('odd', { later: odd })).catch(() => {});
      expectTrue(!('polluted' in {}), 'what is put into a record is nobody else’s');
    },
  },
  {
    id: 'core.independent',
    level: 'core',
    title: 'What a caller does to a record afterwards changes nothing that is stored',
    requirements: ['CAT-IDX-1101', 'CAT-REC-1001'],
    run: async ({ open }) => {
      const { models } = await open();
      const given = model('a', { labels: { team: 'one' } });
      const put = await models.put(given);
      given.name = 'changed';
      if (given.labels) given.labels.team = 'two';
      for (const found of [put, await models.get('a'), (await models.list())[0]]) {
        tryChange(found?.record);
        expectEqual((await models.get('a'))?.record, model('a', { labels: { team: 'one' } }), 'the stored model');
      }
    },
  },
  {
    id: 'core.independent-read',
    level: 'core',
    title: 'What a caller does to a record that a store found when it was opened changes nothing that others are given',
    requirements: ['CAT-IDX-1101', 'CAT-REC-1001'],
    needs: ['durable'],
    run: async ({ open }) => {
      const store = await open();
      await store.models.put(model('a', { labels: { team: 'one' } }));
      await store.close();
      const { models } = await open();
      const finds = [async () => (await models.list())[0], () => models.get('a')];
      for (const find of finds) {
        tryChange((await find())?.record);
        for (const other of finds) expectEqual((await other())?.record, model('a', { labels: { team: 'one' } }), 'the stored model');
      }
    },
  },
  {
    id: 'core.invalid-record',
    level: 'core',
    title: 'A record that is none is refused, and nothing is written',
    requirements: ['CAT-REC-1001', 'CAT-IDX-1117'],
    run: async ({ open }) => {
      const { models } = await open();
      for (const [what, members] of wrongModels) {
        await expectRefusal('InvalidRecord', `a model with ${what}`, () => models.put({ ...model('a'), ...members } as never));
      }
      expectEqual(await models.list(), [], 'list');
    },
  },
  {
    id: 'core.invalid-engine',
    level: 'core',
    title: 'An engine that nobody could run is refused',
    requirements: ['CAT-ENG-2401'],
    run: async ({ open }) => {
      const { engines } = await open();
      const wrong = [{ artifacts: [] }, { engine: '' }, { version: undefined }, { created_ms: -1 }, { artifacts: 'x' }];
      for (const members of wrong) {
        await expectRefusal('InvalidRecord', `an engine with ${JSON.stringify(members)}`, () =>
          engines.put({ ...engine('e'), ...members } as never),
        );
      }
      await engines.put(engine('e', { artifacts: [], binary_path: '/opt/x' }));
      expectEqual((await engines.list()).length, 1, 'how many there are');
    },
  },
  {
    id: 'core.invalid-id',
    level: 'core',
    title: 'A name that could mislead is no id',
    requirements: ['CAT-REC-1007'],
    run: async ({ open }) => {
      const { models, engines } = await open();
      for (const id of wrongIds) {
        const what = JSON.stringify(id.slice(0, 40));
        await expectRefusal('InvalidId', `a model named ${what}`, () => models.put({ ...model('a'), id }));
        await expectRefusal('InvalidId', `an engine named ${what}`, () => engines.put({ ...engine('a'), id }));
      }
      await models.put(model('x'.repeat(512)));
      expectEqual((await models.list()).length, 1, 'how many there are');
    },
  },
  {
    id: 'core.colliding-ids',
    level: 'core',
    title: 'Of two ids that could be taken for each other the second is refused, and free once the first is gone',
    requirements: ['CAT-REC-1007'],
    run: async ({ open }) => {
      const { models, engines } = await open();
      for (const [first, second] of collidingIds) {
        await models.put(model(first));
        await engines.put(engine(first));
        await expectRefusal('AlreadyExists', `the model ${second} beside ${first}`, () => models.put(model(second)));
        await expectRefusal('AlreadyExists', `the engine ${second} beside ${first}`, () => engines.put(engine(second)));
        expectEqual((await models.get(first))?.record, model(first), `the model ${first}`);
        await models.delete(first);
        await models.put(model(second));
      }
    },
  },
  {
    id: 'core.order',
    level: 'core',
    title: 'Lists are in the order of the UTF-8 bytes of ids',
    requirements: ['CAT-REC-1008'],
    run: async ({ open }) => {
      const { models, engines } = await open();
      const shuffled = orderedIds.map((_, place) => orderedIds[(place * 7) % orderedIds.length] ?? '');
      for (const id of shuffled) {
        // `B` and `b` collide; engines hold the one, models the other.
        if (id !== 'B') await models.put(model(id));
        if (id !== 'b') await engines.put(engine(id));
      }
      const [modelIds, engineIds] = [await idsOf(models), await idsOf(engines)];
      expectEqual(
        modelIds,
        orderedIds.filter((id) => id !== 'B'),
        'the order of models',
      );
      expectEqual(
        engineIds,
        orderedIds.filter((id) => id !== 'b'),
        'the order of engines',
      );
    },
  },
  {
    id: 'core.separate',
    level: 'core',
    title: 'Models and engines know nothing of each other',
    requirements: ['CAT-IDX-1108'],
    run: async ({ open }) => {
      const { models, engines } = await open();
      await models.put(model('same'));
      expectEqual(await engines.get('same'), undefined, 'an engine named as a model');
      await engines.put(engine('same'));
      expectTrue(await models.delete('same'), 'a model that is there is deleted');
      expectEqual((await engines.get('same'))?.record, engine('same'), 'the engine named as a deleted model');
    },
  },
  {
    id: 'core.replace',
    level: 'core',
    title: 'A put replaces the whole record',
    requirements: ['CAT-IDX-1101'],
    run: async ({ open }) => {
      const { models } = await open();
      await models.put(fullModel);
      await models.put(model('full'));
      expectEqual((await models.get('full'))?.record, model('full'), 'the model');
    },
  },
];

async function idsOf(collection: { list(): Promise<{ readonly record: { readonly id: string } }[]> }): Promise<string[]> {
  return (await collection.list()).map(({ record }) => record.id);
}

function nested(levels: number): unknown {
  let value: unknown = 'end';
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

/** A frozen record cannot be changed, which is as good. */
function tryChange(record: { name?: string; labels?: Record<string, string> } | undefined): void {
  const changes = [
    () => {
      if (record?.labels) record.labels.team = 'three';
    },
    () => {
      if (record) record.name = 'changed';
    },
  ];
  for (const change of changes) {
    try {
      change();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
