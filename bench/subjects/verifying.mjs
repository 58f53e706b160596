import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { verifyDigest } from '../../dist/index.js';
import { atOnce, catalogIn, makeFile, makeFiles, mebibyte, runProgram } from '../measure/artifacts.mjs';
import { hasProgram } from '../measure/context.mjs';
import { stores } from '../measure/stores/index.mjs';

const requirement = 'CAT-PRF-6410';
const length = 64 * 1024;

/** As many models of one file each, or one model of all the files; and two large ones. */
function all({ count, isOne }) {
  const what = isOne ? `one model of ${count} files of 64 KiB` : `${count} models of 64 KiB`;
  const key = `verifying/all/${isOne ? `1-model-of-${count}` : `${count}-models`}`;
  return {
    id: key,
    title: `verify --all of ${what}`,
    how: `A catalog of ${what} and of two models of 64 MiB, all in the page cache, verified with as many threads as there are cores, each outcome recorded; the programs read the same bytes in a process of their own, and record nothing.`,
    cannot: () => (hasProgram('openssl') && hasProgram('sha256sum') ? undefined : 'openssl or sha256sum is not there'),
    plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
    open: (context) => opened(context, { count, isOne }),
    comparisons: [
      { against: 'openssl', most: 0.7, word: 'openssl dgst -sha256' },
      { against: 'sha256sum', most: 0.3, word: 'sha256sum -c' },
      { against: 'cacache.verify', most: 1 / 25, word: 'cacache.verify' },
    ].map(({ against, most, word }) => ({
      ...{ id: `${key}/${against}`, requirement, of: 'verify all', against, target: { most } },
      says: `verify --all of ${what}, against ${word}`,
    })),
  };
}

async function opened(context, { count, isOne }) {
  const folder = context.folder();
  const small = makeFiles(join(folder, 'sources'), { count, length, number: 1 });
  const large = [1, 2].map((number) => join(folder, `large-${number}.bin`));
  for (const [number, path] of large.entries()) makeFile(path, 64 * mebibyte, number);
  const models = [...large, ...(isOne ? [join(folder, 'sources')] : small)];
  const paths = [...large, ...small];
  const catalog = await catalogIn(folder);
  const cache = stores.cacache.open(folder);
  await Promise.all(models.map((path, place) => catalog.add(path, { id: `model-${place}`, mode: 'copy' })));
  await atOnce(32, paths, (path) => cache.putBytes(path, fs.readFileSync(path)));
  const sums = join(folder, 'sums');
  fs.writeFileSync(sums, paths.map((path) => `${createHash('sha256').update(fs.readFileSync(path)).digest('hex')}  ${path}\n`).join(''));
  const verifyAll = async () => {
    const { passed } = await catalog.verifyAll();
    if (passed !== models.length) throw new Error(`${passed} of ${models.length} models passed`);
  };
  const sides = [
    { name: 'verify all', operate: verifyAll },
    { name: 'openssl', operate: () => runProgram('openssl', ['dgst', '-sha256', ...paths]) },
    { name: 'sha256sum', operate: () => runProgram('sha256sum', ['--quiet', '-c', sums]) },
    { name: 'cacache.verify', operate: () => cache.verify() },
  ];
  const close = async () => {
    await catalog.close();
    context.remove(folder);
  };
  return { sides, close };
}

const size = 128;
const one = {
  id: 'verifying/one',
  title: 'One worker',
  how: `The digest of a file of ${size} MiB in the page cache, against node:crypto on as many bytes in memory.`,
  plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
  quick: { blocks: 5 },
  open(context) {
    const folder = context.folder();
    const path = join(folder, 'model.bin');
    makeFile(path, size * mebibyte, 3);
    const bytes = fs.readFileSync(path);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const sides = [
      {
        name: 'verifyDigest',
        async operate() {
          const { kind } = await verifyDigest(path, `sha256:${digest}`);
          if (kind !== 'pass') throw new Error(`a file that is as it was: ${kind}`);
        },
      },
      { name: 'node:crypto', operate: () => void createHash('sha256').update(bytes).digest() },
    ];
    return { sides, close: () => context.remove(folder) };
  },
  comparisons: [
    {
      ...{ id: `verifying/one/${size}-MiB/node:crypto`, requirement, measure: 'rate', of: 'verifyDigest', against: 'node:crypto', target: { least: 0.9 } },
      says: 'throughput of one worker, against node:crypto on bytes in memory',
    },
  ],
};

export const experiments = [
  { ...all({ count: 100, isOne: false }), quick: { blocks: 2, warmUp: 0 } },
  { ...all({ count: 1000, isOne: false }), leftOutOfQuick: 'that of 100 models is in it' },
  { ...all({ count: 1000, isOne: true }), leftOutOfQuick: 'that of 100 models is in it' },
  one,
];
