import type { CatalogStore } from '../../stores/catalog-store.js';
import type { Case, CaseContext } from '../case.js';
import { Broken } from '../expecting.js';
import { historyFaults } from '../histories/check.js';
import { recordHistory } from '../histories/recording.js';

const operations = 24;
const seeds = [1, 2, 3];

/** Clients at work at the same time, judged from what they saw (CAT-CNF-5204). */
export const historyCases: readonly Case[] = [2, 3, 5, 8].map((clients) => ({
  id: `history.${clients}-clients`,
  level: 'history',
  title: `${clients} clients lose no update, read nothing stale, never go back, and who watches is told the truth`,
  requirements: ['CAT-CNF-5204', 'CAT-IDX-1109', 'CAT-IDX-1111', 'CAT-IDX-1119', 'CAT-LCK-1203'],
  run: (context) => judge(context, clients),
}));

async function judge(context: CaseContext, clients: number): Promise<void> {
  const { watch } = context.module.claims;
  for (const seed of seeds) {
    // A location is for one history.
    const location = `${context.location}-${seed}`;
    const history = await recordHistory({
      stores: await handles(context, clients, location),
      seed,
      operations,
      owed: watch === 'none' ? undefined : watch,
      patienceMs: context.patienceMs,
    });
    const [first] = historyFaults(history);
    if (first !== undefined) throw new Broken(`${first.kind}, with seed ${seed}: ${first.message}`);
  }
}

/** One each where several processes may work on one location, which several handles of one process stand for; else one for all. */
async function handles({ module, open }: CaseContext, clients: number, location: string): Promise<CatalogStore[]> {
  const first = await open({ location });
  const stores = [first];
  while (stores.length < clients) stores.push(module.claims.multiProcess ? await open({ location }) : first);
  return stores;
}
