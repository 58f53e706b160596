import type * as Claims from '../../src/artifacts/claims.js';
import type * as Leases from '../../src/artifacts/leases.js';
import type * as StoredBlobs from '../../src/artifacts/stored-blobs.js';
import type * as Trash from '../../src/artifacts/trash.js';
import type { CatalogContext } from '../../src/catalog-context.js';
import type * as Collecting from '../../src/collect.js';
import type * as Budgets from '../../src/core/budget.js';
import type * as Keeping from '../../src/core/keepers.js';
import type * as Pins from '../../src/core/pins.js';
import type { ModelEntry } from '../../src/core/records.js';
import { hostOf } from '../../src/disk/host.js';
import { type DiskProgram, runSync } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type * as Removing from '../../src/remove-blobs.js';
import type * as Whys from '../../src/why.js';
import { pending } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const hex = 'ab'.repeat(32);
const digest = `sha256:${hex}` as const;
const root = '/r';
const blob = `${root}/blobs/sha256/ab/${hex}`;
const lease = `${root}/leases/${'0'.repeat(32)}-${'T'.repeat(22)}.json`;
const leaseText = JSON.stringify({ id: 'a', holder: 'b', digests: [digest], expires_ms: 9e15 });
const now = new Date('2026-02-02T00:00:00.000Z');
const stored: ModelEntry = { ...pending, mode: 'copy', local_path: 'models/a/a', files: [{ path: 'a', digest, bytes: 1 }] };

/** What a program gives on a disk where something of each kind is. */
function shownBy<T>(program: (disk: SimulatedDisk) => DiskProgram<T>): unknown {
  const disk = new SimulatedDisk({ root: [root] })
    .plant(blob, 'a')
    .plant(lease, leaseText)
    .plant(`${root}/ingest/${'T'.repeat(22)}`, 'half');
  return JSON.parse(JSON.stringify(runSync(program(disk), disk), (_, value) => (typeof value === 'bigint' ? String(value) : value)));
}

/** A catalog of one model and its blob, that notes what is done to it. */
function catalogOf(done: string[]): CatalogContext {
  const models = { list: async () => [{ record: stored, revision: 1 }], get: async () => undefined };
  const artifacts = {
    root,
    run: async () => {
      done.push('looked');
      return [];
    },
    trashed: async () => [],
    trashFolder: async () => '/r/trash',
    nameInTrash: async () => ({ path: '/r/trash/a', digest, bytes: 1, allocated: 1, changedMs: 0 }),
    syncFolder: async () => {},
    takeName: async () => done.push('moved'),
    deleteTrash: async () => done.push('deleted'),
    putBack: async () => done.push('put back'),
  };
  const store = { models, engines: { list: async () => [] } };
  return { store, artifacts, host: { clock: () => 1e12, monotonicMs: () => 0 } } as unknown as CatalogContext;
}

const pinsForgotten = inModule<typeof Pins, 'pinned'>({
  name: 'pins are not kept',
  breaks: 'CAT-GC-2304',
  by: 'scenario',
  does: 'Pinning a model changes nothing.',
  module: 'src/core/pins.ts',
  names: ['pinned'],
  substitutes: () => ({ pinned: (entry) => entry }),
  shows: ({ pinned }) => pinned(pending, 'a demo', now),
});

const leasesUnseen = inModule<typeof Leases, 'leasesIn'>({
  name: 'leases are not looked for',
  breaks: 'CAT-GC-2304',
  by: 'scenario',
  does: 'Who removes a model sees no lease of it.',
  module: 'src/artifacts/leases.ts',
  names: ['leasesIn'],
  substitutes: () => ({
    *leasesIn() {
      return [];
    },
  }),
  shows: ({ leasesIn }) => shownBy(() => leasesIn(root)),
});

const claimsUnseen = inModule<typeof Claims, 'liveClaims'>({
  name: 'claims are not looked for',
  breaks: 'CAT-GC-2305',
  by: 'scenario',
  does: 'Who removes a blob sees no add that relies on it.',
  module: 'src/artifacts/claims.ts',
  names: ['liveClaims'],
  substitutes: () => ({
    *liveClaims() {
      return [];
    },
  }),
  shows: ({ liveClaims }) =>
    shownBy((disk) => {
      disk.plant(
        `${root}/ingest/${'C'.repeat(22)}`,
        JSON.stringify({ schema: 'catalog-core/claim', version: 1, id: 'a', digests: [digest] }),
      );
      return liveClaims({ root, host: hostOf(disk, {}), graceMs: 1e12 });
    }),
});

const enginesKeepNothing = inModule<typeof Keeping, 'keepersByDigest'>({
  name: 'engines keep nothing',
  breaks: 'CAT-GC-2302',
  by: 'scenario',
  does: 'A blob that only an engine needs is collected.',
  module: 'src/core/keepers.ts',
  names: ['keepersByDigest'],
  substitutes: ({ keepersByDigest }) => ({ keepersByDigest: (roots) => keepersByDigest({ ...roots, engines: [] }) }),
  shows: ({ keepersByDigest }) => [
    ...keepersByDigest({
      claims: [],
      leases: [],
      models: [],
      engines: [{ id: 'e', engine: 'e', version: '1', artifacts: [digest], created_ms: 1 }],
    }),
  ],
});

const allIsOld = inModule<typeof StoredBlobs, 'blobsNamed'>({
  name: 'there is no time of grace for blobs',
  breaks: 'CAT-GC-2302',
  by: 'scenario',
  does: 'What was stored a moment ago is collected too.',
  module: 'src/artifacts/stored-blobs.ts',
  names: ['blobsNamed'],
  substitutes: ({ blobsNamed }) => ({
    *blobsNamed(...given) {
      return (yield* blobsNamed(...given)).map((one) => ({ ...one, changedMs: 0 }));
    },
  }),
  shows: ({ blobsNamed }) => shownBy(() => blobsNamed(root, [digest])),
});

const dryRunsCollect = inModule<typeof Collecting, 'collectGarbage'>({
  name: 'a dry run collects',
  breaks: 'CAT-GC-2303',
  by: 'scenario',
  does: 'What would be collected is collected when that is asked for.',
  module: 'src/collect.ts',
  names: ['collectGarbage'],
  substitutes: ({ collectGarbage }) => ({ collectGarbage: (context, options) => collectGarbage(context, { ...options, dryRun: false }) }),
  shows: async ({ collectGarbage }) => (await collectGarbage(catalogOf([]), { dryRun: true })).dry_run,
});

const quarantineEmptied = inModule<typeof Collecting, 'collectGarbage'>({
  name: 'each collection empties the quarantine',
  breaks: 'CAT-GC-2307',
  by: 'scenario',
  does: 'Damaged bytes are deleted although nobody asked for that.',
  module: 'src/collect.ts',
  names: ['collectGarbage'],
  substitutes: ({ collectGarbage }) => ({
    collectGarbage: (context, options) => collectGarbage(context, { ...options, quarantine: true }),
  }),
  shows: async ({ collectGarbage }) => {
    const done: string[] = [];
    await collectGarbage(catalogOf(done), {});
    return done;
  },
});

const reasonsUntold = inModule<typeof Whys, 'whyKept'>({
  name: 'nothing is said to be kept',
  breaks: 'CAT-GC-2303',
  by: 'scenario',
  does: 'What keeps a file is not told.',
  module: 'src/why.ts',
  names: ['whyKept'],
  substitutes: ({ whyKept }) => ({ whyKept: async (...given) => ({ ...(await whyKept(...given)), kept: false, because: [] }) }),
  shows: ({ whyKept }) => whyKept(catalogOf([]), digest),
});

const notLookedAgain = inModule<typeof Removing, 'removeBlobs'>({
  name: 'what reaches a blob is read once',
  breaks: 'CAT-GC-2305',
  by: 'scenario',
  does: 'A blob is deleted without looking again, once it is out of the way.',
  module: 'src/remove-blobs.ts',
  names: ['removeBlobs'],
  substitutes: ({ removeBlobs }) => ({
    removeBlobs: (context, digests, options) =>
      removeBlobs({ ...context, artifacts: forgetful(context.artifacts) } as CatalogContext, digests, options),
  }),
  shows: async ({ removeBlobs }) => {
    const done: string[] = [];
    await removeBlobs(catalogOf(done), [`sha256:${'cd'.repeat(32)}`]);
    return done;
  },
});

/** Deletes what is to be out of the way at once. */
function forgetful(artifacts: CatalogContext['artifacts']): CatalogContext['artifacts'] {
  return new Proxy(artifacts, {
    get: (target, name) => {
      if (name === 'nameInTrash')
        return async (asked: typeof digest) => {
          const trashed = await target.nameInTrash(asked);
          if (trashed !== undefined) await target.takeName(asked);
          if (trashed !== undefined) await target.deleteTrash(trashed);
          return undefined;
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const sharedBytesCounted = inModule<typeof Trash, 'deleteTrash'>({
  name: 'bytes that others hold are counted as freed',
  breaks: 'CAT-GC-2301',
  by: 'scenario',
  does: 'A report says the size of a file, whatever its blocks and its other names.',
  module: 'src/artifacts/trash.ts',
  names: ['deleteTrash'],
  substitutes: ({ deleteTrash }) => ({
    *deleteTrash(trashed) {
      yield* deleteTrash(trashed);
      return trashed.bytes;
    },
  }),
  shows: ({ deleteTrash }) => shownBy(() => deleteTrash({ path: blob, digest, bytes: 7, allocated: 1, changedMs: 0 })),
});

const activeEvicted = inModule<typeof Budgets, 'evictionsFor'>({
  name: 'Active models are evicted',
  breaks: 'CAT-GC-2306',
  by: 'scenario',
  does: 'A budget is kept at the cost of Active models, although nobody said so.',
  module: 'src/core/budget.ts',
  names: ['evictionsFor'],
  substitutes: ({ evictionsFor }) => ({
    evictionsFor: (models, budget, beside) => evictionsFor(models, { ...budget, keepActive: false }, beside),
  }),
  shows: ({ evictionsFor }) =>
    evictionsFor([{ ...stored, state: 'Active' }], { maxBytes: 0, keepActive: true }, { nowMs: 0, isLeased: () => false }).evictions.length,
});

export const collectionSaboteurs: readonly ModuleSaboteur[] = [
  pinsForgotten,
  leasesUnseen,
  claimsUnseen,
  enginesKeepNothing,
  allIsOld,
  dryRunsCollect,
  quarantineEmptied,
  reasonsUntold,
  notLookedAgain,
  sharedBytesCounted,
  activeEvicted,
];
