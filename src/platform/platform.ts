import { type CatalogError, refusal } from '../core/errors.js';
import type { PlatformFacts, PlatformSummary } from '../core/platform.js';
import { saysNoSync } from '../disk/failure.js';
import { makeFolder } from '../disk/folders.js';
import { contextOf, type Disk, type DiskProgram } from '../disk/program.js';
import { isDiskError, type Step } from '../disk/steps.js';
import { type PlatformProbe, type ProbedPlace, realProbe, summaryBy } from './probe.js';
import { checkProfile, readProfile } from './profile-file.js';

export interface PlatformOptions {
  /**
   * The file of a profile that the machine must be as (CAT-PLT-4004); without it nothing is demanded. One that says `RenameOnly` accepts that
   * directories are not synced: what is acknowledged as durable is then so but for names, which a power cut may take back.
   */
  readonly platformProfilePath?: string | undefined;
  /** Looks at the machine instead of ours; what it tells decides what is admitted. */
  readonly platformProbe?: PlatformProbe | undefined;
}

/** All that is told of a machine and a directory on it. */
export interface PlatformReport extends PlatformSummary {
  readonly facts: PlatformFacts;
}

/** What one handle knows of the machine that it is on. It is observed once. */
export class Platform {
  readonly #place: ProbedPlace;
  readonly #profilePath: string | undefined;
  readonly #probe: PlatformProbe;
  readonly #decides: boolean;
  #observed: PlatformSummary | undefined;
  /** Whether a profile that was checked says that directories are not synced. */
  #isSpared = false;
  /** Whether a sync failed when the machine was observed. */
  #lostSync = false;

  constructor(place: ProbedPlace, { platformProfilePath, platformProbe }: PlatformOptions) {
    this.#place = place;
    this.#profilePath = checkedPath(platformProfilePath);
    this.#probe = platformProbe ?? realProbe;
    this.#decides = platformProfilePath !== undefined || platformProbe !== undefined;
  }

  /**
   * CAT-PLT-4007: the profile is read, and compared with what is observed, before anything is made but, for who writes, the directory.
   * Throws `PlatformProfileInvalid` and `PlatformProfileMismatch`.
   */
  *atOpen({ readOnly }: { readonly readOnly: boolean }): DiskProgram<void> {
    const path = this.#profilePath;
    if (path === undefined) return;
    const profile = yield* readProfile(path);
    if (!readOnly) yield* makeFolder(this.#place.directory);
    checkProfile(path, profile, yield* this.summary());
    this.#isSpared = profile.admission.parent_dir_sync === 'RenameOnly';
  }

  /** CAT-PLT-4003: who writes needs a lock and the sync of directories; `PlatformAdmissionFailed` where one of them is rejected. */
  *beforeWriting(): DiskProgram<void> {
    if (!this.#decides) return;
    yield* makeFolder(this.#place.directory);
    const refused = rejectedIn(yield* this.summary(), this.#place);
    if (refused !== undefined) throw refused;
  }

  /** Whether what others left may be put right: nothing is, where writing is refused. */
  *admitsWriting(): DiskProgram<boolean> {
    return !this.#decides || rejectedIn(yield* this.summary(), this.#place) === undefined;
  }

  /**
   * A sync that failed when it was looked at may have been that of a writer, who is not told of it any more: then nothing is written
   * (CAT-IDX-1113).
   */
  checkTrusted(): void {
    // Where what was observed decides, it is not admitted in the first place.
    if (this.#decides || !this.#lostSync) return;
    throw refusal('StorePoisoned', `syncing ${this.#place.directory} failed when it was looked at; open it again`);
  }

  /** How durable is what is acknowledged: where directories are only renamed in, a power cut may take names back. */
  get durable(): 'full' | 'weak' {
    return this.#isSpared ? 'weak' : 'full';
  }

  /** The disk as it was admitted: one of which a profile says that it syncs no directory is not asked to. */
  over(disk: Disk): Disk {
    return this.#profilePath === undefined ? disk : { ...contextOf(disk), perform: (step) => this.#performed(disk, step) };
  }

  #performed(disk: Disk, step: Step): unknown {
    if (!this.#isSpared) return disk.perform(step);
    if (step.kind === 'SyncDirectory' || ('handle' in step && step.handle === nothingOpen)) return undefined;
    if (step.op !== 'open' || step.access !== 'directory') return disk.perform(step);
    try {
      return disk.perform(step);
    } catch (error) {
      // Windows opens no directory to sync it.
      if (isDiskError(error, 'EPERM', 'EACCES', 'EISDIR')) return nothingOpen;
      throw error;
    }
  }

  *summary(): DiskProgram<PlatformSummary> {
    // Of a directory that was not there yet nothing is kept.
    if (this.#observed === undefined || this.#observed.store_path.path_status === 'UnknownMissing') {
      this.#observed = yield* this.#notingLoss(summaryBy(this.#probe, this.#place));
    }
    return this.#observed;
  }

  *#notingLoss<T>(observing: DiskProgram<T>): DiskProgram<T> {
    for (let asked = observing.next(); ; ) {
      if (asked.done) return asked.value;
      const step = asked.value;
      let answer: unknown;
      try {
        answer = yield step;
      } catch (error) {
        this.#lostSync ||= step.kind === 'SyncDirectory' && isDiskError(error) && !saysNoSync(error);
        asked = observing.throw(error);
        continue;
      }
      asked = observing.next(answer);
    }
  }

  *report(options: { readonly mayTry: boolean }): DiskProgram<PlatformReport> {
    const summary = yield* this.summary();
    return { ...summary, facts: yield* this.#probe.facts(this.#place, options) };
  }
}

const nothingOpen = -1;

function checkedPath(path: unknown): string | undefined {
  if (path === undefined) return undefined;
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return path;
  throw refusal('InvalidArgument', 'platformProfilePath is the path of a file', { argument: 'platformProfilePath' });
}

function rejectedIn({ admission, store_path }: PlatformSummary, { directory }: ProbedPlace): CatalogError | undefined {
  const refused = (capability: string, reason: string) =>
    refusal('PlatformAdmissionFailed', `${directory} cannot be written to: ${capability} is ${reason} there`, { capability, reason });
  if (admission.store_lock === 'Rejected') return refused('store lock symlink-leaf protection', store_path.lock_leaf_symlink_protection);
  return admission.parent_dir_sync === 'Rejected' ? refused('parent directory sync', store_path.parent_dir_sync) : undefined;
}
