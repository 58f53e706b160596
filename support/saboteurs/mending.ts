import type * as Changes from '../../src/core/changes.js';
import { CatalogError } from '../../src/core/errors.js';
import type * as Repairing from '../../src/core/repairing.js';
import type { Host } from '../../src/disk/host.js';
import { close, type Disk, type DiskProgram, list, openOrCreate, run, write } from '../../src/disk/program.js';
import { describeStep, type Handle, type Step } from '../../src/disk/steps.js';
import type * as Mend from '../../src/stores/fs/mend.js';
import type * as Root from '../../src/stores/fs/root.js';
import { answersOf } from './answers.js';
import { withChecksum } from './codec.js';
import { type DiskSaboteur, inModule, type ModuleSaboteur } from './saboteur.js';
import { instead, isTemp } from './wrapping.js';

const host = { clock: () => 0, random: (bytes: number) => new Uint8Array(bytes), monotonicMs: () => 0 } as unknown as Host;

const uncleanIsCorrupt = mending({
  name: 'always IndexCorrupt after an unclean end',
  breaks: 'CAT-LCK-1204',
  by: 'crash',
  does: 'A root in which a killed writer left a temp is refused.',
  mend: (mend) => async (root, who, run) => {
    const names = await run(list(root));
    if (names.some(isTemp)) throw new CatalogError('IndexCorrupt', `${root} was not closed`, { path: root, reason: 'it was not closed' });
    await mend(root, who, run);
  },
});

const opensBothOrNone = mending({
  name: 'both indices or none',
  breaks: 'CAT-IDX-1108',
  by: 'rot',
  does: 'A catalog with one damaged index is not opened to write.',
  mend: (mend) => async (root, who, run) => {
    for (const collection of ['models', 'engines']) await run(refuseDamaged(`${root}/generations/${collection}`));
    await mend(root, who, run);
  },
});

const nothingMended = mending({
  name: 'nothing is mended',
  breaks: 'CAT-IDX-1112',
  by: 'crash',
  does: 'A writing open leaves all that a killed writer left.',
  mend: () => async () => {},
});

const openingWrites = mending({
  name: 'an opening leaves a mark',
  breaks: 'CAT-IDX-1115',
  by: 'scenario',
  does: 'Opening a healthy catalog writes when that was.',
  mend: (mend) => async (root, who, run) => {
    await mend(root, who, run);
    await run(markOpened(root));
  },
});

function* markOpened(root: string): DiskProgram<void> {
  const handle = yield* openOrCreate(`${root}/opened`, 0o600);
  yield* write(handle, [Buffer.from('opened\n')], 0);
  yield* close(handle);
}

const sweepTakesLive: DiskSaboteur = {
  name: 'the sweep takes live temps',
  breaks: 'CAT-IDX-1112',
  by: 'scenario',
  does: 'A temp counts as abandoned although its maker lives.',
  wrap: instead((step, told) => (step.op === 'lock' && step.shared && isTemp(told.of(step)) ? { answer: true } : undefined)),
};

const missingIsEmpty = inModule<typeof Root, 'refuseLostIndex'>({
  name: 'missing taken for empty',
  breaks: 'CAT-IDX-1118',
  by: 'rot',
  does: 'A root that lost an index is an empty one.',
  module: 'src/stores/fs/root.ts',
  names: ['refuseLostIndex'],
  substitutes: () => ({ refuseLostIndex: function* () {} }),
  shows: ({ refuseLostIndex }) =>
    answersOf(
      refuseLostIndex({ collection: 'models', root: '/r', index: '/r/catalog.json', generations: '/r/generations/models' }),
      (step) => (step.op === 'list' ? [] : { type: 'file' }),
    ),
});

const gonesStayActive = inModule<typeof Repairing, 'withoutBytes'>({
  name: 'a repair keeps what has no bytes Active',
  breaks: 'CAT-IDX-1107',
  by: 'scenario',
  does: 'Entries whose bytes are gone are as they were after a repair.',
  module: 'src/core/repairing.ts',
  names: ['withoutBytes'],
  substitutes: () => ({ withoutBytes: (entry) => entry }),
  shows: ({ withoutBytes }) =>
    withoutBytes({ id: 'a', name: 'a', source: 'a', state: 'Active', trust_state: 'verified', registered_at: '2026-01-01T00:00:00.000Z' })
      .state,
});

const deletionsUntold = changing('watchers are not told of deletions', 'What is deleted stays there for whoever watches.', (changes) =>
  changes.filter(({ record }) => record !== undefined),
);

const toldTwice = changing('watchers are told twice', 'The changes of a revision come once more.', (changes) => [...changes, ...changes]);

export const mendingSaboteurs: readonly (ModuleSaboteur | DiskSaboteur)[] = [
  uncleanIsCorrupt,
  opensBothOrNone,
  nothingMended,
  openingWrites,
  sweepTakesLive,
  missingIsEmpty,
  gonesStayActive,
  deletionsUntold,
  toldTwice,
];

type Mending = typeof Mend.mend;

function mending({
  mend,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'by' | 'does'> & { readonly mend: (mend: Mending) => Mending }): ModuleSaboteur {
  return inModule<typeof Mend, 'mend'>({
    ...declared,
    module: 'src/stores/fs/mend.ts',
    names: ['mend'],
    substitutes: (original) => ({ mend: mend(original.mend) }),
    shows: (module) => Promise.all([[], ['catalog.json.AAAAAAAAAAAAAAAAAAAAAA.tmp']].map((names) => shownBy(module.mend, names))),
  });
}

/** What it asks of a root with these names in it. */
async function shownBy(mend: Mending, names: readonly string[]): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const disk: Disk = {
    perform: (step) => {
      told.push(describeStep(step));
      return rootOf(names)(step);
    },
  };
  await mend('/r', host, (program) => run(program, disk)).catch((error: unknown) => told.push(String(error)));
  return told;
}

/** A root with these names in it and nothing else. */
function rootOf(names: readonly string[]): (step: Step) => unknown {
  return (step) => {
    if (step.op === 'list') return step.path === '/r' ? names : [];
    return step.op === 'open' || step.op === 'write' ? 1 : undefined;
  };
}

/** Refuses a root of which one index is not what was written, whichever is asked for. */
function* refuseDamaged(generations: string): DiskProgram<void> {
  if ((yield { op: 'stat', kind: 'Stat', path: generations, follow: false }) === undefined) return;
  const names = (yield { op: 'list', kind: 'List', path: generations }) as readonly string[];
  const newest = names
    .map(Number)
    .sort((a, b) => a - b)
    .at(-1);
  if (newest === undefined) return;
  const handle = (yield { op: 'open', kind: 'Open', path: `${generations}/${newest}`, access: 'read' }) as Handle;
  const { size } = (yield { op: 'stat-handle', kind: 'Stat', handle }) as { size: number };
  const bytes = Buffer.alloc(size);
  yield { op: 'read', kind: 'Read', handle, into: bytes, position: 0 };
  yield { op: 'close', kind: 'Close', handle };
  if (withChecksum(bytes).equals(bytes)) return;
  throw new CatalogError('IndexCorrupt', `${generations} is damaged`, { path: generations, reason: 'damaged' });
}

function changing(name: string, does: string, change: <R>(changes: Changes.Change<R>[]) => Changes.Change<R>[]): ModuleSaboteur {
  return inModule<typeof Changes, 'changesThrough'>({
    name,
    breaks: 'CAT-IDX-1119',
    by: 'scenario',
    does,
    module: 'src/core/changes.ts',
    names: ['changesThrough'],
    substitutes: ({ changesThrough }) => ({ changesThrough: (before, after, between) => change(changesThrough(before, after, between)) }),
    shows: ({ changesThrough }) => changesThrough(generationWith('a'), generationWith(), []).map(({ id }) => id),
  });
}

function generationWith(...ids: readonly string[]) {
  const versioned = ids.map((id) => ({ record: { id }, revision: 1 }));
  const revision = ids.length === 0 ? 2 : 1;
  const blocks = versioned.length === 0 ? [] : [{ versioned, firstId: ids[0] ?? '' }];
  const head = { collection: 'models', revision, commit: '', recent: [], names: new Map() } as const;
  return { ...head, blocks } as unknown as Parameters<typeof Changes.changesThrough<{ id: string }>>[1];
}
