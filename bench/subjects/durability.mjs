import { figuresOf } from '../measure/durability-counts.mjs';
import { stores } from '../measure/stores/index.mjs';
import { callsOfPuts, cannotTrace } from '../measure/traced.mjs';

/** What a store syncs, for people. */
function told(key, counts) {
  const { name, settings } = stores[key];
  const [writes, syncs, directorySyncs] = [counts.writes, counts.syncs, counts.directorySyncs].map(middle);
  const durable = counts.unsyncedFiles > 0 ? 'none' : counts.unsyncedNames > 0 ? 'no directory' : 'full';
  if (durable !== stores[key].durable) console.error(`  ${name} is noted as durable: ${stores[key].durable}, and was found ${durable}`);
  return { key, name, settings, durable, counts: { writes, syncs, directory_syncs: directorySyncs } };
}

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

export const experiments = [
  {
    id: 'durability',
    title: 'What is synced when a put is acknowledged',
    how: 'A process of its own puts records one by one, and strace tells what it writes and syncs before it says that each is there. Counts do not vary.',
    cannot: cannotTrace,
    measure(context) {
      const counts = Object.fromEntries(Object.keys(stores).map((name) => [name, callsOfPuts(context, name, context.isQuick ? 12 : 200).counts]));
      return { figures: figuresOf(counts), stores: Object.entries(counts).map(([name, found]) => told(name, found)) };
    },
  },
];
