import { crc32 } from 'node:zlib';
import type * as Duplicates from '../../src/core/duplicate-members.js';
import type * as Evidence from '../../src/core/platform.js';
import type { PlatformEvidence, PlatformSummary } from '../../src/core/platform.js';
import type * as Profiles from '../../src/core/platform-profile.js';
import type * as SafeRoots from '../../src/core/safe-root.js';
import { hostOf } from '../../src/disk/host.js';
import type * as Programs from '../../src/disk/program.js';
import { type DiskProgram, runSync } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type * as Diagnostics from '../../src/journal/diagnostics.js';
import type { Readers } from '../../src/journal/journal-writer.js';
import type { OpenJournal } from '../../src/journal/open-journal.js';
import type * as Observing from '../../src/platform/observe.js';
import type * as Platforms from '../../src/platform/platform.js';
import type * as ProfileFiles from '../../src/platform/profile-file.js';
import type * as Trying from '../../src/platform/try-out.js';
import type * as SafeRoot from '../../src/stores/fs/safe-root.js';
import { attempted } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const root = '/r';
const path = '/r.profile';

const evidence: PlatformEvidence = {
  host: { process_clock_epoch_marker_ns: 1n, monotonic_clock: 'ProcessLocalInstantAnchor' },
  store_path: {
    path_status: 'ObservedDirectory',
    parent_dir_sync: 'Unknown',
    lock_leaf_symlink_protection: 'AtomicNoFollow',
    mmap_index: 'ObservedUnsupported',
    sealed_segment_mmap: 'ObservedUnsupported',
    active_segment_read: 'UnixReadAt',
  },
};
const summary: PlatformSummary = {
  ...evidence,
  admission: { store_lock: 'AtomicNoFollow', parent_dir_sync: 'Rejected', mmap_index: 'Rejected', sealed_segment_mmap: 'Rejected' },
};
const other: PlatformSummary = { ...summary, admission: { ...summary.admission, store_lock: 'Rejected' } };

const disk = (): SimulatedDisk => new SimulatedDisk({ root: [root] });
const placeOn = (on: SimulatedDisk, directory = root) => ({ directory, host: hostOf(on, {}), witness: `${directory}/file` });

function shownBy<T>(program: (on: SimulatedDisk) => DiskProgram<T>): unknown {
  const on = disk();
  return attempted(() => runSync(program(on), on));
}

const observing = {
  module: 'src/platform/observe.ts',
  names: ['observe'],
  by: 'scenario',
} as const;

const missingTakenForThere = inModule<typeof Observing, 'observe'>({
  ...observing,
  name: 'what is missing is told as a directory',
  breaks: 'CAT-PLT-4001',
  does: 'A directory that is not there is told as if it were.',
  substitutes: ({ observe }) => ({
    *observe(place) {
      const seen = yield* observe(place);
      return { ...seen, store_path: { ...seen.store_path, path_status: 'ObservedDirectory' as const } };
    },
  }),
  shows: ({ observe }) => shownBy((on) => observe(placeOn(on, '/missing'))),
});

const syncClaimed = inModule<typeof Observing, 'observe'>({
  ...observing,
  name: 'directories are taken to sync',
  breaks: 'CAT-PLT-4001',
  does: 'That directories can be synced is told, and not tried.',
  substitutes: ({ observe }) => ({
    *observe(place) {
      const seen = yield* observe(place);
      return { ...seen, store_path: { ...seen.store_path, parent_dir_sync: 'UnixFsync' as const } };
    },
  }),
  shows: ({ observe }) => shownBy((on) => observe(placeOn(on, '/missing'))),
});

const mmapClaimed = inModule<typeof Observing, 'observe'>({
  ...observing,
  name: 'reading a file whole passes for mapping it',
  breaks: 'CAT-PLT-4002',
  does: 'Mapping is told as FileBacked, although nothing is mapped.',
  substitutes: ({ observe }) => ({
    *observe(place) {
      const seen = yield* observe(place);
      return { ...seen, store_path: { ...seen.store_path, mmap_index: 'FileBacked' as const } };
    },
  }),
  shows: ({ observe }) => shownBy((on) => observe(placeOn(on))),
});

const unknownAdmitted = inModule<typeof Evidence, 'admitted'>({
  name: 'what is not known is admitted',
  breaks: 'CAT-PLT-4003',
  by: 'scenario',
  does: 'A sync of directories of which nothing is known is admitted as one that works.',
  module: 'src/core/platform.ts',
  names: ['admitted'],
  substitutes: ({ admitted }) => ({
    admitted: (seen) => {
      const admission = admitted(seen);
      return { ...admission, parent_dir_sync: admission.parent_dir_sync === 'Rejected' ? 'UnixFsync' : admission.parent_dir_sync };
    },
  }),
  shows: ({ admitted }) => admitted(evidence),
});

const platform = { module: 'src/platform/platform.ts', names: ['Platform'], by: 'scenario' } as const;
const rejecting = {
  platformProbe: {
    *evidence() {
      return evidence;
    },
    *facts(): DiskProgram<never> {
      yield* [];
      throw new Error('nobody asks');
    },
  },
};

const rejectedWrites = inModule<typeof Platforms, 'Platform'>({
  ...platform,
  name: 'what is rejected is used',
  breaks: 'CAT-PLT-4003',
  does: 'A store is written to where its lock or the sync of directories is rejected.',
  substitutes: ({ Platform }) => ({
    Platform: class extends Platform {
      override *beforeWriting(): DiskProgram<void> {}
    },
  }),
  shows: ({ Platform }) => shownBy((on) => new Platform(placeOn(on), rejecting).beforeWriting()),
});

const refusedReplaced = inModule<typeof Platforms, 'Platform'>({
  ...platform,
  name: 'a profile that was refused is gone',
  breaks: 'CAT-PLT-4007',
  does: 'A profile that cannot be used is removed, so that the next open works.',
  substitutes: ({ Platform }) => ({
    Platform: class extends Platform {
      readonly #path: string | undefined;
      constructor(...[place, options]: ConstructorParameters<typeof Platform>) {
        super(place, options);
        this.#path = options.platformProfilePath;
      }
      override *atOpen(options: { readonly readOnly: boolean }): DiskProgram<void> {
        try {
          yield* super.atOpen(options);
        } catch (error) {
          if (this.#path !== undefined) yield { op: 'unlink', kind: 'RemoveFile', path: this.#path };
          throw error;
        }
      }
    },
  }),
  shows: ({ Platform }) => {
    const on = disk();
    on.perform({ op: 'open', kind: 'Open', path, access: 'create' });
    attempted(() => runSync(new Platform(placeOn(on), { platformProfilePath: path }).atOpen({ readOnly: true }), on));
    return on.perform({ op: 'list', kind: 'List', path: '/' });
  },
});

const readersNotAsked = inModule<typeof Platforms, 'Platform'>({
  ...platform,
  name: 'who only reads is on any machine',
  breaks: 'CAT-PLT-4010',
  does: 'A profile is compared by who writes alone.',
  substitutes: ({ Platform }) => ({
    Platform: class extends Platform {
      override *atOpen(options: { readonly readOnly: boolean }): DiskProgram<void> {
        if (!options.readOnly) yield* super.atOpen(options);
      }
    },
  }),
  shows: ({ Platform }) => shownBy((on) => new Platform(placeOn(on), { platformProfilePath: path }).atOpen({ readOnly: true })),
});

const profiles = { module: 'src/core/platform-profile.ts', by: 'scenario' } as const;

const fingerprintOfBlanks = inModule<typeof Profiles, 'fingerprintOf'>({
  ...profiles,
  name: 'blanks count for a fingerprint',
  breaks: 'CAT-PLT-4004',
  does: 'The fingerprint is of the JSON as it stands in the file.',
  names: ['fingerprintOf'],
  substitutes: () => ({ fingerprintOf: (profile) => crc32(JSON.stringify(profile, undefined, 2)) }),
  shows: ({ fingerprintOf, profileOf }) => fingerprintOf(profileOf(summary)),
});

const laterKindFirst = inModule<typeof Profiles, 'parseProfile'>({
  ...profiles,
  name: 'a newer profile is one with a wrong fingerprint',
  breaks: 'CAT-PLT-4005',
  does: 'The fingerprint of a profile is judged before its version.',
  names: ['parseProfile'],
  substitutes: ({ parseProfile }) => ({
    parseProfile: (text) => {
      const parsed = parseProfile(text);
      return 'kind' in parsed && parsed.kind === 'UnsupportedSchemaVersion' ? { ...parsed, kind: 'FingerprintMismatch' } : parsed;
    },
  }),
  shows: ({ parseProfile, formatProfile, profileOf }) =>
    parseProfile(formatProfile(profileOf(summary)).replace('"schema_version": 1', '"schema_version": 2')),
});

const lastMemberCounts = inModule<typeof Duplicates, 'hasDuplicateMember'>({
  name: 'of two members the last counts',
  breaks: 'CAT-PLT-4005',
  by: 'scenario',
  does: 'A profile that has a member twice is read as JSON.parse does.',
  module: 'src/core/duplicate-members.ts',
  names: ['hasDuplicateMember'],
  substitutes: () => ({ hasDuplicateMember: () => false }),
  shows: ({ hasDuplicateMember }) => hasDuplicateMember('{"a":1,"a":2}'),
});

const neverTheSame = inModule<typeof Profiles, 'isSameProfile'>({
  ...profiles,
  name: 'no machine is the same twice',
  breaks: 'CAT-PLT-4008',
  does: 'Profiles are compared as objects, and never equal.',
  names: ['isSameProfile'],
  substitutes: () => ({ isSameProfile: (one, another) => one === another }),
  shows: ({ isSameProfile, profileOf }) => isSameProfile(profileOf(summary), profileOf(summary)),
});

const mismatchTaken = inModule<typeof ProfileFiles, 'checkProfile'>({
  name: 'another machine will do',
  breaks: 'CAT-PLT-4006',
  by: 'scenario',
  does: 'A machine that is not as its profile says is taken.',
  module: 'src/platform/profile-file.ts',
  names: ['checkProfile'],
  substitutes: () => ({ checkProfile: () => {} }),
  shows: ({ checkProfile }) => attempted(() => checkProfile(path, { schema_version: 1, ...other }, summary)),
});

const linksClaimed = inModule<typeof Trying, 'tryOut'>({
  name: 'hard links are taken for granted',
  breaks: 'CAT-PLT-4009',
  by: 'scenario',
  does: 'That hard links can be made is told, and not tried.',
  module: 'src/platform/try-out.ts',
  names: ['tryOut'],
  substitutes: ({ tryOut }) => ({
    *tryOut(place, options) {
      return { ...(yield* tryOut(place, options)), hard_links: 'Observed' as const };
    },
  }),
  shows: ({ tryOut }) => shownBy((on) => tryOut(placeOn(on), { mayTry: false })),
});

const probesLeft = inModule<typeof Trying, 'isProbeTemp'>({
  name: 'what was tried out is left',
  breaks: 'CAT-PLT-4009',
  by: 'scenario',
  does: 'The files of who died while he tried out a disk stay for ever.',
  module: 'src/platform/try-out.ts',
  names: ['isProbeTemp'],
  substitutes: () => ({ isProbeTemp: () => false }),
  shows: ({ isProbeTemp }) => isProbeTemp(`probe.${'T'.repeat(22)}.tmp`),
});

const anyRoot = inModule<typeof SafeRoot, 'checkSafeRoot'>({
  name: 'any root will do',
  breaks: 'CAT-SEC-6002',
  by: 'scenario',
  does: 'A root that others can write to is taken.',
  module: 'src/stores/fs/safe-root.ts',
  names: ['checkSafeRoot'],
  substitutes: () => ({ *checkSafeRoot() {} }),
  shows: ({ checkSafeRoot }) => {
    const on = new SimulatedDisk({ umask: 0 });
    on.perform({ op: 'make-directory', kind: 'MakeDirectory', path: root, mode: 0o777 });
    return attempted(() => runSync(checkSafeRoot(root, hostOf(on, {})), on));
  },
});

const groupTrusted = inModule<typeof SafeRoots, 'unsafeBecause'>({
  name: 'a group is trusted',
  breaks: 'CAT-SEC-6002',
  by: 'scenario',
  does: 'A root that its group can write to is taken for the user’s alone.',
  module: 'src/core/safe-root.ts',
  names: ['unsafeBecause'],
  substitutes: ({ unsafeBecause }) => ({ unsafeBecause: (rights, user) => unsafeBecause({ ...rights, mode: rights.mode & ~0o020 }, user) }),
  shows: ({ unsafeBecause }) => unsafeBecause({ mode: 0o770, owner: 1 }, 1),
});

const namesNotCounted = inModule<typeof Programs, 'statHandle'>({
  name: 'names are not counted',
  breaks: 'CAT-SEC-6002',
  by: 'scenario',
  does: 'How many names a file has is not looked at.',
  module: 'src/disk/program.ts',
  names: ['statHandle'],
  substitutes: ({ statHandle }) => ({
    *statHandle(handle) {
      return { ...(yield* statHandle(handle)), links: 1 };
    },
  }),
  shows: ({ statHandle, openDirectory }) =>
    shownBy(function* () {
      return (yield* statHandle(yield* openDirectory('/'))).links;
    }),
});

const foldersForAll = inModule<typeof Programs, 'makeDirectory'>({
  name: 'folders are for all to see',
  breaks: 'CAT-SEC-6002',
  by: 'scenario',
  does: 'What is made has the mode that the umask leaves.',
  module: 'src/disk/program.ts',
  names: ['makeDirectory'],
  substitutes: ({ makeDirectory }) => ({ makeDirectory: (at) => makeDirectory(at, 0o777) }),
  shows: ({ makeDirectory }) => [...makeDirectory('/a', 0o700)],
});

const acceptedForDurable = inModule<typeof Diagnostics, 'diagnosticsOf'>({
  name: 'diagnostics take what was accepted for durable',
  breaks: 'CAT-JRN-3504',
  by: 'scenario',
  does: 'Diagnostics tell that a journal is durable as far as events were appended.',
  module: 'src/journal/diagnostics.ts',
  names: ['diagnosticsOf'],
  substitutes: ({ diagnosticsOf }) => ({
    diagnosticsOf: (open, settings, look) => {
      const told = diagnosticsOf(open, settings, look);
      const { accepted } = told.sequence;
      return Object.defineProperty(told, 'sequence', { value: { ...told.sequence, durable: accepted }, enumerable: true });
    },
  }),
  shows: ({ diagnosticsOf }) => {
    const open = { directory: root, index: { count: 2, last: 2 }, durable: 1, report: {} };
    return diagnosticsOf(open as unknown as OpenJournal<Readers>, { segmentMaxBytes: 512 }, () => {
      throw new Error('nobody asks');
    }).sequence;
  },
});

/** What is observed, admitted, pinned and refused. */
export const platformSaboteurs: readonly ModuleSaboteur[] = [
  acceptedForDurable,
  missingTakenForThere,
  syncClaimed,
  mmapClaimed,
  unknownAdmitted,
  rejectedWrites,
  refusedReplaced,
  readersNotAsked,
  fingerprintOfBlanks,
  laterKindFirst,
  lastMemberCounts,
  neverTheSame,
  mismatchTaken,
  linksClaimed,
  probesLeft,
  anyRoot,
  groupTrusted,
  namesNotCounted,
  foldersForAll,
];
