import type { CatalogContext } from '../../src/catalog-context.js';
import type * as Announcing from '../../src/core/announcing.js';
import type * as Following from '../../src/core/following.js';
import { emptyGeneration } from '../../src/core/generation.js';
import { type Holding, holdingId } from '../../src/core/holding.js';
import { filePlaces } from '../../src/core/model-layout.js';
import type { ModelEntry } from '../../src/core/records.js';
import { type DiskProgram, runSync } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { Step } from '../../src/disk/steps.js';
import type * as FleetView from '../../src/fleet-view.js';
import type * as Held from '../../src/held-content.js';
import type { FleetCopy } from '../../src/stores/fleet-copy/fleet-copy.js';
import type * as Writing from '../../src/stores/fleet-copy/write.js';
import { attempted, pending } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const root = '/home/user/models';
const commit = 'A'.repeat(22);
const digest = `sha256:${'0123456789abcdef'.repeat(4)}` as const;
const held: Holding = { id: holdingId('one', digest), node: 'one', digest, path: '/a', instance: 'x' };
const change = (record: ModelEntry | undefined, revision: number) => ({ id: 'a', record, revision });

const deletionsLost = inModule<typeof Following, 'afterChanges'>({
  name: 'what the fleet deletes stays on its nodes',
  breaks: 'CAT-FLT-7010',
  by: 'scenario',
  does: 'A deletion of the fleet changes nothing in the copy.',
  module: 'src/core/following.ts',
  names: ['afterChanges'],
  substitutes: ({ afterChanges }) => ({
    afterChanges: (base, changes, head) =>
      afterChanges(
        base,
        changes.filter(({ record }) => record !== undefined),
        head,
      ),
  }),
  shows: ({ afterChanges, afterList }) => {
    const head = { revision: 2, commit };
    const base = afterList<'models'>(emptyGeneration('models', commit), [{ record: pending, revision: 1 }], head).next;
    return afterChanges<'models'>(base, [{ ...change(undefined, 2), id: pending.id }], head).counts.removed;
  },
});

const nothingTakenBack = inModule<typeof Announcing, 'announcement'>({
  name: 'what a node holds no more is still said of it',
  breaks: 'CAT-FLT-7010',
  by: 'scenario',
  does: 'Nothing is taken back that was announced.',
  module: 'src/core/announcing.ts',
  names: ['announcement'],
  substitutes: ({ announcement }) => ({ announcement: (...asked) => ({ ...announcement(...asked), deletes: [] }) }),
  shows: ({ announcement }) => announcement({ node: 'one', instance: 'x' }, [], [{ record: held, revision: 1 }]).deletes.length,
});

const everybodyIsOne = inModule<typeof Announcing, 'announcement'>({
  name: 'two machines are one node',
  breaks: 'CAT-FLT-7010',
  by: 'scenario',
  does: 'Whoever has the name of a node takes back what the other machine of that name announced.',
  module: 'src/core/announcing.ts',
  names: ['announcement'],
  substitutes: ({ announcement }) => ({ announcement: (announcer, ...rest) => announcement({ ...announcer, takeOver: true }, ...rest) }),
  shows: ({ announcement }) => attempted(() => announcement({ node: 'one', instance: 'y' }, [], [{ record: held, revision: 1 }])),
});

const fleetsAreOwn = inModule<typeof FleetView, 'refuseFleets'>({
  name: 'a record of the fleet is put like any other',
  breaks: 'CAT-FLT-7010',
  by: 'scenario',
  does: 'What only the fleet has may be changed on a node, where it makes another record of that id.',
  module: 'src/fleet-view.ts',
  names: ['refuseFleets'],
  substitutes: () => ({ refuseFleets: async () => {} }),
  shows: ({ refuseFleets }) => {
    const asked: string[] = [];
    const copy = { part: async (name: string) => void asked.push(name), origin: async () => undefined };
    return refuseFleets(copy as unknown as FleetCopy, 'models', 'a').then(() => asked);
  },
});

const goneIsHeld = inModule<typeof Held, 'heldContents'>({
  name: 'what a node has lost is said to be there',
  breaks: 'CAT-FLT-7010',
  by: 'scenario',
  does: 'Files that are gone, or cut short, are announced as if they were whole.',
  module: 'src/held-content.ts',
  names: ['heldContents'],
  substitutes: ({ heldContents }) => ({
    heldContents: async (context, wanted) => {
      const { models } = context.store;
      const sizes = (await models.list()).flatMap(({ record }) => filePlaces(record).map(({ file }) => file.bytes));
      // Each look finds a file as long as the next one should be.
      const artifacts = { root: context.artifacts.root, run: async () => ({ type: 'file', size: sizes.shift() }) };
      return heldContents({ ...context, artifacts } as unknown as CatalogContext, wanted);
    },
  }),
  shows: ({ heldContents }) => {
    const record = { ...pending, state: 'Active', digest, local_path: 'models/a/a', files: [{ path: 'a', digest, bytes: 7 }] };
    const context = { store: { models: { list: async () => [{ record, revision: 1 }] } }, artifacts: { root, run: async () => undefined } };
    return heldContents(context as unknown as CatalogContext).then(({ length }) => length);
  },
});

const partsNotSynced = inModule<typeof Writing, 'persistPart'>({
  name: 'a part of a copy counts before its bytes are durable',
  breaks: 'CAT-FLT-7010',
  by: 'scenario',
  does: 'A file of a copy gets its name without a sync of what is in it.',
  module: 'src/stores/fleet-copy/write.ts',
  names: ['persistPart'],
  substitutes: ({ persistPart }) => ({
    persistPart: (...asked) => without(persistPart(...asked), ({ op, kind }) => op === 'sync' && kind === 'Sync'),
  }),
  shows: ({ persistPart, makeCopyFolder }) => {
    const disk = new SimulatedDisk({ root: [root] });
    runSync(makeCopyFolder(root, commit), disk);
    return stepsOf(persistPart<'models'>(root, commit, emptyGeneration('models', commit), disk.host), disk);
  },
});

const sweptTooEarly = inModule<typeof Writing, 'sweepCopies'>({
  name: 'the copy before is gone before the new one counts for good',
  breaks: 'CAT-FLT-7010',
  by: 'scenario',
  does: 'Whoever comes after a killed sync removes the copy that a power cut would bring back.',
  module: 'src/stores/fleet-copy/write.ts',
  names: ['sweepCopies'],
  substitutes: ({ sweepCopies }) => ({ sweepCopies: (...asked) => without(sweepCopies(...asked), ({ op }) => op === 'sync') }),
  shows: ({ sweepCopies, makeCopyFolder }) => {
    const disk = new SimulatedDisk({ root: [root] });
    runSync(makeCopyFolder(root, commit), disk);
    return stepsOf(sweepCopies(root, undefined), disk);
  },
});

/** A program of which some steps are left out, as if they had been done. */
function* without<T>(program: DiskProgram<T>, isLeftOut: (step: Step) => boolean): DiskProgram<T> {
  let next = program.next();
  while (!next.done) {
    if (isLeftOut(next.value)) {
      next = program.next(undefined);
      continue;
    }
    let result: unknown;
    try {
      result = yield next.value;
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    next = program.next(result);
  }
  return next.value;
}

function stepsOf(program: DiskProgram<unknown>, disk: SimulatedDisk): string[] {
  const steps: string[] = [];
  runSync(program, {
    host: disk.host,
    perform: (step) => {
      steps.push(step.op);
      return disk.perform(step);
    },
  });
  return steps;
}

export const followingSaboteurs: readonly ModuleSaboteur[] = [
  deletionsLost,
  nothingTakenBack,
  everybodyIsOne,
  fleetsAreOwn,
  goneIsHeld,
  partsNotSynced,
  sweptTooEarly,
];
