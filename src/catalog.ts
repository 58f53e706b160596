// Over 300 lines: one facade: a method for each thing that a catalog can be asked.
import { type Added, type AddOptions, addModel } from './add-model.js';
import type { AdoptedTool } from './adopt/found.js';
import type { AdoptOptions, AdoptReport } from './adopt-models.js';
import { withArtifactFindings } from './artifact-findings.js';
import { type PartialWork, partialsIn } from './artifacts/partials.js';
import { type CatalogContext, changeModel, changeStored, findModel, now, parseReference } from './catalog-context.js';
import {
  type FlightOptions,
  type LeaseOptions,
  type ListOptions,
  optionsOf,
  type PathOptions,
  type RegisterRequest,
  type StateOptions,
  type WatchOptions,
} from './catalog-options.js';
import { collectGarbage } from './collect.js';
import type { Change } from './core/changes.js';
import { parseDigest } from './core/digest.js';
import { refusal } from './core/errors.js';
import { checkId } from './core/ids.js';
import { knownOnly, neededOnly } from './core/known-members.js';
import { type Registration, registered, replacement, transition } from './core/lifecycle.js';
import { formatModelRef } from './core/model-ref.js';
import { pinned, unpinned } from './core/pins.js';
import { matches } from './core/query.js';
import { checkedModel, type LifecycleState, type ModelEntry } from './core/records.js';
import { redactUrl } from './core/redact.js';
import type { VerificationOutcome } from './core/verification.js';
import type { Correlation } from './correlate.js';
import type { DedupeOptions, DedupeReport } from './dedupe.js';
import { asCatalogError } from './disk/failure.js';
import { type Drift, driftOf } from './drift.js';
import { EngineCollection } from './engine-collection.js';
import { type EvictOptions, type EvictReport, evictModel } from './evict-model.js';
import { type FlightWork, inSingleFlight } from './fetch/single-flight.js';
import { type CatalogEntry, fleetEntry, withFleets } from './fleet-entries.js';
import type { SyncOptions } from './fleet-session.js';
import { FleetView, refuseFleets } from './fleet-view.js';
import { followFleet } from './follow-fleet.js';
import type { GcOptions, GcReport } from './gc-report.js';
import { type Lease, leaseModel } from './lease-model.js';
import { leasesOf, type ModelLease } from './leases-of.js';
import { type Located, locateModel, modelPath } from './locate-model.js';
import { operationNote } from './operation-note.js';
import {
  type About,
  checkAsked,
  factsAsked,
  factsOfEntry,
  factsOfOutcome,
  factsOfRemoval,
  type Operation,
  type OperationName,
  operations,
} from './operations.js';
import type { ProbeReport } from './probe-model.js';
import type { CatalogStore } from './stores/catalog-store.js';
import type { DoctorOptions, DoctorReport } from './stores/fs/examine.js';
import { FsCatalog, type RepairOptions } from './stores/fs/fs-catalog.js';
import type { RepairReport } from './stores/fs/repair.js';
import { type SyncReport, syncFleet } from './sync-fleet.js';
import type { UsageReport } from './usage.js';
import type { VerifyAllOptions, VerifyReport } from './verify-all.js';
import { type VerifyOptions, verifyModel } from './verify-model.js';
import { fleetModel, type WhereReport, whereIs } from './where.js';
import type { Reasons } from './why.js';

// CAT-PRF-6413: what few calls need is loaded by the first of them.

/**
 * The catalog of the models and engines on a machine: the same rules over any store. What is acknowledged is durable where the
 * store is; every refusal is a `CatalogError` with a code from the closed list. An option that a method does not know is
 * `InvalidArgument`, and nothing is done.
 */
export class Catalog {
  readonly store: CatalogStore;
  /** The directory where the files of its models are, absolute. */
  readonly root: string;
  readonly engines: EngineCollection;
  /** What this node knows of its fleet since the last `sync`, to read; empty before it. */
  readonly fleet: FleetView;
  readonly #context: CatalogContext;

  /** Made by `openCatalog`. */
  constructor(context: CatalogContext) {
    this.#context = context;
    this.store = context.store;
    this.root = context.artifacts.root;
    this.engines = new EngineCollection(context.store.engines, {
      change: (name, id, work) => this.#do(name, ({ note }) => work(note), { id, isEngine: true }),
      refuseFleets: (id) => refuseFleets(context.fleet, 'engines', id),
    });
    this.fleet = new FleetView(context.fleet);
  }

  /** A Pending entry for a model whose bytes are yet to come; the stored one when the same was registered before (CAT-REC-1006). */
  register(request: RegisterRequest): Promise<ModelEntry> {
    return this.#do(
      'register',
      async (context) => {
        const registration = registrationOf(neededOnly('register', request, optionsOf.register));
        return changeModel(context, registration.id, async (stored) => {
          if (stored === undefined) await refuseFleets(context.fleet, 'models', registration.id);
          return registered(stored, registration, now(context));
        });
      },
      { id: request?.id, ref: request?.source, found: factsOfEntry },
    );
  }

  /**
   * Adds the content behind a path or a reference: bytes durable and verified first, then the record (CAT-BLB-2102). The same id
   * and content again gives the stored entry; a registered entry is filled; other content under the id is `AlreadyExists`.
   */
  async add(pathOrRef: string, options: AddOptions = {}): Promise<ModelEntry> {
    return (await this.addWithReport(pathOrRef, options)).entry;
  }

  /** As `add`, and says how the bytes came in and how many were written. */
  addWithReport(pathOrRef: string, options: AddOptions = {}): Promise<Added> {
    return this.#do('add', (context) => addModel(context, pathOrRef, knownOnly('add', options, optionsOf.add)), {
      ...{ id: options?.id, ref: pathOrRef },
      found: ({ entry }) => factsOfEntry(entry),
    });
  }

  /**
   * Does work while nobody else, in this process or another of this machine, does work under the same key over this root: who waited is
   * told so, since what it was to do may be done (CAT-PRV-2501). Who dies at it makes room for the next. `add` of what is elsewhere does
   * so by itself, under `model ` and the reference in its normal form. Errors of the work are given as they are; `Aborted` by the signal, while it waits.
   */
  async singleFlight<T>(key: string, work: FlightWork<T>, options: FlightOptions = {}): Promise<T> {
    const known = knownOnly('singleFlight', options, optionsOf.singleFlight);
    if (typeof key !== 'string' || typeof work !== 'function') throw refusal('InvalidArgument', 'singleFlight takes a key and work to do');
    return inSingleFlight(this.#context, key, work, known);
  }

  /** The entry of that id: this machine's own, else that of the fleet as it was copied, which says so by its member `fleet`. */
  get(id: string): Promise<CatalogEntry | undefined> {
    return this.#do('get', async ({ store, fleet }) => (await store.models.get(id))?.record ?? fleetEntry(fleet, id), { id });
  }

  /** Stores an entry as it is given, within the rules of the lifecycle; trust and files are verification's to change (CAT-REC-1005). */
  put(entry: ModelEntry): Promise<ModelEntry> {
    return this.#do(
      'put',
      async (context) => {
        const next = checkedModel(entry);
        return changeModel(context, next.id, async (stored) => {
          if (stored === undefined) await refuseFleets(context.fleet, 'models', next.id);
          return replacement(stored, next);
        });
      },
      { id: entry?.id, found: factsOfEntry },
    );
  }

  /** Entries by the UTF-8 bytes of their ids, those that match all that is asked; with `fleet` also those that only the fleet has. */
  list(options: ListOptions = {}): Promise<CatalogEntry[]> {
    return this.#do(
      'ls',
      async (context) => {
        const { fleet = false, ...filter } = knownOnly('list', options, optionsOf.list);
        const own = await ownEntries(context);
        const all = fleet ? await withFleets(context.fleet, own) : own;
        return all.filter((entry) => matches(entry, filter));
      },
      { found: ({ length: count }) => ({ count }) },
    );
  }

  listByState(state: LifecycleState): Promise<ModelEntry[]> {
    return this.list({ state });
  }

  /** Whether an entry of that id, or made from that reference, is in the catalog. */
  exists(idOrRef: string): Promise<boolean> {
    return this.#do(
      'exists',
      async (context) => ((await findModel(context, idOrRef)) ?? (await fleetModel(context.fleet, idOrRef))) !== undefined,
      { id: idOrRef },
    );
  }

  /** Where the files of a model are; `undefined` when they are not all there. */
  locate(idOrRef: string): Promise<Located | undefined> {
    return this.#do('locate', (context) => locateModel(context, idOrRef), { id: idOrRef });
  }

  /** A path that an engine can open; `touch` notes that it was used. */
  modelPath(id: string, options: PathOptions = {}): Promise<string> {
    return this.#do('use', (context) => modelPath(context, id, knownOnly('modelPath', options, optionsOf.modelPath)), { id });
  }

  setState(id: string, to: LifecycleState, options: StateOptions = {}): Promise<ModelEntry> {
    return this.#do(
      'state',
      (context) => {
        const known = knownOnly('setState', options, optionsOf.setState);
        return changeStored(context, id, (entry) => transition(entry, to, known));
      },
      { id, found: factsOfEntry },
    );
  }

  /**
   * Reads the bytes of a model and records what was found (CAT-DIG-1404); a failed verification is an outcome, not an error. Of a catalog
   * that was opened read-only nothing is recorded.
   */
  verify(id: string, options: VerifyOptions = {}): Promise<VerificationOutcome> {
    return this.#do('verify', (context) => verifyModel(context, id, knownOnly('verify', options, optionsOf.verify)), {
      ...{ id, found: factsOfOutcome },
    });
  }

  /**
   * Verifies every entry that has files, as many at a time as there are cores, and records each outcome (CAT-DIG-1406). What is wrong
   * with an entry is its outcome. Aborting gives a report that is not `complete` and says how to go on; what was done stays recorded.
   */
  verifyAll(options: VerifyAllOptions = {}): Promise<VerifyReport> {
    return this.#do(
      'verify',
      async (context) => (await import('./verify-all.js')).verifyAll(context, knownOnly('verifyAll', options, optionsOf.verifyAll)),
      { found: ({ checked, bytes }) => ({ count: checked, bytes }) },
    );
  }

  /**
   * CAT-DIG-1408: tells from the headers of the files of a model, or of those behind a path, whether they are as long as they should be.
   * No verification: it changes nothing and vouches for no content. `NotFound` for what is neither.
   */
  probe(idOrPath: string): Promise<ProbeReport> {
    return this.#do('probe', async (context) => (await import('./probe-model.js')).probeModel(context, idOrPath), { id: idOrPath });
  }

  /** Removes an entry and what nothing else needs; false when there was none. */
  async delete(id: string): Promise<boolean> {
    return (await this.#remove('delete', id, {})).removed;
  }

  /** As `delete`, and says what went and what stayed; `InUse` for a pinned or leased entry unless forced (CAT-GC-2301, 2304). */
  evict(id: string, options: EvictOptions = {}): Promise<EvictReport> {
    return this.#remove('evict', id, options);
  }

  /** Removes what nothing reaches, and on demand models that were not used for long (CAT-GC-2302..2307). */
  gc(options: GcOptions = {}): Promise<GcReport> {
    return this.#do('gc', (context) => collectGarbage(context, knownOnly('gc', options, optionsOf.gc)), {
      ...{ dryRun: options?.dryRun, found: factsOfRemoval },
    });
  }

  /** What keeps a blob or a file (CAT-GC-2303). */
  why(pathOrDigest: string): Promise<Reasons> {
    return this.#do('why', async (context) => {
      checkAsked({ id: pathOrDigest });
      return (await import('./why.js')).whyKept(context, pathOrDigest);
    });
  }

  /** Keeps a model from being removed until it is unpinned (CAT-GC-2304). */
  async pin(id: string, reason: string): Promise<void> {
    await this.#do('pin', (context) => changeStored(context, id, (entry) => pinned(entry, reason, now(context))), {
      id,
      found: factsOfEntry,
    });
  }

  /** Removes every pin of a model. */
  async unpin(id: string): Promise<void> {
    await this.#do('unpin', (context) => changeStored(context, id, unpinned), { id, found: factsOfEntry });
  }

  /** Keeps a model from being removed for a while, by whoever uses it (CAT-GC-2304). */
  lease(id: string, options: LeaseOptions): Promise<Lease> {
    return this.#do('lease', (context) => leaseModel(context, id, neededOnly('lease', options, optionsOf.lease)), { id });
  }

  /** Who holds a model by a lease that is not over; none, where there is no such model. */
  leases(id: string): Promise<ModelLease[]> {
    return this.#do('ls', (context) => leasesOf(context, id), { id });
  }

  /** What is on its way in, and what was left on its way in (CAT-BLB-2107). */
  partials(): Promise<PartialWork[]> {
    return this.#do('ls', ({ artifacts, host }) => artifacts.run(partialsIn(artifacts.root, host)));
  }

  /**
   * Makes entries of the models in another tool's store, where they lie: every file is hashed, nothing there is changed
   * (CAT-ADO-2201). What is broken is a problem of the report and stops nothing; the same again is known, and reads no file that has
   * not changed. `NotFound` where the store is not; `Aborted` leaves what was adopted until then.
   */
  adopt(tool: AdoptedTool, options: AdoptOptions = {}): Promise<AdoptReport> {
    return this.#do(
      'adopt',
      async (context) => (await import('./adopt-models.js')).adoptModels(context, tool, knownOnly('adopt', options, optionsOf.adopt)),
      { dryRun: options?.dryRun, found: ({ adopted, bytes }) => ({ count: adopted.length, bytes }) },
    );
  }

  /** Files that are gone or are not as they were when they were verified, of these entries or of all; reads none (CAT-ADO-2203). */
  drift(entries?: readonly ModelEntry[]): Promise<Drift[]> {
    return this.#do('drift', async (context) => driftOf(context, entries ?? (await ownEntries(context))));
  }

  /** What is stored, shared, adopted, reclaimable and stored twice, in bytes (CAT-ADO-2204); looks, and changes nothing. */
  usage(): Promise<UsageReport> {
    return this.#do('usage', async (context) => (await import('./usage.js')).usageOf(context));
  }

  /**
   * Replaces files in the root that are copies of blobs by links: those that a model shows by the symbolic links that they should be,
   * others by a second name of the blob (CAT-ADO-2204). Files of referenced and adopted models are never touched.
   */
  dedupe(options: DedupeOptions = {}): Promise<DedupeReport> {
    return this.#do(
      'dedupe',
      async (context) => (await import('./dedupe.js')).dedupe(context, knownOnly('dedupe', options, optionsOf.dedupe)),
      { dryRun: options?.dryRun, found: ({ replaced, bytes_reclaimed: bytes }) => ({ count: replaced.length, bytes }) },
    );
  }

  /** One record of a model and an engine, for reproducible runs (CAT-ENG-2403). */
  correlate(modelId: string, engineId: string): Promise<Correlation> {
    return this.#do('correlate', async (context) => (await import('./correlate.js')).correlate(context, modelId, engineId), {
      id: modelId,
    });
  }

  watch(options?: WatchOptions): AsyncIterable<Change<ModelEntry>> {
    return this.store.models.watch(knownOnly('watch', options, optionsOf.watch));
  }

  /**
   * One round with the fleet (CAT-FLT-7010): follows all changes of its models, engines and holdings into this node's copy, and tells the
   * fleet what this node holds. Each collection is followed in one publication; whatever stops it leaves the copy before, or the one
   * after. `HistoryRewound` and `StoreMismatch` where the fleet is not the one that was copied; `AlreadyExists` where another machine
   * announces under this node's name; `Busy` while another sync of this root is at work.
   */
  sync(options: SyncOptions = {}): Promise<SyncReport> {
    return this.#do('sync', (context) => syncFleet(context, knownOnly('sync', options, optionsOf.sync)));
  }

  /** As `sync`, over and over, each time that something was changed there or here, until it is stopped; waits for a fleet that is away. */
  follow(options: SyncOptions = {}): AsyncIterable<SyncReport> {
    return this.#typed(followFleet(this.#context, knownOnly('follow', options, optionsOf.sync)), 'could not follow the fleet');
  }

  /**
   * Which nodes hold a model: by an id, a reference or a digest, from the last copy of the fleet, which need not be there (CAT-FLT-7010).
   * Of this node it is told what is so now. `NotFound` for what neither knows.
   */
  where(idOrRefOrDigest: string): Promise<WhereReport> {
    return this.#do('where', (context) => whereIs(context, idOrRefOrDigest), { id: idOrRefOrDigest });
  }

  /**
   * What is damaged, left over or weaker than it should be, the gravest first; changes nothing, and reads no file of a model. For stores
   * on this machine.
   */
  doctor(options?: DoctorOptions): Promise<DoctorReport> {
    const { store } = this;
    return this.#do(
      'doctor',
      async (context) => {
        if (!canBeExamined(store)) throw refusal('Unsupported', `the ${store.name} store cannot be examined`);
        return withArtifactFindings(context, await store.doctor(knownOnly('doctor', options, optionsOf.doctor)));
      },
      { found: ({ findings }) => ({ count: findings.length }) },
    );
  }

  /** Brings back what can be brought back of damaged indices, deleting nothing (the fs store); see `FsCatalog.repair`. */
  repair(options?: RepairOptions): Promise<RepairReport> {
    return this.#do('repair', async () => this.#fsCatalog('repaired').repair(knownOnly('repair', options, optionsOf.repair)));
  }

  async close(): Promise<void> {
    await this.#context.hashing.close();
    await this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #fsCatalog(doing: string): FsCatalog {
    if (this.store instanceof FsCatalog) return this.store;
    throw refusal('Unsupported', `the ${this.store.name} store cannot be ${doing}`, { needs: 'fs' });
  }

  async *#typed<T>(all: AsyncIterable<T>, doing: string): AsyncGenerator<T> {
    try {
      yield* all;
    } catch (error) {
      throw asCatalogError(error, doing);
    }
  }

  #remove(name: 'delete' | 'evict', id: string, options: EvictOptions): Promise<EvictReport> {
    return this.#do(
      name,
      async (context) => {
        const report = await evictModel(context, id, knownOnly('evict', options, optionsOf.evict));
        if (!report.removed) await refuseFleets(context.fleet, 'models', id);
        return report;
      },
      { id, dryRun: options?.dryRun, found: factsOfRemoval },
    );
  }

  /** Every failure of the disk leaves here with a code from the closed list, and whoever listens is told of every call. */
  #do<T>(name: OperationName, work: (context: CatalogContext) => Promise<T>, { found, dryRun, ...asked }: About<T> = {}): Promise<T> {
    const { operation = name, kind, doing }: Operation = operations[name];
    const note = operationNote(operation, this.#context.host);
    return this.#context.telling.told(
      { operation, kind, isDryRun: Boolean(dryRun), correlationId: () => note.operation_id },
      async () => {
        try {
          checkAsked(asked);
          return await work({ ...this.#context, note });
        } catch (error) {
          throw asCatalogError(error, doing);
        }
      },
      (result) => ({ ...factsAsked(asked), ...(result !== undefined && found?.(result)) }),
    );
  }
}

const ownEntries = async ({ store }: CatalogContext): Promise<ModelEntry[]> => (await store.models.list()).map(({ record }) => record);

function canBeExamined(store: CatalogStore): store is CatalogStore & Pick<FsCatalog, 'doctor'> {
  return 'doctor' in store;
}

function registrationOf(request: RegisterRequest): Registration {
  const { id, source, name, digest, ref, labels } = request;
  return {
    id: checkId(id),
    // CAT-REF-1305: no credentials are kept.
    source: typeof source === 'string' ? redactUrl(source) : source,
    ...(name !== undefined && { name }),
    ...(digest !== undefined && { digest: parseDigest(digest) }),
    ...(ref !== undefined && { ref: formatModelRef(parseReference(ref)) }),
    ...(labels !== undefined && { labels }),
  };
}
