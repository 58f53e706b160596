import { fileURLToPath } from 'node:url';
import { jsonLinesStore } from 'catalog-core/conformance';

/** catalog conformance --store examples/conformance-python/store.mjs */
export default jsonLinesStore({
  name: 'python',
  command: ['python3', fileURLToPath(new URL('./store.py', import.meta.url))],
  claims: { durable: 'none', multiProcess: false, history: false, gapless: true, levels: ['core', 'history'] },
});
