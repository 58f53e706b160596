import { isUnfinished } from '../../../src/adopt/leftovers.js';
import { liveClaims, takeAbandoned } from '../../../src/artifacts/claims.js';
import { leasesIn } from '../../../src/artifacts/leases.js';
import { partialsIn } from '../../../src/artifacts/partials.js';
import type { Catalog } from '../../../src/catalog.js';
import { isCatalogError } from '../../../src/core/errors.js';
import { isAbandoned, parseOwner } from '../../../src/core/lock-owner.js';
import { formatProfile, isSameProfile, parseProfile, profileOf } from '../../../src/core/platform-profile.js';
import { hostOf } from '../../../src/disk/host.js';
import { readOwner } from '../../../src/disk/owner-lock.js';
import { persistedName } from '../../../src/disk/persist.js';
import { SimulatedDisk } from '../../../src/disk/simulated-disk.js';
import { openCatalog } from '../../../src/open-catalog.js';
import { readProfile } from '../../../src/platform/profile-file.js';
import { readOrigin, readPart } from '../../../src/stores/fleet-copy/read.js';
import { isTempName, revisionsIn } from '../../../src/stores/fs/place.js';
import { JournalCatalog } from '../../../src/stores/journal/journal-catalog.js';
import { gatesOf, parsePolicy } from '../../../src/stores/journal/policy.js';
import { recordPut } from '../../../src/stores/journal/record-events.js';
import { engineEntry, modelEntry } from '../../model-entry.js';
import { type FuzzTarget, namedSeeds, ran, type Seed, seeds } from '../target.js';
import { changedSegment, mendedJournalFile } from './forging.js';
import { changedIndex, indexOf, mendedIndex, mendedOrigin, samples, someOrigin } from './index-files.js';

const root = '/home/user/models';
const digest = `sha256:${'a'.repeat(64)}`;
const token = 'A'.repeat(22);

async function taken(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCatalogError(error)) throw error;
  }
}

const lease = JSON.stringify({
  schema: 'catalog-core/lease',
  version: 1,
  id: 'm',
  holder: 'a reader',
  digests: [digest],
  expires_ms: 1767323045678,
});
const leases: FuzzTarget = {
  name: 'leases',
  seeds: seeds(`${lease}\n`),
  read: (bytes) => {
    const disk = new SimulatedDisk({ root: [root] }).plant(`${root}/leases/${'0'.repeat(32)}-${token}.json`, bytes, 0o600);
    return ran(leasesIn(root), disk)[0]?.id === '' ? 'damaged' : undefined;
  },
};

const claims: FuzzTarget = {
  name: 'claims',
  seeds: seeds(
    `${JSON.stringify({ schema: 'catalog-core/claim', version: 1, id: 'm', digests: [digest] })}\n`,
    `${JSON.stringify({ schema: 'catalog-core/claim', version: 1, folder: 'models/a-0123456789abcdef', digests: [] })}\n`,
  ),
  read: (bytes) => {
    const path = `${root}/ingest/${token}`;
    const disk = new SimulatedDisk({ root: [root] }).plant(path, bytes, 0o600);
    const host = hostOf(disk, {});
    const live = ran(liveClaims({ root, host, graceMs: 1000 }), disk);
    ran(partialsIn(root, host), disk);
    ran(takeAbandoned(path, host), disk);
    return live.length === 0 ? 'no claim' : undefined;
  },
};

const owner = {
  pid: 7,
  host: 'h',
  command: 'c',
  since: '2026-01-02T03:04:05.678Z',
  boot_id: 'b',
  pid_namespace: 'n',
  process_start: '1',
  token,
};
const owners: FuzzTarget = {
  name: 'owners of locks',
  seeds: seeds(JSON.stringify(owner), `${JSON.stringify({ ...owner, boot_id: undefined })}\n`),
  read: (bytes) => {
    const found = parseOwner(bytes.toString());
    ran(readOwner(`${root}/catalog.lock.owner`), new SimulatedDisk().plant(`${root}/catalog.lock.owner`, bytes));
    if (found === undefined) return 'no owner';
    isAbandoned(found, owner, { liveness: 'dead', nowMs: 0 });
    return undefined;
  },
};

const policies: FuzzTarget = {
  name: 'policies',
  seeds: seeds('{"allowed_sources":["hf:org/"],"digest_required":true,"no_code_bearing_formats":true,"signature_label":"signed"}', '{}'),
  read: (bytes) => {
    const model = { ...modelEntry('a'), state: 'Active', metadata: { code_bearing: true } };
    const proposed = {
      coordinate: { entity: 'model:a', scope: 'catalog' },
      kind: recordPut,
      payload: { record: model },
      payload_version: 1,
      entity_version: 0,
    };
    for (const gate of gatesOf(parsePolicy(bytes.toString(), 'policy.json'))) gate.check(proposed);
    return undefined;
  },
};

const observed = {
  host: { monotonic_clock: 'ProcessLocalInstantAnchor' },
  store_path: {
    ...{ path_status: 'ObservedDirectory', parent_dir_sync: 'UnixFsync', lock_leaf_symlink_protection: 'AtomicNoFollow' },
    ...{ mmap_index: 'ObservedUnsupported', sealed_segment_mmap: 'ObservedUnsupported', active_segment_read: 'UnixReadAt' },
  },
  admission: { store_lock: 'AtomicNoFollow', parent_dir_sync: 'UnixFsync', mmap_index: 'Rejected', sealed_segment_mmap: 'Rejected' },
} as Parameters<typeof profileOf>[0];

const profiles: FuzzTarget = {
  name: 'platform profiles',
  seeds: seeds(formatProfile(profileOf(observed))),
  read: (bytes) => {
    const profile = parseProfile(bytes.toString());
    if (!('kind' in profile)) isSameProfile(profile, profileOf(observed));
    ran(readProfile('/profile.json'), new SimulatedDisk().plant('/profile.json', bytes));
    return undefined;
  },
};

const copy = 'D8vSDHoaq6za6TWaRYanNQ';
const fleetFiles: Readonly<Record<string, Buffer>> = {
  'fleet/origin.json': someOrigin,
  [`fleet/${copy}/models.json`]: indexOf('models', samples.models),
  [`fleet/${copy}/engines.json`]: indexOf('engines', samples.engines),
  [`fleet/${copy}/holdings.json`]: indexOf('holdings', samples.holdings),
};

const mendedFile = (bytes: Buffer): Buffer => {
  if (bytes.includes('"origin":')) return mendedOrigin(bytes);
  return bytes.includes('{"schema":"catalog-core/') && bytes.includes('"recent":') ? mendedIndex(bytes) : mendedJournalFile(bytes);
};

const fleetCopies: FuzzTarget = {
  name: 'copy of a fleet',
  seeds: () => namedSeeds(fleetFiles),
  read: (bytes, path) => {
    const disk = new SimulatedDisk({ root: [root] });
    for (const [name, whole] of Object.entries(fleetFiles)) disk.plant(`${root}/${name}`, name === path ? bytes : whole, 0o600);
    const origin = ran(readOrigin(root), disk)?.value;
    for (const collection of ['models', 'engines', 'holdings'] as const) ran(readPart(root, origin?.copy ?? copy, collection), disk);
    return undefined;
  },
  mend: mendedFile,
  change: (bytes, draws) => (bytes.includes('"origin":') ? bytes : changedIndex(bytes, draws)),
};

const names: FuzzTarget = {
  name: 'names in a root',
  seeds: seeds(`catalog.json.${token}.tmp`, '12', `${'a'.repeat(64)}-${token}`, `probe.${token}.tmp`, 'sha256-aa-partial-1'),
  read: (bytes) => {
    const name = bytes.toString();
    isUnfinished(name);
    const isOurs = isTempName(name) || revisionsIn([name]).length > 0 || persistedName(name) !== undefined;
    return isOurs ? undefined : 'not ours';
  },
};

/** A root of each store, as it lies on a disk, and all of its files that somebody reads. */
const disks = new Map<'fs' | 'journal', { readonly disk: SimulatedDisk; readonly files: readonly Seed[] }>();

async function prepare(store: 'fs' | 'journal'): Promise<void> {
  if (disks.has(store)) return;
  const disk = new SimulatedDisk({ root: ['/home/user', '/src'] });
  disk.plant('/src/a.gguf', 'GGUF and so on');
  const catalog = await openCatalog({ root, store, disk });
  await catalog.add('/src/a.gguf', { id: 'a' });
  await catalog.put(modelEntry('b'));
  await catalog.store.engines.put(engineEntry('e'));
  await catalog.pin('a', 'demo');
  await catalog.lease('a', { holder: 'h', ttlMs: 60_000 });
  await catalog.close();
  if (store === 'journal') disk.plant(`${root}/policy.json`, '{"allowed_sources":["file:","hf:"]}', 0o600);
  for (const [name, bytes] of Object.entries(fleetFiles)) disk.plant(`${root}/${name}`, bytes, 0o600);
  const paths = [...disk.snapshotTree()].flatMap(([path, { type }]) => (type === 'file' && path.startsWith(root) ? [path] : []));
  disks.set(store, { disk, files: paths.map((name) => ({ name, bytes: Buffer.from(disk.bytesAt(name)) })) });
}

/** Everything that a catalog can be asked. */
const questions: readonly ((catalog: Catalog) => Promise<unknown>)[] = [
  (catalog) => catalog.list(),
  (catalog) => catalog.get('a'),
  (catalog) => catalog.locate('a'),
  (catalog) => catalog.store.engines.list(),
  (catalog) => catalog.drift(),
  (catalog) => catalog.leases('a'),
  (catalog) => catalog.partials(),
  (catalog) => catalog.where('a'),
  (catalog) => catalog.why('a'),
  (catalog) => catalog.verify('a'),
  (catalog) => catalog.doctor(),
  (catalog) => catalog.gc({ dryRun: true }),
  (catalog) => catalog.put(modelEntry('c')),
  (catalog) => catalog.store.close(),
];

async function history(catalog: Catalog): Promise<void> {
  if (!(catalog.store instanceof JournalCatalog)) return;
  for await (const _ of catalog.store.history()) if (_.revision < 0) throw new Error('no revision is below 0');
  await catalog.store.at(3);
  await catalog.store.diff(1);
}

function wholeRoot(store: 'fs' | 'journal'): FuzzTarget {
  return {
    name: `root of the ${store} store`,
    prepare: () => prepare(store),
    seeds: () => disks.get(store)?.files ?? [],
    read: async (bytes, path) => {
      const disk = (disks.get(store)?.disk ?? new SimulatedDisk()).fork().plant(path, bytes);
      const catalog = await openCatalog({ root, disk, lockTimeoutMs: 20 });
      for (const question of [history, ...questions]) await taken(() => question(catalog));
      await taken(() => catalog.repair());
      return undefined;
    },
    mend: mendedFile,
    change: (bytes, draws) => (bytes.includes('"recent":') ? changedIndex(bytes, draws) : changedSegment(bytes, draws)),
    weight: 0.3,
  };
}

export const rootTargets: readonly FuzzTarget[] = [
  ...[leases, claims, owners, policies, profiles, fleetCopies, names],
  ...[wholeRoot('fs'), wholeRoot('journal')],
];
