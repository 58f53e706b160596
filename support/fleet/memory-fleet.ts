import { randomUUID } from 'node:crypto';
import type { Change } from '../../src/core/changes.js';
import { CatalogError, refusal } from '../../src/core/errors.js';
import type { FleetCollectionName, FleetRecords, Versioned } from '../../src/core/generation.js';
import { checkedRecord, revisionConflict } from '../../src/core/generation.js';
import { compareUtf8 } from '../../src/core/ids.js';
import type { Collection, DeleteOptions, PutOptions, StoreClaims } from '../../src/stores/catalog-store.js';
import type { FleetLease, FleetLeases, FleetRevisions, FleetStore } from '../../src/stores/fleet-store.js';
import type { Difference, HistoryEntry, PastState } from '../../src/stores/history.js';

interface Logged {
  readonly collection: FleetCollectionName;
  readonly revision: number;
  readonly id: string;
  readonly record: { readonly id: string } | undefined;
}

/** A fleet as a server has it: one count of revisions, every change in order, a floor below which none is kept. */
interface Server {
  lineage: string;
  revision: number;
  floor: number;
  log: readonly Logged[];
}

/** What was asked of a fleet since somebody began to count. */
export interface Asked {
  /** Records that were listed, and changes that were told. */
  listed: number;
  told: number;
}

/** The catalog of a fleet without a server: several nodes share it, and it can be cut off, rewound, compacted and made anew. */
export class MemoryFleet implements FleetStore {
  readonly name: string;
  readonly changesInOrder = 256;
  readonly claims: StoreClaims = { durable: 'none', multiProcess: false, watch: 'every', history: false, gapless: true, levels: ['core'] };
  readonly models = new FleetCollection(this, 'models');
  readonly engines = new FleetCollection(this, 'engines');
  readonly holdings = new FleetCollection(this, 'holdings');
  readonly leases: FleetLeases = { acquire: noLease, renew: noLease, release: noLease, holder: noLease };
  readonly asked: Asked = { listed: 0, told: 0 };
  #refusals = 0;
  #server: Server;
  #waiting: (() => void)[] = [];

  constructor(name = 'fleet://one', server: Server = { lineage: randomUUID(), revision: 0, floor: 0, log: [] }) {
    this.name = name;
    this.#server = server;
  }

  /** What somebody sees who asks; `IoError` while it is away. */
  get server(): Server {
    if (this.#refusals <= 0) return this.#server;
    this.#refusals--;
    throw new CatalogError('IoError', `${this.name} cannot be reached`);
  }

  /** Cannot be reached, until it was asked so often. */
  goAway(times = Number.POSITIVE_INFINITY): void {
    this.#refusals = times;
    this.wake();
  }

  get lineage(): string {
    return this.#server.lineage;
  }

  async revisions(): Promise<FleetRevisions> {
    const { revision: newest, floor } = this.server;
    const last = (name: FleetCollectionName) => this.server.log.findLast((one) => one.collection === name)?.revision ?? 0;
    const told = (name: FleetCollectionName) => Math.max(last(name) > floor ? last(name) : floor, 0);
    return { newest, models: told('models'), engines: told('engines'), holdings: told('holdings') };
  }

  /** One change, at the next revision. */
  change(collection: FleetCollectionName, id: string, record: { readonly id: string } | undefined): number {
    const { log } = this.#server;
    const revision = ++this.#server.revision;
    this.#server.log = [...log, { collection, revision, id, record }];
    this.wake();
    return revision;
  }

  /** The records of a collection as they were at a revision, by their ids. */
  stateAt<C extends FleetCollectionName>(name: C, at: number): Versioned<FleetRecords[C]>[] {
    const records = new Map<string, Versioned<FleetRecords[C]>>();
    for (const { collection, id, record, revision } of this.#server.log) {
      if (collection !== name || revision > at) continue;
      if (record === undefined) records.delete(id);
      else records.set(id, { record: record as FleetRecords[C], revision });
    }
    return [...records.values()].sort((one, other) => compareUtf8(one.record.id, other.record.id));
  }

  /** Many models at once, at a revision each. */
  load(records: readonly FleetRecords['models'][]): void {
    const first = this.#server.revision + 1;
    const news = records.map((record, place) => ({ collection: 'models', revision: first + place, id: record.id, record }) as const);
    this.#server = { ...this.#server, revision: this.#server.revision + records.length, log: [...this.#server.log, ...news] };
    this.wake();
  }

  /** Nobody can begin to watch below this revision any more. */
  compact(): void {
    this.#server.floor = this.#server.revision;
  }

  /** What a backup would have kept. */
  backup(): Server {
    return { ...this.#server };
  }

  restore(server: Server): void {
    this.#server = { ...server };
    this.wake();
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  history(): AsyncIterable<HistoryEntry> {
    throw refusal('Unsupported', 'a fleet in memory keeps no history');
  }

  at(): Promise<PastState> {
    throw refusal('Unsupported', 'a fleet in memory keeps no history');
  }

  diff(): Promise<readonly Difference[]> {
    throw refusal('Unsupported', 'a fleet in memory keeps no history');
  }

  async close(): Promise<void> {}
}

function noLease(): Promise<FleetLease & undefined> {
  throw refusal('Unsupported', 'a fleet in memory has no leases');
}

class FleetCollection<C extends FleetCollectionName> implements Collection<FleetRecords[C]> {
  readonly #fleet: MemoryFleet;
  readonly #name: C;

  constructor(fleet: MemoryFleet, name: C) {
    this.#fleet = fleet;
    this.#name = name;
  }

  async get(id: string): Promise<Versioned<FleetRecords[C]> | undefined> {
    return this.#records().get(id);
  }

  async put(record: FleetRecords[C], { ifRevision }: PutOptions = {}): Promise<Versioned<FleetRecords[C]>> {
    const conflict = revisionConflict(record.id, ifRevision, this.#records().get(record.id));
    if (conflict) throw conflict;
    const checked = checkedRecord(this.#name, record);
    return { record: checked, revision: this.#fleet.change(this.#name, record.id, checked) };
  }

  async delete(id: string, { ifRevision }: DeleteOptions = {}): Promise<boolean> {
    const found = this.#records().get(id);
    const conflict = revisionConflict(id, ifRevision, found);
    if (conflict) throw conflict;
    if (found !== undefined) this.#fleet.change(this.#name, id, undefined);
    return found !== undefined;
  }

  async list(): Promise<Versioned<FleetRecords[C]>[]> {
    const all = [...this.#records().values()].sort((one, other) => compareUtf8(one.record.id, other.record.id));
    this.#fleet.asked.listed += all.length;
    return all;
  }

  async *watch({
    after = this.#fleet.server.revision,
    signal,
  }: {
    after?: number;
    signal?: AbortSignal;
  } = {}): AsyncGenerator<Change<FleetRecords[C]>> {
    const wake = () => this.#fleet.wake();
    signal?.addEventListener('abort', wake, { once: true });
    if (after > this.#fleet.server.revision) throw refusal('HistoryRewound', `there is no revision ${after}`);
    if (after !== 0 && after < this.#fleet.server.floor) throw refusal('Compacted', `${after} is kept no more`);
    for (let seen = after; !signal?.aborted; ) {
      const news = this.#log().filter(({ revision }) => revision > seen);
      for (const { revision, id, record } of news) {
        seen = revision;
        this.#fleet.asked.told++;
        yield { revision, id, record: record as FleetRecords[C] | undefined, last: true };
      }
      if (news.length === 0 && !signal?.aborted) await this.#fleet.changed();
    }
  }

  #log(): readonly Logged[] {
    return this.#fleet.server.log.filter(({ collection }) => collection === this.#name);
  }

  #records(): Map<string, Versioned<FleetRecords[C]>> {
    const { revision } = this.#fleet.server;
    return new Map(this.#fleet.stateAt(this.#name, revision).map((one) => [one.record.id, one]));
  }
}
