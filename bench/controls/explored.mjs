import { close, list, openDirectory, openFile, stat, sync } from '../../dist/disk/program.js';
import { CrashExplorer, run, SimulatedDisk } from '../../dist/sim/index.js';
import { installSimulatedFs, mount, useDisk } from '../support/simulated-fs.mjs';
import { performedLater } from './performed-later.mjs';
import { storyOf } from './story.mjs';
import { isTemp, kindOf, plain, values, wordOf } from './words.mjs';

const folder = `${mount}/data`;

/**
 * In a child: a package that saves a value over an older one, crashed at every step into every state that the profile allows.
 * Between two cuts all is made durable that a process was shown: packages are not asked to do that when they read.
 */
export async function explored(name, profile) {
  installSimulatedFs();
  const { label, options, ...adapter } = await import(`./packages/${name}.mjs`);
  const left = new Map();
  const experiment = experimentOf(adapter, profile, left);
  const explorer = new CrashExplorer({ failures: Number.POSITIVE_INFINITY });
  const after = await explorer.explore(name, experiment);
  if (after !== 'new' || explorer.opened === 0) throw new Error(`${name} shows ${after} after a save that nothing befell`);
  const found = await sortedByKind(experiment, explorer.failures, profile);
  return { label, options, states: explorer.states.size, sampled: explorer.sampledSteps.length, found, left: await staying(left, adapter) };
}

/** Of each kind how many counterexamples there are, and the shortest. */
async function sortedByKind(experiment, failures, profile) {
  const kinds = new Map();
  for (const { events, complaint } of failures.toSorted((a, b) => a.events.length - b.events.length)) {
    const [what, how] = kindOf(complaint);
    const known = kinds.get(`${what} ${how}`);
    if (known !== undefined) known.count += 1;
    else kinds.set(`${what} ${how}`, { what, how, count: 1, story: await storyOf(experiment, events, { isOrdered: profile === 'ext4-ordered' }) });
  }
  return [...kinds.values()].sort((a, b) => (`${a.what} ${a.how}` < `${b.what} ${b.how}` ? -1 : 1));
}

function experimentOf({ save, load, isSynchronous = false, unread, chunkBytes = 128 }, profile, left) {
  let latest;
  const act = async (disk) => {
    useDisk(disk);
    if (!isSynchronous) return save(folder, values.new);
    return performedLater(latest.fork(), disk, () => save(folder, values.new));
  };
  const shown = async (disk) => {
    useDisk(disk);
    const word = await wordOf(() => load(folder));
    await run(settle(mount), disk);
    return word;
  };
  return {
    disk: () => (latest = new SimulatedDisk({ profile, chunkBytes, root: [folder] })),
    prepare: async (disk) => {
      useDisk(disk);
      await save(folder, values.old);
      await run(settle(mount), disk);
      return disk;
    },
    act,
    recover: shown,
    ...(unread && { unread }),
    inspect: (disk) => {
      for (const path of disk.snapshotTree().keys()) if (isTemp(path) && !left.has(plain(path))) left.set(plain(path), disk.fork());
    },
  };
}

/** Of the temps that a recovery left there: those that are still there after one more save. */
async function staying(left, { save }) {
  const names = [];
  for (const [name, disk] of left) {
    const temps = [...disk.snapshotTree().keys()].filter((path) => plain(path) === name);
    useDisk(disk);
    await save(folder, values.newer);
    if (temps.every((path) => disk.snapshotTree().has(path))) names.push(name.slice(folder.length + 1));
  }
  return names.sort();
}

/** Makes all that is visible below a directory durable. */
function* settle(directory) {
  for (const name of yield* list(directory)) {
    const path = `${directory}/${name}`;
    const { type } = yield* stat(path);
    if (type === 'directory') yield* settle(path);
    else yield* synced(yield* openFile(path));
  }
  yield* synced(yield* openDirectory(directory));
}

function* synced(handle) {
  yield* sync(handle);
  yield* close(handle);
}
