import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { EngineEntry, ModelEntry } from '../src/core/records.js';
import { clause } from '../support/clauses.js';
import { type Content, expectRecovers, expectTidy, modelsIn, type Place, snapshotOf } from '../support/interrupt/aftermath.js';
import { expectGarbledNeverLoads } from '../support/interrupt/garbled.js';
import type { Job, Seen } from '../support/interrupt/job.js';
import { countSteps, type Kill, killAt, type Scene, together } from '../support/interrupt/kills.js';
import { type Actor, type StartOptions, start } from '../support/interrupt/start.js';
import { readWhile, type Observed } from '../support/interrupt/witness.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface IntegrationWorld extends CatalogWorld {
  kills?: readonly Kill[];
  reopened?: readonly Seen[];
  engines?: readonly EngineEntry[];
  writer?: Actor;
  writers?: readonly Actor[];
  reader?: Actor;
  observed?: readonly Observed[];
}

const old = modelEntry('model', { name: 'the prior state' });
const fresh = modelEntry('model', { name: 'the new state' });
