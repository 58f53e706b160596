import { refusal } from '../core/errors.js';
import type { Clock } from '../disk/host.js';
import { type Coordinate, checkCoordinate } from './coordinate.js';
import type { EntityEnd } from './entity-table.js';
import { type EventId, idempotencyKey, isEventId } from './event-id.js';
import type { EventIndex } from './event-index.js';
import { type EventHeader, type EventRecord, encodeEvent } from './event-record.js';
import { frameHeaderBytes, maximumFrameBytes } from './frame.js';
import { checkGates, type Denied, type Gate, type GatePassed, type Judged, judge } from './gates.js';
import { checkKind, type EventKind } from './kind.js';

/** What an append expects, by what it was caused, and which gates it must pass. */
export interface AppendOptions {
  /** How many events the entity must have, `none` for none; else `SequenceMismatch` (CAT-JRN-3102). */
  readonly expected?: number | 'none';
  /** Appending with the same key again gives the first receipt and appends nothing (CAT-JRN-3103). A UUID, or any text. */
  readonly idempotencyKey?: string;
  /** The id of the event because of which this one happened. */
  readonly causation?: EventId;
  /** What it is a part of; its own id unless told. */
  readonly correlation?: EventId;
  /** Asked after those of the journal. */
  readonly gates?: readonly Gate[];
  /** By the names of gates, why they are not asked; it is kept with the event (CAT-JRN-3006). */
  readonly bypass?: Readonly<Record<string, string>>;
  /** Which form the payload has, from 0 to 65,535; 1 unless told. */
  readonly payloadVersion?: number;
}

/** One event that is to be. */
export interface NewEvent extends AppendOptions {
  readonly coordinate: Coordinate;
  readonly kind: EventKind;
  /** Whatever JSON can say. */
  readonly payload: unknown;
}

/** An event with all that the journal adds, and its bytes. */
export class PlannedEvent {
  readonly header: EventHeader & { readonly payload: string };
  readonly bytes: Buffer;
  readonly passed: readonly GatePassed[];

  constructor(header: EventHeader & { readonly payload: string }, passed: readonly GatePassed[]) {
    this.header = header;
    this.passed = passed;
    this.bytes = encodeEvent(header);
  }

  get record(): EventRecord {
    return { ...this.header, payload: Buffer.from(this.header.payload) };
  }
}

export type Plan =
  | { readonly kind: 'append'; readonly events: readonly PlannedEvent[] }
  /** They were appended before: their sequences. */
  | { readonly kind: 'repeated'; readonly sequences: readonly number[] }
  | { readonly kind: 'denied'; readonly denied: Denied };

/** What is there already: what everybody sees, and what who asks has appended under a fence. */
export type KnownEvents = Pick<EventIndex, 'entityEnd' | 'sequenceOf'>;

/** What a plan depends on besides what is asked for. */
export interface Planning {
  readonly known: KnownEvents;
  readonly gates: readonly Gate[];
  readonly newId: () => EventId;
  readonly clock: Clock;
  /** Only the journal itself makes events of the reserved kinds. */
  readonly isOwn?: boolean;
}

const maximumVersion = 0xffff;
/** An event has four bytes for its place among those of its entity. */
const mostEvents = 0xffff_ffff;
/** Half of what a frame may have, so that coordinates and gates find room. */
const maximumPayloadBytes = maximumFrameBytes / 2;

/**
 * Decides what is appended (CAT-JRN-3102, 3103, 3104): all of it, or, where anything of it may not be, nothing. What was appended
 * under the same keys before comes first: whoever repeats himself is not refused for what has happened since.
 */
export function planAppend(asked: readonly NewEvent[], planning: Planning): Plan {
  const keys = asked.map(({ idempotencyKey: key }) => (key === undefined ? undefined : keyOf(key)));
  const repeated = keys.some((key) => key !== undefined) ? sequencesOfRepeated(keys, planning.known) : undefined;
  if (repeated !== undefined) return { kind: 'repeated', sequences: repeated };
  const ends = new Map<string, Pick<EntityEnd, 'version' | 'wallMs'>>();
  const events: PlannedEvent[] = [];
  for (let at = 0; at < asked.length; at++) {
    const event = asked[at] as NewEvent;
    const coordinate = checkCoordinate(event.coordinate);
    const { entity } = coordinate;
    const end = ends.get(entity) ?? planning.known.entityEnd(entity) ?? { version: 0, wallMs: 0 };
    checkExpected(event.expected, end.version, entity);
    const planned = plannedEvent({ event, coordinate, end, id: keys[at] ?? planning.newId() }, planning);
    if ('denied' in planned) return { kind: 'denied', denied: planned.denied };
    ends.set(entity, planned.header);
    events.push(planned);
  }
  checkRoom(events);
  return { kind: 'append', events };
}

interface Placed {
  readonly event: NewEvent;
  readonly coordinate: Coordinate;
  readonly end: Pick<EntityEnd, 'version' | 'wallMs'>;
  readonly id: EventId;
}

function plannedEvent(
  { event, coordinate, end, id }: Placed,
  { clock, gates, isOwn = false }: Planning,
): PlannedEvent | { readonly denied: Denied } {
  const { payloadVersion = 1 } = event;
  const kind = isOwn ? event.kind : checkKind(event.kind);
  const text = payloadText(event.payload);
  if (!Number.isInteger(payloadVersion) || payloadVersion < 0 || payloadVersion > maximumVersion) {
    throw refusal('InvalidArgument', `a payload version is a whole number from 0 to ${maximumVersion}, not ${payloadVersion}`, {
      argument: 'payloadVersion',
    });
  }
  const judged = judgedBy(event, { gates, isOwn }, { coordinate, kind, payloadVersion, version: end.version });
  if (judged.kind === 'denied') return { denied: judged.denied };
  const header = {
    id,
    coordinate,
    kind,
    wallMs: Math.max(end.wallMs, Math.trunc(clock())),
    version: nextVersion(end.version, coordinate.entity),
    correlation: event.correlation === undefined ? id : checkId(event.correlation, 'correlation'),
    causation: event.causation === undefined ? undefined : checkId(event.causation, 'causation'),
    payloadVersion,
    gates: judged.passed.length === 0 ? noGates : Buffer.from(JSON.stringify(judged.passed)),
    payload: text,
  };
  return new PlannedEvent(header, judged.passed);
}

function nextVersion(version: number, entity: string): number {
  if (version < mostEvents) return version + 1;
  throw refusal('EntryTooLarge', `${entity} has ${version} events, and no entity has more`, { entity, maximum: mostEvents });
}

const noGates = Buffer.alloc(0);
const noBypass = {};
const noneAsked = { kind: 'passed', passed: [] } as const;

/** What the gates of the journal and those of an event say of it; the journal's own events are asked about by nobody. */
function judgedBy(
  { payload, gates: ofEvent = [], bypass = noBypass }: NewEvent,
  { gates, isOwn }: { readonly gates: readonly Gate[]; readonly isOwn: boolean },
  { coordinate, kind, payloadVersion, version }: Pick<EventRecord, 'coordinate' | 'kind' | 'payloadVersion' | 'version'>,
): Judged {
  if (isOwn || (gates.length === 0 && ofEvent.length === 0 && bypass === noBypass)) return noneAsked;
  const asked = [...gates, ...ofEvent];
  checkGates(asked, bypass);
  const proposed = { coordinate: { ...coordinate }, kind, payload, payload_version: payloadVersion, entity_version: version };
  return judge(asked, proposed, bypass);
}

/** The id that a key stands for: itself where it is one. */
export function keyOf(key: string): EventId {
  if (typeof key !== 'string' || key === '') throw refusal('InvalidArgument', 'an idempotency key is text', { argument: 'idempotencyKey' });
  return isEventId(key) ? key.toLowerCase() : idempotencyKey(key);
}

function sequencesOfRepeated(keys: readonly (EventId | undefined)[], known: KnownEvents): readonly number[] | undefined {
  const given = keys.filter((key) => key !== undefined);
  if (new Set(given).size < given.length)
    throw refusal('InvalidArgument', 'two events of a batch have one idempotency key', { argument: 'idempotencyKey' });
  const sequences = keys.map((key) => (key === undefined ? undefined : known.sequenceOf(key)));
  const found = sequences.filter((sequence) => sequence !== undefined);
  if (found.length === 0) return undefined;
  if (found.length === keys.length) return found;
  const at = sequences.findIndex((sequence) => sequence !== undefined);
  throw refusal('AlreadyExists', `event ${at + 1} of the batch was appended before, and others were not`, { stored: keys[at] });
}

function checkExpected(expected: AppendOptions['expected'], actual: number, entity: string): void {
  if (expected === undefined) return;
  if (expected !== 'none' && (!Number.isSafeInteger(expected) || expected < 0)) {
    throw refusal('InvalidArgument', `expected is how many events the entity has, or none, not ${expected}`, { argument: 'expected' });
  }
  const wanted = expected === 'none' ? 0 : expected;
  if (wanted === actual) return;
  throw refusal('SequenceMismatch', `${entity} has ${actual} events, and ${expected} were expected`, { expected, actual, entity });
}

function checkId(id: EventId, argument: string): EventId {
  if (isEventId(id)) return id.toLowerCase();
  throw refusal('InvalidArgument', `${argument} is the id of an event`, { argument });
}

function payloadText(payload: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refusal('InvalidArgument', `the payload cannot be said in JSON: ${reason}`, { argument: 'payload' });
  }
  if (text === undefined) throw refusal('InvalidArgument', 'the payload cannot be said in JSON', { argument: 'payload' });
  // No character has more than three bytes in UTF-8 for each of its units.
  if (text.length <= maximumPayloadBytes / 3) return text;
  const bytes = Buffer.byteLength(text);
  if (bytes > maximumPayloadBytes) throw tooLarge('a payload', bytes, maximumPayloadBytes);
  return text;
}

function checkRoom(events: readonly PlannedEvent[]): void {
  const size = events.reduce((sum, { bytes }) => sum + bytes.byteLength, frameHeaderBytes);
  if (size > maximumFrameBytes) throw tooLarge('an append', size, maximumFrameBytes);
}

function tooLarge(what: string, bytes: number, maximum: number): Error {
  return refusal('EntryTooLarge', `${what} has at most ${maximum} bytes, not ${bytes}`, { bytes, maximum });
}
