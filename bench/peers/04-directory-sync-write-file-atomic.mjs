import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { model, withCatalog } from '../support/ours.mjs';
import { acknowledged, begin, canTrace, syncsOf } from '../support/traced.mjs';

export const peer = 'write-file-atomic';
export const version = '7.0.1';
export const issue = '4: syncs the file alone';
export const promise = 'the directory is synced before it is acknowledged';
export const skipped = () => (canTrace() ? undefined : 'strace is missing, or may not trace');

export const run = () => syncsOf(import.meta.url, 'write');

export const write = async (directory) => {
  begin();
  await writeFileAtomic(join(directory, 'file'), 'new');
  acknowledged();
};

export const ours = () => syncsOf(import.meta.url, 'put');

export const put = async (directory) => {
  await withCatalog(join(directory, 'root'), async (catalog) => {
    await catalog.models.put(model('before'));
    begin();
    await catalog.models.put(model('new'));
    acknowledged();
  });
};
