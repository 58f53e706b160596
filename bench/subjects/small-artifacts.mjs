import fs from 'node:fs';
import { join } from 'node:path';
import { atOnce, catalogIn, drained, makeFiles } from '../measure/artifacts.mjs';
import { stores } from '../measure/stores/index.mjs';

const requirement = 'CAT-PRF-6409';
const [length, callers] = [64 * 1024, 32];

/** Files that are new for each pass, in a folder of their own. */
function sources(folder, count) {
  const place = join(folder, 'sources');
  return {
    place,
    make({ from }) {
      fs.rmSync(place, { recursive: true, force: true });
      const made = makeFiles(place, { count, length, number: from });
      drained(folder);
      return made;
    },
  };
}

function side(name, context, { before = () => {}, operate }) {
  let found = {};
  return {
    name,
    async before(numbers) {
      const folder = context.folder();
      found = { folder, ...(await before(folder, numbers)) };
    },
    operate: (numbers) => operate(found, numbers),
    async after() {
      await found.catalog?.close();
      context.remove(found.folder);
    },
  };
}

const adding = (count) => ({
  id: `small-artifacts/${count}`,
  title: `${count} files of 64 KiB`,
  how: `New files, with their digests and records, all durable: as one model of ${count} files, and as ${count} models of which ${callers} are added at once; cacache puts as many at once and syncs nothing. Content that is known is added again under other ids.`,
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
  open(context) {
    const folder = context.folder();
    const files = sources(folder, count);
    const one = (store) => async (place, numbers) => ({ paths: files.make(numbers), catalog: await catalogIn(place, store) });
    const many = ({ catalog, paths }, prefix) => atOnce(callers, paths.entries(), ([place, path]) => catalog.add(path, { id: `${prefix}-${place}`, mode: 'copy' }));
    const sides = [
      side('one model', context, { before: one('fs'), operate: ({ catalog }) => catalog.add(files.place, { id: 'all', mode: 'copy' }) }),
      side('many models', context, { before: one('fs'), operate: (found) => many(found, 'model') }),
      side('many models, JournalCatalog', context, { before: one('journal'), operate: (found) => many(found, 'model') }),
      side('known', context, {
        async before(place, numbers) {
          const found = await one('fs')(place, numbers);
          await found.catalog.add(files.place, { id: 'before', mode: 'copy' });
          return found;
        },
        operate: ({ catalog }) => catalog.add(files.place, { id: 'again', mode: 'copy' }),
      }),
      side('cacache', context, {
        before: (place, numbers) => ({ paths: files.make(numbers), cache: stores.cacache.open(place) }),
        operate: ({ paths, cache }) => atOnce(callers, paths, (path) => cache.putBytes(path, fs.readFileSync(path))),
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
  { ...adding(100), quick: { blocks: 2 } },
  { ...adding(1000), leftOutOfQuick: 'that of 100 files is in it' },
];
