import type { FuzzTarget } from './target.js';
import { headerTargets } from './targets/headers.js';
import { indexTargets } from './targets/index-files.js';
import { journalTargets } from './targets/journal.js';
import { manifestTargets } from './targets/manifests.js';
import { provisioningTargets } from './targets/provisioning.js';
import { recordTargets } from './targets/records.js';
import { rootTargets } from './targets/roots.js';
import { serverTargets } from './targets/servers.js';
import { textTargets } from './targets/texts.js';
import { tracingTargets } from './targets/tracing.js';

/** Every reader of what somebody else may have written; that none is missing is measured (`reach.ts`). */
export const targets: readonly FuzzTarget[] = [
  ...[indexTargets, journalTargets, manifestTargets, headerTargets, textTargets],
  ...[recordTargets, rootTargets, serverTargets, tracingTargets, provisioningTargets],
].flat();
