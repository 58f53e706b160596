import { join } from 'node:path';
import type { Catalog } from '../../src/catalog.js';
import { hourMs } from '../../src/core/lock-owner.js';
import { blobPath } from '../../src/core/model-layout.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { DoctorReport } from '../../src/stores/fs/examine.js';
import { root, source, sourceDigest } from '../exploration/alphabet.js';
import { engineEntry, modelEntry } from '../model-entry.js';
import { leaveUnreached } from '../unreached.js';
import { withoutDirectoryRenames, withoutKernelLock } from './handicaps.js';
import { killedBefore } from './killed.js';
import { doing, firstChange, refusedAsStale, register, together } from './operations.js';
import type { Scenario } from './scenario.js';

const kept = join(root, 'kept.json');
const blob = join(root, blobPath(sourceDigest));

const a = modelEntry('a');
const b = modelEntry('b');
const put = (...entries: readonly ModelEntry[]) =>
  doing(async (catalog) => {
    for (const entry of entries) await catalog.put(entry);
  });
const add = (id: string) => (catalog: Catalog) => catalog.add(source.path, { id });
const added = doing(add('added'));
const leavesA = ['a Pending'];
const leavesBoth = ['a Pending', 'b Pending'];

export const scenarios: readonly Scenario[] = [
  { name: 'put new', before: put(a), handle: 'warm', act: (catalog) => catalog.put(b), leaves: leavesBoth },
  { name: 'put new by a fresh handle', before: put(a), handle: 'opened by it', act: (catalog) => catalog.put(b), leaves: leavesBoth },
  { name: 'overwrite', before: put(a, b), handle: 'warm', act: (catalog) => catalog.put({ ...a, name: 'other' }), leaves: leavesBoth },
  { name: 'delete', before: put(a, b), handle: 'warm', act: (catalog) => catalog.delete('b'), leaves: leavesA },
  {
    name: 'stale put',
    before: put(a),
    handle: 'warm',
    act: (catalog) => refusedAsStale(catalog.store.models.put(a, { ifRevision: 7 })),
    leaves: leavesA,
  },
  { name: 'set state', before: put(a), handle: 'warm', act: (catalog) => catalog.setState('a', 'Retired'), leaves: ['a Retired'] },
  { name: 'register', before: put(a), handle: 'warm', act: register, leaves: ['a Pending', 'added Pending'] },
  { name: 'first put on an empty machine', handle: 'opened by it', act: (catalog) => catalog.put(a), leaves: leavesA },
  {
    name: 'put that prunes all but one',
    keepGenerations: 1,
    before: put(a),
    handle: 'warm',
    act: (catalog) => catalog.put(b),
    leaves: leavesBoth,
  },
  {
    name: 'put that prunes all but two',
    keepGenerations: 2,
    before: put(a),
    handle: 'warm',
    act: (catalog) => catalog.put(b),
    leaves: leavesBoth,
  },
  {
    name: 'put without hard links',
    disk: { hardLinks: false },
    before: put(a),
    handle: 'warm',
    act: (catalog) => catalog.put(b),
    leaves: leavesBoth,
  },
  {
    name: 'first put without hard links',
    disk: { hardLinks: false },
    handle: 'opened by it',
    act: (catalog) => catalog.put(a),
    leaves: leavesA,
  },
  {
    name: 'put new where there are neither hard links nor renames of directories',
    disk: { hardLinks: false },
    handicap: withoutDirectoryRenames,
    before: put(a),
    handle: 'warm',
    act: (catalog) => catalog.put(b),
    leaves: leavesBoth,
  },
  {
    name: "put new without the kernel's lock",
    handicap: withoutKernelLock,
    othersComeAfterMs: hourMs + 60_000,
    before: put(a),
    handle: 'warm',
    act: (catalog) => catalog.put(b),
    leaves: leavesBoth,
  },
  {
    name: 'two puts at once',
    before: put(a),
    handle: 'warm',
    act: (catalog) => together([b, modelEntry('c')].map((entry) => catalog.store.models.put(entry))),
    leaves: [...leavesBoth, 'c Pending'],
  },
  { name: 'add a copy', before: put(a), handle: 'warm', act: add('added'), leaves: ['a Pending', 'added Active'] },
  { name: 'first add on an empty machine', handle: 'opened by it', act: add('added'), leaves: ['added Active'] },
  {
    name: 'add with shared blocks',
    disk: { reflinks: true },
    before: put(a),
    handle: 'warm',
    act: add('added'),
    leaves: ['a Pending', 'added Active'],
  },
  {
    name: 'add without hard links',
    disk: { hardLinks: false },
    before: put(a),
    handle: 'warm',
    act: add('added'),
    leaves: ['a Pending', 'added Active'],
  },
  { name: 'add known content', before: added, handle: 'warm', act: add('other'), leaves: ['added Active', 'other Active'] },
  { name: 'add the same again', before: added, handle: 'warm', act: add('added'), leaves: ['added Active'] },
  {
    name: 'add in place of other content',
    before: async (disk) => {
      disk.plant(source.path, 'other weights');
      await added(disk);
      disk.plant(source.path, source.text);
    },
    handle: 'warm',
    act: (catalog) => catalog.add(source.path, { id: 'added', replace: true }),
    leaves: ['added Active'],
  },
  {
    name: 'add what a fetcher brings',
    fetcher: { fetch: async () => ({ path: source.path }) },
    before: put(a),
    handle: 'warm',
    act: (catalog) => catalog.add('hf:acme/weights', { id: 'added' }),
    leaves: ['a Pending', 'added Active'],
  },
  { name: 'fill a registered model', before: doing(register), handle: 'warm', act: add('added'), leaves: ['added Active'] },
  { name: 'verify a good model', before: added, handle: 'warm', act: (catalog) => catalog.verify('added'), leaves: ['added Active'] },
  {
    name: 'verify a corrupted model',
    before: async (disk) => {
      await added(disk);
      disk.plant(blob, 'THE WEIGHTS OF A MODEL', 0o444);
    },
    handle: 'warm',
    act: (catalog) => catalog.verify('added'),
    leaves: ['added Failed'],
    undamage: (disk) => disk.plant(blob, source.text, 0o444),
  },
  { name: 'evict', before: added, handle: 'warm', act: (catalog) => catalog.evict('added'), leaves: [] },
  {
    name: 'evict one of two that share a blob',
    before: doing(async (catalog) => {
      await add('added')(catalog);
      await add('other')(catalog);
    }),
    handle: 'warm',
    act: (catalog) => catalog.evict('added'),
    leaves: ['other Active'],
  },
  {
    name: 'collect garbage',
    before: doing(async (catalog) => {
      await catalog.put(a);
      await leaveUnreached(catalog, source.path);
    }),
    handle: 'warm',
    act: (catalog) => catalog.gc({ graceMs: 0 }),
    leaves: leavesA,
  },
  {
    name: 'lease a model',
    before: added,
    handle: 'warm',
    act: (catalog) => catalog.lease('added', { holder: 'a reader', ttlMs: 60_000 }),
    leaves: ['added Active'],
  },
  { name: 'pin a model', before: added, handle: 'warm', act: (catalog) => catalog.pin('added', 'a demo'), leaves: ['added Active'] },
  {
    name: 'put an engine',
    before: put(a),
    handle: 'warm',
    act: (catalog) => catalog.engines.put(engineEntry('e')),
    leaves: [...leavesA, 'engine e'],
  },
  {
    name: 'remove an engine',
    before: doing((catalog) => catalog.engines.put(engineEntry('e'))),
    handle: 'warm',
    act: (catalog) => catalog.engines.delete('e'),
    leaves: [],
  },
  {
    name: 'open after a kill in mid-commit',
    before: async (disk) => {
      await put(a)(disk);
      await killedBefore(disk, { kind: 'SyncDirectory', after: 'Publish' }, (catalog) => catalog.put(b));
    },
    handle: 'opened by it',
    act: (catalog) => catalog.list(),
    leaves: leavesBoth,
  },
  {
    name: 'open after a kill in mid-add',
    before: async (disk) => {
      await put(a)(disk);
      await killedBefore(disk, { kind: 'Publish' }, add('added'));
    },
    handle: 'opened by it',
    act: (catalog) => catalog.list(),
    leaves: leavesA,
  },
  {
    name: 'open after a kill in mid-evict',
    before: async (disk) => {
      await added(disk);
      await killedBefore(disk, { kind: 'RemoveDirectory' }, (catalog) => catalog.evict('added'));
    },
    handle: 'opened by it',
    act: (catalog) => catalog.list(),
    leaves: [],
  },
  {
    name: 'open for reading and list',
    before: put(a, b),
    handle: 'opened by it for reading',
    act: (catalog) => catalog.list(),
    leaves: leavesBoth,
    reads: true,
  },
  {
    name: 'locate',
    before: added,
    handle: 'warm',
    act: async (catalog) => [await catalog.locate('added'), await catalog.modelPath('added')],
    leaves: ['added Active'],
    reads: true,
  },
  {
    name: 'doctor',
    before: added,
    handle: 'warm',
    act: (catalog) => catalog.doctor({ tryDisk: false }),
    leaves: ['added Active'],
    reads: true,
    tellsFault: (report) => {
      const { ok, findings, platform } = report as DoctorReport;
      return !ok || findings.some(({ id }) => id === 'files-unreadable') || Object.values(platform.facts).includes('Unknown');
    },
  },
  { name: 'doctor that tries the disk', before: added, handle: 'warm', act: (catalog) => catalog.doctor(), leaves: ['added Active'] },
  { name: 'watch one change', before: put(a, b), handle: 'warm', act: firstChange, leaves: leavesBoth, reads: true },
  {
    name: 'repair a damaged index',
    before: async (disk) => {
      await put(a, b)(disk);
      disk.plant(join(root, 'generations/models/2'), 'damaged', 0o400);
    },
    handle: 'opened by it',
    act: (catalog) => catalog.repair(),
    leaves: leavesA,
    remedy: (catalog) => catalog.repair(),
    inParts: true,
  },
  {
    name: 'repair from a copy',
    before: async (disk) => {
      await put(a)(disk);
      disk.plant(kept, disk.bytesAt(join(root, 'catalog.json')));
      await put(b)(disk);
    },
    handle: 'warm',
    act: (catalog) => catalog.repair({ from: kept }),
    leaves: leavesA,
  },
];
