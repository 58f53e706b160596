import { isCatalogError } from '../../../src/core/errors.js';
import type { JournalEvent } from '../../../src/journal/event.js';
import type * as PlainStates from '../../../src/journal/plain-state.js';
import type * as Folds from '../../../src/journal/projection.js';
import type * as Subscribing from '../../../src/journal/subscription.js';
import type * as Upcasting from '../../../src/journal/upcasting.js';
import { attempted } from '../records.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { someKind } from './showing.js';

const toldTooSoon = inModule<typeof Subscribing, 'Subscriptions'>({
  name: 'who subscribed is told what is not durable',
  breaks: 'CAT-JRN-3403',
  by: 'scenario',
  does: 'An event is told when it is seen, be it synced or not.',
  module: 'src/journal/subscription.ts',
  names: ['Subscriptions'],
  substitutes: ({ Subscriptions }) => ({
    Subscriptions: class extends Subscriptions {
      constructor(source: Subscribing.SubscriptionSource) {
        super({ ...source, settled: () => source.look() });
      }
    },
  }),
  shows: shownBySubscriptions,
});

const queueUnbounded = subscribing('a queue has no end', 'Who falls behind is not told so, and what waits fills the memory.', (asked) => ({
  ...asked,
  options: { ...asked.options, queue: Number.MAX_SAFE_INTEGER },
}));

const toldAgain = subscribing('who goes on is told the last one again', 'What comes after a sequence begins with it.', (asked) => ({
  ...asked,
  options: { ...asked.options, ...(asked.options.after && { after: asked.options.after - 1 }) },
}));

const notAwaited = subscribing('a listener is told the next before it is done', 'What a listener gives is not waited for.', (asked) => ({
  ...asked,
  listener: (notice) => void asked.listener(notice),
}));

const regionPassedOver = subscribing(
  'who subscribed to a region is told everything',
  'Of which events one is told does not depend on the region.',
  (asked) => ({
    ...asked,
    region: {},
  }),
);

const overOneVersion = inModule<typeof Folds, 'foldOf'>({
  name: 'a fold goes on under another version',
  breaks: 'CAT-JRN-3404',
  by: 'scenario',
  does: 'What another version of a projection has folded is gone on with.',
  module: 'src/journal/projection.ts',
  names: ['foldOf'],
  substitutes: ({ foldOf }) => ({
    foldOf: (projection) => ({ ...foldOf(projection), identity: foldOf({ ...projection, version: 0 }).identity }),
  }),
  shows: ({ foldOf }) => foldOf({ name: 'a', version: 1, initial: 0, apply: (state) => state }).identity,
});

const newerFolded = inModule<typeof Upcasting, 'upcasting'>({
  name: 'newer payloads are folded as they are',
  breaks: 'CAT-JRN-3404',
  by: 'scenario',
  does: 'A projection meets payloads that it cannot understand, and is not told.',
  module: 'src/journal/upcasting.ts',
  names: ['upcasting'],
  substitutes: ({ upcasting }) => ({
    upcasting: (versions) => {
      const upcast = upcasting(versions);
      return (event) => {
        try {
          return upcast(event);
        } catch (error) {
          if (isCatalogError(error, 'SchemaVersionUnsupported')) return event;
          throw error;
        }
      };
    },
  }),
  shows: ({ upcasting }) => attempted(() => upcasting({})({ kind: someKind, payload_version: 2, payload: 1 } as JournalEvent).payload),
});

const stateShared = inModule<typeof PlainStates, 'frozenState'>({
  name: 'a state can be changed by whoever is given it',
  breaks: 'CAT-JRN-3404',
  by: 'scenario',
  does: 'The state of a projection is what its readers make of it.',
  module: 'src/journal/plain-state.ts',
  names: ['frozenState'],
  substitutes: () => ({ frozenState: (state) => state }),
  shows: ({ frozenState }) => Object.isFrozen(frozenState({ a: 1 })),
});

export const listeningSaboteurs: readonly ModuleSaboteur[] = [
  toldTooSoon,
  queueUnbounded,
  toldAgain,
  notAwaited,
  regionPassedOver,
  overOneVersion,
  newerFolded,
  stateShared,
];

interface Asked {
  readonly region: Parameters<Subscribing.Subscriptions['subscribe']>[0];
  readonly listener: Subscribing.Listener;
  readonly options: Subscribing.SubscribeOptions;
}

function subscribing(name: string, does: string, other: (asked: Asked) => Asked): ModuleSaboteur {
  return inModule<typeof Subscribing, 'Subscriptions'>({
    name,
    breaks: 'CAT-JRN-3403',
    by: 'scenario',
    does,
    module: 'src/journal/subscription.ts',
    names: ['Subscriptions'],
    substitutes: ({ Subscriptions }) => ({
      Subscriptions: class extends Subscriptions {
        override subscribe(...[region, listener, options]: Parameters<Subscribing.Subscriptions['subscribe']>): Subscribing.Subscription {
          const changed = other({ region, listener, options });
          return super.subscribe(changed.region, changed.listener, changed.options);
        }
      },
    }),
    shows: shownBySubscriptions,
  });
}

/** What one is told who subscribed after the second of five events, of which four are durable, with a queue of two, while more come. */
async function shownBySubscriptions({ Subscriptions }: Pick<typeof Subscribing, 'Subscriptions'>): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  let [last, durable] = [5, 4];
  const subscriptions = new Subscriptions({
    look: () => last,
    settled: () => durable,
    read: (region, after, upTo) => {
      told.push(region);
      return Array.from({ length: upTo - after }, (_entry, nth) => ({ sequence: after + nth + 1 }) as JournalEvent);
    },
  });
  const listener: Subscribing.Listener = async (notice) => {
    told.push(notice.type === 'event' ? notice.event.sequence : notice);
    await turned();
    told.push('done');
  };
  const subscription = subscriptions.subscribe({ entity: 'a' }, listener, { after: 2, queue: 2 });
  for (let nth = 0; nth < 20; nth++) await turned();
  [last, durable] = [20, 20];
  subscriptions.wake();
  for (let nth = 0; nth < 20; nth++) await turned();
  subscription.unsubscribe();
  return told;
}

function turned(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
