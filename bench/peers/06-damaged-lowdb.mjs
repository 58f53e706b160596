import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JSONFilePreset } from 'lowdb/node';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'lowdb';
export const version = '7.0.1';
export const issue = '18: not with lowdb, which refuses a file of 0 bytes';
export const promise = 'a damaged file is refused, not replaced';
export const keeps = true;

export const run = () =>
  inTemporary(async (directory) => {
    const file = join(directory, 'db.json');
    writeFileSync(file, '');
    const told = await JSONFilePreset(file, { models: [] })
      .then((db) => db.write())
      .then(
        () => 'acknowledged',
        (error) => error.name,
      );
    const stays = statSync(file).size === 0;
    return { kept: told !== 'acknowledged' && stays, seen: `${told}; the damaged file ${stays ? 'stays' : 'is gone'}` };
  });
