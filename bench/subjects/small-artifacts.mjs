import fs from 'node:fs';
import { join } from 'node:path';
import { atOnce, catalogIn, drained, makeFiles } from '../measure/artifacts.mjs';
import { stores } from '../measure/stores/index.mjs';

const requirement = 'CAT-PRF-6409';
const [length, callers] = [64 * 1024, 32];

function side(name, context, { before = () => {}, operate }) {
  let found = {};
  return {
    name,
    async before() {
      const folder = context.folder();
      found = { folder, ...(await before(folder)) };
    },
    operate: () => operate(found),
    async after() {
      await found.catalog?.close();
      context.remove(found.folder);
    },
  };
}

const adding = (count) => ({
  id: `small-artifacts/${count}`,
  title: `${count} files of 64 KiB`,
  how: `New files in a store that is new each time, with their digests and records, all durable: as one model of ${count} files, and as ${count} models of which ${callers} are added at once; cacache puts as many at once and syncs nothing. Content that is known is added again under other ids.`,
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
  open(context) {
    // The same files for all: each store is a new one every time, which has none of them.
    const folder = context.folder();
    const sources = join(folder, 'sources');
    const paths = makeFiles(sources, { count, length, number: 1 });
    drained(folder);
    const one = (store) => async (place) => ({ catalog: await catalogIn(place, store) });
    const many = ({ catalog }, prefix) => atOnce(callers, paths.entries(), ([place, path]) => catalog.add(path, { id: `${prefix}-${place}`, mode: 'copy' }));
    const sides = [
      side('one model', context, { before: one('fs'), operate: ({ catalog }) => catalog.add(sources, { id: 'all', mode: 'copy' }) }),
      side('many models', context, { before: one('fs'), operate: (found) => many(found, 'model') }),
      side('many models, JournalCatalog', context, { before: one('journal'), operate: (found) => many(found, 'model') }),
      side('known', context, {
        async before(place) {
          const found = await one('fs')(place);
          await found.catalog.add(sources, { id: 'before', mode: 'copy' });
          return found;
        },
        operate: ({ catalog }) => catalog.add(sources, { id: 'again', mode: 'copy' }),
      }),
      side('cacache', context, {
        before: (place) => ({ cache: stores.cacache.open(place) }),
        operate: ({ cache }) => atOnce(callers, paths, (path) => cache.putBytes(path, fs.readFileSync(path))),
      }),
    ];
    return { sides, close: () => context.remove(folder) };
  },
  comparisons: [
    { id: `small-artifacts/${count}/one-model/cacache`, of: 'one model', says: `an add of one model of ${count} files, durable, against cacache with 32 at once, which is not`, target: { most: 0.95 } },
    { id: `small-artifacts/${count}/models/cacache`, of: 'many models', says: `adds of ${count} models, 32 at once, durable, against cacache with 32 at once`, target: { most: 0.95 } },
    { id: `small-artifacts/${count}/models/JournalCatalog/cacache`, of: 'many models, JournalCatalog', says: `adds of ${count} models to JournalCatalog, against cacache with 32 at once`, target: { most: 0.95 } },
    { id: `small-artifacts/${count}/known/new`, of: 'known', against: 'one model', says: `an add of ${count} files that are known, against one of files that are new`, target: { most: 0.35 } },
  ].map((comparison) => ({ requirement, against: 'cacache', ...comparison })),
});

export const experiments = [
  { ...adding(100), quick: { blocks: 2, warmUp: 0 } },
  { ...adding(1000), leftOutOfQuick: 'that of 100 files is in it' },
];
