import type * as Appending from '../../../src/journal/appending.js';
import type * as Coordinates from '../../../src/journal/coordinate.js';
import type * as EventIds from '../../../src/journal/event-id.js';
import type { EventId } from '../../../src/journal/event-id.js';
import type * as Kinds from '../../../src/journal/kind.js';
import { attempted } from '../records.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { at, someKind } from './showing.js';

const key = '0190a2b4-7d2e-7c31-9f00-1234567890ab';
const otherId = '0190a2b4-7d2e-7c31-9f00-1234567890ac';

const anyCoordinate = inModule<typeof Coordinates, 'checkCoordinate' | 'checkCoordinatePart'>({
  name: 'coordinates are not checked',
  breaks: 'CAT-JRN-3001',
  by: 'scenario',
  does: 'Whatever text is given is an entity or a scope.',
  module: 'src/journal/coordinate.ts',
  names: ['checkCoordinate', 'checkCoordinatePart'],
  substitutes: () => ({ checkCoordinate: (coordinate) => coordinate, checkCoordinatePart: (_part, text) => text as string }),
  shows: ({ checkCoordinate }) => ['a/b', 'a..b', ''].map((entity) => attempted(() => checkCoordinate({ ...at, entity }))),
});

const reservedForAll = inModule<typeof Kinds, 'checkKind'>({
  name: 'reserved kinds are let through',
  breaks: 'CAT-JRN-3002',
  by: 'scenario',
  does: 'Callers append events of the kinds that are the journal’s own.',
  module: 'src/journal/kind.ts',
  names: ['checkKind'],
  substitutes: () => ({ checkKind: (kind) => kind }),
  shows: ({ checkKind }) => attempted(() => checkKind(0x0008)),
});

const idsByChance = inModule<typeof EventIds, 'eventIds'>({
  name: 'ids do not rise',
  breaks: 'CAT-JRN-3003',
  by: 'scenario',
  does: 'The ids of events are in no order.',
  module: 'src/journal/event-id.ts',
  names: ['eventIds'],
  substitutes: ({ eventIds }) => ({
    eventIds: (clock, random) => {
      let made = 0;
      return () => eventIds(() => clock() - 7 * made++, random)();
    },
  }),
  shows: ({ eventIds }) => {
    const newId = eventIds(
      () => 1e12,
      (bytes) => new Uint8Array(bytes),
    );
    return [newId(), newId()];
  },
});

const clockBelieved = planning({
  name: 'time goes back',
  breaks: 'CAT-JRN-3003',
  does: 'An event bears the time that the clock shows, be it before that of an earlier event of its entity.',
  plan: (planAppend) => (asked, planning) =>
    planAppend(asked, {
      ...planning,
      known: knownAs(planning.known, { entityEnd: (entity, end) => end(entity) && { version: 0, sequence: 0, ...end(entity), wallMs: 0 } }),
    }),
});

const expectedIgnored = planning({
  name: 'expected is not checked',
  breaks: 'CAT-JRN-3102',
  does: 'An event is appended whatever its entity was expected to have.',
  plan: (planAppend) => (asked, planning) =>
    planAppend(
      asked.map(({ expected: _any, ...event }) => event),
      planning,
    ),
});

const expectedOfBatchIgnored = planning({
  name: 'only the first of a batch is expected',
  breaks: 'CAT-JRN-3102',
  does: 'What is expected of the entities of a batch counts for its first event alone.',
  plan: (planAppend) => (asked, planning) =>
    planAppend(
      asked.map(({ expected, ...event }, nth) => (nth === 0 && expected !== undefined ? { ...event, expected } : event)),
      planning,
    ),
});

const keysForgotten = planning({
  name: 'keys are forgotten',
  breaks: 'CAT-JRN-3103',
  does: 'An event is appended once more although its key is there.',
  plan: (planAppend) => (asked, planning) =>
    planAppend(asked, { ...planning, known: knownAs(planning.known, { sequenceOf: () => undefined }) }),
});

const expectedFirst = planning({
  name: 'a key is looked for after what is expected',
  breaks: 'CAT-JRN-3103',
  does: 'Who repeats himself is refused because of what has happened since.',
  plan: (planAppend) => (asked, planning) => {
    planAppend(asked, { ...planning, known: knownAs(planning.known, { sequenceOf: () => undefined }), gates: [] });
    return planAppend(asked, planning);
  },
});

const batchInPart = planning({
  name: 'a batch goes on where it was repeated in part',
  breaks: 'CAT-JRN-3104',
  does: 'Of a batch that was appended in part the rest is appended.',
  plan: (planAppend) => (asked, planning) => {
    const isNew = (event: Appending.NewEvent): boolean =>
      event.idempotencyKey === undefined || planAppend([event], { ...planning, gates: [] }).kind !== 'repeated';
    const rest = asked.filter((event) => attempted(() => isNew(event)) !== false);
    return planAppend(rest.length === 0 ? asked : rest, planning);
  },
});

export const appendingSaboteurs: readonly ModuleSaboteur[] = [
  anyCoordinate,
  reservedForAll,
  idsByChance,
  clockBelieved,
  expectedIgnored,
  expectedOfBatchIgnored,
  keysForgotten,
  expectedFirst,
  batchInPart,
];

type PlanAppend = typeof Appending.planAppend;

function planning({
  plan,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & { readonly plan: (planAppend: PlanAppend) => PlanAppend }): ModuleSaboteur {
  return inModule<typeof Appending, 'planAppend'>({
    ...declared,
    by: 'scenario',
    module: 'src/journal/appending.ts',
    names: ['planAppend'],
    substitutes: ({ planAppend }) => ({ planAppend: plan(planAppend) }),
    shows: ({ planAppend }) => asks.map((asked) => attempted(() => shownPlan(planAppend(asked, onTwo)))),
  });
}

interface Changed {
  readonly entityEnd?: (
    entity: string,
    end: Appending.KnownEvents['entityEnd'],
  ) => ReturnType<Appending.KnownEvents['entityEnd']> | undefined;
  readonly sequenceOf?: Appending.KnownEvents['sequenceOf'];
}

function knownAs(known: Appending.KnownEvents, { entityEnd, sequenceOf }: Changed): Appending.KnownEvents {
  const end = (entity: string) => known.entityEnd(entity);
  return {
    entityEnd: (entity) => (entityEnd === undefined ? end(entity) : entityEnd(entity, end)),
    sequenceOf: sequenceOf ?? ((id: EventId) => known.sequenceOf(id)),
  };
}

/** A journal in which `a` has two events, the second of them under the key. */
const onTwo: Appending.Planning = {
  known: {
    entityEnd: (entity) => (entity === 'a' ? { version: 2, wallMs: 5000, sequence: 3 } : undefined),
    sequenceOf: (id) => (id === key ? 3 : undefined),
  },
  gates: [],
  newId: () => otherId,
  clock: () => 4000,
};

const event: Appending.NewEvent = { coordinate: at, kind: someKind, payload: 1 };
const asks: readonly (readonly Appending.NewEvent[])[] = [
  [event],
  [{ ...event, expected: 7 }],
  [event, { ...event, expected: 7 }],
  [{ ...event, idempotencyKey: key, expected: 'none' }],
  [{ ...event, idempotencyKey: key }, event],
];

function shownPlan(plan: Appending.Plan): unknown {
  if (plan.kind === 'append') return plan.events.map(({ record: { version, wallMs } }) => ({ version, wallMs }));
  return plan.kind === 'repeated' ? plan.sequences : plan.denied;
}
