import fs from 'node:fs';
import { join } from 'node:path';
import { replacing } from '../measure/stores/floor.mjs';
import { closing, putting } from '../measure/writing.mjs';

const requirement = 'CAT-PRF-6405';
const mosts = { 10: 1.3, 1000: 0.8, 10_000: 0.6 };

function amongst(records) {
  const isLarge = records >= 10_000;
  const whole = records <= 1000 ? ['conf', 'lowdb'] : [];
  const comparison = (against, says, target) => ({
    ...{ id: `fs-put/${records}/${against}`, requirement, of: 'FsCatalog', against, says: `a put in FsCatalog among ${records} records, against ${says}` },
    ...(target && { target }),
  });
  return {
    id: `fs-put/${records}`,
    title: `A put in FsCatalog among ${records} records`,
    how: 'Every put publishes a new generation of the whole index, with its checksum, and syncs it and its directories. The bare steps write as many bytes: temp, write, sync, link, rename, and two syncs of directories.',
    plan: { blocks: 30, passes: 2, operations: isLarge ? 2 : 8, warmUp: 1 },
    quick: { blocks: isLarge ? 6 : 10, operations: isLarge ? 1 : 5 },
    async open(context) {
      const opened = [await context.filled('FsCatalog', records)];
      for (const name of ['write-file-atomic', ...whole]) opened.push(await context.filled(name, records));
      const folder = context.folder();
      const bytes = fs.readFileSync(join(opened[0].folder, 'fs-root', 'catalog.json'));
      const names = ['FsCatalog', 'write-file-atomic', ...whole];
      const sides = [...names.map((name, place) => putting(name, opened[place], records)), bareSteps(folder, bytes)];
      return {
        sides,
        async close() {
          await closing(context, opened)();
          context.remove(folder);
        },
      };
    },
    comparisons: [
      comparison('write-file-atomic', 'write-file-atomic with the same records (no checksum, no sync of the directory)', { most: mosts[records] }),
      comparison('bare steps', 'the bare steps with the same bytes', { most: 1.5 }),
      ...whole.map((name) => comparison(name, `${name} with the same records`)),
    ],
  };
}

function bareSteps(folder, bytes) {
  const replace = replacing(folder);
  return {
    name: 'bare steps',
    operate({ from, count }) {
      for (let number = from; number < from + count; number++) {
        bytes.writeUInt32LE(number, 0);
        replace(bytes);
      }
    },
  };
}

export const experiments = Object.keys(mosts).map((records) => amongst(Number(records)));
