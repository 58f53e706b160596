import fs from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { catalogIn, change, drained, makeFile, mebibyte } from '../measure/artifacts.mjs';
import { stores } from '../measure/stores/index.mjs';

const requirement = 'CAT-PRF-6408';

function ofSize(mebibytes) {
  return {
    id: `big-artifacts/${mebibytes}-MiB`,
    title: `An add of ${mebibytes} MiB`,
    how: 'A copy of a file with its SHA-256, verified, with its record, durable; cp with an fsync of the copy computes no digest; cacache streams with sha256 and syncs nothing. The first bytes of the file change before each.',
    floor: 'cp and fsync',
    plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
    async open(context) {
      const folder = context.folder();
      const source = join(folder, 'model.bin');
      makeFile(source, mebibytes * mebibyte, 1);
      const catalog = await catalogIn(folder);
      const cache = stores.cacache.open(folder);
      const copy = join(folder, 'copy.bin');
      const before = ({ from }) => {
        change(source, from);
        drained(folder);
      };
      const sides = [
        {
          ...{ name: 'add', before },
          operate: ({ from }) => catalog.add(source, { id: `model-${from}`, mode: 'copy' }),
          after: ({ from }) => catalog.evict(`model-${from}`, { force: true }),
        },
        { name: 'cp and fsync', before, operate: () => copyDurably(source, copy), after: () => fs.rmSync(copy) },
        {
          ...{ name: 'cacache', before },
          operate: ({ from }) => pipeline(fs.createReadStream(source, { highWaterMark: mebibyte }), cache.stream(`model-${from}`)),
          after: () => cache.remove(),
        },
      ];
      return {
        sides,
        async close() {
          await catalog.close();
          context.remove(folder);
        },
      };
    },
    comparisons: [
      {
        ...{ id: `big-artifacts/${mebibytes}-MiB/cp`, requirement, measure: 'rate', of: 'add', against: 'cp and fsync', target: { least: 0.65 } },
        says: `throughput of an add of ${mebibytes} MiB with its digest, against cp and fsync without one`,
      },
      {
        ...{ id: `big-artifacts/${mebibytes}-MiB/cacache`, requirement, measure: 'rate', of: 'add', against: 'cacache', target: { least: 1 } },
        says: `throughput of an add of ${mebibytes} MiB, against cacache, which syncs nothing`,
      },
    ],
  };
}

/** As cp does it: by copy_file_range in the kernel. */
function copyDurably(from, to) {
  fs.copyFileSync(from, to);
  const handle = fs.openSync(to, 'r+');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
}

export const experiments = [
  { ...ofSize(64), quick: { blocks: 3, warmUp: 1 } },
  { ...ofSize(512), leftOutOfQuick: 'the add of 64 MiB is in it' },
];
