import { stores } from '../measure/stores/index.mjs';
import { callsOfPuts, cannotTrace } from '../measure/traced.mjs';

const requirement = 'CAT-PRF-6402';
const ours = ['JournalCatalog', 'FsCatalog', 'Journal'];

function countsOfOne(store, what, { writes, syncs }) {
  return [
    { id: `durability/${store}/writes`, requirement, says: `writes of ${what}, each`, unit: 'writes', values: writes, target: { exactly: 1 } },
    { id: `durability/${store}/syncs`, requirement, says: `fdatasyncs of ${what}, each`, unit: 'syncs', values: syncs, target: { exactly: 1 } },
  ];
}

function isDurable(store, { unsyncedFiles, unsyncedNames }) {
  return {
    ...{ id: `durability/${store}/unsynced`, requirement: 'CAT-PRF-6401', unit: 'puts', values: [unsyncedFiles + unsyncedNames], target: { exactly: 0 } },
    says: `puts in ${store} that were acknowledged before they were synced`,
  };
}

/** What a store syncs, for people. */
function told(name, counts) {
  const { settings } = stores[name];
  const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const [writes, syncs, directorySyncs] = [counts.writes, counts.syncs, counts.directorySyncs].map(middle);
  const durable = counts.unsyncedFiles > 0 ? 'none' : counts.unsyncedNames > 0 ? 'no directory' : 'full';
  return { name: stores[name].name, settings, writes, syncs, directory_syncs: directorySyncs, durable };
}

export const experiments = [
  {
    id: 'durability',
    title: 'What is synced when a put is acknowledged',
    how: 'A process of its own puts records one by one, and strace tells what it writes and syncs before it says that each is there. Counts do not vary.',
    cannot: cannotTrace,
    measure(context) {
      const counts = Object.fromEntries(Object.keys(stores).map((name) => [name, callsOfPuts(context, name, context.isQuick ? 20 : 200).counts]));
      const figures = [
        ...countsOfOne('JournalCatalog', 'a put in JournalCatalog', counts.JournalCatalog),
        ...countsOfOne('Journal', 'an append to Journal', counts.Journal),
        ...ours.map((store) => isDurable(store, counts[store])),
      ];
      return { figures, stores: Object.entries(counts).map(([name, found]) => told(name, found)) };
    },
  },
];
