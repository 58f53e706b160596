import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogIn, runProgram } from '../measure/artifacts.mjs';
import { hasProgram } from '../measure/context.mjs';
import { entry } from '../measure/values.mjs';
import { cannotTrace, traced } from '../measure/traced.mjs';

const requirement = 'CAT-PRF-6411';
const perModel = 1000;
const collector = fileURLToPath(new URL('../measure/collector.mjs', import.meta.url));

/** A catalog whose records name so many blobs of one number each: nothing of it can be collected. */
export async function catalogOfBlobs(folder, count) {
  const catalog = await catalogIn(folder);
  const [path] = [join(folder, 'first.bin')];
  fs.writeFileSync(path, 'the first, so that the folders are there');
  await catalog.add(path, { id: 'first', mode: 'copy' });
  for (let from = 0; from < count; from += perModel) {
    const files = Array.from({ length: Math.min(perModel, count - from) }, (_, place) => blob(folder, from + place));
    const id = `many-${from}`;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    await catalog.store.models.put({ ...entry(from), id, name: id, digest: files[0].digest, bytes, files, state: 'Retired' });
  }
  return catalog;
}

function blob(folder, number) {
  const text = `blob ${number}`;
  const hex = createHash('sha256').update(text).digest('hex');
  const place = join(folder, 'root', 'blobs', 'sha256', hex.slice(0, 2));
  fs.mkdirSync(place, { recursive: true, mode: 0o700 });
  fs.writeFileSync(join(place, hex), text, { mode: 0o444 });
  return { path: `part-${number}.bin`, digest: `sha256:${hex}`, bytes: text.length };
}

function listing(count) {
  return {
    id: `collecting/${count}`,
    title: `A collection over ${count} blobs`,
    how: 'What a collection would do (`dryRun`) where records name every blob, against `find -type f` over the same folders, in a process of its own.',
    cannot: () => (hasProgram('find') ? undefined : 'find is not there'),
    plan: { blocks: 30, passes: 2, operations: 1, warmUp: 1 },
    async open(context) {
      const folder = context.folder();
      const catalog = await catalogOfBlobs(folder, count);
      const blobs = join(folder, 'root', 'blobs');
      const sides = [
        {
          name: 'gc',
          async operate() {
            const { scanned, plan } = await catalog.gc({ dryRun: true });
            if (scanned < count || plan.length > 0) throw new Error(`${scanned} of ${count} blobs were looked at, ${plan.length} would go`);
          },
        },
        { name: 'find', operate: () => runProgram('find', [blobs, '-type', 'f']) },
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
        ...{ id: `collecting/${count}/find`, requirement, of: 'gc', against: 'find', target: { most: 1.6 } },
        says: `a collection over ${count} blobs that changes nothing, against find -type f`,
      },
    ],
  };
}

const stats = {
  id: 'collecting/stats',
  title: 'What is asked of blobs',
  how: 'How many of 1,000 blobs that records name a collection asks the system for more than their names, by strace.',
  cannot: cannotTrace,
  measure(context) {
    const calls = '?stat,?lstat,?newfstatat,?statx,?openat,write';
    const { text } = traced(context, (folder) => [collector, folder], calls);
    const [, collection = ''] = text.split('"acknowledged');
    const asked = collection.split('\n').filter((line) => /(stat|statx|openat)\w*\(.*blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}"/.test(line));
    return {
      figures: [
        {
          ...{ id: 'collecting/stats', requirement, unit: 'calls', values: [asked.length], target: { exactly: 0 } },
          says: 'calls that ask for more than the name of 1,000 blobs that the index has',
        },
      ],
    };
  },
};

export const experiments = [
  { ...listing(10_000), quick: { blocks: 3 } },
  { ...listing(100_000), leftOutOfQuick: 'a collection over 10,000 blobs is in it' },
  stats,
];
