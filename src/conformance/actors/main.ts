import { RealDisk } from '../../disk/real-disk.js';
import { awaitLetter, tellPipe } from '../../disk/real-pipe.js';
import type { CatalogStore } from '../../stores/catalog-store.js';
import { wordsOf } from '../expecting.js';
import { loadModule } from '../load.js';
import { openedStore } from '../opened-store.js';
import { model } from '../samples.js';
import { type Job, type Told, telling, told } from './job.js';
import { Stops } from './stops.js';

/**
 * A process of its own that works on a store, and dies or waits where it is told. Every line is written before the next thing
 * happens, so that whoever listens knows of all that was promised before a kill.
 */
async function play(actor: string, job: Job): Promise<void> {
  const module = await loadModule(actor);
  const stops = new Stops((moment, what) => {
    if (moment !== job.stop?.before) return;
    tell({ told: 'at', step: moment, what });
    if (job.stop.act === 'die' || awaitLetter(told) === undefined) killSelf();
  });
  const disk = stops.over(new RealDisk());
  const { signal } = new AbortController();
  tell({ told: 'begun' });
  const store = await openedStore(module, { location: job.location, disk, signal, at: (point) => stops.at(point) });
  await work(store, job);
  await store.close();
  tell({ told: 'end', steps: stops.count, used: stops.used, points: [...stops.points] });
}

async function work({ models }: CatalogStore, job: Job): Promise<void> {
  switch (job.work.type) {
    case 'write':
      for (let nth = 0; nth < job.work.count; nth++) {
        const id = `${job.work.prefix}${nth}`;
        tell({ told: 'asked', id });
        const { revision } = await models.put(model(id));
        tell({ told: 'done', id, revision });
      }
      return;
    case 'count':
      for (let nth = 0; nth < job.work.times; nth++) await countOne(models, job.work.id);
      return;
  }
}

async function countOne(models: CatalogStore['models'], id: string): Promise<void> {
  for (;;) {
    const found = await models.get(id);
    const bytes = (found?.record.bytes ?? 0) + 1;
    tell({ told: 'asked', id });
    try {
      const { revision } = await models.put(model(id, { bytes }), { ifRevision: found?.revision ?? 'absent' });
      return tell({ told: 'done', id, revision });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'RevisionConflict') throw error;
    }
  }
}

/** Nothing is tidied up, and the next line never runs. */
function killSelf(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function tell(line: Told): void {
  tellPipe(telling, `${JSON.stringify(line)}\n`);
}

const [actor = '', job = ''] = process.argv.slice(2);
try {
  await play(actor, JSON.parse(job) as Job);
} catch (error) {
  tell({ told: 'failed', message: wordsOf(error) });
  process.exitCode = 1;
}
