import type { Versioned } from '../../core/generation.js';
import { collisionKey } from '../../core/ids.js';
import { type KnownEvents, type PlannedEvent, planAppend } from '../../journal/appending.js';
import type { EntityEnd } from '../../journal/event-index.js';
import { gateDenied } from '../../journal/gates.js';
import type { JournalWriter } from '../../journal/journal-writer.js';
import { openingEvent, planOwn } from '../../journal/own-events.js';
import type { JournalRoot } from './journal-root.js';
import type { OpenRecords } from './open-records.js';
import { type Changed, eventOfChange } from './record-events.js';

/** What is remembered of an entity: its record as of an event. */
export interface Remembered<R> {
  readonly sequence: number;
  /** `undefined` where it is gone. */
  readonly versioned: Versioned<R> | undefined;
}

/** The changes that one frame is to hold, each with what those before it have made of the catalog. */
export class Draft<R extends { id: string }> implements KnownEvents {
  /** Before them, as long as nobody was told of the opening. */
  readonly opening: readonly PlannedEvent[];
  readonly events: PlannedEvent[] = [];
  readonly changed = new Map<string, Remembered<R>>();
  /** The last event of each call that they are made for. */
  readonly causes = new Map<string, string>();
  bytes = 0;
  readonly #records: OpenRecords;
  readonly #root: Pick<JournalRoot, 'host' | 'gates'>;
  readonly #first: number;
  readonly #ends = new Map<string, EntityEnd>();

  constructor(records: OpenRecords, writer: JournalWriter, root: Pick<JournalRoot, 'host' | 'gates'>) {
    this.#records = records;
    this.#root = root;
    this.opening = records.hasTold ? [] : planOwn(openingEvent(records.report), records.index, this.#planning);
    this.#first = writer.accepted + 1 + this.opening.length;
  }

  entityEnd(entity: string): EntityEnd | undefined {
    return this.#ends.get(entity) ?? this.#records.index.entityEnd(entity);
  }

  sequenceOf(id: string): number | undefined {
    return this.#records.index.sequenceOf(id);
  }

  /** Adds a change; gives the sequence that it will have. `GateDenied` where a gate says no. */
  add(entity: string, change: Omit<Changed, 'by' | 'record'> & { readonly record: R | undefined }): number {
    const { pid, host, command } = this.#root.host.identity;
    const event = eventOfChange({ ...change, by: { pid, host, command } });
    const plan = planAppend([event], { known: this, gates: this.#root.gates, ...this.#planning });
    if (plan.kind === 'denied') throw gateDenied(plan.denied);
    const [planned] = plan.kind === 'append' ? plan.events : [];
    if (planned === undefined) throw new Error('a change of a record is a new event');
    const sequence = this.#first + this.events.length;
    const { version, wallMs } = planned.record;
    this.events.push(planned);
    if (change.note) this.causes.set(change.note.operation_id, planned.record.id);
    this.bytes += planned.bytes.byteLength;
    this.#ends.set(entity, { version, wallMs, sequence });
    const versioned = change.record === undefined ? undefined : Object.freeze({ record: change.record, revision: sequence });
    this.changed.set(entity, { sequence, versioned });
    return sequence;
  }

  /** A record among those that were added whose id is another one that cannot be told from this. */
  namesake(id: string): R | undefined {
    for (const { versioned } of this.changed.values()) {
      if (versioned !== undefined && versioned.record.id !== id && collisionKey(versioned.record.id) === collisionKey(id))
        return versioned.record;
    }
    return undefined;
  }

  get #planning() {
    return { newId: this.#records.newId, clock: this.#root.host.clock };
  }
}
