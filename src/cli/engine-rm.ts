import type { EngineEntry } from '../core/records.js';
import type { EvictReport } from '../evict-model.js';
import { askConsent, checkConsent } from './consent.js';
import { missingEngine } from './model-result.js';
import { examples } from './options.js';
import { printable } from './render.js';
import { removalResult } from './rm.js';
import type { Verb } from './run.js';

interface RmFlags {
  readonly dryRun?: boolean;
}

export const engineRm: Verb<RmFlags> = {
  check: checkConsent,
  declare(command) {
    command
      .argument('<engine>', 'its id')
      .option('--dry-run', 'tell what would go, and change nothing')
      .addHelpText('after', examples('catalog engine rm llama.cpp:1.2.3', 'catalog engine rm llama.cpp:1.2.3 --yes'));
  },
  async run({ catalog, options, signal }, [id = ''], { dryRun = false }) {
    const found = await catalog.engines.get(id);
    if (dryRun) return removalResult({ ...reportOf(id, found?.record, found !== undefined), dry_run: true }, missingEngine);
    if (found !== undefined) await askConsent(`Remove the engine ${printable(id)}?`, options, signal);
    return removalResult(reportOf(id, found?.record, await catalog.engines.delete(id)), missingEngine);
  },
};

/** Only the record goes: blobs stay until they are collected, and files outside are not the catalog's. */
function reportOf(id: string, entry: EngineEntry | undefined, removed: boolean): EvictReport {
  const kept = (entry?.artifacts ?? []).map((path) => ({ path, because: 'removing an engine removes its record only' }));
  return { id, removed, bytes_reclaimed: 0, files_removed: [], kept: removed ? kept : [], errors: [] };
}
