import type * as Streaming from '../../../src/cli/streaming.js';
import type * as PastStates from '../../../src/stores/history.js';
import type * as Drafts from '../../../src/stores/journal/draft.js';
import type * as Entities from '../../../src/stores/journal/entities.js';
import type * as Followers from '../../../src/stores/journal/follower.js';
import type * as Histories from '../../../src/stores/journal/history.js';
import type * as KnownNames from '../../../src/stores/journal/known-names.js';
import type { OpenRecords } from '../../../src/stores/journal/open-records.js';
import type * as Policies from '../../../src/stores/journal/policy.js';
import { modelEntry } from '../../model-entry.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { directory, type Stage, shownOn } from './showing.js';

const prefixOfName = inModule<typeof Entities, 'isOf'>({
  name: 'whatever begins like a collection is of it',
  breaks: 'CAT-HIS-3601',
  by: 'scenario',
  does: 'Events that others append under an entity as "models" are taken for records.',
  module: 'src/stores/journal/entities.ts',
  names: ['isOf'],
  substitutes: ({ entityOfAll }) => ({ isOf: (collection, entity) => entity.startsWith(entityOfAll(collection)) }),
  shows: ({ isOf }) => ['model:a', 'models', 'engine:a'].map((entity) => isOf('models', entity)),
});

const frameEach = drafting({
  name: 'each change has a frame of its own',
  does: 'Those who put at the same time wait for a write and a sync each.',
  substitute: (Draft) =>
    class<R extends { id: string }> extends Draft<R> {
      override add(...asked: Parameters<Drafts.Draft<R>['add']>): ReturnType<Drafts.Draft<R>['add']> {
        const versioned = super.add(...asked);
        this.bytes = Number.POSITIVE_INFINITY;
        return versioned;
      }
    },
});

const groupUnseen = drafting({
  name: 'a change does not see those before it in its group',
  does: 'Of those who put at the same time each is judged by what was there before all of them.',
  substitute: (Draft) =>
    class<R extends { id: string }> extends Draft<R> {
      override changed(): undefined {
        return undefined;
      }
    },
});

const namesakesInGroup = drafting({
  name: 'names are not compared within a group',
  does: 'Two ids that cannot be told apart are put at the same time.',
  substitute: (Draft) =>
    class<R extends { id: string }> extends Draft<R> {
      override namesake(): R | undefined {
        return undefined;
      }
    },
});

const namesByEntity = inModule<typeof KnownNames, 'KnownNames'>({
  name: 'names are not compared',
  breaks: 'CAT-HIS-3601',
  by: 'scenario',
  does: 'Two ids that cannot be told apart are two models, because their entities differ.',
  module: 'src/stores/journal/known-names.ts',
  names: ['KnownNames'],
  substitutes: ({ KnownNames }) => ({
    KnownNames: class extends KnownNames {
      override namesakes(): readonly string[] {
        return [];
      }
    },
  }),
  shows: ({ KnownNames }) =>
    shownOn((stage) => withHistory(stage, ({ index }) => stage.tell(() => new KnownNames('models').namesakes('A', index)))),
});

const momentAfter = history({
  name: 'a moment is the one after it',
  does: 'The state at a revision has the change that came next.',
  names: ['stateAt'],
  substitutes: ({ stateAt }) => ({
    stateAt: (records, moment) => stateAt(records, typeof moment === 'number' && moment < records.index.last ? moment + 1 : moment),
  }),
});

const timeIsDay = history({
  name: 'a time is its day',
  does: 'Of a time only the day counts.',
  names: ['stateAt'],
  substitutes: ({ stateAt }) => ({
    stateAt: (records, moment) => stateAt(records, typeof moment === 'string' ? `${moment.slice(0, 10)}T00:00:00Z` : moment),
  }),
});

const removalsUntold = inModule<typeof PastStates, 'differences'>({
  name: 'a difference leaves out what was removed',
  breaks: 'CAT-HIS-3602',
  by: 'scenario',
  does: 'Between two states there is what was added and changed, and no word of what is gone.',
  module: 'src/stores/history.ts',
  names: ['differences'],
  substitutes: ({ differences }) => ({
    differences: (...asked) => differences(...asked).filter(({ change }) => change !== 'removed'),
  }),
  shows: ({ differences }) => differences({ models: [{ record: modelEntry('a'), revision: 1 }], engines: [] }, { models: [], engines: [] }),
});

const causeUntold = telling(
  'the history leaves out the cause',
  'Because of what a change was made is not told.',
  ({ because_of: _, ...entry }) => entry,
);
const authorUntold = telling('the history leaves out who it was', 'Whoever looks at the past is its author.', (entry) => ({
  ...entry,
  by: { ...entry.by, pid: 0, command: '' },
}));
const membersUntold = telling('the history leaves out what was changed', 'That something was changed is told, and not what.', (entry) => ({
  ...entry,
  members: [],
}));

const committedFirst = following({
  name: 'a change is noted before it is told',
  does: 'A follower that dies over a change is never told of it again.',
  other: (follow) =>
    async function* (...asked) {
      for await (const change of follow(...asked)) {
        await change.commit();
        yield change;
      }
    },
});

const toldOnce = following({
  name: 'a follower is told of each record once',
  does: 'What becomes of a record later is not told.',
  other: (follow) =>
    async function* (...asked) {
      const told = new Set<string>();
      for await (const change of follow(...asked)) {
        if (told.has(change.id)) continue;
        told.add(change.id);
        yield change;
      }
    },
});

const unreadIsTold = inModule<typeof Streaming, 'handedOver'>({
  name: 'what nobody read was told',
  breaks: 'CAT-HIS-3605',
  by: 'scenario',
  does: 'A line counts as handed over once it was written, be there anybody who reads or not.',
  module: 'src/cli/streaming.ts',
  names: ['handedOver'],
  substitutes: ({ handedOver }) => ({
    handedOver: async (line) => {
      await handedOver(line);
      return true;
    },
  }),
  shows: async ({ handedOver }) => {
    const { write } = process.stdout;
    process.stdout.write = ((_line: string, done: (error: Error) => void) => {
      done(new Error('nobody reads'));
      return false;
    }) as typeof write;
    try {
      return await handedOver('a line');
    } finally {
      process.stdout.write = write;
    }
  },
});

const policyUnheeded = inModule<typeof Policies, 'gatesOf'>({
  name: 'a policy is checked and not heeded',
  breaks: 'CAT-HIS-3603',
  by: 'scenario',
  does: 'A policy in the root has no gates.',
  module: 'src/stores/journal/policy.ts',
  names: ['gatesOf'],
  substitutes: ({ gatesOf }) => ({
    gatesOf: (policy) => {
      gatesOf(policy);
      return [];
    },
  }),
  shows: ({ gatesOf }) => gatesOf({ digest_required: true }).map(({ name }) => name),
});

export const rememberingSaboteurs: readonly ModuleSaboteur[] = [
  prefixOfName,
  frameEach,
  groupUnseen,
  namesakesInGroup,
  namesByEntity,
  momentAfter,
  timeIsDay,
  removalsUntold,
  causeUntold,
  authorUntold,
  membersUntold,
  committedFirst,
  toldOnce,
  unreadIsTold,
  policyUnheeded,
];

type DraftClass = typeof Drafts.Draft;

function drafting({
  substitute,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly substitute: (Draft: DraftClass) => DraftClass }): ModuleSaboteur {
  return inModule<typeof Drafts, 'Draft'>({
    ...declared,
    breaks: 'CAT-HIS-3601',
    by: 'scenario',
    module: 'src/stores/journal/draft.ts',
    names: ['Draft'],
    substitutes: ({ Draft }) => ({ Draft: substitute(Draft) }),
    shows: ({ Draft }) =>
      shownOn((stage) =>
        withHistory(stage, (records) => {
          const { writer } = records;
          if (writer === undefined) return;
          const draft = new Draft<{ id: string }>(records, writer, { host: stage.machine.host, gates: [] });
          const id = 'x';
          stage.tell(() => draft.add('model:x', { collection: 'models', id, record: { id }, note: undefined, causation: undefined }));
          stage.tell(() => [
            draft.bytes,
            [...draft.changes].map(([entity]) => entity),
            draft.changed('model:x')?.sequence,
            draft.namesake('X'),
          ]);
        }),
      ),
  });
}

type HistoryName = 'stateAt' | 'entriesAfter';

function history<Name extends HistoryName>(
  declared: Pick<ModuleSaboteur, 'name' | 'does'> & {
    readonly names: readonly Name[];
    readonly substitutes: (original: typeof Histories) => Pick<typeof Histories, Name>;
  },
): ModuleSaboteur {
  return inModule<typeof Histories, Name>({
    ...declared,
    breaks: 'CAT-HIS-3602',
    by: 'scenario',
    module: 'src/stores/journal/history.ts',
    shows: ({ stateAt, entriesAfter }) =>
      shownOn((stage) =>
        withHistory(stage, (records) => {
          const moments = [2, 3, new Date(stage.machine.clockMs).toISOString()];
          for (const moment of moments) stage.tell(() => stage.run(stateAt(records, moment)));
          stage.tell(() => stage.run(entriesAfter(records, {})).entries);
        }),
      ),
  });
}

function telling(name: string, does: string, told: (entry: PastStates.HistoryEntry) => PastStates.HistoryEntry): ModuleSaboteur {
  return history({
    name,
    does,
    names: ['entriesAfter'],
    substitutes: ({ entriesAfter }) => ({
      *entriesAfter(...asked) {
        const found = yield* entriesAfter(...asked);
        return { ...found, entries: found.entries.map(told) };
      },
    }),
  });
}

type Follow = typeof Followers.follow;

function following({
  other,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly other: (follow: Follow) => Follow }): ModuleSaboteur {
  return inModule<typeof Followers, 'follow'>({
    ...declared,
    breaks: 'CAT-HIS-3605',
    by: 'scenario',
    module: 'src/stores/journal/follower.ts',
    names: ['follow'],
    substitutes: ({ follow }) => ({ follow: other(follow) }),
    shows: ({ follow }) =>
      shownOn(async (stage) => {
        await withHistory(stage, () => {});
        const { Platform } = await import('../../../src/platform/platform.js');
        const { JournalRoot } = await import('../../../src/stores/journal/journal-root.js');
        const { machine, disk, tell } = stage;
        const platform = new Platform({ directory, host: machine.host, witness: `${directory}/root.json` }, {});
        const root = new JournalRoot({
          platform,
          allowUnsafeRoot: true,
          ...{ root: directory, known: undefined, disk, host: machine.host, readOnly: true },
          ...{ lockTimeoutMs: 0, segmentMaxBytes: undefined, gates: [] },
        });
        const { signal } = new AbortController();
        for await (const { revision } of follow(root, 'models', { name: 'x', signal, isOnce: true })) tell(() => revision);
      }),
  });
}

/** The journal of a catalog in which two models were put in one operation, one of them again, and one deleted. */
async function withHistory(stage: Stage, look: (records: OpenRecords) => void): Promise<void> {
  const { JournalCatalog } = await import('../../../src/stores/journal/journal-catalog.js');
  const { OpenRecords } = await import('../../../src/stores/journal/open-records.js');
  const { journalFolder } = await import('../../../src/stores/journal/journal-root.js');
  const { checkedSettings } = await import('../../../src/journal/settings.js');
  const { machine, run } = stage;
  const note = { operation: 'add', operation_id: '0190a2b4-7d2e-7c31-9f00-1234567890ab' };
  const store = await JournalCatalog.open({ root: directory, disk: machine });
  for (const id of ['a', 'b', 'b']) await store.models.put(modelEntry(id, { name: `${id} ${machine.clockMs}` }), { note });
  await store.models.delete('a', { note });
  await store.close();
  look(run(OpenRecords.toWrite(checkedSettings({ directory: journalFolder(directory), shared: true }), machine.host)));
}
