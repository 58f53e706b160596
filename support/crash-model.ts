import { expect } from 'chai';
import { type CrashChoice, type Fate, SimulatedDisk } from '../src/sim/index.js';
import { type Action, Driver } from './random-steps.js';

const base = '/base';

/** A short history leaves exactly the states that all its choices leave, each once, and every choice gives its state again. */
export function expectAllStates(history: readonly Action[]): void {
  const disk = diskAfter(history);
  const states = [...disk.crashStates()];
  expect(new Set(states.map(({ fingerprint }) => fingerprint)).size).to.equal(states.length);
  for (const { choice, fingerprint, disk: left } of states) {
    expect(left.fingerprint()).to.equal(fingerprint);
    expect(left.pending()).to.deep.equal([]);
    const printed: CrashChoice = JSON.parse(JSON.stringify(choice));
    expect(disk.crash(printed).snapshotTree()).to.deep.equal(left.snapshotTree());
  }
  expect(disk.crash('kept').snapshotTree()).to.deep.equal(disk.snapshotTree());
  const choices = everyChoice(disk);
  if (choices === undefined) return;
  const expected = new Set(choices.map((choice) => disk.crash(choice).fingerprint()));
  expect(new Set(states.map(({ fingerprint }) => fingerprint))).to.deep.equal(expected);
}

/** After every directory and file is synced nothing can be lost, and what is done later takes none of it away by itself. */
export function expectSyncedSurvives(history: readonly Action[]): void {
  const disk = diskAfter(history);
  syncAll(disk);
  const synced = disk.snapshotTree();
  const states = [...disk.crashStates()];
  expect(states).to.have.length(1);
  for (const state of states) expect(state.disk.snapshotTree()).to.deep.equal(synced);
  const later = new Driver(disk, base);
  later.perform({ type: 'make-directory', path: 'later' });
  later.perform({ type: 'open', path: 'later/file', access: 'create', slot: 0, follow: false });
  later.perform({ type: 'write', slot: 0, text: 'abc', position: 0 });
  for (const state of disk.crashStates()) expect([...state.disk.snapshotTree()]).to.include.deep.members([...synced]);
}

function diskAfter(history: readonly Action[]): SimulatedDisk {
  const disk = new SimulatedDisk({ root: [base], chunkBytes: 4, owner: 0 });
  const driver = new Driver(disk, base);
  for (const action of history) driver.perform(action);
  return disk;
}

function syncAll(disk: SimulatedDisk): void {
  const driver = new Driver(disk, '');
  const sync = (path: string, access: 'read' | 'directory') => {
    driver.perform({ type: 'open', path: path.slice(1), access, slot: 0, follow: false });
    expect(driver.perform({ type: 'sync', slot: 0 })).to.equal('undefined');
  };
  sync('/', 'directory');
  for (const [path, { type }] of disk.snapshotTree()) if (type !== 'symlink') sync(path, type === 'file' ? 'read' : 'directory');
  driver.closeAll();
}

/** Every choice there is, one after the other as one counts; undefined where there are too many. */
function everyChoice(disk: SimulatedDisk): readonly CrashChoice[] | undefined {
  const pending = disk.pending();
  if (pending.reduce((product, { fates }) => product * fates.length, 1) > 3000) return undefined;
  return pending.reduce<readonly Readonly<Record<number, Fate>>[]>(
    (choices, { index, fates }) => choices.flatMap((choice) => fates.map((fate) => ({ ...choice, [index]: fate }))),
    [{}],
  );
}
