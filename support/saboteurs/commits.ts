import { setImmediate as nextTurn } from 'node:timers/promises';
import { CatalogError } from '../../src/core/errors.js';
import type { Host } from '../../src/disk/host.js';
import type { Disk, DiskProgram } from '../../src/disk/program.js';
import type { FileStat, Step } from '../../src/disk/steps.js';
import type { Platform } from '../../src/platform/platform.js';
import type * as Commit from '../../src/stores/fs/commit.js';
import type * as Group from '../../src/stores/fs/fs-collection.js';
import type * as Root from '../../src/stores/fs/fs-root.js';
import type * as OpenGeneration from '../../src/stores/fs/open-generation.js';
import type * as Place from '../../src/stores/fs/place.js';
import type * as Publish from '../../src/stores/fs/publish.js';
import { answersOf } from './answers.js';
import { indexOf } from './codec.js';
import { attempted, pending } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const openGeneration = 'src/stores/fs/open-generation.ts';
const someTemp = { path: '/r/catalog.json.x.tmp', handle: 3, status: { device: 1n, inode: 7n } as FileStat };
const place: Place.IndexPlace = { collection: 'models', root: '/r', index: '/r/catalog.json', generations: '/r/generations/models' };
const names = ['1', '2', '3', '4'];

const sharedTempName = inModule<typeof Place, 'tempPath'>({
  name: 'shared temp name',
  breaks: 'CAT-LCK-1206',
  by: 'schedule',
  does: 'All writers of an index use one temp.',
  module: 'src/stores/fs/place.ts',
  names: ['tempPath'],
  substitutes: ({ tempPath }) => ({ tempPath: (target) => tempPath(target, 'A'.repeat(22)) }),
  shows: ({ tempPath }) => tempPath('/r/catalog.json', 'B'.repeat(22)),
});

const pruneNewestFirst = inModule<typeof Commit, 'prune'>({
  name: 'prune newest first',
  breaks: 'CAT-IDX-1107',
  by: 'scenario',
  does: 'Of the generations before the newest the oldest are kept.',
  module: 'src/stores/fs/commit.ts',
  names: ['prune'],
  substitutes: () => ({ prune: pruneWrongEnd }),
  shows: ({ prune }) => answersOf(prune(place, 2), (step) => (step.op === 'list' ? names : { type: 'file' })),
});

const pruneBeforeCommit = inModule<typeof Commit, 'commitGeneration'>({
  name: 'prune before the commit',
  breaks: 'CAT-IDX-1107',
  by: 'fault',
  does: 'Earlier generations go before the next one is there.',
  module: 'src/stores/fs/commit.ts',
  names: ['commitGeneration'],
  substitutes: ({ commitGeneration, prune }) => ({
    commitGeneration: function* (commit, base, next) {
      yield* prune(commit.place, 1);
      return yield* commitGeneration(commit, base, next);
    },
  }),
  shows: ({ commitGeneration }) =>
    answersOf(commitGeneration({ place, newToken: () => 'A'.repeat(22) }, undefined, emptyNext), (step) =>
      step.op === 'list' ? names : undefined,
    ),
});

const linkErrorBelieved = inModule<typeof Publish, 'publish'>({
  name: 'an error of the link is believed',
  breaks: 'CAT-IDX-1104',
  by: 'fault',
  does: 'Nobody looks whose inode bears the name after a link that failed.',
  module: 'src/stores/fs/publish.ts',
  names: ['publish'],
  substitutes: ({ publish }) => ({ publish: (temp, path) => withoutLooking(publish(temp, path)) }),
  shows: ({ publish }) =>
    answersOf(publish(someTemp, '/r/generations/models/1'), (step) => {
      if (step.op === 'link') throw Object.assign(new Error('link'), { code: 'EIO' });
      return someTemp.status;
    }),
});

const readerDoesNotSync = inModule<typeof OpenGeneration, 'openNewestDurably'>({
  name: 'reader does not sync',
  breaks: 'CAT-IDX-1111',
  by: 'crash',
  does: 'A reader serves a generation whose name a power cut could take back.',
  module: openGeneration,
  names: ['openNewestDurably'],
  substitutes: ({ openNewest }) => ({
    openNewestDurably: function* (index) {
      const newest = yield* openNewest(index);
      return newest && { ...newest, durable: true };
    },
  }),
  shows: ({ openNewestDurably }) => answersOf(openNewestDurably(place), oneGeneration),
});

const readerKeepsWhatItHolds = inModule<typeof OpenGeneration, 'isCurrent'>({
  name: 'a handle keeps what it holds',
  breaks: 'CAT-IDX-1111',
  by: 'schedule',
  does: 'What a handle read once is the newest for as long as its file is there.',
  module: openGeneration,
  names: ['isCurrent'],
  substitutes: ({ isStillThere }) => ({ isCurrent: (_place, held) => isStillThere(held) }),
  shows: ({ isCurrent }) =>
    answersOf(
      isCurrent(place, { path: '/r/generations/models/1', generation: emptyNext } as unknown as OpenGeneration.OpenGeneration),
      () => undefined,
    ),
});

const baseNotChecked = inModule<typeof OpenGeneration, 'isStillThere'>({
  name: 'a base that was pruned counts',
  breaks: 'CAT-LCK-1205',
  by: 'schedule',
  does: 'A writer that slept takes a name that was freed for one that nobody had.',
  module: openGeneration,
  names: ['isStillThere'],
  substitutes: () => ({
    isStillThere: function* () {
      return true;
    },
  }),
  shows: ({ isStillThere }) => answersOf(isStillThere({ path: '/r/generations/models/1', device: 1n, inode: 7n }), () => undefined),
});

const poisoningForgotten = inModule<typeof Root, 'FsRoot'>({
  name: 'poisoning forgotten',
  breaks: 'CAT-IDX-1113',
  by: 'fault',
  does: 'After a failed sync a handle goes on writing.',
  module: 'src/stores/fs/fs-root.ts',
  names: ['FsRoot'],
  substitutes: ({ FsRoot }) => ({
    FsRoot: class extends FsRoot {
      override checkTrusted(): void {}
    },
  }),
  shows: ({ FsRoot }) => {
    const root = new FsRoot(rootOptions);
    root.failure(new CatalogError('CommitUnknown', 'lost'), 'could not write');
    return attempted(() => root.checkTrusted());
  },
});

const readOnlyWrites = inModule<typeof Root, 'FsRoot'>({
  name: 'a read-only handle writes',
  breaks: 'CAT-IDX-1111',
  by: 'scenario',
  does: 'A handle that was opened to read takes changes.',
  module: 'src/stores/fs/fs-root.ts',
  names: ['FsRoot'],
  substitutes: ({ FsRoot }) => ({
    FsRoot: class extends FsRoot {
      override checkWritable(): void {
        this.checkOpen();
        this.checkTrusted();
      }
    },
  }),
  shows: ({ FsRoot }) => attempted(() => new FsRoot(rootOptions).checkWritable()),
});

const acknowledgedTooSoon = inModule<typeof Group, 'FsCollection'>({
  name: 'acknowledged before the commit',
  breaks: 'CAT-IDX-1110',
  by: 'fault',
  does: 'A put resolves when it was asked for, not when it is durable.',
  module: 'src/stores/fs/fs-collection.ts',
  names: ['FsCollection'],
  substitutes: ({ FsCollection }) => ({
    FsCollection: class<C extends 'models' | 'engines'> extends FsCollection<C> {
      override async put(...[record, options]: Parameters<Group.FsCollection<C>['put']>): ReturnType<Group.FsCollection<C>['put']> {
        const asked = super.put(record, options);
        asked.catch(() => {});
        const { generation } = await this.newest();
        return { record, revision: generation.revision + 1 };
      }
    },
  }),
  shows: async ({ FsCollection }) => {
    const put = new FsCollection(neverCommitting, 'models').put(pending);
    return Promise.race([put, nextTurn('no answer')]);
  },
});

export const commitSaboteurs: readonly ModuleSaboteur[] = [
  sharedTempName,
  pruneNewestFirst,
  pruneBeforeCommit,
  linkErrorBelieved,
  readerDoesNotSync,
  readerKeepsWhatItHolds,
  baseNotChecked,
  poisoningForgotten,
  readOnlyWrites,
  acknowledgedTooSoon,
];

const rootOptions = {
  root: '/r',
  known: undefined,
  disk: { perform: () => undefined },
  host: {} as Host,
  readOnly: true,
  lockTimeoutMs: 0,
  keepGenerations: 1,
  platform: { over: (disk: Disk) => disk, checkTrusted: () => {} } as Platform,
  allowUnsafeRoot: true,
};

/** A root of which nothing can be read, and whose commits never end. */
const neverCommitting = {
  path: '/r',
  checkOpen: () => {},
  checkWritable: () => {},
  checkInForce: async () => {},
  failure: (error: unknown) => error,
  locked: () => new Promise(() => {}),
  run: async () => undefined,
} as unknown as Root.FsRoot;

const emptyNext = { collection: 'models', revision: 1, commit: 'A'.repeat(22), recent: [], blocks: [], names: new Map() } as const;

/** A disk on which there is one generation, and an index that does not show it. */
function oneGeneration(step: Step): unknown {
  const bytes = Buffer.from(indexOf('models', 1, []));
  switch (step.op) {
    case 'list':
      return ['1'];
    case 'read':
      return bytes.copy(step.into, 0, step.position);
    case 'stat':
    case 'stat-handle':
      return { type: 'file', size: bytes.byteLength, device: 1n, inode: step.op === 'stat' && step.path === place.index ? 1n : 2n };
    default:
      return 1;
  }
}

function* pruneWrongEnd(index: Place.IndexPlace, keep: number): DiskProgram<void> {
  const found = (yield { op: 'list', kind: 'List', path: index.generations }) as readonly string[];
  const revisions = found.map(Number).sort((a, b) => b - a);
  for (const revision of revisions.slice(1, Math.max(1, 1 + revisions.length - keep))) {
    yield { op: 'unlink', kind: 'RemoveFile', path: `${index.generations}/${revision}` };
  }
}

/** A program whose first error, that of its link, ends it. */
function* withoutLooking<T>(program: DiskProgram<T>): DiskProgram<T> {
  let next = program.next();
  while (!next.done) next = program.next(yield next.value);
  return next.value;
}
