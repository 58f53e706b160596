const requirement = 'CAT-PRF-6402';
export const ours = ['JournalCatalog', 'FsCatalog', 'Journal'];

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

/** What each of ours was found to write and to sync. */
export function figuresOf(counts) {
  return [
    ...countsOfOne('JournalCatalog', 'a put in JournalCatalog', counts.JournalCatalog),
    ...countsOfOne('Journal', 'an append to Journal', counts.Journal),
    ...ours.map((store) => isDurable(store, counts[store])),
  ];
}
