import type { Case } from './case.js';
import { crashCases } from './cases/crashes.js';
import { failingDiskCases } from './cases/failing-disks.js';
import { historyCases } from './cases/histories.js';
import { pastCases } from './cases/past.js';
import { powerCutCases } from './cases/power-cuts.js';
import { processCases } from './cases/processes.js';
import { recordCases } from './cases/records.js';
import { revisionCases } from './cases/revisions.js';
import { storeCases } from './cases/stores.js';
import { watchCases } from './cases/watching.js';

/** Every case, by level. */
export const cases: readonly Case[] = [
  ...recordCases,
  ...revisionCases,
  ...storeCases,
  ...watchCases,
  ...crashCases,
  ...powerCutCases,
  ...failingDiskCases,
  ...processCases,
  ...historyCases,
  ...pastCases,
];
