import { join } from 'node:path';
import { Writer } from 'steno';
import { acknowledged, begin, canTrace, syncsOf } from '../support/traced.mjs';

export const peer = 'steno';
export const version = '4.0.2';
export const issue = '4: syncs nothing';
export const promise = 'the directory is synced before it is acknowledged';
export const skipped = () => (canTrace() ? undefined : 'strace is missing, or may not trace');

export const run = () => syncsOf(import.meta.url, 'write');

export const write = async (directory) => {
  begin();
  await new Writer(join(directory, 'file')).write('new');
  acknowledged();
};
