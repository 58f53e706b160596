import { join } from 'node:path';
import Conf from 'conf';
import { acknowledged, begin, canTrace, syncsOf } from '../support/traced.mjs';

export const peer = 'conf';
export const version = '15.1.0';
export const issue = '4: syncs the file alone';
export const promise = 'the directory is synced before it is acknowledged';
export const skipped = () => (canTrace() ? undefined : 'strace is missing, or may not trace');

export const run = () => syncsOf(import.meta.url, 'write');

export const write = async (directory) => {
  begin();
  new Conf({ cwd: join(directory, 'conf') }).set('key', 'new');
  acknowledged();
};
