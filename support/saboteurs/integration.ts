import { join } from 'node:path';
import { CatalogError } from '../../src/core/errors.js';
import type { FleetCollectionName, Generation, Mutation, Verdict } from '../../src/core/generation.js';
import type * as IndexFile from '../../src/core/index-file.js';
import { decodeIndex as decoded } from '../../src/core/index-file.js';
import type * as Records from '../../src/core/records.js';
import type { EngineEntry } from '../../src/core/records.js';
import type * as Programs from '../../src/disk/program.js';
import { type DiskProgram, list, type Run, runSync, stat, unlink } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import { readFileIfThere, unlessMissing } from '../../src/disk/whole-file.js';
import type * as Mending from '../../src/stores/fs/mend.js';
import type * as OpenGeneration from '../../src/stores/fs/open-generation.js';
import { newestRevision } from '../../src/stores/fs/open-generation.js';
import { generationPath, type IndexPlace, indexPlace, isTempName } from '../../src/stores/fs/place.js';
import type * as Room from '../../src/stores/fs/room.js';
import { engineEntry } from '../model-entry.js';
import { inBoth, indexOf, withChecksum } from './codec.js';
import { attempted } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const by = 'scenario';
const root = '/r';
const place: IndexPlace = { collection: 'models', root, index: '/r/catalog.json', generations: '/r/generations/models' };
const leftTemp = `${place.index}.${'T'.repeat(22)}.tmp`;

const restOfDamagedServed = inModule<Pick<typeof IndexFile, 'decodeIndex' | 'openIndex'>, 'decodeIndex' | 'openIndex'>({
  name: 'what is left of a damaged index is served',
  breaks: 'CAT-INT-3301',
  by,
  does: 'Of an index that was cut off or changed the records that can be read are an index.',
  module: 'src/core/index-file.ts',
  names: ['decodeIndex', 'openIndex'],
  substitutes: (original) =>
    inBoth(original, (decode) => (collection, bytes) => {
      const decoded = decode(collection, bytes);
      return decoded.kind === 'damaged' ? decode(collection, restOf(collection, bytes)) : decoded;
    }),
  shows: ({ decodeIndex }) => {
    const line =
      '{"id":"a","name":"a","registered_at":"2026-01-01T00:00:00.000Z","revision":1,"source":"a","state":"Pending","trust_state":"unverified"}';
    return decodeIndex('models', Buffer.from(indexOf('models', 1, [line]).slice(0, -7))).kind;
  },
});

const unshownTakenBack = inModule<typeof Mending, 'mend'>({
  name: 'a commit that was not shown is taken back',
  breaks: 'CAT-INT-3301',
  by,
  does: 'Who opens a catalog removes the generation that its index does not show yet, although readers have seen it.',
  module: 'src/stores/fs/mend.ts',
  names: ['mend'],
  substitutes: ({ mend }) => ({
    mend: async (path, host, run) => {
      await run(takeBackUnshown(path));
      await mend(path, host, run);
    },
  }),
  shows: async ({ mend }) => {
    const { disk, run } = machine();
    disk.plant(`${place.generations}/2`, indexOf('models', 2, []));
    await mend(root, disk.host, run).catch(() => {});
    return disk.perform({ op: 'list', kind: 'List', path: place.generations });
  },
});

const tempServed = inModule<typeof OpenGeneration, 'openNewestDurably'>({
  name: 'a temp that nobody published is served',
  breaks: 'CAT-INT-3311',
  by,
  does: 'Who opens a catalog takes what a writer had prepared for what it has committed.',
  module: 'src/stores/fs/open-generation.ts',
  names: ['openNewestDurably'],
  substitutes: ({ openNewestDurably }) => ({
    openNewestDurably: function* (index) {
      const newest = yield* openNewestDurably(index);
      const prepared = newest && (yield* preparedIn(index));
      return prepared && prepared.revision > newest.generation.revision ? { ...newest, generation: prepared } : newest;
    },
  }),
  shows: ({ openNewestDurably }) => {
    const { disk } = machine();
    disk.plant(leftTemp, indexOf('models', 7, []));
    return attempted(() => runSync(openNewestDurably(place), disk)?.generation.revision);
  },
});

const tempIsDamage = inModule<typeof OpenGeneration, 'openNewestDurably'>({
  name: 'a write that was not finished is damage',
  breaks: 'CAT-INT-3311',
  by,
  does: 'A root in which a dead writer has left a temp is refused.',
  module: 'src/stores/fs/open-generation.ts',
  names: ['openNewestDurably'],
  substitutes: ({ openNewestDurably, corrupt }) => ({
    openNewestDurably: function* (index) {
      const left = (yield* namesIn(index.root)).find(isTempName);
      if (left !== undefined) throw corrupt(join(index.root, left), 'it was not finished');
      return yield* openNewestDurably(index);
    },
  }),
  shows: ({ openNewestDurably }) => {
    const { disk } = machine();
    disk.plant(leftTemp, 'half');
    return attempted(() => runSync(openNewestDurably(place), disk)?.generation.revision);
  },
});

const buildLost = engineWithout('the build of an engine is lost', 'CAT-INT-3302', 'build_ref');
const samplerLost = engineWithout('the sampler profile of an engine is lost', 'CAT-INT-3312', 'sampler_profile_version');

const binaryUnlessArtifacts = checkingEngines({
  name: 'an engine has artifacts or a binary',
  breaks: 'CAT-INT-3312',
  does: 'Of an engine that has artifacts the path of its binary is not kept.',
  keep: ({ binary_path, ...rest }) => (rest.artifacts.length > 0 ? rest : { ...rest, ...(binary_path !== undefined && { binary_path }) }),
});

const engineInTwoCommits = committing({
  name: 'an engine comes before its build',
  breaks: 'CAT-INT-3302',
  does: 'An engine is written in two commits, the first without its build.',
  commit: (committedInRoom) => async (mutations, work) => {
    const bare = mutations.map((mutation) => withoutBuild(mutation));
    if (bare.every((mutation, nth) => mutation === mutations[nth])) return committedInRoom(mutations, work);
    await committedInRoom(bare, work);
    return committedInRoom(
      mutations.map((mutation) => ({ ...mutation, ifRevision: undefined })),
      work,
    );
  },
});

const oldIndexEmptied = renaming({
  name: 'the old index is emptied before the new one takes its place',
  does: 'Who still reads the index that was there finds it empty.',
  rename: ({ rename, openFile, changeMode, openForUpdate, truncate, close }) =>
    function* (from, to, kind) {
      if (isIndex(to) && (yield* stat(to)) !== undefined) {
        const old = yield* openFile(to);
        yield* changeMode(old, 0o600);
        const writable = yield* openForUpdate(to);
        yield* truncate(writable, 0);
        yield* close(writable);
        yield* close(old);
      }
      return yield* rename(from, to, kind);
    },
});

const indexLags = renaming({
  name: 'the index shows the commit before the last',
  does: 'What was renamed over the index gives way to what it showed before.',
  rename: ({ rename, link }) =>
    function* (from, to, kind) {
      if (!isIndex(to) || (yield* stat(to)) === undefined) return yield* rename(from, to, kind);
      const before = `${from}.before`;
      yield* link(to, before);
      yield* rename(from, to, kind);
      return yield* rename(before, to, kind);
    },
});

const togetherOneByOne = committing({
  name: 'changes asked for together are committed one by one',
  breaks: 'CAT-INT-3313',
  does: 'Of what a writer asks for in one turn readers see a part, now and then.',
  commit: (committedInRoom) => {
    let groups = 0;
    return async <R>(mutations: readonly Mutation<R>[], work: Room.WorkInRoom<R>) => {
      if (groups++ % 4 !== 0) return committedInRoom(mutations, work);
      const verdicts: Verdict<R>[] = [];
      for (const mutation of mutations) verdicts.push(...(await committedInRoom([mutation], work)));
      return verdicts;
    };
  },
});

const nothingGuards = inModule<typeof Programs, 'tryLock' | 'link'>({
  name: 'locks are granted to all, and links replace',
  breaks: 'CAT-INT-3313',
  by,
  does: 'Of two writers who publish one revision the second takes the place of the first.',
  module: 'src/disk/program.ts',
  names: ['tryLock', 'link'],
  substitutes: ({ tryLock, link, unlink, stat }) => ({
    tryLock: function* (handle, options) {
      yield* tryLock(handle, options);
      return true;
    },
    link: function* (from, to, kind) {
      if (kind === 'Publish' && (yield* stat(to)) !== undefined) yield* unlink(to);
      return yield* link(from, to, kind);
    },
  }),
  shows: ({ link }) => {
    const { disk } = machine();
    disk.plant(`${root}/one`, '1');
    disk.plant(`${root}/other`, '2');
    return attempted(() => runSync(link(`${root}/one`, `${root}/other`, 'Publish'), disk));
  },
});

/** Each breaks a promise of the user's own words, seen through the processes that their scenarios start. */
export const integrationSaboteurs: readonly ModuleSaboteur[] = [
  restOfDamagedServed,
  unshownTakenBack,
  buildLost,
  engineInTwoCommits,
  oldIndexEmptied,
  indexLags,
  tempServed,
  tempIsDamage,
  samplerLost,
  binaryUnlessArtifacts,
  togetherOneByOne,
  nothingGuards,
];

function checkingEngines({
  keep,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & { readonly keep: (engine: EngineEntry) => EngineEntry }): ModuleSaboteur {
  return inModule<typeof Records, 'checkedEngine'>({
    ...declared,
    by,
    module: 'src/core/records.ts',
    names: ['checkedEngine'],
    substitutes: ({ checkedEngine }) => ({ checkedEngine: (record) => keep(checkedEngine(record)) }),
    shows: ({ checkedEngine }) => checkedEngine(engineEntry('e', { build_ref: 'b1', binary_path: '/opt/e', sampler_profile_version: '7' })),
  });
}

function engineWithout(name: string, breaks: string, member: keyof EngineEntry): ModuleSaboteur {
  return checkingEngines({
    name,
    breaks,
    does: `Of an engine \`${member}\` is checked, and not kept.`,
    keep: (engine) => Object.fromEntries(Object.entries(engine).filter(([key]) => key !== member)) as unknown as EngineEntry,
  });
}

/** Of how what is asked for comes to be committed. */
function committing({
  commit,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & {
  readonly commit: (committedInRoom: typeof Room.committedInRoom) => typeof Room.committedInRoom;
}): ModuleSaboteur {
  return inModule<typeof Room, 'committedInRoom'>({
    ...declared,
    by,
    module: 'src/stores/fs/room.ts',
    names: ['committedInRoom'],
    substitutes: ({ committedInRoom }) => ({ committedInRoom: commit(committedInRoom) }),
    shows: async ({ committedInRoom }) => {
      const sizes: number[] = [];
      const put = { type: 'put' as const, record: engineEntry('e', { build_ref: 'b' }) };
      const work: Room.WorkInRoom<EngineEntry> = {
        commit: async (some) => {
          sizes.push(some.length);
          return [];
        },
        makeRoom: async () => false,
        refuse: () => new CatalogError('NoSpace', 'no room'),
      };
      await committedInRoom([put, put], work);
      return sizes;
    },
  });
}

function withoutBuild<R>(mutation: Mutation<R>): Mutation<R> {
  if (mutation.type !== 'put' || !isBuilt(mutation.record)) return mutation;
  const { build_ref: _build, ...bare } = mutation.record;
  return { ...mutation, record: bare as R };
}

const isBuilt = (record: unknown): record is { build_ref: string } =>
  typeof record === 'object' && record !== null && 'build_ref' in record;

/** Of how a commit shows itself under the index's fixed name. */
function renaming({
  rename,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & {
  readonly rename: (programs: typeof Programs) => typeof Programs.rename;
}): ModuleSaboteur {
  return inModule<typeof Programs, 'rename'>({
    ...declared,
    breaks: 'CAT-INT-3303',
    by,
    module: 'src/disk/program.ts',
    names: ['rename'],
    substitutes: (programs) => ({ rename: rename(programs) }),
    shows: (programs) => {
      const { disk } = machine();
      disk.plant(leftTemp, 'next');
      const old = disk.perform({ op: 'open', kind: 'Open', path: place.index, access: 'read' }) as number;
      runSync(programs.rename(leftTemp, place.index), disk);
      const sizes = [runSync(programs.statHandle(old), disk).size, runSync(programs.stat(place.index), disk)?.size];
      return sizes;
    },
  });
}

/** The whole lines of an index, with an end that fits. */
function restOf(collection: FleetCollectionName, bytes: Buffer): Buffer {
  const [head = '', ...rest] = bytes.toString().split('\n');
  const lines = rest.map((line) => line.replace(/,$/, '')).filter(isJson);
  const whole = Buffer.from(`${head}\n${lines.join(',\n')}${lines.length > 0 ? '\n' : ''}`);
  return withChecksum(Buffer.concat([whole, Buffer.from(indexOf(collection, 0, []).slice(-88))]));
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Removes the newest generation of each index that does not show it. */
function* takeBackUnshown(path: string): DiskProgram<void> {
  for (const index of [indexPlace(path, 'models'), indexPlace(path, 'engines')]) {
    const newest = yield* newestRevision(index);
    if (newest === undefined) continue;
    const [shown, bearer] = [yield* stat(index.index), yield* stat(generationPath(index, newest))];
    if (shown !== undefined && shown.inode !== bearer?.inode) yield* unlessMissing(unlink(generationPath(index, newest)));
  }
}

/** What a dead writer had prepared. */
function* preparedIn({ collection, index, root: folder }: IndexPlace): DiskProgram<Generation<never> | undefined> {
  const names = (yield* namesIn(folder)).filter((name) => isTempName(name) && join(folder, name).startsWith(index));
  for (const name of names) {
    const bytes = yield* readFileIfThere(join(folder, name));
    const prepared = bytes && decoded(collection, bytes);
    if (prepared?.kind === 'intact') return prepared.generation as unknown as Generation<never>;
  }
  return undefined;
}

function* namesIn(folder: string): DiskProgram<readonly string[]> {
  return (yield* stat(folder)) === undefined ? [] : yield* list(folder);
}

/** A root with one commit, which its index shows. */
function machine(): { readonly disk: SimulatedDisk; readonly run: Run } {
  const disk = new SimulatedDisk({ root: [root] });
  for (const path of [`${root}/generations`, place.generations]) disk.plantDirectory(path);
  disk.plant(`${place.generations}/1`, indexOf('models', 1, []));
  disk.perform({ op: 'link', kind: 'Link', from: `${place.generations}/1`, to: place.index });
  return { disk, run: async (program) => runSync(program, disk) };
}

function isIndex(path: string): boolean {
  return /\/catalog\.json$/.test(path);
}
