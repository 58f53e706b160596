import { isCommand } from '../is-command.js';
import { modelEntry } from '../model-entry.js';
import { engineNamed } from './engines.js';

/** A process of its own that watches a catalog, is told of one change, and closes it: nothing is left that would keep it from ending. */
async function look(engine: string, url: string, place: string): Promise<void> {
  const store = await engineNamed(engine).open(url, place, { lookEveryMs: 3_600_000 });
  const watch = store.models.watch({ after: 0 })[Symbol.asyncIterator]();
  await store.models.put(modelEntry('seen'));
  await watch.next();
  const next = watch.next();
  // It waits for what comes next when its handle has asked for other things meanwhile.
  for (let nth = 0; nth < 5; nth++) await store.models.list();
  await store.close();
  await next;
}

if (isCommand(import.meta.url)) {
  const [engine = '', url = '', place = ''] = process.argv.slice(2);
  await look(engine, url, place);
}
