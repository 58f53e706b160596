import { FsCatalog } from '../../stores/fs/fs-catalog.js';
import type { ConformanceModule } from '../module.js';

export default {
  name: 'fs',
  claims: {
    durable: 'full',
    multiProcess: true,
    watch: 'latest',
    history: false,
    gapless: true,
    levels: ['core', 'crash', 'concurrency', 'history'],
  },
  create: ({ location, disk }) => FsCatalog.open({ root: location, allowUnsafeRoot: true, ...(disk && { disk }) }),
  actor: import.meta.url,
} satisfies ConformanceModule;
