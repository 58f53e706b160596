import { JournalCatalog } from '../../stores/journal/journal-catalog.js';
import type { ConformanceModule } from '../module.js';
import { withHistory } from './with-history.js';

export default {
  name: 'journal',
  claims: {
    ...withHistory,
    gapless: false,
  },
  create: ({ location, disk }) => JournalCatalog.open({ root: location, allowUnsafeRoot: true, ...(disk && { disk }) }),
  actor: import.meta.url,
} satisfies ConformanceModule;
