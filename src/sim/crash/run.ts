import type { CrashState, CrashStates } from '../../disk/simulated/crash-states.js';
import * as fingerprint from '../../disk/simulated/fingerprint.js';
import type { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { CrashEvent, CrashExperiment } from './experiment.js';
import type { CrashExplorerOptions, CrashFindings } from './findings.js';
import { BytesWereRead, type Point, recordProcess } from './recording.js';

/** How far a replay has come: what may be shown from here on, and how often the power has failed. */
interface Told {
  readonly legal: readonly string[];
  readonly cuts: number;
}

/** One alike disk of so many is recovered all the same, and must show what it was taken to show. */
const auditEvery = 1009;

/** What broke a promise; thrown inside a run only, never through a program. */
class Complaint extends Error {}

/** One experiment, on its way through all that may befall it. */
export class CrashRun<S> {
  readonly #found: CrashFindings;
  readonly #name: string;
  readonly #experiment: CrashExperiment<S>;
  readonly #options: CrashExplorerOptions;
  readonly #depth: number;

  constructor(found: CrashFindings, name: string, experiment: CrashExperiment<S>, options: CrashExplorerOptions) {
    this.#found = found;
    this.#name = name;
    this.#experiment = experiment;
    this.#options = options;
    this.#depth = options.depth ?? 2;
  }

  /** The writer stands before a step: the power fails; or a reader looks first; or it is killed and another process opens first. */
  async crashAt(point: Point, legal: readonly string[]): Promise<void> {
    if (!this.#found.isNewPoint(point, legal)) return;
    const events: readonly CrashEvent[] = [{ do: 'act', until: point.step }];
    await this.#complaining(events, async () => {
      const readAt = await this.#readAt(point, legal);
      if (readAt !== undefined) await this.#cut(readAt.disk, [readAt.shown], [...events, { do: 'read' }], 0);
      // A reader that made nothing durable leaves the same disks, of which it demands more.
      if (readAt?.disk.changes !== point.disk.changes) await this.#cut(point.disk, legal, events, 0);
      await this.#recoverAndCrash(point.disk.fork(), legal, events, 0);
    });
  }

  /** Goes through events as they were, and judges what the last of them left. */
  async replay(points: readonly Point[], views: readonly string[], [first, ...rest]: readonly CrashEvent[]): Promise<void> {
    const until = first?.do === 'act' ? first.until : undefined;
    const start = points.find(({ step }) => step === until) ?? points.at(-1);
    if (start === undefined || first === undefined) throw new RangeError('a story begins with an act');
    let now = { ...start, legal: start.acknowledged ? views.slice(-1) : views, cuts: 0 };
    for (const event of rest) now = await this.#after(now, event);
    const events = [first, ...rest];
    if (now.cuts === 0) await this.crashAt(now, now.legal);
    else await this.#complaining(events, () => this.#judge({ disk: now.disk, alike: 0 }, now.legal, events, now.cuts - 1));
  }

  async #after(now: Point & Told, event: CrashEvent): Promise<Point & Told> {
    const { recover, unread } = this.#experiment;
    switch (event.do) {
      case 'act':
        throw new RangeError('a story has one act');
      case 'read': {
        const seen = await this.#readAt(now, now.legal);
        return seen === undefined ? now : { ...now, disk: seen.disk, legal: [seen.shown] };
      }
      case 'recover': {
        const watching = { role: 'recover', depth: now.cuts, keepsPoints: true, unread } as const;
        const recovered = await recordProcess(now.disk.fork(), recover, watching);
        const point = recovered.points.find(({ step }) => step === event.until) ?? recovered.points.at(-1) ?? now;
        return { ...point, legal: point.acknowledged ? [recovered.result] : now.legal, cuts: now.cuts };
      }
      case 'cut':
        return { ...now, disk: now.disk.crash(event.choice), cuts: now.cuts + 1 };
    }
  }

  async #readAt({ disk }: Point, legal: readonly string[]): Promise<{ readonly disk: SimulatedDisk; readonly shown: string } | undefined> {
    const { read, unread } = this.#experiment;
    if (read === undefined) return undefined;
    const seen = disk.fork();
    const { result: shown } = await recordProcess(seen, read, { role: 'read', unread });
    this.#demandLegal(shown, legal, 'a reader was shown');
    if (seen.changes !== disk.changes && seen.fingerprint() !== disk.fingerprint()) throw new Complaint('a reader changed the disk');
    return { disk: seen, shown };
  }

  /** The power fails here: every disk that may be left is judged, those that are alike once. */
  async #cut(disk: SimulatedDisk, legal: readonly string[], events: readonly CrashEvent[], depth: number): Promise<void> {
    const found = this.#found;
    const states = this.#statesOf(disk);
    const legalViews = legal.map(fingerprint.ofText);
    const isSampled = states.coverage === 'sampled';
    found.cuts++;
    if (isSampled) found.sampledSteps.push({ experiment: this.#name, events, pending: states.pending.length });
    for (const state of states) {
      if (found.isDone) return;
      found.met++;
      const isNew = found.states.add(state.fingerprint, { isSampled });
      const known = found.judgedAs(state.alike);
      const isKnown = known !== undefined && known.depth <= depth && legalViews.includes(known.view);
      const isAudited = isKnown && isNew && found.alike++ % auditEvery === 0;
      if (isAudited) found.audited++;
      if (isKnown && !isAudited) continue;
      const cut: readonly CrashEvent[] = [...events, { do: 'cut', choice: state.choice }];
      await this.#complaining(cut, async () => {
        await this.#judge(state, legal, cut, depth);
        found.recovered.add(state.fingerprint, { isSampled });
        const isAlike = known === undefined || found.judgedAs(state.alike)?.view === known.view;
        if (isAudited && !isAlike) throw new Complaint('two disks that differ only in bytes that nobody reads showed something else');
      });
    }
  }

  /** What a power cut left: a reader looks, then a process recovers, whose steps are crashed in their turn. */
  async #judge(
    { disk, alike }: Pick<CrashState, 'disk' | 'alike'>,
    legal: readonly string[],
    events: readonly CrashEvent[],
    depth: number,
  ): Promise<void> {
    const { read, unread } = this.#experiment;
    const untouched = disk.changes;
    const looked = read && (await this.#opening(() => recordProcess(disk, read, { role: 'read', depth, unread })));
    if (looked) this.#demandLegal(looked.result, legal, 'a reader was shown');
    if (disk.changes !== untouched) throw new Complaint('a reader changed the disk');
    await this.#recoverAndCrash(disk, looked ? [looked.result] : legal, events, depth + 1, alike);
  }

  /** A process recovers what is there; unless that is deep enough, the power fails at each of its steps and after its answer. */
  async #recoverAndCrash(
    disk: SimulatedDisk,
    legal: readonly string[],
    events: readonly CrashEvent[],
    depth: number,
    judging?: number,
  ): Promise<void> {
    const { recover, unread } = this.#experiment;
    const watching = { role: 'recover', depth, keepsPoints: depth <= this.#depth, unread } as const;
    const recovered = await this.#opening(() => recordProcess(disk, recover, watching));
    const shown = recovered.result;
    this.#demandLegal(shown, legal, 'a process that opened for writing was shown');
    this.#found.opened++;
    this.#found.outcomes.add(fingerprint.mix(recovered.trace, fingerprint.ofText(shown)));
    // Known from here on: a crash of a recovery that changed nothing yet leaves the same disk again.
    if (judging !== undefined) this.#found.noteJudged(judging, { view: fingerprint.ofText(shown), depth: depth - 1 });
    for (const point of recovered.points.slice(1)) {
      const until: CrashEvent = point.acknowledged ? { do: 'recover' } : { do: 'recover', until: point.step };
      await this.#cut(point.disk, point.acknowledged ? [shown] : legal, [...events, until], depth);
    }
    await this.#tidy(disk, shown);
  }

  /** What a recovery left stays as it is when another recovers, takes a further write, and keeps it through one more power cut. */
  async #tidy(disk: SimulatedDisk, shown: string): Promise<void> {
    if (!this.#found.isNewLeft(disk, shown)) return;
    const { inspect, recover, write, unread } = this.#experiment;
    const left = disk.fingerprint(unread);
    inspect?.(disk, shown);
    const again = disk.fork();
    const second = await recordProcess(again, recover, { role: 'recover again', unread });
    if (second.result !== shown) throw new Complaint('a second recovery showed something else than the first');
    if (again.fingerprint(unread) !== left) throw new Complaint('a second recovery changed what the first had left');
    if (write === undefined) return;
    const written = disk.fork();
    const after = await recordProcess(written, (process) => write(process, shown), { role: 'write', unread });
    const seen = new Set<number>();
    for (const state of this.#statesOf(written)) {
      if (seen.size === seen.add(state.alike).size) continue;
      const found = await recordProcess(state.disk, recover, { role: 'read what was written', unread });
      if (found.result !== after.result) throw new Complaint(`a write after a recovery was lost: ${found.result}`);
    }
  }

  #statesOf(disk: SimulatedDisk): CrashStates {
    const { unread } = this.#experiment;
    return disk.crashStates({ ...this.#options, ...(unread && { unread }) });
  }

  async #opening<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Complaint)) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'untyped';
        this.#found.refused[code] = (this.#found.refused[code] ?? 0) + 1;
      }
      throw error;
    }
  }

  #demandLegal(shown: string, legal: readonly string[], who: string): void {
    if (!legal.includes(shown)) throw new Complaint(`${who} ${shown}; legal is ${legal.join(' or ')}`);
  }

  /** Judgements end here: never inside a program, which might take them for an error of the disk. */
  async #complaining<T>(events: readonly CrashEvent[], work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#found.fail(
        this.#name,
        events,
        error instanceof Complaint || error instanceof BytesWereRead ? error.message : `it was refused: ${String(error)}`,
      );
      return undefined;
    }
  }
}
