import fs, { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { newGate } from '../support/gate.mjs';
import { diskWithoutLock, model, withCatalog } from '../support/ours.mjs';
import { inTemporary } from '../support/temporary.mjs';

export const peer = 'proper-lockfile';
export const version = '4.1.2';
export const issue = '5: issue 121, two take over a stale lock';
export const promise = 'who has the lock has it alone; no update is lost';

/** The first saw that a lock is stale and is about to remove it; the second takes it over meanwhile; the first goes on. */
export const run = () =>
  inTemporary(async (directory) => {
    const file = join(directory, 'file');
    leaveStaleLock(file);
    const gate = newGate();
    const waiting = { ...fs, rmdir: (path, done) => gate.pass().then(() => fs.rmdir(path, done)) };
    const first = holds(file, waiting);
    await gate.reached;
    const second = await holds(file, fs);
    gate.open();
    const holders = Number(await first) + Number(second);
    return { kept: holders === 1, seen: `${holders} hold it at the same time` };
  });

function leaveStaleLock(file) {
  writeFileSync(file, '');
  mkdirSync(`${file}.lock`);
  utimesSync(`${file}.lock`, 1, 1);
}

/** Both are in one process, which the peer does not look at when it takes a lock. Nobody releases. */
async function holds(file, through) {
  try {
    await lockfile.lock(file, { fs: through, onCompromised: () => {} });
    return true;
  } catch (error) {
    if (error.code === 'ELOCKED') return false;
    throw error;
  }
}

/** Ours rests on no lock: both believe that they hold it, and the first waits just before it publishes. */
export const ours = () =>
  inTemporary(async (root) => {
    await withCatalog(root, (catalog) => catalog.models.put(model('before')));
    const gate = newGate();
    const first = withCatalog(root, (catalog) => catalog.models.put(model('first')), { disk: diskWithoutLock(gate.pass) });
    await gate.reached;
    await withCatalog(root, (catalog) => catalog.models.put(model('second')), { disk: diskWithoutLock() });
    gate.open();
    await first;
    const { length } = await withCatalog(root, (catalog) => catalog.models.list());
    return { kept: length === 3, seen: `with two holders, ${length} of 3 models are there` };
  });
