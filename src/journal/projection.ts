import { refusal } from '../core/errors.js';
import type { JournalEvent } from './event.js';
import type { EventKind } from './kind.js';
import { frozenState } from './plain-state.js';
import { checkRegion, type Region, regionIdentity } from './region.js';
import { type PayloadVersions, upcasting } from './upcasting.js';

/**
 * A pure fold over the events of a journal (CAT-JRN-3404). States are plain data: objects, arrays and primitive values. They are
 * frozen at every depth as they come, so that an `apply` that changes the state that it is given throws.
 */
export interface Projection<State> extends PayloadVersions {
  /** 1 to 128 letters, digits, dots, dashes and underscores, no dot at the beginning. */
  readonly name: string;
  /** From 0 on. Whoever changes what `apply` does counts it up: nothing that was folded by another version is used. */
  readonly version: number;
  /** Of which events; all unless told. */
  readonly region?: Region;
  /** Of which kinds; all unless told. Others are passed over, whatever their payload version. */
  readonly kinds?: readonly EventKind[];
  /** Before the first event. */
  readonly initial: State;
  /** The state after an event: a function of these two and of nothing else. */
  readonly apply: (state: State, event: JournalEvent) => State;
  /**
   * Whether the journal keeps the state in a file from time to time, so that whoever opens it next need not begin from the first event. A
   * state that canonical JSON cannot say is not kept.
   */
  readonly keep?: boolean;
}

/** What came of a fold. */
export interface Projected<State> {
  /** Frozen at every depth. */
  readonly state: State;
  /** Up to which sequence the journal was looked through. */
  readonly sequence: number;
  /** How many events were applied for it by this call. */
  readonly applied: number;
}

/** A fold that was begun: up to which sequence, and how many events are in it. */
export interface Folded {
  readonly state: unknown;
  readonly sequence: number;
  readonly events: number;
}

/** What a fold needs of a projection whose parts are as they must be. */
export interface Fold {
  readonly name: string;
  /** Which fold this is: another name, version or set of events is another. */
  readonly identity: string;
  readonly begin: () => Folded;
  readonly goOn: (begun: Folded, events: Iterable<JournalEvent>, upTo: number) => Folded;
}

const fileName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** The fold of a projection; `InvalidArgument` or `InvalidCoordinate` where something of it cannot be used. */
export function foldOf<State>(projection: Projection<State>): Fold {
  const { name, version, region = {}, kinds, initial, apply } = projection;
  checkName(name);
  if (!Number.isSafeInteger(version) || version < 0)
    throw invalid('version', `the version of a projection is a whole number from 0 on, not ${version}`);
  if (typeof apply !== 'function') throw invalid('apply', 'apply is a function');
  const identity = [name, version, regionIdentity(checkRegion(region)), ...(kinds ?? ['all'])].join('\n');
  const upcast = upcasting(projection);
  return {
    name,
    identity,
    begin: () => ({ state: frozenState(initial), sequence: 0, events: 0 }),
    goOn: (begun, found, upTo) => {
      let { state, events } = begun;
      for (const event of found) {
        if (kinds !== undefined && !kinds.includes(event.kind)) continue;
        state = frozenState(apply(state as State, upcast(event)));
        events++;
      }
      return { state, sequence: upTo, events };
    },
  };
}

function checkName(name: string): void {
  if (typeof name === 'string' && fileName.test(name)) return;
  throw invalid('name', 'a projection is named by 1 to 128 letters, digits, dots, dashes and underscores, and no dot at the beginning');
}

function invalid(argument: string, message: string): Error {
  return refusal('InvalidArgument', message, { argument });
}
