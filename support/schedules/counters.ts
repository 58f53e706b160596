import type { Host } from '../../src/disk/host.js';
import { acquireLock, releaseLock } from '../../src/disk/lock.js';
import type { Disk, DiskProgram, Run } from '../../src/disk/program.js';
import { createExclusive, link, list, openFile, openForUpdate, rename, run, runAsOne, stat, unlink } from '../../src/disk/program.js';
import type { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import { closing, readOpenFile, unlessThere, writeAll } from '../../src/disk/whole-file.js';
import type { Actor, Moment, Scene } from '../../src/sim/schedule-explorer.js';

const count = '/count';
const lock = '/catalog.lock';
const numbers = '/numbers';
const others = '/others';

/** Small protocols that add one to a number, by the words of a scenario; each is told the name of its process. */
const protocols: Readonly<Record<string, (disk: Disk, name: string) => Promise<void>>> = {
  'read, add and write': (disk) => run(readAddWrite(), disk),
  'read, and then add and write': async (disk) => {
    const found = await run(readCount(), disk);
    await run(writeCount(found + 1), disk);
  },
  'read, add and write under a lock': (disk) => run(underLock(hostOf(disk)), disk),
  'link the next number': (disk, name) => run(linkNext(name), disk),
  'look around, and then link the next number': async (disk, name) => {
    for (let looks = 0; looks < 3; looks++) await run(look(), disk);
    await run(linkNext(name), disk);
  },
  'link one number until it is theirs': (disk, name) => run(linkFirst(name), disk),
};

/** Some processes that each add one; in the end there must be as many. */
export function counting(words: string, names: readonly string[]): Scene {
  const protocol = protocols[words];
  if (protocol === undefined) throw new Error(`there is no protocol: ${words}`);
  return {
    prepare: async (disk) => void disk.plant(count, '0').plantDirectory(numbers),
    actors: Object.fromEntries(names.map((name): [string, Actor] => [name, (disk) => protocol(disk, name)])),
    judgeEnd: (moment) => judgeCount(moment, names.length),
  };
}

/** Two pairs that link the next number, each in a folder of its own: what one pair does the other cannot notice. */
export function countingApart(): Scene {
  const folders = { a: numbers, b: numbers, c: others, d: others };
  const actorOf = ([name, folder]: readonly [string, string]): [string, Actor] => [name, (disk) => run(linkNext(name, folder), disk)];
  return {
    prepare: async (disk) => void disk.plant(count, '0').plantDirectory(numbers).plantDirectory(others),
    actors: Object.fromEntries(Object.entries(folders).map(actorOf)),
    judgeEnd: (moment) => judgeCount(moment, Object.keys(folders).length),
    // Else whoever removes a temp tells all others which number its next file will have.
    inodesComeBack: false,
  };
}

/** One that ends and never gives its lock back, and one that wants it. */
export function neverGivenBack(): Scene {
  const holder: Actor = (disk) => run(acquireLock(lock, { timeoutMs: 10, host: hostOf(disk) }), disk);
  const waiting: Actor = (disk) => run(underLock(hostOf(disk)), disk);
  return { actors: { holder, waiting }, judgeEnd: judgeEndings };
}

/** One that looks at a file twice and says whether it was the same, beside one that puts another in its place. */
export function lookingTwice(how: string): Scene {
  const compare = async (each: Run): Promise<string> => {
    const first = await each(inodeOfCount());
    return first === (await each(inodeOfCount())) ? 'the same' : 'another';
  };
  const ways: Readonly<Record<string, (disk: Disk) => Promise<string>>> = {
    'in two programs': (disk) => compare((program) => run(program, disk)),
    'in two programs of one': (disk) => runAsOne(disk, compare),
  };
  const way = ways[how];
  if (way === undefined) throw new Error(`there is no way to look: ${how}`);
  return {
    prepare: async (disk) => void disk.plant(count, '0').plantDirectory(numbers),
    actors: {
      looking: async (disk, board) => board.tell(await way(disk)),
      replacing: (disk) => run(replaceCount(), disk),
    },
    judgeEnd: judgeEndings,
  };
}

/** One that waits for what is no step, and that no step brings. */
export function waitingElsewhere(): Scene {
  return { actors: { waiting: () => new Promise(() => {}) }, judgeEnd: () => {} };
}

function* readAddWrite(): DiskProgram<void> {
  const handle = yield* openForUpdate(count);
  yield* closing(handle, addOne(handle));
}

function* readCount(): DiskProgram<number> {
  const handle = yield* openFile(count);
  return Number((yield* closing(handle, readOpenFile(handle))).toString());
}

function* writeCount(sum: number): DiskProgram<void> {
  const handle = yield* openForUpdate(count);
  yield* closing(handle, writeAll(handle, [Buffer.from(String(sum))]));
}

function* addOne(handle: number): DiskProgram<void> {
  const found = Number((yield* readOpenFile(handle)).toString());
  yield* writeAll(handle, [Buffer.from(String(found + 1))]);
}

function* underLock(host: Host): DiskProgram<void> {
  const held = yield* acquireLock(lock, { timeoutMs: 1000, host });
  yield* readAddWrite();
  yield* releaseLock(held, host);
}

/** A name that exists cannot be linked again: the file system's own compare-and-set. */
function* linkNext(name: string, folder = numbers): DiskProgram<void> {
  const temp = yield* tempOf(name, folder);
  for (;;) {
    const taken = (yield* list(folder)).filter((one) => !one.endsWith('.tmp')).length;
    if (yield* unlessThere(link(temp, `${folder}/${taken + 1}`))) break;
  }
  yield* unlink(temp);
}

function* inodeOfCount(): DiskProgram<bigint | undefined> {
  return (yield* stat(count))?.inode;
}

function* replaceCount(): DiskProgram<void> {
  yield* rename(yield* tempOf('replacing', numbers), count);
}

function* look(): DiskProgram<void> {
  yield* list(numbers);
}

/** Only one can ever have it. */
function* linkFirst(name: string): DiskProgram<void> {
  const temp = yield* tempOf(name, numbers);
  while (!(yield* unlessThere(link(temp, `${numbers}/1`)))) yield* list(numbers);
}

function* tempOf(name: string, folder: string): DiskProgram<string> {
  const temp = `${folder}/${name}.tmp`;
  const handle = yield* createExclusive(temp, 0o600);
  yield* closing(handle, writeAll(handle, [Buffer.from(name)]));
  return temp;
}

function judgeCount(moment: Moment, wanted: number): void {
  judgeEndings(moment);
  const disk = moment.disk();
  const linked = linkedIn(disk).length;
  const added = Number(Buffer.from(disk.bytesAt(count)).toString());
  if (linked + added !== wanted) throw new Error(`${wanted} added one, and there are ${linked + added}`);
}

function judgeEndings({ endings }: Moment): void {
  for (const ending of Object.values(endings)) if (ending.kind === 'threw') throw ending.error;
}

function hostOf(disk: Disk): Host {
  if (disk.host === undefined) throw new Error('a scheduled process has a host');
  return disk.host;
}

/** Whose name each number bears, the lowest first. */
export function winners(moment: Moment): string {
  const disk = moment.disk();
  const names = linkedIn(disk).map((path) => Buffer.from(disk.bytesAt(path)).toString());
  return names.join(' ');
}

function linkedIn(disk: SimulatedDisk): string[] {
  return [...disk.snapshotTree().keys()].filter((path) => path.startsWith(`${numbers}/`) || path.startsWith(`${others}/`)).sort();
}
