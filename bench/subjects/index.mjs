import { experiments as durability } from './durability.mjs';
import { experiments as put } from './put.mjs';

export const subjects = { durability, put };
