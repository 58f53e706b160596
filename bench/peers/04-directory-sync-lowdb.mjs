import { join } from 'node:path';
import { JSONFilePreset } from 'lowdb/node';
import { acknowledged, begin, canTrace, syncsOf } from '../support/traced.mjs';

export const peer = 'lowdb';
export const version = '7.0.1';
export const issue = '4: syncs nothing';
export const promise = 'the directory is synced before it is acknowledged';
export const skipped = () => (canTrace() ? undefined : 'strace is missing, or may not trace');

export const run = () => syncsOf(import.meta.url, 'write');

export const write = async (directory) => {
  begin();
  await (await JSONFilePreset(join(directory, 'file'), {})).write();
  acknowledged();
};
