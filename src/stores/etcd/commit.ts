import { randomUUID } from 'node:crypto';
import { type CatalogError, isCatalogError, refusal } from '../../core/errors.js';
import { type FleetCollectionName, type Mutation, nameTaken, revisionConflict } from '../../core/generation.js';
import type { ChangeNote, LeaseFence } from '../catalog-store.js';
import type { Author } from '../history.js';
import { Passing } from '../passing.js';
import { recordIn } from '../stored-text.js';
import type { EtcdServer, Found } from './etcd-server.js';
import { type EventHead, eventText, recordParts, recordValue, voidEvent } from './events.js';
import { Unreachable } from './gateway-errors.js';
import { bucketOf, referenceIn, versionsOf } from './keys.js';
import { fenced, leaseIn } from './lease-value.js';
import type { Comparison, KeyValue, Operation, Range, Transaction } from './wire.js';

/** A change as it was asked for. */
export interface AskedChange {
  readonly collection: FleetCollectionName;
  readonly mutation: Mutation<{ readonly id: string }>;
  /** Of the record that is put. */
  readonly text: string | undefined;
  readonly note: ChangeNote | undefined;
  readonly fence: LeaseFence | undefined;
  readonly because_of: string | undefined;
  readonly by: Author;
  readonly at: (point: Point) => void;
}

/** Where a process may be held or killed that makes a change: before it looks, before it is sent, and before it is told. */
export const points = ['look', 'send', 'tell'] as const;
export type Point = (typeof points)[number];

export type Outcome =
  | { readonly kind: 'done'; readonly revision: number; readonly eventId: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly error: CatalogError };

/** A text longer than this is sent once, before the change: a record and its event are else one request of twice its size. */
const longText = 384 * 1024;
const [textMs, voidMs] = [600_000, 3_600_000];

/**
 * CAT-FLT-7009: a change and the event that tells of it, in one transaction that holds only where all is as it was when it was judged.
 * Exactly once (CAT-FLT-7003): the key of the event is that of this change alone and may not be there before, so that of the same
 * change sent twice, in whatever order they arrive, one is done. Who had no answer looks whether the event is there, and judges anew
 * where it is not.
 */
export class Commit {
  readonly #server: EtcdServer;
  readonly #asked: AskedChange;
  readonly #eventId = randomUUID();
  /** What was sent last, and whether it may still be done although nobody was told. */
  #sent: Planned | undefined;
  #isOpen = false;
  #textLease: string | undefined;

  constructor(server: EtcdServer, asked: AskedChange) {
    this.#server = server;
    this.#asked = asked;
  }

  async outcome(): Promise<Outcome> {
    try {
      return await this.#server.outlasting(() => this.#tried());
    } catch (error) {
      // A history that went back is lost, with what was in doubt.
      if (!this.#isOpen || !isCatalogError(error) || error.code === 'HistoryRewound') throw error;
      throw refusal('CommitUnknown', `nobody can say whether ${JSON.stringify(this.#id)} was changed: ${error.message}`, {
        id: this.#id,
        event_id: this.#eventId,
      });
    } finally {
      await this.#dropText();
    }
  }

  async #tried(): Promise<Outcome> {
    this.#asked.at('look');
    let found = await this.#server.lookOnce(this.#ranges());
    for (;;) {
      const event = this.#sent && found.values.get(this.#sent.key);
      if (event !== undefined && event.value !== voidEvent) return this.#done(event.modRevision);
      const end = (await this.#judged(found)) ?? this.#unknown(found);
      if (end !== undefined) return (await this.#settled()) ?? end;
      await this.#sendText();
      this.#asked.at('send');
      const answer = await this.#send(this.#planned(found));
      this.#asked.at('tell');
      if (answer.succeeded) return this.#done(answer.revision);
      found = answer.found;
    }
  }

  async #send(planned: Planned): Promise<{ readonly succeeded: boolean; readonly revision: number; readonly found: Found }> {
    this.#sent = planned;
    const failure = [...this.#ownRanges(), ...this.#ranges()];
    try {
      const answer = await this.#server.commitOnce({ ...planned.transaction, failure });
      return { succeeded: answer.succeeded, revision: answer.header.revision, found: this.#server.foundIn(answer) };
    } catch (error) {
      if (error instanceof Passing) this.#isOpen ||= !(error instanceof Unreachable) || error.mayBeDone;
      throw error;
    }
  }

  /** What keeps the change from being made; `undefined` where nothing does. */
  async #judged(found: Found): Promise<Outcome | undefined> {
    const { collection, mutation, fence } = this.#asked;
    const [record, name] = [this.#valueIn(found, 'record'), this.#valueIn(found, 'name')];
    if (fence !== undefined && leaseIn(this.#valueIn(found, 'lease'))?.epoch !== fence.epoch)
      return { kind: 'refused', error: fenced(fence, leaseIn(this.#valueIn(found, 'lease'))) };
    const conflict = revisionConflict(this.#id, mutation.ifRevision, record && { revision: record.modRevision });
    if (conflict) return { kind: 'refused', error: conflict };
    if (record !== undefined) return undefined;
    if (mutation.type === 'delete') return { kind: 'absent' };
    if (name === undefined || name.value === this.#id) return undefined;
    const key = this.#server.keys.record(collection, name.value);
    const other = (await this.#server.lookOnce([{ type: 'range', key }])).values.get(key);
    const stored = other && { id: name.value, text: recordParts(other.value).text, revision: other.modRevision };
    return { kind: 'refused', error: nameTaken(this.#id, stored === undefined ? { id: name.value } : recordIn(collection, stored).record) };
  }

  /** Whether its event may have been there, and was removed with what is kept no more. */
  #unknown(found: Found): Outcome | undefined {
    const floor = Number(found.values.get(this.#server.keys.floor)?.value ?? 0);
    if (!this.#isOpen || this.#sent === undefined || floor <= this.#sent.after) return undefined;
    return {
      kind: 'refused',
      error: refusal('CommitUnknown', `the history in which ${JSON.stringify(this.#id)} was changed is kept no more`),
    };
  }

  /** What was sent and not answered is done now, or never: it cannot come after a refusal that was told. */
  async #settled(): Promise<Outcome | undefined> {
    if (!this.#isOpen || this.#sent === undefined) return undefined;
    const { key } = this.#sent;
    const { lease } = await this.#server.grant(voidMs);
    const answer = await this.#server.commitOnce({
      compare: [{ key, target: 'CREATE', value: 0 }],
      success: [{ type: 'put', key, value: voidEvent, lease }],
      failure: [...this.#ownRanges(), { type: 'range', key }],
    });
    const event = answer.ranges[2]?.found[0];
    return event === undefined || event.value === voidEvent ? undefined : this.#done(event.modRevision);
  }

  #planned(found: Found): Planned {
    const { keys, lineageText } = this.#server;
    const head = found.values.get(keys.head);
    const bucket = bucketOf(head?.version ?? 0);
    const { from, before } = versionsOf(bucket);
    const reference = referenceIn(bucket, this.#eventId);
    const key = keys.event(reference);
    const compare: Comparison[] = [
      { key: keys.lineage, target: 'VALUE', value: lineageText },
      { key, target: 'CREATE', value: 0 },
      { key: keys.head, target: 'VERSION', result: 'GREATER', value: from - 1 },
      { key: keys.head, target: 'VERSION', result: 'LESS', value: before },
      ...this.#unchanged(found),
    ];
    const success: Operation[] = [
      ...this.#changes(found, reference),
      { type: 'put', key: keys.head, value: this.#eventId },
      { type: 'put', key, value: eventText(this.#eventHead(found), this.#isLong ? undefined : this.#asked.text) },
    ];
    return { key, after: head?.modRevision ?? 0, transaction: { compare, success, failure: [] } };
  }

  /** What was judged must be so when the change is made. */
  #unchanged(found: Found): Comparison[] {
    const { keys } = this.#server;
    const names = ['record', 'name', 'gone', ...(this.#asked.fence ? (['lease'] as const) : [])] as const;
    const compare: Comparison[] = names.map((name) => ({
      key: this.#keys[name],
      target: 'MOD',
      value: this.#valueIn(found, name)?.modRevision ?? 0,
    }));
    return this.#isLong ? [...compare, { key: keys.text(this.#eventId), target: 'CREATE', result: 'GREATER', value: 0 }] : compare;
  }

  #changes(found: Found, reference: string): Operation[] {
    const { record, name, gone } = this.#keys;
    const { text } = this.#asked;
    if (text === undefined)
      return [
        { type: 'delete', key: record },
        { type: 'delete', key: name },
        { type: 'put', key: gone, value: reference },
      ];
    const put: Operation = { type: 'put', key: record, value: recordValue(reference, text) };
    const kept: Operation[] = this.#isLong ? [{ type: 'keep', key: this.#server.keys.text(this.#eventId) }] : [];
    if (this.#valueIn(found, 'record') !== undefined) return [put, ...kept];
    return [put, ...kept, { type: 'put', key: name, value: this.#id }, { type: 'delete', key: gone }];
  }

  #eventHead(found: Found): EventHead {
    const { collection, text, note, by, because_of } = this.#asked;
    const record = this.#valueIn(found, 'record');
    const change = text === undefined ? 'removed' : 'changed';
    return {
      collection,
      id: this.#id,
      change: record === undefined ? 'added' : change,
      previous: record && recordParts(record.value).reference,
      at: new Date().toISOString(),
      by,
      operation: note?.operation,
      reason: note?.reason,
      because_of,
      part_of: note?.operation_id ?? this.#eventId,
      is_long: this.#isLong ? true : undefined,
    };
  }

  /** Where it is long: under a lease, so that it does not stay where nothing comes of the change. */
  async #sendText(): Promise<void> {
    if (!this.#isLong || this.#textLease !== undefined) return;
    const { lease } = await this.#server.grant(textMs + this.#server.unreachableMs);
    const put: Operation = { type: 'put', key: this.#server.keys.text(this.#eventId), value: this.#asked.text ?? '', lease };
    await this.#server.commitOnce({ compare: [], success: [...this.#ownRanges(), put], failure: [] });
    this.#textLease = lease;
  }

  async #dropText(): Promise<void> {
    if (this.#textLease === undefined || this.#server.isClosed) return;
    // What is kept hangs on it no more; what is left goes by itself when it is over.
    await this.#server.revoke(this.#textLease).catch((error: unknown) => {
      if (!isCatalogError(error)) throw error;
    });
  }

  #done(revision: number): Outcome {
    this.#isOpen = false;
    return { kind: 'done', revision, eventId: this.#eventId };
  }

  #ranges(): Range[] {
    const keys = Object.values(this.#keys);
    return [...keys, this.#server.keys.floor, ...(this.#sent ? [this.#sent.key] : [])].map((key) => ({ type: 'range', key }));
  }

  #ownRanges(): Range[] {
    return [this.#server.keys.lineage, this.#server.keys.head].map((key) => ({ type: 'range', key }));
  }

  #valueIn(found: Found, name: keyof CommitKeys): KeyValue | undefined {
    return found.values.get(this.#keys[name]);
  }

  get #keys(): CommitKeys {
    const { keys } = this.#server;
    const { collection, fence } = this.#asked;
    return {
      record: keys.record(collection, this.#id),
      name: keys.name(collection, this.#id),
      gone: keys.gone(collection, this.#id),
      lease: keys.lease(fence?.name ?? ''),
    };
  }

  get #id(): string {
    const { mutation } = this.#asked;
    return mutation.type === 'put' ? mutation.record.id : mutation.id;
  }

  get #isLong(): boolean {
    const { text = '' } = this.#asked;
    return text.length * 3 > longText && Buffer.byteLength(text) > longText;
  }
}

interface CommitKeys {
  readonly record: string;
  readonly name: string;
  readonly gone: string;
  readonly lease: string;
}

interface Planned {
  /** Of its event. */
  readonly key: string;
  /** The revision of the newest change before it. */
  readonly after: number;
  readonly transaction: Transaction;
}
