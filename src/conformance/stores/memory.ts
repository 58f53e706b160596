import { MemoryCatalog } from '../../stores/memory-catalog.js';
import type { ConformanceModule } from '../module.js';

export default {
  name: 'memory',
  claims: new MemoryCatalog().claims,
  create: () => MemoryCatalog.open(),
} satisfies ConformanceModule;
