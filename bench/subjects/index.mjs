import { experiments as batch } from './batch.mjs';
import { experiments as durability } from './durability.mjs';
import { experiments as fsPut } from './fs-put.mjs';
import { experiments as groupCommit } from './group-commit.mjs';
import { experiments as journal } from './journal.mjs';
import { experiments as put } from './put.mjs';
import { experiments as reading } from './reading.mjs';

export const subjects = { durability, put, batch, 'group-commit': groupCommit, 'fs-put': fsPut, reading, journal };
