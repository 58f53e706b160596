import type { CrashState, CrashStateOptions } from '../../disk/simulated/crash-states.js';
import * as fingerprint from '../../disk/simulated/fingerprint.js';
import type { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { Counterexample, CrashEvent, CrashExperiment } from './experiment.js';
import { FingerprintSet } from './fingerprint-set.js';
import { BytesWereRead, type Point, recordAct, recordProcess } from './recording.js';

export interface CrashExplorerOptions extends CrashStateOptions {
  /** How often recovery itself is crashed, one crash inside the other; 2 by default. */
  readonly depth?: number;
  /** How many counterexamples are kept; 1 by default. */
  readonly failures?: number;
}

/** One step before which there were too many pending changes for all their subsets (CAT-SIM-5005). */
export interface SampledStep {
  readonly experiment: string;
  readonly events: readonly CrashEvent[];
  readonly pending: number;
}

/**
 * Crashes experiments at every step into every state that the disk allows, recovers with their own code, and judges what is
 * shown (CAT-SIM-5003, 5005, 5006). Disks that were judged once are not judged again, in whatever experiment they are met.
 */
export class CrashExplorer {
  /** All distinct disks that were met. */
  readonly states = new FingerprintSet();
  /** Distinct pairs of the steps that a recovery took and what it showed. */
  readonly outcomes = new Set<number>();
  readonly failures: (Counterexample & { readonly experiment: string })[] = [];
  readonly sampledSteps: SampledStep[] = [];
  /** All states that were met, equal ones and all. */
  met = 0;
  /** Moments at which power was cut. */
  cuts = 0;
  /** Disks that differ from one that was recovered only in bytes that nobody reads, and of them those recovered all the same. */
  alike = 0;
  audited = 0;
  /** Recoveries that ended with an answer, and by the code of their error those that did not. */
  opened = 0;
  readonly refused: Record<string, number> = {};
  readonly #options: CrashExplorerOptions;
  /** By the fingerprint that alike disks share: what was shown, and how deep its recovery was crashed. */
  readonly #judged = new Map<number, Judged>();
  readonly #points = new Set<number>();
  readonly #stories = new Set<number>();
  readonly #left = new Set<number>();

  constructor(options: CrashExplorerOptions = {}) {
    this.#options = options;
  }

  get isDone(): boolean {
    return this.failures.length >= (this.#options.failures ?? 1);
  }

  /** Gives what is shown after the act, when nothing fails. */
  async explore<S>(name: string, experiment: CrashExperiment<S>): Promise<string> {
    const shownBy = experiment.read ?? experiment.recover;
    const disk = experiment.disk();
    const acted = await recordAct(disk, experiment.prepare, experiment.act);
    const after = await shownBy(disk.fork().process());
    const views = experiment.views ?? [await shownBy(acted.before.process()), after];
    const run = new Run(this, name, experiment, this.#options);
    for (const point of acted.points) {
      if (this.isDone) break;
      await run.crashAt(point, point.acknowledged ? [views.at(-1) ?? after] : views);
    }
    return after;
  }

  /** Brings a counterexample about again: the same events on the same disk. Gives what is wrong now; nothing where all is well. */
  async replay<S>(name: string, experiment: CrashExperiment<S>, events: readonly CrashEvent[]): Promise<string | undefined> {
    const shownBy = experiment.read ?? experiment.recover;
    const disk = experiment.disk();
    const acted = await recordAct(disk, experiment.prepare, experiment.act);
    const views = experiment.views ?? [await shownBy(acted.before.process()), await shownBy(disk.fork().process())];
    await new Run(this, name, experiment, this.#options).replay(acted.points, views, events);
    return this.failures.at(-1)?.complaint;
  }

  judgedAs(alike: number): Judged | undefined {
    return this.#judged.get(alike);
  }

  noteJudged(alike: number, judged: Judged): void {
    this.#judged.set(alike, judged);
  }

  /** Whether a moment is met that no other was like: in what is visible, durable and pending, and in what may be shown. */
  isNewPoint({ disk, acknowledged }: Point, legal: readonly string[]): boolean {
    const pending = disk
      .pending()
      .map(({ type, fates, description }) => `${type} ${fates.length} ${description.replace(/ of node \d+$/, '')}`);
    const kept = fingerprint.mix(disk.fingerprint(), disk.crash('lost').fingerprint());
    const rest = fingerprint.ofText(JSON.stringify([acknowledged, legal, pending]));
    return isNewIn(this.#points, fingerprint.mix(kept, rest));
  }

  /** Whether a recovery is met that no other was like, in all that it was told. */
  isNewStory(mark: number): boolean {
    return isNewIn(this.#stories, mark);
  }

  /** Whether a disk that a recovery left is looked at for the first time. */
  isNewLeft(mark: number): boolean {
    return isNewIn(this.#left, mark);
  }

  fail(experiment: string, events: readonly CrashEvent[], complaint: string): void {
    if (!this.isDone) this.failures.push({ experiment, events, complaint });
  }
}

function isNewIn(marks: Set<number>, mark: number): boolean {
  const before = marks.size;
  return marks.add(mark).size > before;
}

/** How far a replay has come: what may be shown from here on, and how often the power has failed. */
interface Told {
  readonly legal: readonly string[];
  readonly cuts: number;
}

interface Judged {
  readonly view: number;
  readonly depth: number;
}

/** One alike disk of so many is recovered all the same, and must show what it was taken to show. */
const auditEvery = 1009;

/** What broke a promise; thrown inside a run only, never through a program. */
class Complaint extends Error {}

class Run<S> {
  readonly #explorer: CrashExplorer;
  readonly #name: string;
  readonly #experiment: CrashExperiment<S>;
  readonly #options: CrashExplorerOptions;
  readonly #depth: number;

  constructor(explorer: CrashExplorer, name: string, experiment: CrashExperiment<S>, options: CrashExplorerOptions) {
    this.#explorer = explorer;
    this.#name = name;
    this.#experiment = experiment;
    this.#options = options;
    this.#depth = options.depth ?? 2;
  }

  /** The writer stands before a step: the power fails; or a reader looks first; or it is killed and another process opens first. */
  async crashAt(point: Point, legal: readonly string[]): Promise<void> {
    if (!this.#explorer.isNewPoint(point, legal)) return;
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
    const explorer = this.#explorer;
    const states = disk.crashStates({ ...this.#options, ...(this.#experiment.unread && { unread: this.#experiment.unread }) });
    const legalViews = legal.map(fingerprint.ofText);
    const isSampled = states.coverage === 'sampled';
    explorer.cuts++;
    if (isSampled) explorer.sampledSteps.push({ experiment: this.#name, events, pending: states.pending.length });
    for (const state of states) {
      if (explorer.isDone) return;
      explorer.met++;
      const isNew = explorer.states.add(state.fingerprint, { isSampled });
      const known = explorer.judgedAs(state.alike);
      const isKnown = known !== undefined && known.depth <= depth && legalViews.includes(known.view);
      if (isKnown && isNew) explorer.alike++;
      const isAudited = isKnown && isNew && explorer.alike % auditEvery === 0;
      if (isAudited) explorer.audited++;
      if (isKnown && !isAudited) continue;
      const cut: readonly CrashEvent[] = [...events, { do: 'cut', choice: state.choice }];
      await this.#complaining(cut, () => this.#judge(state, legal, cut, depth));
    }
  }

  /** What a power cut left: a reader looks, then a process recovers; and where that is a new story, it is crashed in its turn. */
  async #judge(
    state: Pick<CrashState, 'disk' | 'alike'>,
    legal: readonly string[],
    events: readonly CrashEvent[],
    depth: number,
  ): Promise<void> {
    const { disk, alike } = state;
    const isDeepest = depth >= this.#depth;
    const asLeft = isDeepest ? disk : disk.fork();
    const { read, recover, unread } = this.#experiment;
    const untouched = disk.changes;
    const looked = read && (await this.#opening(() => recordProcess(disk, read, { role: 'read', depth, unread })));
    if (looked) this.#demandLegal(looked.result, legal, 'a reader was shown');
    if (disk.changes !== untouched) throw new Complaint('a reader changed the disk');
    const recovered = await this.#opening(() => recordProcess(disk, recover, { role: 'recover', depth: depth + 1, unread }));
    const shown = recovered.result;
    this.#demandLegal(shown, looked ? [looked.result] : legal, 'a process that opened for writing was shown');
    this.#explorer.opened++;
    this.#explorer.noteJudged(alike, { view: fingerprint.ofText(shown), depth });
    this.#explorer.outcomes.add(fingerprint.mix(recovered.trace, fingerprint.ofText(shown)));
    await this.#tidy(disk, shown);
    // Two recoveries that were told the same do the same at each step, and so does whatever comes after a crash of them.
    const story = fingerprint.mix(fingerprint.mix(looked?.told ?? 0, recovered.told), depth);
    if (!isDeepest && this.#explorer.isNewStory(story)) await this.#recoverAndCrash(asLeft, [shown], events, depth + 1);
  }

  /** A process recovers what is there; the power fails at each of its steps and after its answer. */
  async #recoverAndCrash(disk: SimulatedDisk, legal: readonly string[], events: readonly CrashEvent[], depth: number): Promise<void> {
    const { recover, unread } = this.#experiment;
    const recovered = await recordProcess(disk, recover, { role: 'recover', depth, keepsPoints: true, unread });
    const shown = recovered.result;
    this.#demandLegal(shown, legal, 'a process that opened for writing was shown');
    this.#explorer.outcomes.add(fingerprint.mix(recovered.trace, fingerprint.ofText(shown)));
    for (const point of recovered.points.slice(1)) {
      const until: CrashEvent = point.acknowledged ? { do: 'recover' } : { do: 'recover', until: point.step };
      await this.#cut(point.disk, point.acknowledged ? [shown] : legal, [...events, until], depth);
    }
    await this.#tidy(disk, shown);
  }

  /** What a recovery left stays as it is when another recovers, takes a further write, and keeps it through one more power cut. */
  async #tidy(disk: SimulatedDisk, shown: string): Promise<void> {
    const left = disk.fingerprint();
    if (!this.#explorer.isNewLeft(left)) return;
    const { inspect, recover, write, unread } = this.#experiment;
    inspect?.(disk, shown);
    const again = disk.fork();
    const second = await recordProcess(again, recover, { role: 'recover again', unread });
    if (second.result !== shown) throw new Complaint('a second recovery showed something else than the first');
    if (again.fingerprint() !== left) throw new Complaint('a second recovery changed what the first had left');
    if (write === undefined) return;
    const written = disk.fork();
    const after = await recordProcess(written, (process) => write(process, shown), { role: 'write', unread });
    for (const state of written.crashStates({ ...this.#options, limit: 64 })) {
      const found = await recordProcess(state.disk, recover, { role: 'read what was written', unread });
      if (found.result !== after.result) throw new Complaint(`a write after a recovery was lost: ${found.result}`);
    }
  }

  async #opening<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Complaint)) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'untyped';
        this.#explorer.refused[code] = (this.#explorer.refused[code] ?? 0) + 1;
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
      this.#explorer.fail(
        this.#name,
        events,
        error instanceof Complaint || error instanceof BytesWereRead ? error.message : `it was refused: ${String(error)}`,
      );
      return undefined;
    }
  }
}
