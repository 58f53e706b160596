import type { Host } from '../disk/host.js';
import type { DiskProgram } from '../disk/program.js';
import { type KnownEvents, type NewEvent, type PlannedEvent, planAppend } from './appending.js';
import { passedOf } from './event.js';
import { type EventId, eventIds } from './event-id.js';
import { contentHashOf, type EventRecord } from './event-record.js';
import type { FencedEvents } from './fence.js';
import { type Denied, type GatePassed, gateDenied } from './gates.js';
import type { JournalReader } from './journal-reader.js';
import type { JournalWriter } from './journal-writer.js';
import type { OpenJournal } from './open-journal.js';
import { denialEvent, openingEvent, planOwn } from './own-events.js';
import { type Receipt, signatureOf } from './receipts.js';
import type { Settings } from './settings.js';

/** What an append came to, before it is durable. */
export type Appended =
  | { readonly kind: 'repeated'; readonly sequences: readonly number[] }
  | { readonly kind: 'denied'; readonly denied: Denied }
  | { readonly kind: 'appended'; readonly first: number; readonly planned: readonly PlannedEvent[] };

interface Parts {
  readonly open: OpenJournal<JournalReader>;
  readonly settings: Pick<Settings, 'gates' | 'recordDenials' | 'signingKey'>;
  readonly host: Pick<Host, 'clock' | 'random'>;
}

/** How events come into a journal that is open, and what is given for them. */
export class Appender {
  readonly #open: OpenJournal<JournalReader>;
  readonly #settings: Parts['settings'];
  readonly #planning: { readonly newId: () => EventId; readonly clock: Host['clock'] };
  /** Whether the event that says that the journal was opened is there. */
  #hasTold = false;

  constructor({ open, settings, host: { clock, random } }: Parts) {
    this.#open = open;
    this.#settings = settings;
    this.#planning = { newId: eventIds(clock, random), clock };
  }

  get hasTold(): boolean {
    return this.#hasTold;
  }

  *tellOpening(writer: JournalWriter): DiskProgram<void> {
    yield* writer.turn(() => this.#write(writer, []));
    yield* writer.settle();
  }

  *append(writer: JournalWriter, fence: FencedEvents | undefined, events: readonly NewEvent[]): DiskProgram<Appended> {
    const appended = yield* writer.turn(() => this.appendInTurn(writer, fence, events));
    yield* writer.settle();
    return appended;
  }

  /** In a turn of the writer. */
  *appendInTurn(writer: JournalWriter, fence: FencedEvents | undefined, events: readonly NewEvent[]): DiskProgram<Appended> {
    const known = writer.known(fence);
    const plan = planAppend(events, { known, gates: this.#settings.gates, ...this.#planning });
    switch (plan.kind) {
      case 'repeated':
        return plan;
      case 'denied':
        if (this.#settings.recordDenials) yield* this.#write(writer, this.#planOwn(denialEvent(plan.denied), known));
        return plan;
      case 'append':
        if (plan.events.length === 0) return { kind: 'appended', planned: [], first: 0 };
        return { kind: 'appended', planned: plan.events, first: yield* this.#write(writer, plan.events) };
    }
  }

  /** Throws where a gate has denied it. */
  receiptsOf(appended: Appended, fence: FencedEvents | undefined): readonly Receipt[] {
    switch (appended.kind) {
      case 'repeated':
        return appended.sequences.map((sequence) => {
          const record = fence?.found(sequence)?.record ?? this.#open.readers.foundAt(sequence);
          return this.#receiptOf(record.id, { record }, sequence, passedOf(record.gates, record.id));
        });
      case 'denied':
        throw gateDenied(appended.denied);
      case 'appended':
        return appended.planned.map((planned, nth) => this.#receiptOf(planned.header.id, planned, appended.first + nth, planned.passed));
    }
  }

  /** With the event that says that the journal was opened before them, where that is not there yet. Gives the sequence of the first. */
  *#write(writer: JournalWriter, planned: readonly PlannedEvent[]): DiskProgram<number> {
    const opened = this.#hasTold ? [] : this.#planOwn(openingEvent(this.#open.report), this.#open.index);
    const first = (yield* writer.append([...opened, ...planned])) + opened.length;
    this.#hasTold = true;
    return first;
  }

  #planOwn(event: NewEvent, known: KnownEvents): readonly PlannedEvent[] {
    return planOwn(event, known, this.#planning);
  }

  #receiptOf(id: EventId, found: { readonly record: EventRecord }, sequence: number, passed: readonly GatePassed[]): Receipt {
    const { readers, writer, lineage } = this.#open;
    const receipt: Receipt = {
      event_id: id,
      sequence,
      get content_hash() {
        return contentHashOf(found.record).toString('hex');
      },
      get event_hash() {
        return (writer?.fence?.found(sequence)?.hash ?? readers.hashesOf(sequence).event).toString('hex');
      },
      durable: sequence <= (writer?.durable ?? 0),
      gates: passed,
    };
    const { signingKey } = this.#settings;
    if (signingKey === undefined || lineage === undefined) return receipt;
    return Object.defineProperty(receipt, 'signature', { get: () => signatureOf(receipt, lineage, signingKey), enumerable: true });
  }
}

/** Of an append of one event. */
export function onlyOf(receipts: readonly Receipt[]): Receipt {
  const [receipt] = receipts;
  if (receipt === undefined) throw new Error('an append of one event gives one receipt');
  return receipt;
}
