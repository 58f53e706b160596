import { setTimeout as elapsed } from 'node:timers/promises';
import { inParallel } from '../../in-parallel.js';
import type { Case } from '../case.js';
import { expectEqual, expectTrue } from '../expecting.js';
import { model } from '../samples.js';
import { actorsOf, atOnce, stopsIn, whole } from './crashes.js';

const processes = 3;
const holds = 10;
/** A process that waits for the one that is held is not waited for: how far it comes must not matter. */
const aWhileMs = 200;

/** Several processes on one location. */
export const processCases: readonly Case[] = [
  {
    id: 'concurrency.all-there',
    level: 'concurrency',
    title: 'What several processes write at the same time is all there',
    requirements: ['CAT-LCK-1203'],
    needs: ['several processes'],
    run: async (context) => {
      const count = 6;
      const jobs = Array.from({ length: processes }, (_, place) => ({ type: 'write', prefix: `p${place}-`, count }) as const);
      await Promise.all(jobs.map((work) => actorsOf(context).run({ location: context.location, work })));
      const { models } = await context.open();
      const expected = jobs.flatMap(({ prefix }) => Array.from({ length: count }, (_, nth) => `${prefix}${nth}`));
      expectEqual(
        (await models.list()).map(({ record }) => record.id),
        expected.sort(),
        'the models',
      );
    },
  },
  {
    id: 'concurrency.counted',
    level: 'concurrency',
    title: 'Several processes that count in one record count every time',
    requirements: ['CAT-LCK-1203', 'CAT-IDX-1109'],
    needs: ['several processes'],
    run: async (context) => {
      const work = { type: 'count', id: 'counter', times: 6 } as const;
      const { location } = context;
      await Promise.all(Array.from({ length: processes }, () => actorsOf(context).run({ location, work })));
      const { models } = await context.open();
      expectEqual((await models.get('counter'))?.record.bytes, processes * work.times, 'the count');
    },
  },
  {
    id: 'concurrency.shown',
    level: 'concurrency',
    title: 'What one process was acknowledged is shown to another that asks next',
    requirements: ['CAT-IDX-1111'],
    needs: ['several processes'],
    run: async (context) => {
      const { models } = await context.open();
      expectEqual(await models.list(), [], 'what is there at first');
      const { done } = await actorsOf(context).run({ location: context.location, work: { type: 'write', prefix: 'p', count: 3 } });
      expectEqual(
        (await models.list()).map(({ record }) => record.id),
        done,
        'what a handle shows that was open before',
      );
      const revision = (await models.get('p2'))?.revision ?? 0;
      expectTrue((await models.put(model('mine'))).revision > revision, 'the revision of a put after that of another process is above it');
    },
  },
  {
    id: 'concurrency.held',
    level: 'concurrency',
    title: 'A process that is held at any step while another writes overwrites nothing',
    requirements: ['CAT-LCK-1205', 'CAT-LCK-1203'],
    needs: ['several processes'],
    run: async (context) => {
      const work = { type: 'count', id: 'counter', times: 2 } as const;
      await inParallel(stopsIn(await whole(context, work), holds), atOnce, async (before) => {
        const location = `${context.location}-${before}`;
        const held = actorsOf(context).start({ location, work, stop: { before, act: 'hold' } });
        await held.hears((line) => line.told === 'at' || line.told === 'end');
        const other = actorsOf(context).start({ location, work });
        await other.hears((line) => line.told === 'begun' || line.told === 'failed');
        await Promise.race([other.ended, elapsed(aWhileMs)]);
        held.letGo();
        await Promise.all([held.ended, other.ended]);
        const { models } = await context.open({ location });
        expectEqual((await models.get('counter'))?.record.bytes, 2 * work.times, `the count after one was held at step ${before}`);
      });
    },
  },
];
