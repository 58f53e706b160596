// Over 300 lines: one collection, stage by stage; what they share is its state.
import { relative } from 'node:path';
import { liveClaims } from './artifacts/claims.js';
import { deadFlights, removeDeadFlight } from './artifacts/flights.js';
import { isLeaseOf, leasesIn, removeLease } from './artifacts/leases.js';
import { linkFolders } from './artifacts/links.js';
import { type PartialWork, partialAt, partialsIn, removePartial } from './artifacts/partials.js';
import { quarantinedIn, removeQuarantined } from './artifacts/quarantine.js';
import { blobFolders, blobNames, blobsNamed, type FoundBlob } from './artifacts/stored-blobs.js';
import type { CatalogContext } from './catalog-context.js';
import { claiming } from './claiming.js';
import { type Position, resumedAt, type Stage, stages, tokenOf } from './collection-token.js';
import { evictionsFor } from './core/budget.js';
import type { Digest } from './core/digest.js';
import { type CatalogError, refusal } from './core/errors.js';
import { blobPath, modelFolder } from './core/model-layout.js';
import { asCatalogError } from './disk/failure.js';
import { evictModel } from './evict-model.js';
import type { GcOptions, GcReport, PlannedRemoval } from './gc-report.js';
import { readKeepers, readLeases } from './reachability.js';
import { emptied, type Removal, removeBlobs } from './remove-blobs.js';

const hourMs = 60 * 60 * 1000;
/** How many blobs are out of the way at a time while it is looked for what reaches them. */
const batch = 64;

/** CAT-GC-2302: sweeps what nothing reaches. */
export async function collectGarbage(context: CatalogContext, options: GcOptions): Promise<GcReport> {
  const { position, asked } = resumedAt(options.resume);
  return new Collection(context, checked({ ...asked, ...given(options) }), position).run();
}

type Checked = GcOptions & { readonly graceMs: number };

class Collection {
  readonly #context: CatalogContext;
  readonly #options: Checked;
  readonly #start: Position;
  readonly #began: number;
  readonly #report: GcReport;
  #position: Position;
  #steps = 0;

  constructor(context: CatalogContext, options: Checked, start: Position) {
    this.#context = context;
    this.#options = options;
    this.#start = start;
    this.#position = start;
    this.#began = context.host.monotonicMs();
    const counts = { scanned: 0, kept: 0, removed: 0, bytes_reclaimed: 0, duration_ms: 0 };
    this.#report = { ...counts, complete: false, dry_run: options.dryRun ?? false, plan: [], errors: [] };
  }

  async run(): Promise<GcReport> {
    const sweeps: Readonly<Record<Stage, () => Promise<boolean>>> = {
      evictions: () => this.#evict(),
      ingest: () => this.#sweepIngest(),
      leases: () => this.#sweepLeases(),
      flights: () => this.#sweepFlights(),
      links: () => this.#sweepLinks(),
      trash: () => this.#sweepTrash(),
      blobs: () => this.#sweepBlobs(),
      quarantine: () => this.#emptyQuarantine(),
    };
    const report = this.#report;
    report.complete = true;
    for (const stage of stages.slice(stages.indexOf(this.#start.stage))) {
      if (stage !== this.#start.stage) this.#position = { stage, after: '' };
      if (await sweeps[stage]()) continue;
      report.complete = false;
      report.resume = tokenOf(this.#position, this.#options);
      break;
    }
    // CAT-IDX-1116: what was removed is room for what was given up to remove it.
    if (!report.dry_run) await this.#context.reserve?.keep();
    report.duration_ms = Math.round(this.#context.host.monotonicMs() - this.#began);
    return report;
  }

  /** Does each thing in turn; false when the time is over, or somebody asked to stop. Something is done each time. */
  async #each<T>(things: readonly T[], nameOf: (thing: T) => string, work: (thing: T) => Promise<void>): Promise<boolean> {
    const { after } = this.#position;
    for (const thing of things) {
      const name = nameOf(thing);
      if (after !== '' && name <= after) continue;
      if (this.#mustStop()) return false;
      this.#steps++;
      await this.#tried(name, () => work(thing));
      this.#position = { ...this.#position, after: name };
    }
    return true;
  }

  #mustStop(): boolean {
    const { signal, maxMs } = this.#options;
    if (signal?.aborted) return true;
    return maxMs !== undefined && this.#steps > 0 && this.#context.host.monotonicMs() - this.#began >= maxMs;
  }

  /** CAT-GC-2306 */
  async #evict(): Promise<boolean> {
    const { maxBytes, olderThanMs, keepActive = true } = this.#options;
    if (maxBytes === undefined && olderThanMs === undefined) return true;
    const { host, store } = this.#context;
    const leases = await readLeases(this.#context);
    const listed = await store.models.list();
    const models = listed.map(({ record }) => record);
    const judged = new Map(listed.map(({ record, revision }) => [record.id, revision]));
    const isLeased = (id: string) => leases.some((lease) => isLeaseOf(lease, id));
    const { evictions, overBytes } = evictionsFor(models, { maxBytes, olderThanMs, keepActive }, { nowMs: host.clock(), isLeased });
    if (overBytes > 0) this.#report.over_budget_bytes = overBytes;
    // What was evicted is not there any more: a collection that goes on begins with what is left.
    this.#position = { stage: 'evictions', after: '' };
    const gone: string[] = [];
    return this.#each(
      evictions,
      () => '',
      async ({ entry: { id, bytes = 0, local_path: path = id }, reason }) => {
        this.#report.scanned++;
        gone.push(id);
        const ifRevision = judged.get(id);
        const evicted = await evictModel(this.#context, id, {
          dryRun: this.#options.dryRun,
          beside: gone,
          ...(ifRevision && { ifRevision }),
        });
        this.#report.errors.push(...evicted.errors);
        // Somebody has changed it since, and may use it.
        if (!evicted.removed) this.#report.kept++;
        else this.#planned({ path, bytes, reason }, evicted.bytes_reclaimed);
      },
    );
  }

  /** CAT-BLB-2107 */
  async #sweepIngest(): Promise<boolean> {
    const { artifacts, host } = this.#context;
    return this.#each(
      await artifacts.run(partialsIn(artifacts.root, host)),
      ({ path }) => path,
      async ({ path }) => {
        this.#report.scanned++;
        // Looked at again: whoever was dead is dead, whoever was young is older.
        const found = await artifacts.run(partialAt(artifacts.root, path, host));
        if (found === undefined) return;
        if (!this.#isAbandoned(found)) this.#report.kept++;
        else
          await this.#remove(
            { path, bytes: found.bytes, reason: 'abandoned on its way in' },
            async () => {
              const removed = await artifacts.run(removePartial(found, artifacts.root));
              return removed === 'removed' ? found.allocated : removed;
            },
            found.allocated,
          );
      },
    );
  }

  #isAbandoned({ isLive, ageMs, kind }: PartialWork): boolean {
    // A claim is ended by a writing open, which shows the links that it speaks of.
    if (kind === 'claim') return false;
    const graceMs = isLive === undefined ? Math.max(this.#options.graceMs, hourMs) : this.#options.graceMs;
    return isLive !== true && ageMs >= graceMs;
  }

  async #sweepLeases(): Promise<boolean> {
    const { artifacts, host } = this.#context;
    return this.#each(
      byPath(await artifacts.run(leasesIn(artifacts.root))),
      ({ path }) => path,
      async ({ path, expiresMs }) => {
        this.#report.scanned++;
        // Whoever began to renew it in time may be writing it still.
        if (host.clock() - expiresMs < Math.max(this.#options.graceMs, hourMs)) this.#report.kept++;
        else
          await this.#remove(
            { path, bytes: 0, reason: 'a lease that is over' },
            async () => {
              await artifacts.run(removeLease(path, artifacts.root));
              return 0;
            },
            0,
          );
      },
    );
  }

  /** What killed fetches left of their locks (CAT-PRV-2501). */
  async #sweepFlights(): Promise<boolean> {
    const { artifacts, host } = this.#context;
    const flights = await artifacts.run(deadFlights(artifacts.root));
    return this.#each(
      byPath(flights.map((path) => ({ path }))),
      ({ path }) => path,
      async ({ path }) => {
        this.#report.scanned++;
        const remove = async () => {
          return (await artifacts.run(removeDeadFlight(path, { root: artifacts.root, host }))) ? 0 : 'wanted';
        };
        await this.#remove({ path, bytes: 0, reason: 'the lock of a fetch that was killed' }, remove, 0);
      },
    );
  }

  /** Links of models that are not there: an index that was put back to an earlier one knows nothing of them. */
  async #sweepLinks(): Promise<boolean> {
    const { artifacts, host, store } = this.#context;
    // Links that are made at this moment come before their record.
    const claims = await artifacts.run(liveClaims({ root: artifacts.root, host, graceMs: this.#options.graceMs }));
    const shown = new Set((await store.models.list()).map(({ record }) => modelFolder(record.id)));
    for (const { of } of claims) shown.add('id' in of ? modelFolder(of.id) : of.folder);
    return this.#each(
      await artifacts.run(linkFolders(artifacts.root)),
      ({ folder }) => folder,
      async ({ folder, changedMs }) => {
        this.#report.scanned++;
        if (shown.has(folder) || !this.#isOld({ changedMs })) this.#report.kept++;
        else
          await this.#remove(
            { path: folder, bytes: 0, reason: 'links of a model that is not there' },
            async () => {
              // Under a claim they are made to be those of the newest record, which may have come meanwhile.
              const { trouble } = await claiming(this.#context, { of: { folder }, digests: [], isRemoval: true }, async () => undefined);
              if (trouble) throw trouble;
              return 0;
            },
            0,
          );
      },
    );
  }

  /** What was out of the way when its collector was killed. */
  async #sweepTrash(): Promise<boolean> {
    const { artifacts } = this.#context;
    const { dryRun, graceMs } = this.#options;
    const keepers = dryRun ? await readKeepers(this.#context, { graceMs }) : undefined;
    return this.#each(
      byPath(await artifacts.trashed()),
      ({ path }) => path,
      async (trashed) => {
        this.#report.scanned++;
        const [reason, path] = ['in the trash, and nothing reaches it', relative(artifacts.root, trashed.path)];
        // Whoever moved it there may be looking for what reaches it.
        if (!this.#isOld(trashed)) this.#report.kept++;
        else if (keepers === undefined) this.#told(await emptied(this.#context, [trashed], { graceMs }), { reason, path });
        else if (keepers.has(trashed.digest)) this.#report.kept++;
        else
          this.#planned(
            { path: relative(artifacts.root, trashed.path), digest: trashed.digest, bytes: trashed.bytes, reason },
            trashed.allocated,
          );
      },
    );
  }

  async #sweepBlobs(): Promise<boolean> {
    const { artifacts } = this.#context;
    const { graceMs, dryRun } = this.#options;
    const keepers = await readKeepers(this.#context, { graceMs });
    return this.#each(
      await artifacts.run(blobFolders(artifacts.root)),
      (folder) => folder,
      async (folder) => {
        // CAT-PRF-6411: of what something reaches, the name tells enough.
        const names = await artifacts.run(blobNames(artifacts.root, folder));
        const others = names.filter((name) => !keepers.has(name));
        const found = await artifacts.run(blobsNamed(artifacts.root, others));
        const unreached = found.filter((blob) => this.#isOld(blob));
        const blobs = names.length - others.length + found.length;
        this.#report.scanned += blobs;
        this.#report.kept += blobs - unreached.length;
        if (dryRun) for (const { digest, bytes, allocated } of unreached) this.#planned(unreachedBlob(digest, bytes), allocated);
        else await this.#removeUnreached(unreached);
      },
    );
  }

  async #removeUnreached(unreached: readonly FoundBlob[]): Promise<void> {
    for (let from = 0; from < unreached.length; from += batch) {
      const digests = unreached.slice(from, from + batch).map(({ digest }) => digest);
      this.#told(await removeBlobs(this.#context, digests, { graceMs: this.#options.graceMs }), { reason: nothingReaches });
    }
  }

  /** CAT-GC-2307 */
  async #emptyQuarantine(): Promise<boolean> {
    if (!this.#options.quarantine) return true;
    const { artifacts } = this.#context;
    return this.#each(
      await artifacts.run(quarantinedIn(artifacts.root)),
      ({ path }) => path,
      async ({ path, bytes, allocated }) => {
        this.#report.scanned++;
        await this.#remove(
          { path, bytes, reason: 'in quarantine' },
          async () => {
            await artifacts.run(removeQuarantined(path, artifacts.root));
            return allocated;
          },
          allocated,
        );
      },
    );
  }

  /** Something of the clock's future is taken for young. */
  #isOld({ changedMs }: { readonly changedMs: number }): boolean {
    return this.#context.host.clock() - changedMs >= this.#options.graceMs;
  }

  /** `work` gives how many bytes it freed, or why nothing was removed. */
  async #remove(planned: PlannedRemoval, work: () => Promise<number | 'gone' | 'wanted'>, expected: number): Promise<void> {
    const freed = this.#options.dryRun ? expected : await work();
    if (freed === 'wanted') this.#report.kept++;
    else if (freed !== 'gone') this.#planned(planned, freed);
  }

  #planned(planned: PlannedRemoval, freed: number): void {
    this.#report.plan.push(planned);
    this.#report.removed++;
    this.#report.bytes_reclaimed += freed;
  }

  #told(removals: readonly Removal[], { reason, path }: { readonly reason: string; readonly path?: string }): void {
    for (const removal of removals) {
      const { digest } = removal;
      if (removal.kind === 'removed')
        this.#planned({ path: path ?? blobPath(digest), digest, bytes: removal.bytes, reason }, removal.freed);
      else if (removal.kind === 'kept') this.#report.kept++;
      else this.#failed(path ?? blobPath(digest), removal.error);
    }
  }

  /** What cannot be removed is told, and never keeps the rest. */
  async #tried(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failure = asCatalogError(error, 'could not collect');
      // Without knowing what is reached, nothing may go.
      if (mustEnd(failure)) throw failure;
      this.#failed(path, failure);
    }
  }

  #failed(path: string, { code, message }: CatalogError): void {
    this.#report.errors.push({ path, code, message });
  }
}

const byPath = <T extends { readonly path: string }>(things: readonly T[]): T[] =>
  things.toSorted((one, other) => (one.path < other.path ? -1 : 1));

const nothingReaches = 'nothing reaches it';
const unreachedBlob = (digest: Digest, bytes: number): PlannedRemoval => ({
  path: blobPath(digest),
  digest,
  bytes,
  reason: nothingReaches,
});

const mustEnd = ({ code }: CatalogError): boolean =>
  ['IndexCorrupt', 'SchemaVersionUnsupported', 'StoreMismatch', 'Closed', 'StorePoisoned'].includes(code);

function checked(options: GcOptions): Checked {
  const { maxMs, graceMs = hourMs, maxBytes, olderThanMs } = options;
  for (const [argument, value] of Object.entries({ maxMs, graceMs, maxBytes, olderThanMs })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
    throw refusal('InvalidArgument', `${argument} is an integer from 0 to 2^53-1`, { argument });
  }
  return { ...options, graceMs };
}

const given = (options: GcOptions): GcOptions => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
