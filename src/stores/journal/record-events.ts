import { type CollectionName, type CollectionRecords, parsedRecord, type Versioned } from '../../core/generation.js';
import { jsonIn } from '../../core/json.js';
import type { NewEvent } from '../../journal/appending.js';
import { kind } from '../../journal/kind.js';
import type { FoundEvent } from '../../journal/stored-event.js';
import type { ChangeNote } from '../catalog-store.js';
import { type Author, isAuthor } from '../history.js';
import { corruptRecord } from './damage.js';
import { entityOf } from './entities.js';

/** What the events of a catalog are (CAT-HIS-3601): a record as it is from then on, or that it is gone. */
export const recordPut = kind(0x1, 0x001);
export const recordDeleted = kind(0x1, 0x002);
const scope = 'catalog';
const payloadVersion = 1;

interface Payload {
  readonly id: string;
  readonly record?: unknown;
  readonly by: Author;
  readonly operation?: string;
  readonly reason?: string;
}

/** A change of a record as an event tells it. */
export interface RecordChange<R> {
  readonly id: string;
  /** `undefined` where it is gone. */
  readonly record: R | undefined;
  readonly by: Author;
  readonly operation: string | undefined;
  readonly reason: string | undefined;
}

/** A change that is to be. */
export interface Changed {
  readonly collection: CollectionName;
  readonly id: string;
  readonly record?: unknown;
  readonly by: Author;
  readonly note: ChangeNote | undefined;
  /** The event because of which it is made: the one before it of the same call. */
  readonly causation: string | undefined;
}

/** The event of a change that is to be. */
export function eventOfChange({ collection, id, record, by, note, causation }: Changed): NewEvent {
  const coordinate = { entity: entityOf(collection, id), scope };
  const payload: Payload = record === undefined ? { id, by } : { id, record, by };
  const event = { coordinate, kind: record === undefined ? recordDeleted : recordPut, payload, payloadVersion };
  if (note === undefined) return event;
  const { operation, reason, operation_id: correlation } = note;
  return {
    ...event,
    payload: { ...payload, ...(operation && { operation }), ...(reason && { reason }) },
    correlation,
    ...(causation !== undefined && { causation }),
  };
}

/** What an event of a collection says; `IndexCorrupt` for what no catalog wrote. */
export function changeIn<C extends CollectionName>(
  collection: C,
  event: Pick<FoundEvent, 'coordinate' | 'kind' | 'payload' | 'payloadVersion' | 'dropped'>,
): RecordChange<CollectionRecords[C]> {
  const { entity } = event.coordinate;
  if (event.dropped !== undefined) throw corruptRecord(entity, 'its payload was dropped from the journal');
  if (event.payloadVersion !== payloadVersion) throw corruptRecord(entity, `its payload is of version ${event.payloadVersion}`);
  const { id, record, by, operation, reason } = payloadIn(event.payload, entity);
  if (entityOf(collection, id) !== entity) throw corruptRecord(entity, `its event is about ${JSON.stringify(id)}`);
  const change = { id, by, operation, reason };
  if (event.kind === recordDeleted) return { ...change, record: undefined };
  if (event.kind !== recordPut) throw corruptRecord(entity, `its event is of the kind ${event.kind}`);
  return { ...change, record: parsedRecord(collection, record) };
}

function payloadIn(bytes: Buffer, entity: string): Payload {
  const payload = jsonIn(bytes.toString('utf8'));
  if (typeof payload !== 'object' || payload === null) throw corruptRecord(entity, 'its payload is no object in JSON');
  const { id, record, by, operation, reason } = payload as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || !isAuthor(by)) throw corruptRecord(entity, 'its payload does not say what was changed by whom');
  if (!isTextOrAbsent(operation) || !isTextOrAbsent(reason)) throw corruptRecord(entity, 'its payload does not say in words why');
  return { id, record, by, ...(operation !== undefined && { operation }), ...(reason !== undefined && { reason }) };
}

const isTextOrAbsent = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';

export function versionedIn<R>({ record }: RecordChange<R>, revision: number): Versioned<R> | undefined {
  return record === undefined ? undefined : Object.freeze({ record, revision });
}
