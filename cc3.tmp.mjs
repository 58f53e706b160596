export default {
  loader: ['ts-node/esm'],
  import: ['support/source-maps.mjs', 'support/world.ts', 'steps/journal-snapshot.ts','steps/journal-retention.ts','steps/journal-salvage.ts', 'steps/journal.ts','steps/crash-exploration.ts', 'steps/journal-keeping.ts'],
  format: ['message:/tmp/b.ndjson','progress'],
  tags: 'not @full',
};
