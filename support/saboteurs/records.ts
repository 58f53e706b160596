import type * as Generations from '../../src/core/generation.js';
import type * as Ids from '../../src/core/ids.js';
import type * as Lifecycle from '../../src/core/lifecycle.js';
import type * as ModelLayout from '../../src/core/model-layout.js';
import type * as Records from '../../src/core/records.js';
import type { ModelEntry } from '../../src/core/records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const lifecycle = 'src/core/lifecycle.ts';
export const pending: ModelEntry = {
  id: 'a',
  name: 'a',
  source: 'file:/a',
  state: 'Pending',
  trust_state: 'unverified',
  registered_at: '2026-01-01T00:00:00.000Z',
};
const active: ModelEntry = { ...pending, state: 'Active', trust_state: 'verified' };
const knownMembers = new Set(
  'id name source state trust_state registered_at ref digest digest_source declared bytes files local_path mode verified_at last_verified_ms last_used_ms labels metadata pins adopted_from'.split(
    ' ',
  ),
);
const now = new Date('2026-02-02T00:00:00.000Z');

const unknownFieldsDropped = inModule<typeof Records, 'checkedModel'>({
  name: 'unknown fields dropped',
  breaks: 'CAT-REC-1002',
  by: 'scenario',
  does: 'Of a model only the members that this version knows are kept.',
  module: 'src/core/records.ts',
  names: ['checkedModel'],
  substitutes: ({ checkedModel }) => ({
    checkedModel: (record) => {
      const known = Object.entries(checkedModel(record)).filter(([member]) => knownMembers.has(member));
      return Object.freeze(Object.fromEntries(known)) as unknown as ModelEntry;
    },
  }),
  shows: ({ checkedModel }) => checkedModel({ ...pending, later: 1 }),
});

const anyTransition = inModule<typeof Lifecycle, 'transition'>({
  name: 'any transition is allowed',
  breaks: 'CAT-REC-1003',
  by: 'scenario',
  does: 'A model goes from any state to any other.',
  module: lifecycle,
  names: ['transition'],
  substitutes: ({ transition }) => ({
    transition: (entry, to, options) => (to === 'Pending' ? { ...entry, state: to } : transition(entry, to, options)),
  }),
  shows: ({ transition }) => attempted(() => transition(active, 'Pending')),
});

const retiringLowersTrust = inModule<typeof Lifecycle, 'transition'>({
  name: 'retiring lowers trust',
  breaks: 'CAT-REC-1004',
  by: 'scenario',
  does: 'A model that is retired is verified no more.',
  module: lifecycle,
  names: ['transition'],
  substitutes: ({ transition }) => ({
    transition: (entry, to, options) => {
      const next = transition(entry, to, options);
      return to === 'Retired' ? { ...next, trust_state: 'unverified' } : next;
    },
  }),
  shows: ({ transition }) => transition(active, 'Retired'),
});

const activeUnearned = inModule<typeof Lifecycle, 'transition'>({
  name: 'Active without verification',
  breaks: 'CAT-REC-1005',
  by: 'scenario',
  does: 'A model becomes Active although nobody verified it, nor took that upon himself.',
  module: lifecycle,
  names: ['transition'],
  substitutes: ({ transition }) => ({ transition: (entry, to) => transition(entry, to, { allowUnverified: true }) }),
  shows: ({ transition }) => attempted(() => transition(pending, 'Active')),
});

const registeredOver = inModule<typeof Lifecycle, 'registered'>({
  name: 'registering again replaces',
  breaks: 'CAT-REC-1006',
  by: 'scenario',
  does: 'What is registered under an id that is taken takes its place.',
  module: lifecycle,
  names: ['registered'],
  substitutes: ({ registered }) => ({ registered: (_stored, asked, time) => registered(undefined, asked, time) }),
  shows: ({ registered }) => attempted(() => registered(active, { id: 'a', source: 'file:/b' }, now)),
});

const decidesByClock = inModule<typeof Lifecycle, 'registered'>({
  name: 'a decision reads the clock',
  breaks: 'CAT-REC-1009',
  by: 'scenario',
  does: 'When a model was registered is not what it was told, but what its clock shows.',
  module: lifecycle,
  names: ['registered'],
  substitutes: ({ registered }) => ({
    registered: (stored, asked, time) => registered(stored, asked, new Date(Math.max(Date.now(), time.getTime() + 1))),
  }),
  shows: ({ registered }) => registered(undefined, { id: 'a', source: 'file:/a' }, new Date(8_000_000_000_000)),
});

const collidingIds = inModule<typeof Ids, 'collisionKey'>({
  name: 'ids that look alike are two',
  breaks: 'CAT-REC-1007',
  by: 'scenario',
  does: 'Ids that differ in case alone do not collide.',
  module: 'src/core/ids.ts',
  names: ['collisionKey'],
  substitutes: () => ({ collisionKey: (id) => id }),
  shows: ({ collisionKey }) => ['ﬁ', 'Straße', 'İ'].map(collisionKey),
});

const anyId = inModule<typeof Ids, 'checkId'>({
  name: 'any text is an id',
  breaks: 'CAT-REC-1007',
  by: 'scenario',
  does: 'An id may hold parts that lead elsewhere and characters that nobody sees.',
  module: 'src/core/ids.ts',
  names: ['checkId'],
  substitutes: () => ({ checkId: (id) => String(id) }),
  shows: ({ checkId }) => ['../a', 'a\u200bb'].map((id) => attempted(() => checkId(id))),
});

const orderByCodeUnits = inModule<typeof Ids, 'compareUtf8'>({
  name: 'order by code units',
  breaks: 'CAT-REC-1008',
  by: 'scenario',
  does: 'Records are in the order of the units of UTF-16.',
  module: 'src/core/ids.ts',
  names: ['compareUtf8'],
  substitutes: () => ({ compareUtf8: (a, b) => Number(a > b) - Number(a < b) }),
  shows: ({ compareUtf8 }) => Math.sign(compareUtf8('\u{1F600}', '\uFFFD')),
});

const extensionKept = inModule<typeof ModelLayout, 'defaultModelId'>({
  name: 'the default id keeps the extension',
  breaks: 'CAT-IDX-1101',
  by: 'scenario',
  does: 'A file is added under its whole name.',
  module: 'src/core/model-layout.ts',
  names: ['defaultModelId'],
  substitutes: () => ({ defaultModelId: (name) => name }),
  shows: ({ defaultModelId }) => defaultModelId('a.gguf', 'file'),
});

const staleRevision = mutating(
  'stale revision accepted',
  'CAT-IDX-1109',
  'Whatever revision a change expects, it is done.',
  (mutation) => ({ ...mutation, ifRevision: mutation.ifRevision === 'absent' ? 'absent' : undefined }) as typeof mutation,
);

const absentIgnored = mutating(
  'absent is not looked for',
  'CAT-IDX-1109',
  'A put that expects no record replaces the one that is there.',
  (mutation) => (mutation.ifRevision === 'absent' ? ({ ...mutation, ifRevision: undefined } as typeof mutation) : mutation),
);

const neighboursFail = inModule<typeof Generations, 'afterMutations'>({
  name: 'a refusal fails its neighbours',
  breaks: 'CAT-IDX-1110',
  by: 'scenario',
  does: 'Of changes that share a commit none is done when one is refused.',
  module: 'src/core/generation.ts',
  names: ['afterMutations'],
  substitutes: ({ afterMutations }) => ({
    afterMutations: (base, mutations, commit) => {
      const judged = afterMutations(base, mutations, commit);
      const refused = judged.verdicts.find(({ kind }) => kind === 'refused');
      return refused === undefined ? judged : { next: undefined, verdicts: mutations.map(() => refused) };
    },
  }),
  shows: ({ afterMutations, emptyGeneration }) =>
    afterMutations(
      emptyGeneration<ModelEntry>('models', ''),
      [
        { type: 'put', record: pending },
        { type: 'put', record: pending, ifRevision: 7 },
      ],
      '',
    ).verdicts.map(({ kind }) => kind),
});

export const recordSaboteurs: readonly ModuleSaboteur[] = [
  unknownFieldsDropped,
  anyTransition,
  retiringLowersTrust,
  activeUnearned,
  registeredOver,
  decidesByClock,
  collidingIds,
  anyId,
  orderByCodeUnits,
  extensionKept,
  staleRevision,
  absentIgnored,
  neighboursFail,
];

function mutating(
  name: string,
  breaks: string,
  does: string,
  change: (mutation: Generations.Mutation<{ id: string }>) => Generations.Mutation<{ id: string }>,
): ModuleSaboteur {
  return inModule<typeof Generations, 'afterMutations'>({
    name,
    breaks,
    by: 'scenario',
    does,
    module: 'src/core/generation.ts',
    names: ['afterMutations'],
    substitutes: ({ afterMutations }) => ({
      afterMutations: (base, mutations, commit) =>
        afterMutations(
          base,
          mutations.map((mutation) => change(mutation) as typeof mutation),
          commit,
        ),
    }),
    shows: ({ afterMutations, emptyGeneration }) => {
      const { next } = afterMutations(emptyGeneration<ModelEntry>('models', ''), [{ type: 'put', record: pending }], '');
      if (next === undefined) return 'nothing was put';
      const again = ['absent' as const, 7].map((ifRevision) => ({ type: 'put' as const, record: pending, ifRevision }));
      return afterMutations(next, again, '').verdicts.map(({ kind }) => kind);
    },
  });
}

/** What a decision gives, or what it refuses with. */
export function attempted(decide: () => unknown): unknown {
  try {
    return decide();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error);
  }
}
