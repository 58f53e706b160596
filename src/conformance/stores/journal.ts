import { JournalCatalog } from '../../stores/journal/journal-catalog.js';
import type { ConformanceModule } from '../module.js';

export default {
  name: 'journal',
  claims: {
    durable: 'full',
    multiProcess: true,
    watch: 'every',
    history: true,
    gapless: false,
    levels: ['core', 'crash', 'concurrency', 'history'],
  },
  create: ({ location, disk }) => JournalCatalog.open({ root: location, allowUnsafeRoot: true, ...(disk && { disk }) }),
  actor: import.meta.url,
} satisfies ConformanceModule;
