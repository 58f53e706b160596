import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { CatalogError } from '../src/core/errors.js';
import { asCatalogError, FailedSync, saysNoRoom } from '../src/disk/failure.js';
import { absentAsUndefined, isDiskError } from '../src/disk/steps.js';
import { known } from '../support/known.js';
import { diskError } from '../support/programs/scripted-disk.js';

function thrown(error: unknown): never {
  throw error;
}

Then(
  /^(E\w+) while "(.*)" is told as (\w+), (failed|not) for want of room$/,
  (errno: string, doing: string, code: string, fate: string) => {
    const cause = diskError(errno);
    const told = asCatalogError(cause, doing);
    expect(told).to.include({ code, message: `${doing}: ${cause.message}`, cause });
    expect(told.details).to.deep.equal({ errno });
    expect([saysNoRoom(cause), saysNoRoom(told)]).to.deep.equal([fate === 'failed', fate === 'failed']);
  },
);

Then(/^a sync of a (folder|file) that says (E\w+) is told as (\w+)$/, (what: string, errno: string, code: string) => {
  const cause = diskError(errno);
  const told = asCatalogError(new FailedSync(cause, { isOfFolder: what === 'folder' }), 'a model is put');
  expect(told).to.include({ code, cause });
  const isRefused = code === 'PlatformAdmissionFailed';
  expect(told.message).to.equal(`a model is put: ${isRefused ? 'directories cannot be synced there: ' : ''}${cause.message}`);
  expect(told.details).to.deep.equal(isRefused ? { capability: 'parent directory sync', reason: 'RenameOnly' } : { errno });
  expect(new FailedSync(cause)).to.include({ message: cause.message, isOfFolder: false });
});

Then('a refusal stays as it is while {string}', (doing: string) => {
  const refusal = new CatalogError('NotFound', 'nothing is there', { errno: 'ENOSPC' });
  expect(asCatalogError(refusal, doing)).to.equal(refusal);
  expect(saysNoRoom(refusal)).to.equal(false);
});

Then('a mistake of ours is thrown on while {string}', (doing: string) => {
  const mistake = new TypeError('ours');
  expect(() => asCatalogError(mistake, doing)).to.throw(mistake);
  expect(saysNoRoom(mistake)).to.equal(false);
});

const thrownOnes: Readonly<Record<string, unknown>> = {
  'an error with the code ENOENT': diskError('ENOENT'),
  'an error with the code 7': Object.assign(new Error('seven'), { code: 7 }),
  'an error without a code': new Error('ENOENT'),
  'a text': 'ENOENT',
  'a refusal': new CatalogError('NotFound', 'nothing is there'),
};

Then(/^(an error .+|a text|a refusal) is (not )?a disk's(?: (E\w+))?$/, (error: string, not: string | null, errno: string | null) => {
  expect(isDiskError(known(thrownOnes, error), ...(errno ? [errno] : []))).to.equal(!not);
});

Then(/^what is looked for where the disk says (\w+) is (there|not there|refused)$/, (errno: string, found: string) => {
  const look = (): unknown => absentAsUndefined(() => (errno === 'nothing' ? 5 : thrown(diskError(errno))));
  if (found === 'refused') expect(look).to.throw(diskError(errno).message);
  else expect(look()).to.equal(found === 'there' ? 5 : undefined);
});
