import type { DiskProgram } from '../../../src/disk/program.js';
import type * as KnownRoots from '../../../src/stores/fs/known-root.js';
import type { KnownRoot } from '../../../src/stores/fs/known-root.js';
import type * as FleetPlan from '../../../src/stores/moving/fleet-plan.js';
import type * as IntoFleet from '../../../src/stores/moving/into-fleet.js';
import type * as Moving from '../../../src/stores/moving/records.js';
import type * as Aside from '../../../src/stores/moving/set-aside.js';
import type * as Switching from '../../../src/stores/moving/switch-root.js';
import { engineEntry, modelEntry } from '../../model-entry.js';
import { attempted } from '../records.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { leavingOut } from './leaving-out.js';
import { directory, type Stage, shownOn } from './showing.js';

const neverLooksAgain = knowing({
  name: 'a handle does not look whether its root was moved',
  does: 'Who has a catalog open goes on in the store that was left.',
  other: (stillKnown) =>
    function* (root, store, before) {
      return before ?? (yield* stillKnown(root, store, before));
    },
});

const anyLineage = knowing({
  name: 'a catalog that was moved and moved back is taken for the one that was',
  does: 'A handle looks which store a root is of, and not which catalog it is.',
  other: (stillKnown) => (root, store) => stillKnown(root, store, undefined),
});

const copyBelieved = inModule<typeof Moving, 'checkCopy'>({
  name: 'a copy is not compared',
  breaks: 'CAT-HIS-3604',
  by: 'scenario',
  does: 'What was moved is believed to be what was there.',
  module: 'src/stores/moving/records.ts',
  names: ['checkCopy'],
  substitutes: () => ({ checkCopy: () => {} }),
  shows: ({ checkCopy }) => {
    const nothing = { models: [], engines: [], revision: 0 };
    return attempted(() => checkCopy({ ...nothing, models: [{ record: modelEntry('a'), revision: 1 }] }, nothing));
  },
});

const leftoversServed = inModule<typeof Aside, 'setAside'>({
  name: 'what a store had left is not set aside',
  breaks: 'CAT-HIS-3604',
  by: 'scenario',
  does: 'A catalog that is moved back is mixed with what was there before.',
  module: 'src/stores/moving/set-aside.ts',
  names: ['setAside'],
  substitutes: () => ({
    *setAside() {
      return undefined;
    },
  }),
  shows: ({ setAside }) =>
    shownOn(({ machine, run, tell }) => {
      machine.plant(`${directory}/catalog.json`, '');
      tell(() => run(setAside(directory, 'fs', machine.host)));
    }),
});

const switchNotSynced = inModule<typeof Switching, 'switchRoot'>({
  name: 'a move is not synced',
  breaks: 'CAT-HIS-3604',
  by: 'scenario',
  does: 'Who moved a catalog is told that it is in the other store, and after a power cut it is in the one that was left.',
  module: 'src/stores/moving/switch-root.ts',
  names: ['switchRoot'],
  substitutes: ({ switchRoot }) => ({
    switchRoot: (...asked) => leavingOut(switchRoot(...asked), (step) => step.kind === 'SyncDirectory'),
  }),
  shows: ({ switchRoot }) => shownOn(({ machine, run }) => run(switchRoot(directory, 'fs', machine.host))),
});

const fleetBelieved = inModule<typeof IntoFleet, 'checkCopied'>({
  name: 'what a fleet was given is not read back',
  breaks: 'CAT-HIS-3604',
  by: 'scenario',
  does: 'What was copied to a fleet is believed to be there as it is here.',
  module: 'src/stores/moving/into-fleet.ts',
  names: ['checkCopied'],
  substitutes: () => ({ checkCopied: () => {} }),
  shows: ({ checkCopied }) => {
    const nothing = { models: [], engines: [] };
    const known = [{ collection: 'models', id: 'a', revision: 1 }] as const;
    return attempted(() => checkCopied({ ...nothing, models: [{ record: modelEntry('a'), revision: 1 }] }, nothing, { known, copied: [] }));
  },
});

const judgedLate = inModule<typeof FleetPlan, 'planned'>({
  name: 'what a fleet has under an id is met when it is put',
  breaks: 'CAT-HIS-3604',
  by: 'scenario',
  does: 'A copy begins before it is known whether the fleet takes all of it.',
  module: 'src/stores/moving/fleet-plan.ts',
  names: ['planned'],
  substitutes: ({ planned }) => ({
    planned: (source, there, maxEntryBytes) => {
      const others = there.models.filter(({ record }) => source.models.every((one) => one.record.id !== record.id));
      return planned(source, { ...there, models: others }, maxEntryBytes);
    },
  }),
  shows: ({ planned }) => {
    const models = (name: string) => [{ record: modelEntry('a', { name }), revision: 1 }];
    const source = { models: models('here'), engines: [], isOneSequence: false };
    return attempted(() => planned(source, { models: models('there'), engines: [] }).lacking.length);
  },
});

const oneSequenceLost = inModule<typeof FleetPlan, 'planned'>({
  name: 'a fleet gets the models of a journal before its engines',
  breaks: 'CAT-HIS-3604',
  by: 'scenario',
  does: 'What came by turns comes to a fleet one collection after the other.',
  module: 'src/stores/moving/fleet-plan.ts',
  names: ['planned'],
  substitutes: ({ planned }) => ({ planned: (source, ...rest) => planned({ ...source, isOneSequence: false }, ...rest) }),
  shows: ({ planned }) => {
    const nothing = { models: [], engines: [] };
    const engines = [{ record: engineEntry('e'), revision: 1 }];
    const source = { models: [{ record: modelEntry('a'), revision: 2 }], engines, isOneSequence: true };
    return planned(source, nothing).lacking.map(({ record }) => record.id);
  },
});

export const movingSaboteurs: readonly ModuleSaboteur[] = [
  ...[neverLooksAgain, anyLineage, copyBelieved, leftoversServed, switchNotSynced],
  ...[fleetBelieved, judgedLate, oneSequenceLost],
];

type StillKnown = typeof KnownRoots.stillKnown;

function knowing({
  other,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly other: (stillKnown: StillKnown) => StillKnown }): ModuleSaboteur {
  return inModule<typeof KnownRoots, 'stillKnown'>({
    ...declared,
    breaks: 'CAT-HIS-3604',
    by: 'scenario',
    module: 'src/stores/fs/known-root.ts',
    names: ['stillKnown'],
    substitutes: ({ stillKnown }) => ({ stillKnown: other(stillKnown) }),
    shows: ({ stillKnown }) => shownOn((stage) => movedAndBack(stage, (before) => stillKnown(directory, 'journal', before))),
  });
}

/** What is known of the root of a journal, once it was moved, and once it was moved back. */
async function movedAndBack(
  { machine, run, tell }: Stage,
  look: (before: KnownRoot | undefined) => DiskProgram<KnownRoot | undefined>,
): Promise<void> {
  const { JournalCatalog } = await import('../../../src/stores/journal/journal-catalog.js');
  const { switchRoot } = await import('../../../src/stores/moving/switch-root.js');
  const store = await JournalCatalog.open({ root: directory, disk: machine });
  await store.models.put(modelEntry('a'));
  await store.close();
  machine.plantDirectory(`${directory}/generations`);
  const before = run(look(undefined));
  for (const to of ['fs', 'journal'] as const) {
    run(switchRoot(directory, to, machine.host));
    tell(() => run(look(before))?.said);
  }
}
