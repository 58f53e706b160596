import type { Versioned } from '../../core/generation.js';
import { collisionKey } from '../../core/ids.js';
import { type KnownEvents, type PlannedEvent, type Planning, planAppend } from '../../journal/appending.js';
import type { EntityEnd } from '../../journal/entity-table.js';
import { gateDenied } from '../../journal/gates.js';
import type { JournalWriter } from '../../journal/journal-writer.js';
import { openingEvent, planOwn } from '../../journal/own-events.js';
import type { Author } from '../history.js';
import type { JournalRoot } from './journal-root.js';
import type { OpenRecords } from './open-records.js';
import { type Changed, eventOfChange } from './record-events.js';

/** What is remembered of an entity: its record as of an event. */
export interface Remembered<R> {
  readonly sequence: number;
  /** `undefined` where it is gone. */
  readonly versioned: Versioned<R> | undefined;
}

interface Drafted<R> extends Remembered<R>, EntityEnd {}

/** The changes that one frame is to hold, each with what those before it have made of the catalog. */
export class Draft<R extends { id: string }> implements KnownEvents {
  /** Before them, as long as nobody was told of the opening. */
  readonly opening: readonly PlannedEvent[];
  readonly events: PlannedEvent[] = [];
  /** The last event of each call that they are made for. */
  readonly causes = new Map<string, string>();
  bytes = 0;
  readonly #records: OpenRecords;
  readonly #planning: Omit<Planning, 'isOwn'>;
  readonly #by: Author;
  readonly #first: number;
  readonly #changed = new Map<string, Drafted<R>>();
  /** By the collision keys of their ids, the entities of those that were put. */
  readonly #names = new Map<string, string>();

  constructor(records: OpenRecords, writer: JournalWriter, { host, gates }: Pick<JournalRoot, 'host' | 'gates'>) {
    const { pid, host: machine, command } = host.identity;
    this.#by = { pid, host: machine, command };
    this.#records = records;
    this.#planning = { known: this, gates, newId: records.newId, clock: host.clock };
    this.opening = records.hasTold ? [] : planOwn(openingEvent(records.report), records.index, this.#planning);
    this.#first = writer.accepted + 1 + this.opening.length;
  }

  /** By their entities, what becomes of the records that are changed. */
  get changes(): Iterable<readonly [entity: string, remembered: Remembered<R>]> {
    return this.#changed;
  }

  changed(entity: string): Remembered<R> | undefined {
    return this.#changed.get(entity);
  }

  entityEnd(entity: string): EntityEnd | undefined {
    return this.#changed.get(entity) ?? this.#records.index.entityEnd(entity);
  }

  sequenceOf(id: string): number | undefined {
    return this.#records.index.sequenceOf(id);
  }

  /** Adds a change; gives the record with the revision that it will have, where one is put. `GateDenied` where a gate says no. */
  add(entity: string, change: Omit<Changed, 'by' | 'record'> & { readonly record: R | undefined }): Versioned<R> | undefined {
    const { id, record, note } = change;
    const plan = planAppend([eventOfChange({ ...change, by: this.#by })], this.#planning);
    if (plan.kind === 'denied') throw gateDenied(plan.denied);
    const planned = plan.kind === 'append' ? plan.events[0] : undefined;
    if (planned === undefined) throw new Error('a change of a record is a new event');
    const sequence = this.#first + this.events.length;
    const { version, wallMs } = planned.header;
    this.events.push(planned);
    if (note) this.causes.set(note.operation_id, planned.header.id);
    this.bytes += planned.bytes.byteLength;
    const versioned = record === undefined ? undefined : Object.freeze({ record, revision: sequence });
    this.#changed.set(entity, { sequence, version, wallMs, versioned });
    if (versioned !== undefined) this.#names.set(collisionKey(id), entity);
    return versioned;
  }

  /** A record among those that were added whose id is another one that cannot be told from this. */
  namesake(id: string): R | undefined {
    const record = this.#changed.get(this.#names.get(collisionKey(id)) ?? '')?.versioned?.record;
    return record?.id === id ? undefined : record;
  }
}
