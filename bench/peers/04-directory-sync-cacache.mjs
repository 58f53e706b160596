import { join } from 'node:path';
import cacache from 'cacache';
import { acknowledged, begin, canTrace, syncsOf } from '../support/traced.mjs';

export const peer = 'cacache';
export const version = '20.0.4';
export const issue = '4: syncs nothing';
export const promise = 'the directory is synced before it is acknowledged';
export const skipped = () => (canTrace() ? undefined : 'strace is missing, or may not trace');

export const run = () => syncsOf(import.meta.url, 'write');

export const write = async (directory) => {
  begin();
  await cacache.put(join(directory, 'cache'), 'key', 'new');
  acknowledged();
};
