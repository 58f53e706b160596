import { expect } from 'chai';
import {
  type CrashChoice,
  type Fate,
  type ProfileName,
  SimulatedDisk,
  type SimulatedDiskOptions,
  type TreeEntry,
} from '../src/sim/index.js';
import { type Action, Driver } from './random-steps.js';

const base = '/base';

/** What a disk of a kind may do in a crash. */
export type Kind = Pick<SimulatedDiskOptions, 'profile' | 'tornTails'>;

/** A short history leaves exactly the states that all its choices leave, each once, and every choice gives its state again. */
export function expectAllStates(history: readonly Action[], kind: Kind): void {
  const disk = diskAfter(history, kind);
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
export function expectSyncedSurvives(history: readonly Action[], kind: Kind): void {
  const disk = diskAfter(history, kind);
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

/**
 * The names in every state were all visible together at one moment of the history (a journal), or those of each directory were
 * (a prefix of each). Found out without any knowledge of how the disk orders them: by looking at it after each step.
 */
export function expectNamesOfOneMoment(history: readonly Action[], profile: ProfileName, inEachDirectory: boolean): void {
  const moments = new Set<string>();
  const look = (tree: ReadonlyMap<string, TreeEntry>) => (inEachDirectory ? directoriesIn(tree) : [namesIn(tree)]);
  // A clone onto a dangling link makes one name and removes another; nobody sees the moment between.
  const oneNameEach = history.filter(({ type }) => type !== 'clone');
  const disk = diskAfter(oneNameEach, { profile }, (now) => {
    for (const names of look(now.snapshotTree())) moments.add(names);
  });
  for (const { disk: left, choice } of disk.crashStates()) {
    for (const names of look(left.snapshotTree())) expect([...moments], JSON.stringify(choice)).to.include(names);
  }
}

function namesIn(tree: ReadonlyMap<string, TreeEntry>): string {
  return [...tree].map(([path, { type }]) => `${type} ${path}`).join();
}

/** The names in each directory, whichever it is: a crash may give directories new numbers. */
function directoriesIn(tree: ReadonlyMap<string, TreeEntry>): string[] {
  return [...tree].flatMap(([path, { type }]) => {
    if (type !== 'directory') return [];
    const below = [...tree].filter(([other]) => other.slice(0, other.lastIndexOf('/')) === path);
    return [below.map(([other, found]) => `${found.type} ${other.slice(path.length)}`).join()];
  });
}

function diskAfter(history: readonly Action[], kind: Kind, look: (disk: SimulatedDisk) => void = () => {}): SimulatedDisk {
  const disk = new SimulatedDisk({ root: [base], chunkBytes: 4, owner: 0, ...kind });
  const driver = new Driver(disk, base);
  look(disk);
  for (const action of history) {
    driver.perform(action);
    look(disk);
  }
  return disk;
}

/** Where directories cannot be synced, a new file that is takes their names along. */
function syncAll(disk: SimulatedDisk): void {
  const driver = new Driver(disk, '');
  const sync = (path: string, access: 'read' | 'directory'): string => {
    driver.perform({ type: 'open', path: path.slice(1), access, slot: 0, follow: false });
    return driver.perform({ type: 'sync', slot: 0 });
  };
  const files = [...disk.snapshotTree()].filter(([, { type }]) => type === 'file');
  const directories = ['/', ...[...disk.snapshotTree()].filter(([, { type }]) => type === 'directory').map(([path]) => path)];
  for (const [path] of files) expect(sync(path, 'read')).to.equal('undefined');
  const synced = new Set(directories.map((path) => sync(path, 'directory')));
  expect(synced.size).to.equal(1);
  if (synced.has('EPERM')) {
    driver.perform({ type: 'open', path: `${base.slice(1)}/settled`, access: 'create', slot: 0, follow: false });
    expect(driver.perform({ type: 'sync', slot: 0 })).to.equal('undefined');
  } else expect([...synced]).to.deep.equal(['undefined']);
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
