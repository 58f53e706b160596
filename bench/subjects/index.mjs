import { experiments as batch } from './batch.mjs';
import { experiments as bigArtifacts } from './big-artifacts.mjs';
import { experiments as collecting } from './collecting.mjs';
import { experiments as durability } from './durability.mjs';
import { experiments as fleet } from './fleet.mjs';
import { experiments as fsPut } from './fs-put.mjs';
import { experiments as groupCommit } from './group-commit.mjs';
import { experiments as journal } from './journal.mjs';
import { experiments as processes } from './processes.mjs';
import { experiments as put } from './put.mjs';
import { experiments as reading } from './reading.mjs';
import { experiments as scale } from './scale.mjs';
import { experiments as smallArtifacts } from './small-artifacts.mjs';
import { experiments as startUp } from './start-up.mjs';
import { experiments as verifying } from './verifying.mjs';

export const subjects = {
  ...{ durability, put, batch, 'group-commit': groupCommit, 'fs-put': fsPut, reading, journal },
  ...{ 'big-artifacts': bigArtifacts, 'small-artifacts': smallArtifacts, verifying, collecting, processes, 'start-up': startUp, scale, fleet },
};
