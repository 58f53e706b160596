import type { DiskProgram } from '../../../src/disk/program.js';
import type * as Cursor from '../../../src/journal/cursor.js';
import type * as Cursors from '../../../src/journal/cursor-checkpoint.js';
import type { JournalEvent } from '../../../src/journal/event.js';
import type * as Snapshots from '../../../src/journal/snapshot.js';
import type * as Subscribing from '../../../src/journal/subscription.js';
import type * as Upcasting from '../../../src/journal/upcasting.js';
import type * as Entities from '../../../src/stores/journal/entities.js';
import type * as Histories from '../../../src/stores/journal/history.js';
import type { OpenRecords } from '../../../src/stores/journal/open-records.js';
import type * as Moving from '../../../src/stores/moving/records.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { isSegment, leavingOut, nothingDone } from './leaving-out.js';
import { at, directory, shownOn, someKind } from './showing.js';

const neverWoken = inModule<typeof Subscribing, 'Subscriptions'>({
  name: 'who subscribed is not told of what is new',
  breaks: 'CAT-JRN-3403',
  by: 'scenario',
  does: 'What is appended after the subscription reaches nobody.',
  module: 'src/journal/subscription.ts',
  names: ['Subscriptions'],
  substitutes: ({ Subscriptions }) => ({
    Subscriptions: class extends Subscriptions {
      override wake(): void {}
    },
  }),
  shows: async ({ Subscriptions }) => {
    let settled = 1;
    const told: number[] = [];
    const event = (sequence: number) => ({ sequence }) as JournalEvent;
    const subscriptions = new Subscriptions({
      look: () => settled,
      settled: () => settled,
      read: (_, after, upTo) => Array.from({ length: upTo - after }, (_entry, nth) => event(after + nth + 1)),
    });
    subscriptions.subscribe({}, (notice) => void told.push(notice.type === 'event' ? notice.event.sequence : 0), {});
    await turned();
    settled = 3;
    subscriptions.wake();
    await turned();
    return told;
  },
});

const notUpcast = inModule<typeof Upcasting, 'upcasting'>({
  name: 'older payloads are folded as they are',
  breaks: 'CAT-JRN-3404',
  by: 'scenario',
  does: 'A projection meets payloads of versions that it does not understand.',
  module: 'src/journal/upcasting.ts',
  names: ['upcasting'],
  substitutes: () => ({ upcasting: () => (event) => event }),
  shows: ({ upcasting }) =>
    upcasting({ upcasters: [{ kind: someKind, from: 1, up: (payload) => [payload] }] })({
      kind: someKind,
      payload_version: 1,
      payload: 1,
    } as JournalEvent).payload,
});

const copyNotSynced = inModule<typeof Snapshots, 'takeSnapshot'>({
  name: 'the segments of a snapshot are not synced',
  breaks: 'CAT-JRN-3503',
  by: 'scenario',
  does: 'A snapshot is there, and a power cut empties it.',
  module: 'src/journal/snapshot.ts',
  names: ['takeSnapshot'],
  substitutes: ({ takeSnapshot }) => ({
    takeSnapshot: (asked) => leavingOut(takeSnapshot(asked), (step, path) => step.op === 'sync' && isSegment(path)),
  }),
  shows: ({ takeSnapshot }) =>
    shownOn(({ machine, run, openJournal }) => {
      const journal = openJournal(machine);
      journal.append(at, someKind, 1);
      const segments = [{ number: 1, end: machine.bytesAt(`${directory}/000001.seg`).byteLength, size: 0 }];
      const look = function* (): DiskProgram<Snapshots.Shown> {
        return { segments, next: 3, events: 2, cancelled: [] };
      };
      journal.close();
      segments[0] = { number: 1, end: machine.bytesAt(`${directory}/000001.seg`).byteLength, size: 0 };
      run(takeSnapshot({ directory, target: '/copy', look, host: machine.host }));
    }),
});

const dotsAsTheyAre = inModule<typeof Entities, 'entityOf'>({
  name: 'two dots stay in the name of an entity',
  breaks: 'CAT-HIS-3601',
  by: 'scenario',
  does: 'A model whose id has two dots cannot be put.',
  module: 'src/stores/journal/entities.ts',
  names: ['entityOf'],
  substitutes: ({ entityOf }) => ({ entityOf: (collection, id) => entityOf(collection, id).replaceAll('.%2E', '..') }),
  shows: ({ entityOf }) => entityOf('models', 'a..b'),
});

const alwaysNow = inModule<typeof Histories, 'stateAt'>({
  name: 'the past is what is there now',
  breaks: 'CAT-HIS-3602',
  by: 'scenario',
  does: 'Whatever moment is asked for, the newest state is shown.',
  module: 'src/stores/journal/history.ts',
  names: ['stateAt'],
  substitutes: ({ stateAt }) => ({ stateAt: (records) => stateAt(records, records.index.last) }),
  shows: async ({ stateAt }) => {
    const { runSync } = await import('../../../src/disk/program.js');
    const { SimulatedDisk } = await import('../../../src/sim/index.js');
    try {
      runSync(stateAt(noRecords, 7), new SimulatedDisk());
      return 'a state';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  },
});

const inAnyOrder = inModule<typeof Moving, 'byRevision'>({
  name: 'a copy has no order',
  breaks: 'CAT-HIS-3604',
  by: 'scenario',
  does: 'Records are copied as they lie, and not in the order in which they were changed.',
  module: 'src/stores/moving/records.ts',
  names: ['byRevision'],
  substitutes: () => ({ byRevision: (all) => all }),
  shows: ({ byRevision }) =>
    byRevision([
      { record: 1, revision: 9 },
      { record: 2, revision: 8 },
    ]),
});

const cancelledKept = inModule<typeof Cursor, 'lastPlace'>({
  name: 'a cursor keeps for its place what was cancelled',
  breaks: 'CAT-JRN-3402',
  by: 'scenario',
  does: 'A cursor passes the cancelled events at the end of a journal, and is beyond its end for whoever reads.',
  module: 'src/journal/cursor.ts',
  names: ['lastPlace'],
  substitutes: () => ({ lastPlace: (_shown, durable) => durable }),
  shows: ({ lastPlace }) => lastPlace({ last: 10 }, 12),
});

const placeNotKept = inModule<typeof Cursors, 'persistCursor'>({
  name: 'the place of a follower is not kept',
  breaks: 'CAT-HIS-3605',
  by: 'scenario',
  does: 'Whoever follows again is told everything from the beginning.',
  module: 'src/journal/cursor-checkpoint.ts',
  names: ['persistCursor'],
  substitutes: () => ({ persistCursor: () => nothingDone() }),
  shows: ({ persistCursor }) =>
    shownOn(({ machine, run }) => {
      const lineage = '0190a2b4-7d2e-7c31-9f00-1234567890ab';
      run(persistCursor(directory, 'follower', { lineage, region: 'entity=model', position: 7 }, machine.host));
    }),
});

export const followingSaboteurs: readonly ModuleSaboteur[] = [
  neverWoken,
  notUpcast,
  copyNotSynced,
  dotsAsTheyAre,
  alwaysNow,
  inAnyOrder,
  placeNotKept,
  cancelledKept,
];

const noRecords = {
  index: { last: 0, entitiesFrom: () => [] },
  *makeDurable(): DiskProgram<number> {
    return 0;
  },
} as unknown as OpenRecords;

function turned(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
}
